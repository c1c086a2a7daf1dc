internal import Bytes
internal import Engine

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A connection to a node: what is sent goes out in one write a round, whoever it is for, and replies come in its order.
///
/// Not thread-safe: it is the loop's.
final class NodeConnection {
    /// What a reply is for.
    enum Purpose {
        case work(Work)
        /// What a work watches.
        case step(Work)
        /// What comes unasked to who is subscribed.
        case push
        /// The number by which the node knows the connection.
        case identity
        /// Of CLIENT UNBLOCK, which has another connection's work answered.
        case unblocking(NodeConnection)
        /// ASKING's.
        case nothing
        /// Of logging in: anything but OK ends the connection.
        case login
        /// How the node sees the cluster, just before it tells the slots.
        case state
        /// The slot map.
        case slots
    }

    private struct Sent {
        let purpose: Purpose
        /// Replies that are still to come.
        var left: Int
        /// Where its text begins in all that is sent.
        let start: Int
        let time: Int64
        /// An error that a transaction's command has met before EXEC.
        var problem: [UInt8]?
    }

    let address: NodeAddress
    private(set) var descriptor: Int32
    private(set) var isConnected = false
    /// Whether it is listed as having something to write, and whether it is watched for that.
    var isDirty = false
    var watchesOutput: Bool?
    /// Whether messages come by it.
    var listens = false
    /// By which the node knows it.
    var identity: Int64?
    /// Whether its work waits at a node that had lost the slot before.
    var isFormer = false
    /// Why the node wants none of it: the login's error.
    var refusal: String?
    private let replies = NodeReplies()
    private var out = ByteBuffer()
    /// How much of `out` was written, and of all before it.
    private var written = 0
    private var writtenBefore = 0
    private var sent: [Sent] = []
    private var first = 0
    /// Since when it is being connected.
    let begun: Int64

    /// Begins to connect; nil where that fails at once.
    init?(_ address: NodeAddress, now: Int64) {
        self.address = address
        begun = now
        descriptor = openSocket(to: address)
        if descriptor < 0 { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether something waits to be written.
    var hasOutput: Bool { !isConnected || written < out.count }

    /// Since when the oldest of what is not answered waits; nil: nothing does.
    var waitingSince: Int64? {
        if !isConnected { return begun }
        return first < sent.count ? max(sent[first].time, progress) : nil
    }

    /// When it last took or sent something.
    private var progress: Int64 = 0

    /// The work that is waiting for a key; nil: none is.
    var waitingWork: Work? {
        guard first < sent.count, case .work(let work) = sent[first].purpose, work.pause != nil else {
            return nil
        }
        return work
    }

    // MARK: Sending

    /// Sends what is answered by several replies, each of which is taken.
    func send(eachOf count: Int, _ purpose: Purpose, _ text: ByteView, now: Int64) {
        for _ in 0..<count {
            sent.append(Sent(purpose: purpose, left: 1, start: writtenBefore + out.count, time: now))
        }
        out.append(text)
    }

    func send(_ purpose: Purpose, _ text: ByteView, replies count: Int = 1, now: Int64) {
        sent.append(Sent(purpose: purpose, left: count, start: writtenBefore + out.count, time: now))
        out.append(text)
    }

    /// Sends what is not answered, or by what comes unasked.
    func sendUnanswered(_ text: ByteView) { out.append(text) }

    /// Writes what the socket takes.
    /// - Returns: why the connection is over; nil: it is not.
    func flush(_ now: Int64) -> String? {
        guard isConnected else { return nil }
        while written < out.count {
            let rest = out.view.dropFirst(written)
            let count = Glibc.send(descriptor, rest.pointer, rest.count, Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? nil : reason()
            }
            written += count
            progress = now
        }
        writtenBefore += written
        written = 0
        out.clear(keeping: 1 << 20)
        return nil
    }

    /// The socket is writable for the first time, or has failed.
    func finishConnecting() -> String? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        if code != 0 { return String(cString: strerror(code)) }
        // What was told may have been of another socket, which had the same number.
        var peer = sockaddr_storage()
        size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isThere = withUnsafeMutablePointer(to: &peer) { peer in
            peer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(descriptor, $0, &size) == 0 }
        }
        if !isThere { return nil }
        isConnected = true
        return nil
    }

    // MARK: Receiving

    /// Reads what has come, and calls `take` with each answer.
    /// - Returns: why the connection is over; nil: it is not.
    func receive(
        _ now: Int64, _ room: UnsafeMutableRawBufferPointer,
        _ take: (Purpose, _ problem: [UInt8]?, inout Reply) -> Void
    ) -> String? {
        while true {
            let count = recv(descriptor, room.baseAddress, room.count, 0)
            if count == 0 { return "the node has closed the connection" }
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? nil : reason()
            }
            progress = now
            replies.feed(UnsafeRawBufferPointer(rebasing: room[..<count]))
            while replies.next() {
                replies.endOverflow()
                if first < sent.count {
                    takeReply(take)
                } else if listens {
                    take(.push, nil, &replies.tape)
                } else {
                    return "the node has answered what nobody has asked"
                }
                replies.tape.clear()
            }
            if replies.isBroken { return "the node has sent something else than replies" }
            if count < room.count { return nil }
        }
    }

    private func takeReply(_ take: (Purpose, _ problem: [UInt8]?, inout Reply) -> Void) {
        sent[first].left -= 1
        if sent[first].left > 0 {
            if sent[first].problem == nil, case .error(let text) = replies.tape.reader.peek() {
                sent[first].problem = text.array
            }
            return
        }
        let done = sent[first]
        first += 1
        if first == sent.count || first > 4096 {
            sent.removeFirst(first)
            first = 0
        }
        take(done.purpose, done.problem, &replies.tape)
    }

    /// Ends the connection.
    /// - Returns: what was not answered, with whether the node may have got any of it.
    func end() -> [(purpose: Purpose, mayHaveArrived: Bool)] {
        defer {
            close(descriptor)
            descriptor = -1
            sent = []
        }
        return sent[first...].map { ($0.purpose, $0.start < writtenBefore + written) }
    }

    private func reason() -> String { String(cString: strerror(errno)) }
}

/// A socket that is being connected; below 0 where that fails.
private func openSocket(to address: NodeAddress) -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    // A name takes as long as its look-up: nodes tell addresses unless told to tell names.
    guard getaddrinfo(address.host, "\(address.port)", &hints, &found) == 0, let found else { return -1 }
    defer { freeaddrinfo(found) }
    let descriptor = socket(
        found.pointee.ai_family,
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    if descriptor < 0 { return -1 }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    if connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) != 0, errno != EINPROGRESS {
        close(descriptor)
        return -1
    }
    return descriptor
}
