import Engine
import Synchronization
import TestSupport
import Testing

@testable import Persistence

@Suite struct StopWhileLoadingTests {
    @Test(arguments: [true, false]) func itEndsSoonAndChangesNothing(_ isAppendOnly: Bool) throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(save: [SavePoint(seconds: 1000, changes: 1)])
        options.isAppendOnly = isAppendOnly
        let first = try Kept.loaded(files, options)
        // Nothing that is compressed.
        var random = SeededGenerator(1)
        for i in 0..<200 {
            first("SET", "k\(i)", (0..<3000).map { _ in String(random.next(), radix: 36) }.joined())
        }
        first.worker.stop()
        let image = files.images()[1]

        let control = Mutex<WorkerControl?>(nil)
        let reads = Atomic<Int>(0)
        files.set {
            $0.fault = { operation, path in
                guard operation == .read, !path.hasSuffix(".manifest") else { return nil }
                // The data is being read; it goes on when it is told to stop.
                if reads.add(1, ordering: .relaxed).newValue >= 5 {
                    while control.withLock({ $0?.progress.isStopped }) != true { pauseBriefly() }
                }
                return nil
            }
        }
        let again = try Kept(files, options)
        control.withLock { $0 = again.worker.control }
        eventually("it is loading") { reads.load(ordering: .relaxed) >= 5 }
        again.worker.stop()
        // The files have more pieces than these.
        #expect(reads.load(ordering: .relaxed) <= 7)
        #expect(files.images()[1] == image)
        #expect(throws: LoadError.self) { try again.worker.waitUntilLoaded() }
        files.set { $0.fault = { _, _ in nil } }
        let last = try Kept.loaded(files, options)
        #expect(last("DBSIZE") == "200")
        last.worker.stop()
    }
}
