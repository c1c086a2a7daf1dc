public import Bytes

extension Manifest {
    /// The longest manifest that is read, in bytes.
    public static let sizeLimit = 1 << 20
    /// The longest line that Redis reads, with its end.
    private static let lineLimit = 1024

    /// Reads a manifest as Redis 7.0's `aofLoadManifestFromFile` does: comments, quoted names and words it does
    /// not know included. Stricter in that a file listed twice, a gap between increments, a number that is none
    /// or not the name's, and a replaced file without what has replaced it are errors. O(n) in the bytes, O(n²) in the files.
    public init(parsing text: ByteView, prefix: String = "appendonly.aof") throws(ManifestError) {
        self.init(prefix: prefix)
        guard !text.isEmpty else { throw ManifestError(.empty, line: 0) }
        guard text.count <= Manifest.sizeLimit else { throw ManifestError(.tooLarge, line: 0) }
        var start = 0
        var number = 0
        while start < text.count {
            number += 1
            guard let end = text.firstIndex(of: UInt8(ascii: "\n"), from: start),
                end - start < Manifest.lineLimit
            else { throw ManifestError(.lineTooLong, line: number) }
            let line = text[start..<end]
            start = end + 1
            if !line.isEmpty && line[0] == UInt8(ascii: "#") { continue }
            do throws(ManifestError.Reason) {
                try add(Manifest.entry(line))
            } catch {
                throw ManifestError(error, line: number)
            }
        }
        do throws(ManifestError.Reason) {
            try checkHistory()
        } catch {
            throw ManifestError(error, line: 0)
        }
    }

    private static func entry(_ line: ByteView) throws(ManifestError.Reason) -> Entry {
        guard let words = splitArguments(line), words.count >= 6, words.count % 2 == 0 else {
            throw .malformed
        }
        var name: String?
        var sequence: Int?
        var role: Role?
        for index in stride(from: 0, to: words.count, by: 2) {
            let value = words[index + 1]
            let key = words[index].withByteView { key -> UInt8 in
                key.equalsIgnoringCase("FILE")
                    ? 0x66 : key.equalsIgnoringCase("SEQ") ? 0x73 : key.equalsIgnoringCase("TYPE") ? 0x74 : 0
            }
            switch key {
            case 0x66:
                guard let text = String(validating: value, as: UTF8.self) else { throw .nameNotUTF8 }
                guard isPlain(text) else { throw .nameIsPath(text) }
                name = text
            case 0x73:
                guard let parsed = value.withByteView(parseInt64), parsed > 0 else { throw .badSequence }
                sequence = Int(parsed)
            case 0x74:
                // As Redis, which looks at the first letter alone.
                guard let parsed = value.first.flatMap(Role.init(rawValue:)) else { throw .unknownType }
                role = parsed
            default:
                break
            }
        }
        guard let name, let sequence, let role else { throw .malformed }
        return Entry(name: name, sequence: sequence, role: role)
    }

    /// Splits a line into words as Redis's `sdssplitargs` does, with "double" quotes and their escapes and
    /// 'single' ones; nil where a quote does not end, or something follows it directly. O(n).
    static func splitArguments(_ line: ByteView) -> [[UInt8]]? {
        var words: [[UInt8]] = []
        var i = 0
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
        while true {
            while i < line.count, isSpace(line[i]) { i += 1 }
            guard i < line.count else { return words }
            var word: [UInt8] = []
            while i < line.count, !isSpace(line[i]) {
                let quote = line[i]
                i += 1
                guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                    word.append(quote)
                    continue
                }
                while true {
                    guard i < line.count else { return nil }
                    if line[i] == quote { break }
                    i = unquote(line, i, quote, &word)
                }
                i += 1
                guard i == line.count || isSpace(line[i]) else { return nil }
                break
            }
            words.append(word)
        }
    }

    /// Reads one byte, or an escape for one, between quotes; answers where the next begins.
    private static func unquote(_ line: ByteView, _ i: Int, _ quote: UInt8, _ word: inout [UInt8]) -> Int {
        guard line[i] == UInt8(ascii: "\\"), i + 1 < line.count else {
            word.append(line[i])
            return i + 1
        }
        let next = line[i + 1]
        guard quote == UInt8(ascii: "\"") else {
            word.append(next == quote ? quote : line[i])
            return i + (next == quote ? 2 : 1)
        }
        if next == UInt8(ascii: "x"), i + 3 < line.count, let high = hexDigit(line[i + 2]),
            let low = hexDigit(line[i + 3])
        {
            word.append(high << 4 | low)
            return i + 4
        }
        switch next {
        case UInt8(ascii: "n"): word.append(0x0A)
        case UInt8(ascii: "r"): word.append(0x0D)
        case UInt8(ascii: "t"): word.append(0x09)
        case UInt8(ascii: "b"): word.append(0x08)
        case UInt8(ascii: "a"): word.append(0x07)
        default: word.append(next)
        }
        return i + 2
    }
}

/// The value of a hexadecimal digit of either case.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
}
