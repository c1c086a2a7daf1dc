public import Bytes
public import Engine
public import Logging
internal import Synchronization

/// The engine whose data is in a Redis Cluster: commands go to the nodes that have their keys. It holds nothing itself, so
/// that any number of them may stand side by side.
public final class ClusterEngine: CommandEngine {
    private let local: MemoryEngine
    /// By `CommandID.number`.
    private let remoteCommands: [RemoteCommand]
    private let loop: ClusterLoop
    private let thread: Mutex<Thread?>
    private let writes = Atomic<UInt64>(0)
    /// How many commands wait for a key.
    private let waiting: Counter

    /// Begins to look for the nodes; commands wait until they are found.
    /// - Throws: where the system has no threads or descriptors left.
    public init(
        _ options: ClusterOptions, settings: Settings = Settings(), host: HostInfo = HostInfo(),
        pubSub: PubSub = PubSub(), logger: Logger
    ) throws(ClusterFailure) {
        let waiting = Counter()
        var host = host
        host.waitingElsewhere = { waiting.value.load(ordering: .relaxed) }
        self.waiting = waiting
        local = MemoryEngine(settings: settings, host: host, pubSub: pubSub)
        remoteCommands = local.commands.map { RemoteCommand($0, options.pubSub) }
        guard let loop = ClusterLoop(options, pubSub: pubSub, logger: logger),
            let thread = Thread({ loop.run() })
        else {
            throw ClusterFailure("the system has no threads or descriptors left")
        }
        self.loop = loop
        self.thread = Mutex(thread)
    }

    deinit { stop() }

    /// Ends the connections; what is under way is answered an error.
    public func stop() {
        loop.stop()
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }
}

/// Why a cluster can't be used.
public struct ClusterFailure: Error, CustomStringConvertible {
    /// A sentence.
    public var description: String

    init(_ description: String) { self.description = description }
}

// The engine's protocol, which says what each of these does.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension ClusterEngine {
    public static var isRemote: Bool { true }

    public var commands: [CommandInfo] { local.commands }
    public var pubSub: PubSub { local.pubSub }
    /// Writes that were begun here: what others have written is not known.
    public var changes: UInt64 { writes.load(ordering: .relaxed) }

    public func waits(_ command: CommandID) -> Bool { local.waits(command) }

    public func find(_ name: ByteView) -> CommandID? { local.find(name) }

    public func begin(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) -> RemoteExecution {
        let execution = RemoteExecution()
        let request = Request(execution, deadline: Clock.tick() + loop.timeout)
        Planning(local: local, commands: remoteCommands, request: request, loop: loop).plan(transaction, form)
        if request.writes { writes.add(1, ordering: .relaxed) }
        if form == .waiting { request.waiting = waiting }
        if request.answers.allSatisfy(\.isKnown) { request.finish() } else { loop.submit(request) }
        return execution
    }

    public func listen(to topics: [Topic]) -> RemoteExecution {
        let execution = RemoteExecution()
        loop.submit(
            ListeningRequest(topics: topics, execution: execution, deadline: Clock.tick() + loop.timeout))
        return execution
    }

    @discardableResult
    public func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome {
        var transaction = Transaction()
        transaction.command(command)
        for index in 0..<arguments.count { transaction.argument(arguments[index]) }
        return wait(begin(transaction, .each), &reply)
    }

    @discardableResult
    public func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        wait(begin(transaction, .atomic), &reply)
    }

    public func executeSome(of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply)
        -> Int
    {
        precondition(step == 0, "all are executed at once")
        _ = wait(begin(pipeline, .each), &reply)
        return pipeline.count
    }

    private func wait(_ execution: RemoteExecution, _ reply: inout Reply) -> Outcome {
        execution.wait()
        reply.append(whole: execution.reply)
        return execution.outcome
    }
}

/// A number that several threads change.
final class Counter: Sendable {
    let value = Atomic(0)
}
