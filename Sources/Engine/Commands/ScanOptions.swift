internal import Bytes

/// The options that SCAN, HSCAN, SSCAN and ZSCAN share. Redis reads the cursor first, looks at the key
/// (a missing one is an empty answer, whatever the options), and only then reads the options.
struct ScanOptions {
    /// What names must match; nil where all do.
    private(set) var pattern: ByteView?
    /// About how many elements to visit; 10 where the client does not say.
    private(set) var count = 10
    /// SCAN's TYPE.
    private(set) var type = TypeFilter.any

    /// Which types of keys are answered.
    enum TypeFilter: Equatable {
        case any
        case only(KeyType)
        /// A name that is no type's: Redis answers no key and no error.
        case none
    }

    /// Reads the options from argument `first` on. TYPE is taken only where `allowsType`.
    /// - Throws: `.syntax`, `.notInteger`.
    init(_ a: borrowing Arguments, from first: Int, allowsType: Bool = false) throws(CommandError) {
        var i = first
        while i < a.count {
            guard i + 1 < a.count else { throw .syntax }
            if a.matches(i, "COUNT") {
                let wanted = try a.integer(i + 1)
                if wanted < 1 { throw .syntax }
                count = Int(wanted)
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
        tape.append(elements.tape.view)
    }
}
