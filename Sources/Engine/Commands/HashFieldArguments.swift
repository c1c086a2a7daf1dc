internal import Bytes

/// What the commands about fields that expire have in common: `FIELDS numfields field …`, and their times.
enum HashFieldArguments {
    /// The latest instant, in Unix ms: Redis keeps 48 bits and reserves two of them.
    static let latest: Int64 = 1 << 46 - 1

    /// The index of the first of the fields, which must be all that is left from `index` on.
    /// - Throws: `invalid` where their number is not positive, and Redis's other complaints.
    static func fields(
        _ a: borrowing Arguments, at index: Int, or invalid: CommandError
    ) throws(CommandError) -> Int {
        guard index < a.count, a.matches(index, "FIELDS") else { throw .fieldsKeyword }
        guard index + 1 < a.count else { throw invalid }
        let count = try a.integer(index + 1, or: invalid)
        if count < 1 { throw invalid }
        if count != Int64(a.count - index - 2) { throw .fieldCountMismatch }
        return index + 2
    }

    /// The instant in Unix ms that an argument gives, counted from `base`. It may have passed.
    /// - Throws: `.notInteger`, `.fieldExpiryNegative`; `invalid` where it is past `latest`.
    static func instant(
        _ text: ByteView, inSeconds: Bool, since base: Int64, or invalid: CommandError
    ) throws(CommandError) -> Int64 {
        guard var time = parseInt64(text) else { throw .notInteger }
        if time < 0 { throw .fieldExpiryNegative }
        if inSeconds {
            if time > latest / 1000 { throw invalid }
            time *= 1000
        }
        if time > latest - base { throw invalid }
        return time + base
    }

    /// The instant that the options EX, PX, EXAT and PXAT give; nil where `keyword` is none of them.
    /// - Throws: as `instant(_:inSeconds:since:or:)`; `.fieldExpiryMissing` where no time follows.
    static func instant(
        _ a: borrowing Arguments, at keyword: Int, now: Int64, or invalid: CommandError
    ) throws(CommandError) -> Int64? {
        let isRelative = a.matches(keyword, "EX") || a.matches(keyword, "PX")
        guard isRelative || a.matches(keyword, "EXAT") || a.matches(keyword, "PXAT") else { return nil }
        guard keyword + 1 < a.count else { throw .fieldExpiryMissing }
        return try instant(
            a[keyword + 1], inSeconds: a.matches(keyword, "EX") || a.matches(keyword, "EXAT"),
            since: isRelative ? now : 0, or: invalid)
    }
}

extension Keyspace where Self: ~Copyable {
    /// Tells that fields of a hash were made to expire at `instant`; it keeps `left` fields.
    mutating func eventOfExpiry(_ instant: Int64, _ key: ByteView, left: Int) {
        if instant > expiryLimit { return event(.hash, "hexpire", key) }
        eventOfRemoval(.hash, "hdel", key, left: left)
    }
}

extension HashType {
    /// Makes a present field expire at `instant`; it goes at once where that has expired
    /// (`Keyspace.expiryLimit`).
    func expire(_ field: ByteView, at instant: Int64, limit: Int64) {
        if instant <= limit { remove(field) } else { setExpiry(of: field, at: instant) }
    }
}
