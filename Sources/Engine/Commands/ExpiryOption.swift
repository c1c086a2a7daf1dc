internal import Bytes

/// How SET, GETEX and kin say when a key is to expire: EX, PX, EXAT, PXAT, KEEPTTL, PERSIST. At most one
/// of them; the same one may be repeated, and the last time counts.
struct ExpiryOption {
    enum Kind {
        case none, seconds, milliseconds, secondsAt, millisecondsAt, keep, persist

        var isSeconds: Bool { self == .seconds || self == .secondsAt }
        var isRelative: Bool { self == .seconds || self == .milliseconds }
    }

    private(set) var kind = Kind.none
    /// The time's text; read only after all options were, as Redis does.
    private(set) var time = ByteView.empty

    /// No option yet.
    init() {}

    /// A time given by position (SETEX, PSETEX).
    init(_ kind: Kind, _ time: ByteView) {
        self.kind = kind
        self.time = time
    }

    /// Whether a time was given.
    var hasTime: Bool { kind != .none && kind != .keep && kind != .persist }

    /// Reads the option at `index`, and leaves `index` at its last argument. False where no such option is
    /// there, where it is not allowed here, lacks its time, or contradicts an earlier one.
    mutating func read(
        _ a: borrowing Arguments, _ index: inout Int, allowsKeep: Bool, allowsPersist: Bool
    ) -> Bool {
        let read: Kind
        if a.matches(index, "EX") {
            read = .seconds
        } else if a.matches(index, "PX") {
            read = .milliseconds
        } else if a.matches(index, "EXAT") {
            read = .secondsAt
        } else if a.matches(index, "PXAT") {
            read = .millisecondsAt
        } else if allowsKeep && a.matches(index, "KEEPTTL") {
            read = .keep
        } else if allowsPersist && a.matches(index, "PERSIST") {
            read = .persist
        } else {
            return false
        }
        guard kind == .none || kind == read else { return false }
        kind = read
        if hasTime {
            guard index + 1 < a.count else { return false }
            index += 1
            time = a[index]
        }
        return true
    }

    /// The instant in Unix milliseconds, nil where no time was given.
    /// - Throws: `.notInteger`; `invalid` where the time is not positive or overflows.
    func instant(now: Int64, or invalid: CommandError) throws(CommandError) -> Int64? {
        guard hasTime else { return nil }
        guard var value = parseInt64(time) else { throw .notInteger }
        if value <= 0 || (kind.isSeconds && value > .max / 1000) { throw invalid }
        if kind.isSeconds { value *= 1000 }
        guard kind.isRelative else { return value }
        let (instant, overflow) = value.addingReportingOverflow(now)
        if overflow { throw invalid }
        return instant
    }
}
