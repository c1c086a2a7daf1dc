/// What whoever keeps the data on disk tells those who answer requests. Called on its threads; must not wait for them.
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
