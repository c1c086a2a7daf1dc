internal import Engine

/// Messages that a subscriber does not get: which ones, and why. It is told of them, never left without a word.
struct EventGap {
    /// Why they are missing.
    enum Reason: String {
        /// The id to resume from is none of this run of the server: what was missed is not known.
        case unknown
        /// They are no longer kept.
        case forgotten
        /// The client reads more slowly than they came.
        case overflow
        /// Where they were published could not be reached.
        case disconnected
    }

    var reason: Reason
    /// The topic that they are of; nil: any of the stream's.
    var topic: Topic?
    /// How many; nil where that is not known.
    var count: Int?
    /// The last message before them, 0 where all are; nil where that is not known.
    var after: UInt64?
    /// The first message after them, or the one that comes next.
    var before: UInt64
}
