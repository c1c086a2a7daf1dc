internal import Bytes
internal import MicroHTTP

/// How the client wants replies: what it says in `Upstash-Encoding` and `Upstash-Response-Format`.
enum ReplyFormat {
    /// JSON; with strings in base64 or as they are.
    case json(base64: Bool)
    /// Redis's own protocol, version 2.
    case resp2

    /// - Throws: 400 for what is not known, and for RESP2 in base64.
    init(_ headers: borrowing RequestHeaders) throws(Problem) {
        self = .json(base64: false)
        guard headers.upstashEncoding != nil || headers.upstashResponseFormat != nil else { return }
        if let encoding = headers.upstashEncoding, !encoding.isEmpty {
            guard encoding.equalsIgnoringCase("BASE64") else {
                throw .badRequest("Upstash-Encoding takes base64, not '\(encoding.string)'.")
            }
            self = .json(base64: true)
        }
        if let format = headers.upstashResponseFormat, !format.isEmpty {
            if format.equalsIgnoringCase("JSON") { return }
            guard format.equalsIgnoringCase("RESP2") else {
                throw .badRequest("Upstash-Response-Format takes json or resp2, not '\(format.string)'.")
            }
            if case .json(base64: true) = self {
                throw .badRequest("RESP2 holds any bytes: leave Upstash-Encoding away.")
            }
            self = .resp2
        }
    }

    /// Whether strings are in base64.
    var isBase64: Bool {
        if case .json(let base64) = self { base64 } else { false }
    }
}
