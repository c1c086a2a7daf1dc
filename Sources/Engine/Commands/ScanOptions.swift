internal import Bytes

/// The options that SCAN, HSCAN, SSCAN and ZSCAN share. Redis reads the cursor first, looks at the key
/// (a missing one is an empty answer, whatever the options), and only then reads the options.
struct ScanOptions {
    /// What names must match; nil where all do.
    private(set) var pattern: ByteView?
    /// COUNT, where the client gave one.
    private var given: Int?
    /// SCAN's TYPE.
    private(set) var type = TypeFilter.any
    /// SCAN's WITHTYPE, which Upstash's clients know: each key is followed by the name of its type.
    private(set) var withType = false

    /// How far a scan that filters goes for its client, who pays a round trip for every call: without COUNT
    /// it visits so many elements, and SCAN with COUNT goes on so far to find its COUNT.
    static let reach = 1000

    /// About how many elements to visit. Without COUNT it is Redis's 10 where all are answered, and `reach`
    /// where a filter may drop them.
    var count: Int { given ?? (pattern == nil && type == .any ? 10 : ScanOptions.reach) }

    /// Whether the key visited as the `seen`th counts towards `count`: SCAN's COUNT counts what is answered,
    /// and what is not only beyond the reach. So `COUNT 1` answers a key wherever there is one within it.
    func counts(seen: Int, isAnswered: Bool) -> Bool {
        isAnswered || given == nil || seen >= ScanOptions.reach
    }

    /// Which types of keys are answered.
    enum TypeFilter: Equatable {
        case any
        case only(KeyType)
        /// A name that is no type's: Redis answers no key and no error.
        case none
    }

    /// Reads the options from argument `first` on. TYPE and WITHTYPE are taken only where `allowsType`.
    /// - Throws: `.syntax`, `.notInteger`.
    init(_ a: borrowing Arguments, from first: Int, allowsType: Bool = false) throws(CommandError) {
        var i = first
        while i < a.count {
            if allowsType && a.matches(i, "WITHTYPE") {
                withType = true
                i += 1
                continue
            }
            guard i + 1 < a.count else { throw .syntax }
            if a.matches(i, "COUNT") {
                let wanted = try a.integer(i + 1)
                if wanted < 1 { throw .syntax }
                given = Int(wanted)
            } else if a.matches(i, "MATCH") {
                let all = a[i + 1].count == 1 && a[i + 1][0] == UInt8(ascii: "*")
                pattern = all ? nil : a[i + 1]
            } else if allowsType && a.matches(i, "TYPE") {
                let named = KeyType.allCases.first { type in
                    asciiEqualIgnoringCase(ByteView(type.name), a[i + 1])
                }
                type = named.map { .only($0) } ?? .none
            } else {
                throw .syntax
            }
            i += 2
        }
    }

    /// Whether MATCH admits this name.
    func matches(_ name: ByteView) -> Bool {
        guard let pattern else { return true }
        return globMatches(pattern: pattern, text: name)
    }

    /// Whether TYPE admits this type.
    func matches(_ type: KeyType) -> Bool {
        switch self.type {
        case .any: true
        case .only(let wanted): type == wanted
        case .none: false
        }
    }

    /// A cursor as Redis reads one, with `strtoul`: also the empty text (0), a plus sign, and a minus sign,
    /// which wraps around.
    /// - Throws: `.invalidCursor`.
    static func cursor(_ text: ByteView) throws(CommandError) -> UInt64 {
        if text.isEmpty { return 0 }
        let negative = text[0] == UInt8(ascii: "-")
        let digits = negative || text[0] == UInt8(ascii: "+") ? text.dropFirst(1) : text
        guard let value = parseUInt64(digits) else { throw .invalidCursor }
        return negative ? 0 &- value : value
    }
}

/// Equality of ASCII text without regard to case.
func asciiEqualIgnoringCase(_ a: ByteView, _ b: ByteView) -> Bool {
    guard a.count == b.count else { return false }
    for i in 0..<a.count where asciiUppercased(a[i]) != asciiUppercased(b[i]) { return false }
    return true
}

extension Reply {
    /// Answers a scan: the cursor to go on with, and `count` values, which stand on a tape of their own
    /// because the cursor is known only after they were visited.
    mutating func scanned(next cursor: UInt64, _ elements: borrowing Reply, count: Int) {
        array(2)
        bytes(decimal: Int64(bitPattern: cursor), unsigned: true)
        array(count)
        append(part: elements)
    }

    /// Answers a scan of what is not there.
    mutating func scannedNothing() {
        array(2)
        bytes("0")
        array(0)
    }
}
