/// Why the data directory can't be used: one sentence for the operator, naming the file and what to do.
public struct PersistenceError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// An error in those words.
    public init(_ description: String) { self.description = description }
}
