public import Synchronization

/// How far loading is, read by whoever asks while it goes on.
public final class LoadingProgress: Sendable {
    /// Bytes that are to be read.
    public let total = Atomic<Int>(0)
    /// Bytes that were read.
    public let done = Atomic<Int>(0)
    /// Keys and commands that were taken in.
    public let items = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)

    /// Nothing done.
    public init() {}

    /// Has loading end, soon and with an error.
    public func stop() { stopped.store(true, ordering: .relaxed) }

    /// Whether it is to end.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }
}
