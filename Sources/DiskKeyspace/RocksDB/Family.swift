/// The column families: what is looked up in different ways lies apart. The layouts are in `Layout/`.
enum Family: Int, CaseIterable, Sendable {
    /// What belongs to no key: the next version, the epoch, counts, what is to be swept.
    case system
    /// A record for each key; strings are in it.
    case metadata
    /// Fields of hashes, members of sets and sorted sets, by name.
    case elements
    /// Members of sorted sets by score, items of lists by position, and their counted spans.
    case order
    /// Keys by the time at which they, or a field of theirs, expire.
    case expiry

    /// RocksDB's name.
    var name: StaticString {
        switch self {
        case .system: "default"
        case .metadata: "metadata"
        case .elements: "elements"
        case .order: "order"
        case .expiry: "expiry"
        }
    }

    /// Whether single keys are looked up in it, also such as are not there.
    var isLookedUp: Bool { self == .metadata || self == .elements || self == .order }
}
