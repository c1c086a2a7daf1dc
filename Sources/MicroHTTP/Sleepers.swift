#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import CEpoll
internal import Synchronization

/// The connections of a server that stream or are parked: whose clients' hanging up has to be noticed while
/// libmicrohttpd does not watch them, and which may be woken by the clock.
///
/// The housekeeper polls `descriptor`, an epoll instance that holds their sockets and an eventfd.
final class Sleepers: Sendable {
    /// Readable when a client has hung up, or an earlier alarm was set.
    let descriptor: Int32
    private let changed: Int32

    private let table = Mutex(SleeperTable())

    init() throws(HTTPServerError) {
        descriptor = cepoll_create()
        guard descriptor >= 0 else { throw .system(operation: "epoll_create1", code: errno) }
        changed = cepoll_event()
        // All is initialized: `deinit` closes what there is.
        guard changed >= 0, cepoll_watch_input(descriptor, changed) else {
            throw .system(operation: "eventfd", code: errno)
        }
    }

    deinit {
        close(descriptor)
        close(changed)
    }

    /// Begins to look after a connection. Where the server is about to stop, who sleeps is told so at once, and does not
    /// sleep before it was looked at once more. O(log n).
    func insert(_ waker: Waker) {
        let client = waker.suspended.connection.descriptor
        let (isNext, isStopping) = table.withLock { table in
            table.wakers[client] = waker
            guard waker.alarm < Deadline.never else { return (false, table.isStopping) }
            table.insert(waker)
            return (waker.position == 0, table.isStopping)
        }
        // Where the system has no memory for it, the hanging-up is noticed at the next sending that fails.
        _ = cepoll_watch_hang_up(descriptor, client)
        if isNext { cepoll_signal(changed) }
        if isStopping {
            waker.sleeper.finish()
            waker.wake()
        }
    }

    /// Ends that: on return nobody but who has the waker from elsewhere wakes it. The socket is still open. O(log n).
    func remove(_ waker: Waker) {
        let client = waker.suspended.connection.descriptor
        table.withLock { table in
            if table.wakers[client] === waker { table.wakers[client] = nil }
            table.remove(waker)
        }
        cepoll_forget(descriptor, client)
    }

    // MARK: The housekeeper

    /// When the next alarm is due; `Deadline.never` where there is none.
    var nextAlarm: UInt64 { table.withLock { $0.alarms.first?.alarm ?? Deadline.never } }

    /// Wakes those whose alarm is due.
    func ring(at now: UInt64) {
        table.withLock { table in
            while let first = table.alarms.first, first.alarm <= now {
                table.remove(first)
                first.wake()
            }
        }
    }

    /// Wakes those whose clients have hung up. A descriptor taken here is still the same connection's, or none's,
    /// when it is looked up: this is the thread that accepts.
    func noticeHangUps() {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 128) { clients in
            let count = Int(cepoll_take(descriptor, clients.baseAddress, Int32(clients.count), 0))
            for client in clients.prefix(count) {
                if client == changed {
                    cepoll_clear(changed)
                    continue
                }
                table.withLock { table in
                    guard let waker = table.wakers[client] else { return }
                    waker.isHungUp.store(true, ordering: .releasing)
                    waker.wake()
                }
            }
        }
    }

    /// Tells all that the server is about to stop.
    func finish() {
        let wakers = table.withLock { table in
            table.isStopping = true
            return Array(table.wakers.values)
        }
        for waker in wakers { waker.sleeper.finish() }
        wakeAll()
    }

    /// Wakes all.
    func wakeAll() { table.withLock { table in for waker in table.wakers.values { waker.wake() } } }
}

/// The wakers of sleeping connections, by descriptor and by alarm.
private struct SleeperTable {
    var wakers: [Int32: Waker] = [:]
    /// A binary heap by `alarm` (Williams, 1964) of those that have one; each knows its `position`.
    private(set) var alarms: [Waker] = []
    var isStopping = false

    private func precedes(_ a: Int, _ b: Int) -> Bool { alarms[a].alarm < alarms[b].alarm }

    private mutating func swap(_ a: Int, _ b: Int) {
        alarms.swapAt(a, b)
        alarms[a].position = a
        alarms[b].position = b
    }

    mutating func insert(_ waker: Waker) {
        waker.position = alarms.count
        alarms.append(waker)
        rise(waker.position)
    }

    mutating func remove(_ waker: Waker) {
        let index = waker.position
        guard alarms.indices.contains(index), alarms[index] === waker else { return }
        swap(index, alarms.count - 1)
        alarms.removeLast()
        waker.position = -1
        guard index < alarms.count else { return }
        rise(index)
        sink(alarms[index].position)
    }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, precedes(index, (index - 1) / 2) {
            swap(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink(_ start: Int) {
        var index = start
        while 2 * index + 1 < alarms.count {
            var child = 2 * index + 1
            if child + 1 < alarms.count, precedes(child + 1, child) { child += 1 }
            guard precedes(child, index) else { return }
            swap(index, child)
            index = child
        }
    }
}
