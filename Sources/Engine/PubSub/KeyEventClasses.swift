/// Classes of key events, one letter each, as Redis's `notify-keyspace-events` names them.
public struct KeyEventClasses: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// The classes of these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `K`: events are published on `__keyspace@0__:<key>`.
    public static let keyspace = KeyEventClasses(rawValue: 1)
    /// `E`: events are published on `__keyevent@0__:<event>`.
    public static let keyevent = KeyEventClasses(rawValue: 1 << 1)
    /// `g`: DEL, EXPIRE, RENAME and others that are of no type.
    public static let generic = KeyEventClasses(rawValue: 1 << 2)
    /// `$`: strings.
    public static let string = KeyEventClasses(rawValue: 1 << 3)
    /// `l`: lists.
    public static let list = KeyEventClasses(rawValue: 1 << 4)
    /// `s`: sets.
    public static let set = KeyEventClasses(rawValue: 1 << 5)
    /// `h`: hashes.
    public static let hash = KeyEventClasses(rawValue: 1 << 6)
    /// `z`: sorted sets.
    public static let sortedSet = KeyEventClasses(rawValue: 1 << 7)
    /// `x`: keys whose time came.
    public static let expired = KeyEventClasses(rawValue: 1 << 8)
    /// `e`: keys removed for want of memory.
    public static let evicted = KeyEventClasses(rawValue: 1 << 9)
    /// `t`: streams.
    public static let stream = KeyEventClasses(rawValue: 1 << 10)
    /// `m`: look-ups of missing keys; not in `A`.
    public static let keyMiss = KeyEventClasses(rawValue: 1 << 11)
    /// `d`: modules.
    public static let module = KeyEventClasses(rawValue: 1 << 12)
    /// `n`: keys made; not in `A`.
    public static let new = KeyEventClasses(rawValue: 1 << 13)

    /// `A`: all but `m` and `n`.
    public static let all: KeyEventClasses = [
        .generic, .string, .list, .set, .hash, .sortedSet, .expired, .evicted, .stream, .module,
    ]
}
