/// How event streams are kept: what the operator decides.
public struct EventOptions: Sendable {
    /// What becomes of a client that reads more slowly than messages come.
    public enum Overflow: String, Sendable, CaseIterable {
        /// It gets a `gap` in place of what did not fit, and goes on.
        case gap
        /// Its stream is closed.
        case close
    }

    /// Seconds without anything to send after which a stream sends a comment; 0: none is ever sent.
    public var heartbeat = 30.0
    /// Bytes that may wait for one client.
    public var clientBuffer = 1 << 20
    /// What becomes of a client for which more would have to wait.
    public var overflow = Overflow.gap

    /// The defaults.
    public init() {}
}
