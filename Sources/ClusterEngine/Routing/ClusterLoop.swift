internal import Bytes
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
        var wantsStop = false
    }

    let options: ClusterOptions
    let logger: Logger
    private let inbox = Mutex(Inbox())
    /// A pipe: a byte is in it while the inbox is not empty.
    private let bell: (read: Int32, write: Int32)

    var map: SlotMap?
    var connections: [NodeAddress: NodeConnection] = [:]
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
    init?(_ options: ClusterOptions, logger: Logger) {
        self.options = options
        self.logger = logger
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        bell = (ends[0], ends[1])
    }

    deinit {
        close(bell.read)
        close(bell.write)
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
        if isFirst { ring() }
    }

    /// Ends the thread, soon.
    func stop() {
        inbox.withLock { $0.wantsStop = true }
        ring()
    }

    private func ring() {
        var byte: UInt8 = 1
        // Full, it is readable anyway.
        _ = write(bell.write, &byte, 1)
    }

    // MARK: The thread

    func run() {
        while true {
            now = Clock.tick()
            attendToTime()
            for connection in connections.values {
                if let reason = connection.flush() { lose(connection, reason) }
            }
            poll()
            now = Clock.tick()
            let (requests, wantsStop) = inbox.withLock { inbox in
                defer { inbox.requests.removeAll(keepingCapacity: true) }
                return (inbox.requests, inbox.wantsStop)
            }
            for request in requests { start(request) }
            if wantsStop { return end() }
        }
    }

    /// Waits until something comes, or is due, and takes what has come.
    private func poll() {
        var watched = [pollfd(fd: bell.read, events: Int16(POLLIN), revents: 0)]
        let list = Array(connections.values)
        for connection in list {
            let events = Int16(POLLIN) | (connection.hasOutput ? Int16(POLLOUT) : 0)
            watched.append(pollfd(fd: connection.descriptor, events: events, revents: 0))
        }
        let wait = max(0, min(nextDue - now, 1000))
        guard Glibc.poll(&watched, nfds_t(watched.count), Int32(wait)) > 0 else { return }
        if watched[0].revents != 0 {
            var bytes: (UInt64, UInt64) = (0, 0)
            while read(bell.read, &bytes, 16) == 16 {}
        }
        now = Clock.tick()
        for (index, connection) in list.enumerated() where watched[index + 1].revents != 0 {
            attend(to: connection)
        }
    }

    private func attend(to connection: NodeConnection) {
        var reason: String?
        if !connection.isConnected {
            reason = connection.finishConnecting()
            if reason == nil, lost.remove(connection.address) != nil {
                logger.notice("node \(connection.address) is back")
            }
        }
        if reason == nil {
            reason = connection.receive(room) { purpose, problem, reply in
                take(purpose, problem, &reply, from: connection)
            }
        }
        if let reason = connection.refusal ?? reason { lose(connection, reason) }
    }

    private var nextDue: Int64 {
        var next = isAskingForMap ? .max : mapDue
        for entry in delayed { next = min(next, entry.due) }
        for connection in connections.values {
            if let since = connection.waitingSince { next = min(next, since + timeout) }
        }
        for request in waiting { next = min(next, request.deadline) }
        return next
    }

    private func attendToTime() {
        for connection in Array(connections.values) {
            if let since = connection.waitingSince, now - since >= timeout {
                lose(connection, "the node has not answered for \(options.timeout) s")
            }
        }
        if !isAskingForMap, now >= mapDue { askForMap() }
        if !delayed.isEmpty {
            let due = delayed.filter { $0.due <= now }
            delayed.removeAll { $0.due <= now }
            for entry in due { dispatch(entry.work) }
        }
        if !waiting.isEmpty {
            let late = waiting.filter { $0.deadline <= now }
            waiting.removeAll { $0.deadline <= now }
            for request in late { request.fail("CLUSTERDOWN \(problem)") }
        }
    }

    private func end() {
        for connection in Array(connections.values) { lose(connection, "the server stops") }
        let left = delayed.map(\.work)
        delayed = []
        for work in left { fail(work, "CLUSTERDOWN the server is stopping") }
        for request in waiting { request.fail("CLUSTERDOWN the server is stopping") }
        waiting = []
    }
}
