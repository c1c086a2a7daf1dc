import Bytes
import Engine
import Logging
import Synchronization
import Testing

@testable import Persistence

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

func pauseBriefly() { usleep(500) }

/// Waits until `condition` holds, 20 seconds at most.
func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) {
    let end = monotonicMilliseconds() + 20_000
    while monotonicMilliseconds() < end {
        if condition() { return }
        pauseBriefly()
    }
    Issue.record("never: \(what)", sourceLocation: sourceLocation)
}

/// An engine with its worker, as the server wires them.
final class Kept<Files: FileSystem>: Sendable {
    /// What the worker has told.
    struct Told: Sendable {
        var durable: UInt64 = 0
        var failing: [Bool] = []
        var room = 0
    }

    let engine: MemoryEngine
    let worker: PersistenceWorker<Files>
    private let heard: Heard

    private final class Heard: Sendable {
        let told = Mutex(Told())
    }

    var told: Told { heard.told.withLock { $0 } }

    /// Opens the directory, and begins to load it.
    init(_ files: Files, _ options: PersistenceOptions = .hasty()) throws {
        let heard = Heard()
        self.heard = heard
        let pubSub = PubSub()
        let worker = PersistenceWorker(
            options, files, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            events: PersistenceEvents(
                durable: { ticket in
                    heard.told.withLock { $0.durable = max($0.durable, ticket) }
                    pubSub.release(upTo: ticket)
                },
                failing: { failing in heard.told.withLock { $0.failing.append(failing) } },
                room: { heard.told.withLock { $0.room += 1 } }))
        self.worker = worker
        try worker.open()
        var host = HostInfo()
        host.persistence = worker
        engine = MemoryEngine(host: host, pubSub: pubSub, journal: { worker.makeJournal($0) })
        worker.start(engine)
    }

    /// As `init`, and waits until the data is loaded.
    static func loaded(_ files: Files, _ options: PersistenceOptions = .hasty()) throws -> Kept {
        let kept = try Kept(files, options)
        do {
            try kept.worker.waitUntilLoaded()
        } catch {
            kept.worker.stop()
            throw error
        }
        return kept
    }

    /// Executes a command; its reply as text, and the ticket that it must wait for.
    func execute(_ words: [String]) -> (text: String, ticket: UInt64) {
        var storage = ByteBuffer()
        for word in words { storage.append(Array(word.utf8)) }
        var views: [ByteView] = []
        var offset = 0
        for word in words {
            views.append(storage.view[offset..<offset + word.utf8.count])
            offset += word.utf8.count
        }
        var reply = Reply()
        guard let command = engine.find(views[0]) else { preconditionFailure("no command \(words[0])") }
        views.withUnsafeBufferPointer { buffer in
            let arguments = Arguments(UnsafeBufferPointer(rebasing: buffer[1...]))
            engine.execute(command, arguments, into: &reply)
        }
        // The views point into it.
        withExtendedLifetime(storage.count) {}
        let ticket = reply.ticket
        var reader = reply.reader
        switch reader.next() {
        case .bytes(let bytes): return (bytes.string, ticket)
        case .status(let bytes): return (bytes.string, ticket)
        case .error(let bytes): return ("(error) \(bytes.string)", ticket)
        case .integer(let number): return ("\(number)", ticket)
        case .null: return ("(nil)", ticket)
        default: return ("?", ticket)
        }
    }

    /// Executes a command; its reply as text.
    @discardableResult
    func callAsFunction(_ words: String...) -> String { execute(words).text }

    /// Executes a command and waits until what it shows is durable.
    @discardableResult
    func awaited(_ words: String...) -> String {
        let (text, ticket) = execute(words)
        eventually("ticket \(ticket) durable") { told.durable >= ticket }
        return text
    }

    /// Waits until no snapshot or rewrite is under way.
    func waitUntilIdle() {
        eventually("idle") {
            let status = worker.status
            return status.snapshotStart == nil && status.rewriteStart == nil
        }
    }

    /// What the keys `k0` … hold.
    func values(_ count: Int) -> [String] { (0..<count).map { self("GET", "k\($0)") } }
}

extension PersistenceOptions {
    /// Options for tests: in `data`, without save points, impatient.
    static func hasty(
        _ policy: SyncPolicy = .always, in directory: String = "data", save: [SavePoint] = []
    ) -> PersistenceOptions {
        var options = PersistenceOptions()
        options.directory = directory
        options.syncPolicy = policy
        options.savePoints = save
        options.timing.retry = 2...20
        options.timing.backoff = 5...50
        options.timing.syncPeriod = 20
        return options
    }
}
