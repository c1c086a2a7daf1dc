internal import Bytes

/// The parameters of a raw query, in their order and nothing decoded. This is the one way to walk a query: the
/// access token (`_token`) is never among them, so that no route takes it for an argument of its own.
struct QueryParts: Sequence, IteratorProtocol {
    /// One parameter.
    struct Part: BitwiseCopyable {
        let name: ByteView
        /// Nil for `?name` alone.
        let value: ByteView?
    }

    private let text: ByteView
    private var start = 0

    init(_ text: ByteView) { self.text = text }

    /// The next parameter that is not the token. O(its bytes).
    mutating func next() -> Part? {
        while let part = nextOfAll() {
            if !part.isToken { return part }
        }
        return nil
    }

    /// The token's raw value: that of the first `_token`; nil where there is none.
    var token: ByteView? {
        var all = QueryParts(text)
        while let part = all.nextOfAll() {
            if part.isToken { return part.value }
        }
        return nil
    }

    private mutating func nextOfAll() -> Part? {
        while start < text.count {
            let end = text.firstIndex(of: UInt8(ascii: "&"), from: start) ?? text.count
            let part = text[start..<end]
            start = end + 1
            if part.isEmpty { continue }
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                return Part(name: part, value: nil)
            }
            return Part(name: part[0..<equals], value: part.dropFirst(equals + 1))
        }
        return nil
    }
}

extension QueryParts.Part {
    /// Whether the name is `_token`, percent-encoded or not.
    fileprivate var isToken: Bool {
        let wanted = ByteView("_token")
        guard needsPercentDecoding(name) else { return name == wanted }
        var decoded = ByteBuffer()
        return decoded.append(percentDecoding: name) && decoded.view == wanted
    }
}
