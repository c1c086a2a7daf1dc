public import Synchronization

/// How far loading is, read by whoever asks while it goes on.
public final class LoadingProgress: Sendable {
    /// Bytes that are to be read.
    public let total = Atomic<Int>(0)
    /// Bytes that were read.
    public let done = Atomic<Int>(0)
    /// Keys and commands that were taken in.
    public let items = Atomic<Int>(0)

    /// Nothing done.
    public init() {}
}
