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
    /// Keys of a snapshot, and fields of hashes, that were left out because their time was over.
    public var expired = 0
    /// What was left out because Redwing has no place for it: "3 × stream (the first: "st")"; empty where nothing
    /// was.
    public var skipped = ""
    /// What was left out of databases that were not asked for: "database 3 has 120 keys"; empty where nothing was.
    public var otherDatabases = ""
    /// The number of the database that was loaded; of what Redwing wrote it is 0.
    public var database = 0
    /// What an operator should know, a sentence each.
    public var notes: [String] = []

    /// Nothing found.
    public init() {}

    /// How many bytes of the last increment are of no use, and are to be cut off before anything is appended.
    public var excess: Int { lastIncrement?.excess ?? 0 }

    /// Whether what was loaded is not all that the files hold, as database 0: with what Redwing appends they would
    /// tell something else.
    public var isPartial: Bool { database != 0 || !otherDatabases.isEmpty || !skipped.isEmpty }

    /// What was left out and an operator should know, a sentence each.
    public var warnings: [String] {
        var warnings = notes
        if !otherDatabases.isEmpty {
            warnings.append("left out, as database \(database) was chosen: \(otherDatabases)")
        }
        if !skipped.isEmpty { warnings.append("left out, as Redwing has no place for it: \(skipped)") }
        if expired > 0 {
            warnings.append("left out of the snapshot, as their time is over: \(expired) keys and fields")
        }
        return warnings
    }
}

/// Why the data can't be loaded: one sentence for the operator, naming the file and what to do.
public struct LoadError: Error, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Whether nothing is damaged: the data is what Redwing has no place for, or several databases of which one is to
    /// be chosen.
    public let isRefusal: Bool

    /// Loading was told to stop.
    static var stopped: LoadError { LoadError("loading was stopped") }

    /// An error in those words.
    public init(_ description: String, isRefusal: Bool = false) {
        self.description = description
        self.isRefusal = isRefusal
    }
}
