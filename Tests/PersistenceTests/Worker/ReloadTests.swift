import Engine
import Testing

@testable import Persistence

@Suite struct ReloadTests {
    /// What expires between the snapshot and its loading is deleted in the append-only file too.
    @Test func whatExpiresMeanwhileIsGoneAfterAReplay() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        let expiry = Clock.milliseconds() + 100
        kept.awaited("SET", "n", "5", "PXAT", "\(expiry)")
        files.set {
            $0.stalls = { operation, path in
                operation == .read && path.hasSuffix("dump.rdb") && Clock.milliseconds() <= expiry
            }
        }
        try kept.worker.reloadAndWait()
        #expect(kept.awaited("INCR", "n") == "1")
        let again = try Kept.loaded(FaultyFiles(files.images()[0]))
        #expect(again("GET", "n") == "1")
        again.worker.stop()
        kept.worker.stop()
    }
}
