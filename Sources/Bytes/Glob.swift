/// Whether the whole of `text` matches the glob `pattern`, as Redis's `stringmatchlen` decides.
///
/// `*` is any run, `?` any one byte, `[abc]`, `[a-z]` and `[^a-z]` one byte of a class, `\x` the byte x.
/// Redis's corners are kept: an unclosed class ends with the pattern, a range may be written backwards
/// and compares bytes as signed numbers (as `char` is on x86-64), a `\` at the end stands for itself, and
/// an empty text matches the empty pattern alone (what lists keys takes a lone `*` as "all" before it
/// comes here).
///
/// On a mismatch only the latest `*` takes one byte more: every other part of a pattern is one byte wide,
/// so earlier ones need not be tried again. O(pattern.count × text.count) at worst, without recursion.
public func globMatches(pattern: ByteView, text: ByteView, ignoringCase: Bool = false) -> Bool {
    if text.isEmpty { return pattern.isEmpty }
    var glob = GlobReader(pattern: pattern, ignoringCase: ignoringCase)
    var at = 0
    var star: (resume: Int, text: Int)?
    while at < text.count {
        if glob.skipStars() {
            if glob.atEnd { return true }
            star = (glob.position, at)
        } else if !glob.atEnd, glob.matchOne(text.pointer[at]) {
            at += 1
        } else {
            guard let last = star else { return false }
            star = (last.resume, last.text + 1)
            glob.position = last.resume
            at = last.text + 1
        }
    }
    _ = glob.skipStars()
    return glob.atEnd
}

/// Whether `pattern` has a byte that is special in a glob; without, it matches only itself. O(count).
public func isGlobPattern(_ pattern: ByteView) -> Bool {
    pattern.buffer.contains {
        $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[")
            || $0 == UInt8(ascii: "\\")
    }
}

/// A position in a pattern. Invariant: `0 ... pattern.count`.
private struct GlobReader {
    let pattern: ByteView
    let ignoringCase: Bool
    var position = 0

    init(pattern: ByteView, ignoringCase: Bool) {
        self.pattern = pattern
        self.ignoringCase = ignoringCase
    }

    var atEnd: Bool { position == pattern.count }

    private var left: Int { pattern.count - position }

    /// Skips the stars at the position; whether there were any.
    mutating func skipStars() -> Bool {
        let start = position
        while position < pattern.count, pattern.pointer[position] == UInt8(ascii: "*") { position += 1 }
        return position > start
    }

    /// Takes the part at the position, which is not a star and not the end; whether `byte` matches it.
    mutating func matchOne(_ byte: UInt8) -> Bool {
        var literal = pattern[position]
        switch literal {
        case UInt8(ascii: "?"):
            position += 1
            return true
        case UInt8(ascii: "["):
            position += 1
            return matchClass(byte)
        case UInt8(ascii: "\\") where left >= 2:
            position += 1
            literal = pattern[position]
        default: break
        }
        position += 1
        return folded(literal) == folded(byte)
    }

    /// Takes the rest of a class, after its `[`, with its `]`; whether `byte` is of it.
    private mutating func matchClass(_ byte: UInt8) -> Bool {
        let negated = !atEnd && pattern[position] == UInt8(ascii: "^")
        if negated { position += 1 }
        var matched = false
        while !atEnd {
            let first = pattern[position]
            if first == UInt8(ascii: "\\") && left >= 2 {
                // Redis compares an escaped byte in a class exactly, even without regard to case.
                if pattern[position + 1] == byte { matched = true }
                position += 2
            } else if first == UInt8(ascii: "]") {
                position += 1
                break
            } else if left >= 3 && pattern[position + 1] == UInt8(ascii: "-") {
                if inRange(byte, first, pattern[position + 2]) { matched = true }
                position += 3
            } else {
                if folded(first) == folded(byte) { matched = true }
                position += 1
            }
        }
        return matched != negated
    }

    private func inRange(_ byte: UInt8, _ a: UInt8, _ b: UInt8) -> Bool {
        // Redis orders the ends before it folds them.
        let (low, high) = Int8(bitPattern: a) <= Int8(bitPattern: b) ? (a, b) : (b, a)
        let value = Int8(bitPattern: folded(byte))
        return value >= Int8(bitPattern: folded(low)) && value <= Int8(bitPattern: folded(high))
    }

    private func folded(_ byte: UInt8) -> UInt8 {
        // `tolower`; folding upwards would change which of the bytes between Z and a a range holds.
        ignoringCase && byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}
