/// Turns a text into a tape: one pass, no recursion. RFC 8259, strictly, and members must be unique.
struct JSONParser: ~Copyable {
    var tape: JSONTape
    /// The decoded form of strings that differ from their source.
    var arena = ByteBuffer()

    private let source: ByteView
    private let maxDepth: Int
    private var at = 0
    private var open: [Frame] = []

    /// A container that is not closed yet.
    private struct Frame {
        let tapeIndex: Int
        let isObject: Bool
        var count = 0
    }

    init(_ source: ByteView, maxDepth: Int) {
        self.source = source
        self.maxDepth = maxDepth
        // Text of short numbers and strings makes about one word for eight bytes.
        tape = JSONTape(capacity: source.count / 8 + 16)
    }

    mutating func parse() throws(JSONError) {
        guard source.count <= JSONDocument.maxLength else {
            throw failure(.tooLong, at: JSONDocument.maxLength)
        }
        skipSpace()
        if at == source.count { throw failure(.empty) }
        repeat { try parseValue() } while try parseAfterValue()
        if at != source.count { throw failure(.trailingBytes) }
    }

    /// Parses values up to the end of a scalar or of an empty container: opening a container goes on with
    /// its first value.
    private mutating func parseValue() throws(JSONError) {
        while true {
            skipSpace()
            switch try peek() {
            case UInt8(ascii: "\""): return tape.append(try parseString().bits)
            case UInt8(ascii: "{"):
                try openContainer(.object)
                if try peek() == UInt8(ascii: "}") { return }
                try parseName(orElse: "a member name or '}'")
            case UInt8(ascii: "["):
                try openContainer(.array)
                if try peek() == UInt8(ascii: "]") { return }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                return tape.append(try parseNumber().bits)
            case UInt8(ascii: "t"): return try parseLiteral("true", .true)
            case UInt8(ascii: "f"): return try parseLiteral("false", .false)
            case UInt8(ascii: "n"): return try parseLiteral("null", .null)
            case let byte: throw failure(.unexpectedByte(byte, expected: "a value"))
            }
        }
    }

    /// Goes on after a value, or at the end of an empty container: true where another value follows,
    /// false at the end of the outermost one.
    private mutating func parseAfterValue() throws(JSONError) -> Bool {
        // An empty container was left open with its bracket still to come; any other value counts.
        var complete = tape.count > (open.last.map { $0.tapeIndex + 2 } ?? 0)
        while !open.isEmpty {
            if complete { open[open.count - 1].count += 1 }
            complete = true
            let isObject = open[open.count - 1].isObject
            skipSpace()
            switch (try peek(), isObject) {
            case (UInt8(ascii: ","), true):
                at += 1
                skipSpace()
                try parseName(orElse: "a member name")
                return true
            case (UInt8(ascii: ","), false):
                at += 1
                return true
            case (UInt8(ascii: "}"), true), (UInt8(ascii: "]"), false):
                at += 1
                try closeContainer()
            case (let byte, _):
                throw failure(.unexpectedByte(byte, expected: isObject ? "',' or '}'" : "',' or ']'"))
            }
        }
        skipSpace()
        return false
    }

    private mutating func openContainer(_ kind: JSONWord.Kind) throws(JSONError) {
        if open.count == maxDepth { throw failure(.nestedTooDeep(limit: maxDepth)) }
        open.append(Frame(tapeIndex: tape.count, isObject: kind == .object))
        tape.append(JSONWord(kind, offset: at).bits)
        tape.append(0)
        at += 1
        skipSpace()
    }

    private mutating func closeContainer() throws(JSONError) {
        let frame = open.removeLast()
        let start = frame.tapeIndex
        let offset = JSONWord(bits: tape[start]).offset
        var kind = JSONWord.Kind.array
        if frame.isObject {
            if let index = duplicateName(from: start + 2, count: frame.count) {
                let word = JSONWord(bits: tape[index])
                throw failure(
                    .duplicateMember(text(of: word).array),
                    at: word.kind == .string ? word.offset - 1 : offset)
            }
            kind = decodeBase64Object(from: start + 2, count: frame.count) ? .base64Object : .object
        }
        tape[start] = JSONWord(kind, length: frame.count, offset: offset).bits
        tape[start + 1] = UInt64(tape.count)
    }

