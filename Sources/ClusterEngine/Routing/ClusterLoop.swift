internal import Bytes
internal import CEpoll
internal import Engine
internal import Logging
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The thread that talks to the nodes: commands of all requests that come while it writes go out together.
///
/// `@unchecked Sendable`: but for the inbox, all is touched by its thread alone.
final class ClusterLoop: @unchecked Sendable {
    private struct Inbox: Sendable {
        var requests: [Request] = []
        var cancelled: [Request] = []
        var listening: [ListeningRequest] = []
        var wantsStop = false
    }

    let options: ClusterOptions
    let logger: Logger
    /// Who is told what the nodes publish.
    let pubSub: PubSub
    private let inbox = Mutex(Inbox())
    /// Readable while the inbox is not empty.
    private let bell: Int32
    /// The epoll instance that has all sockets.
    private let instance: Int32

    var map: SlotMap?
    /// One for each node, which all share.
    var connections: [NodeAddress: NodeConnection] = [:]
    /// Those that one work has for itself, and of these who nobody has.
    var exclusive: [ObjectIdentifier: NodeConnection] = [:]
    var idle: [NodeAddress: [NodeConnection]] = [:]
    private var byDescriptor: [Int32: NodeConnection] = [:]
    var listening = Listening()
    /// Those with something to write.
    private var dirty: [NodeConnection] = []
    /// When it is looked next who was silent for too long.
    private var checkDue: Int64 = 0
    /// Nodes that were lost, and have not answered since.
    var lost: Set<NodeAddress> = []
    /// Who is sent again, and when.
    var delayed: [(due: Int64, work: Work)] = []
    /// Who waits for the first map.
    var waiting: [Request] = []
    var now = Clock.tick()
    /// When the map is asked for next.
    var mapDue: Int64 = 0
    var isAskingForMap = false
    /// Whether who is asked for the map can be believed.
    var isTrusted = false
    /// The newest epoch that a map was of, and when the last one was taken.
    var epoch: Int64 = 0
    var mapTime: Int64 = 0
    /// Who is asked for the map next, of those that are known.
    var turn = 0
    /// Why there is no map.
    var problem = "no node of the cluster answers"
    private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)

    /// Nil where the system has no descriptors left.
    init?(_ options: ClusterOptions, pubSub: PubSub, logger: Logger) {
        self.options = options
        self.pubSub = pubSub
        self.logger = logger
        bell = cepoll_event()
        instance = cepoll_create()
        // All is initialized: `deinit` closes what there is.
        guard bell >= 0, instance >= 0, cepoll_watch(instance, bell, false) else { return nil }
    }

    deinit {
        close(bell)
        close(instance)
        room.deallocate()
    }

    var timeout: Int64 { Int64(options.timeout * 1000) }

    // MARK: From other threads

    /// Takes a request that was planned.
    func submit(_ request: Request) {
        let isFirst = inbox.withLock { inbox in
            inbox.requests.append(request)
            return inbox.requests.count == 1
        }
        if isFirst { cepoll_signal(bell) }
    }

    /// Has a request answered that waits for a key.
    func cancel(_ request: Request) {
        inbox.withLock { $0.cancelled.append(request) }
        cepoll_signal(bell)
    }

    /// Subscribes to topics.
    func submit(_ request: ListeningRequest) {
        inbox.withLock { $0.listening.append(request) }
        cepoll_signal(bell)
    }

    /// Ends the thread, soon.
    func stop() {
        inbox.withLock { $0.wantsStop = true }
        cepoll_signal(bell)
    }

    // MARK: The thread

    func run() {
        while true {
            now = Clock.tick()
            attendToTime()
            flush()
            poll()
            let letters = inbox.withLock { inbox in
                defer {
                    inbox.requests = []
                    inbox.cancelled = []
                    inbox.listening = []
                }
                return inbox
            }
            for request in letters.requests { start(request) }
            for request in letters.cancelled { endWaiting(request) }
            for request in letters.listening { listen(request) }
            if letters.wantsStop { return end() }
        }
    }

    /// Has what was given to a connection written in this round.
    func note(_ connection: NodeConnection) {
        if connection.isDirty { return }
        connection.isDirty = true
        dirty.append(connection)
    }

    private func flush() {
        // What is lost meanwhile gives others something to write.
        while let connection = dirty.popLast() {
            connection.isDirty = false
            if connection.descriptor < 0 { continue }
            if let reason = connection.flush(now) { lose(connection, reason) } else { watch(connection) }
        }
    }

    private func watch(_ connection: NodeConnection) {
        if connection.watchesOutput == connection.hasOutput { return }
        connection.watchesOutput = connection.hasOutput
        _ = cepoll_watch(instance, connection.descriptor, connection.hasOutput)
    }

    /// Takes up a connection that is being made.
    func watch(new connection: NodeConnection) {
        byDescriptor[connection.descriptor] = connection
        watch(connection)
    }

    /// Looks at a connection no more, which is about to be ended.
    func forget(_ connection: NodeConnection) {
        byDescriptor[connection.descriptor] = nil
        cepoll_forget(instance, connection.descriptor)
    }

    /// Waits until something comes, or is due, and takes what has come.
    private func poll() {
        let wait = Int32(max(0, min(nextDue - now, 1000)))
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 128) { ready in
            let count = Int(cepoll_take(instance, ready.baseAddress, 128, wait))
            now = Clock.tick()
            for descriptor in ready.prefix(count) {
                if descriptor == bell {
                    cepoll_clear(bell)
                } else if let connection = byDescriptor[descriptor] {
                    attend(to: connection)
                }
            }
        }
    }

    private func attend(to connection: NodeConnection) {
        var reason: String?
        if !connection.isConnected {
            reason = connection.finishConnecting()
            note(connection)
            if connection.isConnected, lost.remove(connection.address) != nil {
                logger.notice("node \(connection.address) is back")
            }
        }
        // It takes more of what it had no room for.
        if connection.hasOutput { note(connection) }
        if reason == nil {
            reason = connection.receive(now, room) { purpose, problem, reply in
                take(purpose, problem, &reply, from: connection)
            }
        }
        if let reason = connection.refusal ?? reason { lose(connection, reason) }
    }

    private var nextDue: Int64 {
        var next = min(checkDue, isAskingForMap ? .max : mapDue)
        for entry in delayed { next = min(next, entry.due) }
        return next
    }

    /// How often it is looked who was silent for too long, in milliseconds.
    private static let checkPeriod: Int64 = 100

    private func attendToTime() {
        if now >= checkDue {
            checkDue = now + ClusterLoop.checkPeriod
            check()
        }
        if !isAskingForMap, now >= mapDue { askForMap() }
        if !delayed.isEmpty {
            let due = delayed.filter { $0.due <= now }
            delayed.removeAll { $0.due <= now }
            for entry in due { dispatch(entry.work) }
        }
    }

    private func check() {
        for connection in Array(connections.values) + Array(exclusive.values) {
            if let since = connection.waitingSince, now - since >= timeout {
                lose(connection, "the node has not answered for \(options.timeout) s")
            }
        }
        let late = waiting.filter { $0.deadline <= now }
        waiting.removeAll { $0.deadline <= now }
        for request in late { request.fail("CLUSTERDOWN \(problem)") }
        attendToListening()
    }

    private func end() {
        endListening()
        let listeners = listening.listeners.values.map(\.connection)
        for connection in Array(connections.values) + Array(exclusive.values) + listeners {
            lose(connection, "the server stops")
        }
        let left = delayed.map(\.work)
        delayed = []
        for work in left { fail(work, "CLUSTERDOWN the server is stopping") }
        for request in waiting { request.fail("CLUSTERDOWN the server is stopping") }
        waiting = []
    }
}
