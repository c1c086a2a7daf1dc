/// What loading has found.
public struct LoadOutcome: Sendable {
    /// Where the data came from.
    public enum Source: Equatable, Sendable {
        /// There was nothing.
        case nothing
        /// The snapshot; there was no manifest.
        case snapshot
        /// The append-only file of this manifest.
        case appendOnly(Manifest)
    }

    /// Where the data came from.
    public var source = Source.nothing
    /// What reading the last increment gave, where there is one: whether it may be appended to, and what is to be
    /// cut off first.
    public var lastIncrement: IncrementOutcome?
    /// Keys there are now.
    public var keys = 0
    /// Commands replayed.
    public var commands = 0
    /// Bytes read.
    public var bytes = 0

    /// Nothing found.
    public init() {}
}

/// Why the data can't be loaded: one sentence for the operator, naming the file and what to do.
public struct LoadError: Error, Sendable, CustomStringConvertible {
    public let description: String

    /// An error in those words.
    public init(_ description: String) { self.description = description }
}
