internal import Bytes
internal import Engine
internal import MicroHTTP

/// `Range` on a string's raw bytes (RFC 9110, section 14): one range of bytes.
enum ByteRange {
    case from(Int64, through: Int64?)
    case last(Int64)

    /// The one range of a header; nil where it is malformed, of other units or asks for several: such a
    /// header is disregarded.
    init?(_ header: ByteView) {
        guard header.starts(with: ByteView("bytes=")) else { return nil }
        let spec = trimmed(header.dropFirst(6))
        guard let dash = spec.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let (first, last) = (spec[0..<dash], spec.dropFirst(dash + 1))
        if first.isEmpty {
            guard let count = ByteRange.number(last) else { return nil }
            self = .last(count)
        } else {
            guard let start = ByteRange.number(first) else { return nil }
            if last.isEmpty {
                self = .from(start, through: nil)
            } else {
                guard let end = ByteRange.number(last), end >= start else { return nil }
                self = .from(start, through: end)
            }
        }
    }

    /// A run of digits; larger than any value is as good as the end.
    private static func number(_ text: ByteView) -> Int64? {
        guard !text.isEmpty, text.buffer.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return text.count > 18 ? .max : text.buffer.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    /// The first and last position of a `Content-Range` that says where a request's bytes go:
    /// `bytes first-last/*`. Nil where it is of any other form.
    static func placement(_ header: ByteView) -> (first: Int64, last: Int64)? {
        guard header.starts(with: ByteView("bytes ")) else { return nil }
        let spec = header.dropFirst(6)
        guard let dash = spec.firstIndex(of: UInt8(ascii: "-")),
            let slash = spec.firstIndex(of: UInt8(ascii: "/")), dash < slash,
            spec.dropFirst(slash) == ByteView("/*"), let first = number(spec[0..<dash]),
            let last = number(spec[dash + 1..<slash]), first <= last, last < .max
        else { return nil }
        return (first, last)
    }

    /// The bytes it selects of `count`; nil where there are none (416).
    func resolve(count: Int64) -> Range<Int64>? {
        switch self {
        case .from(let first, let through):
            guard first < count else { return nil }
            return first..<min(through.map { $0 == .max ? .max : $0 + 1 } ?? .max, count)
        case .last(let wanted):
            guard wanted > 0, count > 0 else { return nil }
            return max(0, count - wanted)..<count
        }
    }
}
