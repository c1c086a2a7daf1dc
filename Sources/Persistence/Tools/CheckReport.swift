/// What `redwing check` has found.
public struct CheckReport: Sendable {
    /// One file, or what belongs to none.
    public struct Item: Sendable, CustomStringConvertible {
        /// The file.
        public let path: String
        /// What it is and how much it holds.
        public let contents: String
        /// What is wrong, and where; nil: nothing.
        public internal(set) var damage: String?
        /// What was done about it; nil: nothing.
        public internal(set) var action: String?

        /// For people: one line, or one for each of the three.
        public var description: String {
            var text = "\(path): \(contents)"
            if let damage { text += "\n  damaged: \(damage)" }
            if let action { text += "\n  mended: \(action)" }
            return text
        }
    }

    /// What was looked at, in the order of loading.
    public internal(set) var items: [Item] = []
    /// What an operator should know, a sentence each.
    public internal(set) var notes: [String] = []

    /// Whether there is no damage, or none any more.
    public var isSound: Bool { items.allSatisfy { $0.damage == nil || $0.action != nil } }

    /// Nothing found.
    public init() {}
}