    /// Where the only member is `base64` and its value decodes: appends the word of the decoded bytes.
    private mutating func decodeBase64Object(from first: Int, count: Int) -> Bool {
        guard count == 1, text(of: JSONWord(bits: tape[first])) == ByteView("base64") else { return false }
        let value = JSONWord(bits: tape[first + 1])
        guard value.kind == .string || value.kind == .arenaString else { return false }
        let start = arena.count
        // The text may lie in the arena, which moves when it grows: first the room, then the view.
        arena.reserve(value.length)
        guard arena.append(decodingBase64: text(of: value)) else { return false }
        tape.append(JSONWord(.arenaString, length: arena.count - start, offset: start).bits)
        return true
    }

    /// The bytes of a string's word; valid until the arena changes.
    private func text(of word: JSONWord) -> ByteView {
        let range = word.offset..<word.offset + word.length
        return word.kind == .arenaString ? arena.view[range] : source[range]
    }

    /// The tape index of the first name that stands twice among the `count` members from `first` on.
    private func duplicateName(from first: Int, count: Int) -> Int? {
        if count <= 6 { return duplicateAmongFew(from: first, count: count) }
        // Chosen names can't collide: the hash is keyed. At most half of the slots fill.
        let slots = 1 << (Int.bitWidth - (count * 2 - 1).leadingZeroBitCount)
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: slots) { table in
            table.initialize(repeating: 0)
            var index = first
            for _ in 0..<count {
                let name = text(of: JSONWord(bits: tape[index]))
                var slot = Int(truncatingIfNeeded: sipHash13(name, key: nameKey)) & (slots - 1)
                while table[slot] != 0 {
                    if text(of: JSONWord(bits: tape[Int(table[slot])])) == name { return index }
                    slot = (slot + 1) & (slots - 1)
                }
                // A name never has tape index 0: its object's word comes before it.
                table[slot] = UInt32(index)
                index = self.index(after: index + 1)
            }
            return nil
        }
    }

    /// The same by comparing each with each, which is faster than hashing while they are few.
    private func duplicateAmongFew(from first: Int, count: Int) -> Int? {
        var index = first
        for place in 0..<count {
            let name = text(of: JSONWord(bits: tape[index]))
            var earlier = first
            for _ in 0..<place {
                if text(of: JSONWord(bits: tape[earlier])) == name { return index }
                earlier = self.index(after: earlier + 1)
            }
            index = self.index(after: index + 1)
        }
        return nil
    }

    /// The tape index of what follows the value at `index`.
    private func index(after index: Int) -> Int {
        switch JSONWord(bits: tape[index]).kind {
        case .array, .object, .base64Object: Int(truncatingIfNeeded: tape[index + 1])
        default: index + 1
        }
    }

    private mutating func parseName(orElse expected: String) throws(JSONError) {
        let byte = try peek()
        guard byte == UInt8(ascii: "\"") else { throw failure(.unexpectedByte(byte, expected: expected)) }
        tape.append(try parseString().bits)
        skipSpace()
        let colon = try peek()
        guard colon == UInt8(ascii: ":") else { throw failure(.unexpectedByte(colon, expected: "':'")) }
        at += 1
    }

    private mutating func parseLiteral(_ text: StaticString, _ kind: JSONWord.Kind) throws(JSONError) {
        let text = ByteView(text)
        for i in 0..<text.count {
            let byte = try peek()
            if byte != text[i] { throw failure(.unexpectedByte(byte, expected: "'\(text.string)'")) }
            at += 1
        }
        tape.append(JSONWord(kind).bits)
    }

    private mutating func parseNumber() throws(JSONError) -> JSONWord {
        let start = at
        if source[at] == UInt8(ascii: "-") { at += 1 }
        let leading = at
        let whole = skipDigits()
        if whole == 0 || whole > 1 && source[leading] == UInt8(ascii: "0") {
            throw failure(.malformedNumber, at: start)
        }
        if at < source.count, source[at] == UInt8(ascii: ".") {
            at += 1
            if skipDigits() == 0 { throw failure(.malformedNumber, at: start) }
        }
        if at < source.count, source[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < source.count, source[at] == UInt8(ascii: "+") || source[at] == UInt8(ascii: "-") {
                at += 1
            }
            if skipDigits() == 0 { throw failure(.malformedNumber, at: start) }
        }
        return JSONWord(.number, length: at - start, offset: start)
    }

    private mutating func skipDigits() -> Int {
        let start = at
        while at < source.count, source.pointer[at] &- UInt8(ascii: "0") < 10 { at &+= 1 }
        return at - start
    }

    /// Parses the string whose opening quote is next.
    private mutating func parseString() throws(JSONError) -> JSONWord {
        let bytes = source.pointer
        let start = at + 1
        at = start
        let arenaStart = arena.count
        var run = start
        var escaped = false
        while true {
            while at &+ 8 <= source.count,
                !needsJSONAttention(
                    UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: at, as: UInt64.self))
            {
                at &+= 8
            }
            while at < source.count, !needsJSONAttention(bytes[at]) { at &+= 1 }
            guard at < source.count else { throw failure(.unexpectedEnd) }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                let end = at
                at += 1
                if !escaped { return JSONWord(.string, length: end - start, offset: start) }
                arena.append(source[run..<end])
                return JSONWord(.arenaString, length: arena.count - arenaStart, offset: arenaStart)
            case UInt8(ascii: "\\"):
                arena.append(source[run..<at])
                escaped = true
                try parseEscape()
                run = at
            case 0x80...:
                while at < source.count, bytes[at] >= 0x80 {
                    let length = utf8SequenceLength(bytes + at, count: source.count - at)
                    if length == 0 { throw failure(.invalidUTF8) }
                    at += length
                }
            case let byte: throw failure(.controlCharacter(byte))
            }
        }
    }

    /// Decodes the escape whose `\` is next into the arena.
    private mutating func parseEscape() throws(JSONError) {
        let start = at
        at += 1
        let kind = try peek()
        at += 1
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): arena.append(kind)
        case UInt8(ascii: "b"): arena.append(0x08)
        case UInt8(ascii: "f"): arena.append(0x0C)
        case UInt8(ascii: "n"): arena.append(0x0A)
        case UInt8(ascii: "r"): arena.append(0x0D)
        case UInt8(ascii: "t"): arena.append(0x09)
        case UInt8(ascii: "u"):
            var code = try parseHex4(start)
            if code & 0xFC00 == 0xDC00 { throw failure(.loneSurrogate, at: start) }
            if code & 0xFC00 == 0xD800 {
                guard source[at..<source.count].starts(with: ByteView("\\u")) else {
                    throw failure(.loneSurrogate, at: start)
                }
                at += 2
                let low = try parseHex4(at - 2)
                if low & 0xFC00 != 0xDC00 { throw failure(.loneSurrogate, at: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            // Not a surrogate and at most U+10FFFF, so a scalar.
            for byte in UTF8.encode(Unicode.Scalar(code).unsafelyUnwrapped).unsafelyUnwrapped {
                arena.append(byte)
            }
        default: throw failure(.malformedEscape, at: start)
        }
    }

    /// The value of four hexadecimal digits, of the escape that began at `start`.
    private mutating func parseHex4(_ start: Int) throws(JSONError) -> UInt32 {
        guard source.count - at >= 4 else { throw failure(.unexpectedEnd, at: source.count) }
        var code: UInt32 = 0
        for i in at..<at + 4 {
            guard let digit = hexValue(source[i]) else { throw failure(.malformedEscape, at: start) }
            code = code << 4 | UInt32(digit)
        }
        at += 4
        return code
    }

    private mutating func skipSpace() {
        while at < source.count {
            let byte = source.pointer[at]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            at &+= 1
        }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard at < source.count else { throw failure(.unexpectedEnd) }
        return source.pointer[at]
    }

    private func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason: reason, offset: offset ?? at)
    }
}

/// Hashes the names of members; random, so that nobody can choose names that collide.
private let nameKey = SipKey.random()
