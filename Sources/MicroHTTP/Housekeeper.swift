#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import CMicrohttpd
internal import Synchronization

/// The server's own thread: accepts connections, hands them to the daemons in turn, and ends those that take
/// too long. libmicrohttpd could accept too, but splits its limit among threads and lets chance decide which
/// thread gets how many; its time-out starts again with each byte, so that a slow client never trips it.
///
/// Unchecked Sendable: made by one thread, then used by its own alone.
final class Housekeeper: @unchecked Sendable {
    private let core: ServerCore
    private let listening: ListeningSocket
    private let daemons: [OpaquePointer]
    /// The reading end of a pipe; a byte in it, or its end, is the order to stop.
    private let wake: Int32

    /// Until when not to accept, after the system ran out of descriptors or memory.
    private var pause: UInt64 = 0
    private var nextSweep: UInt64 = 0

    init(core: ServerCore, listening: ListeningSocket, daemons: [OpaquePointer], wake: Int32) {
        self.core = core
        self.listening = listening
        self.daemons = daemons
        self.wake = wake
    }

    /// Runs until the order to stop, and then until no request is under way or the time in the order is over.
    func run() {
        var order: UInt64?
        while order == nil {
            var waits = [
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
                pollfd(fd: core.now < pause ? -1 : listening.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: core.sleepers.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, 3, waitLimit)
            core.updateClock()
            if waits[2].revents != 0 { core.sleepers.noticeHangUps() }
            core.sleepers.ring(at: core.now)
            if waits[1].revents != 0 { acceptWaiting() }
            if core.now >= nextSweep {
                nextSweep = core.now + core.timeouts.tick
                sweep()
                core.waiting.expire(at: core.now)
            }
            if waits[0].revents != 0 { order = readOrder() }
        }
        drain(until: core.now + (order ?? 0))
    }

    /// How many milliseconds there is nothing to do at most: a tick, or up to the next alarm.
    private var waitLimit: Int32 {
        let now = monotonicMilliseconds()
        let alarm = core.sleepers.nextAlarm
        return Int32(min(core.timeouts.tick, alarm > now ? alarm - now : 0))
    }

    /// The milliseconds of grace that the order grants.
    private func readOrder() -> UInt64 {
        var grace: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        return read(wake, &grace, size) == size ? grace : 0
    }

    private func drain(until end: UInt64) {
        acceptWaiting()
        close(listening.descriptor)
        core.beginStopping()
        core.sleepers.finish()
        while core.now < end, endIdleConnections() {
            poll(nil, 0, 5)
            core.updateClock()
            core.sleepers.noticeHangUps()
            if core.now >= nextSweep {
                nextSweep = core.now + core.timeouts.tick
                sweep()
                core.waiting.expire(at: core.now)
            }
        }
        core.waiting.close()
        // Each finds that it may not sleep again.
        core.sleepers.wakeAll()
        core.waiting.settle()
    }

    // MARK: Accepting

    private func acceptWaiting() {
        // Bounded, so that a storm of connections does not keep the clock and the sweep waiting.
        for _ in 0..<512 {
            switch listening.next() {
            case .connection(let descriptor, let peer): take(descriptor, peer)
            case .failed(EMFILE), .failed(ENFILE), .failed(ENOBUFS), .failed(ENOMEM):
                pause = core.now + 100
                return
            case .failed(EAGAIN): return
            case .failed:
                // The connection was gone again before it could be accepted.
                continue
            }
        }
    }

    private func take(_ descriptor: Int32, _ peer: SocketAddress) {
        let worker: Int? = core.registry.withLock { box in
            guard box.registry.count < core.maxConnections else { return nil }
            let limit = core.maxConnectionsPerAddress
            guard limit <= 0 || box.registry.count(of: peer.host) < limit else { return nil }
            let worker = box.registry.leastBusyWorker
            box.registry.insert(
                Connection(core: core, descriptor: descriptor, peer: peer, worker: worker))
            return worker
        }
        guard let worker else { return turnAway(descriptor) }
        let added = peer.withSockaddr { cmicrohttpd_add_connection(daemons[worker], descriptor, $0, $1) }
        if !added {
            core.registry.withLock { box in
                if let connection = box.registry[descriptor] { box.registry.remove(connection) }
            }
        }
    }

    private func turnAway(_ descriptor: Int32) {
        let text: StaticString = """
            HTTP/1.1 503 Service Unavailable\r
            Connection: close\r
            Retry-After: 1\r
            Content-Length: 0\r
            \r

            """
        _ = send(descriptor, text.utf8Start, text.utf8CodeUnitCount, sendFlags)
        shutdown(descriptor, Int32(SHUT_WR))
        close(descriptor)
    }

    // MARK: Time-outs

    /// Ends the connections whose deadline is over. O(connections).
    private func sweep() {
        let now = core.now
        core.registry.withLock { box in
            for case let connection? in box.registry.connections {
                let seen = connection.deadline.read()
                if seen.time <= now { expire(connection, seen, now) }
            }
        }
    }

    /// The descriptor is open: the registry's lock, which is held, is taken before it is closed.
    private func expire(_ connection: Connection, _ seen: (phase: Phase, time: UInt64), _ now: UInt64) {
        let timeouts = core.timeouts
        switch seen.phase {
        case .idle:
            let counters = TransferCounters(connection.descriptor)
            let age = now - min(now, connection.idleStart.load(ordering: .relaxed))
            // libmicrohttpd misses an end of stream that comes together with the last request.
            if age >= timeouts.idle || counters?.isHalfClosed == true { break }
            // Bytes since it became idle, and still no request line: somebody is slow. The clock's
            // coarseness must not make the last request's bytes look like new ones.
            let isPartial = counters.map { $0.sinceReceived + 2 * timeouts.tick + 100 < age } ?? false
            let next = isPartial ? now + timeouts.header : now + min(timeouts.header, timeouts.idle - age)
            connection.deadline.replace(seen, by: isPartial ? .partial : .idle, at: next)
            return
        case .responding:
            // Sending tells nobody how far it is, but the kernel counts what the client has acknowledged.
            let acknowledged = TransferCounters(connection.descriptor)?.acknowledged ?? 0
            let progress = acknowledged &- connection.acknowledged
            connection.acknowledged = acknowledged
            guard progress >= timeouts.bytesPerSecond * timeouts.body / 1000 else { break }
            connection.deadline.replace(seen, by: .responding, at: now + timeouts.body)
            return
        case .streaming:
            // It may have nothing to say for hours; what it has said must arrive.
            let counters = TransferCounters(connection.descriptor)
            let acknowledged = counters?.acknowledged ?? 0
            let hasUnacknowledged = counters?.hasUnacknowledged ?? true
            // What is under way now may have been sent just now; what was then is no longer new.
            let stands = connection.hadUnacknowledged && acknowledged == connection.acknowledged
            connection.acknowledged = acknowledged
            connection.hadUnacknowledged = hasUnacknowledged
            if stands, hasUnacknowledged { break }
            connection.deadline.replace(seen, by: .streaming, at: now + timeouts.body)
            return
        case .partial, .header, .body, .lingering: break
        }
        // libmicrohttpd sees the end of the stream and closes.
        shutdown(connection.descriptor, Int32(SHUT_RDWR))
    }

    /// Ends the connections without a request; true while there are others.
    private func endIdleConnections() -> Bool {
        core.registry.withLock { box in
            var active = false
            for case let connection? in box.registry.connections {
                var byte: UInt8 = 0
                let peek = Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)
                if connection.deadline.read().phase.isActive
                    || recv(connection.descriptor, &byte, 1, peek) > 0
                {
                    active = true
                } else {
                    shutdown(connection.descriptor, Int32(SHUT_RDWR))
                }
            }
            return active
        }
    }
}
