internal import Synchronization

/// Wakes one connection that waits for something: a stream without data, or a request that is parked.
///
/// Unchecked Sendable: what is not constant is atomic, or under the lock of the daemon's list.
public final class Waker: @unchecked Sendable {
    /// Has the connection go on: the stream is read again, the parked request is handled again. From any thread, also
    /// before the connection has begun to wait, and after it is over; cheap where it does not wait. Several
    /// wakings of connections of one daemon wake its thread once.
    public func wake() {}

    init() {}
}
