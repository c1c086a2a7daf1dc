/// A body that has no end yet: what an event stream writes to.
public protocol BodyStream: AnyObject, Sendable {
    /// The response's header was sent. `waker` has the stream read again after it was idle.
    func opened(_ waker: Waker)

    /// Writes what there is to `room`, as much as fits. On the connection's thread, never twice at once.
    func read(into room: UnsafeMutableRawBufferPointer) -> BodyStreamStep

    /// The server is about to stop: what is left should be said now, and then the stream end. From any thread; the
    /// stream is read again.
    func finish()

    /// The connection is over: the client has hung up or is too slow, or the stream has ended. Called once, also where
    /// `opened` was not.
    func closed()
}

/// What a reading of a stream has come to.
public enum BodyStreamStep: Sendable {
    /// So many bytes were written, at least one.
    case bytes(Int)
    /// There is nothing now: the connection rests until it is woken.
    case idle
    /// The stream is over.
    case end
    /// The rest can't be had: the connection is cut, so that the client does not take what it has got for all.
    case broken
}

/// What a request waits for: it lives from its first handling to its answer.
public protocol ParkedWork: AnyObject, Sendable {
    /// Whether it is expected within a millisecond or so.
    var isImminent: Bool { get }

    /// The request waits. `waker` has it handled again.
    func parked(_ waker: Waker)

    /// The server is about to stop: the request is handled again, for the last time. From any thread.
    func finish()

    /// The client has hung up, or the connection has ended otherwise, before the request was answered. Called at most
    /// once, and not once the request was answered. From any thread.
    func abandoned()
}

extension ParkedWork {
    /// It is not.
    public var isImminent: Bool { false }
}
