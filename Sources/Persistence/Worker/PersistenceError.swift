/// Why the data directory can't be used: one sentence for the operator, naming the file and what to do.
public struct PersistenceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error in those words.
    public init(_ description: String) { self.description = description }
}

/// What the worker tells whoever answers requests. Called on the worker's thread; must not wait for it.
public struct PersistenceEvents: Sendable {
    /// Everything up to that ticket is on disk.
    public var durable: @Sendable (UInt64) -> Void
    /// True: tickets that are not durable yet can't become so for now. False: they go on.
    public var failing: @Sendable (Bool) -> Void
    /// The queue was full and is not any more.
    public var room: @Sendable () -> Void

    /// Calls these; by default nothing.
    public init(
        durable: @escaping @Sendable (UInt64) -> Void = { _ in },
        failing: @escaping @Sendable (Bool) -> Void = { _ in }, room: @escaping @Sendable () -> Void = {}
    ) {
        self.durable = durable
        self.failing = failing
        self.room = room
    }
}
