internal import Bytes
internal import MicroHTTP

/// Why a request is refused: an error of RFC 9457, `application/problem+json`.
public struct Problem: Error {
    /// The HTTP status.
    public var status: Int
    /// Redis's error code, or one of ours in its style.
    public var code: String
    /// A sentence that says what to do.
    public var detail: String
    /// The keys it is about, where clients are told in a form for programs.
    var keys: [[UInt8]] = []

    /// An error with that status.
    public init(_ status: Int, _ code: String, _ detail: String) {
        self.status = status
        self.code = code
        self.detail = detail
    }

    /// No answer at all: the request waits for what is executed elsewhere, and is handled again.
    static let parked = Problem(0, "", "")

    static func badRequest(_ detail: String) -> Problem { Problem(400, "ERR", detail) }
    static func notFound(_ detail: String) -> Problem { Problem(404, "NOTFOUND", detail) }
    static func condition(_ detail: String) -> Problem { Problem(412, "CONDITION", detail) }
    static func mediaType(_ detail: String) -> Problem { Problem(415, "MEDIATYPE", detail) }
    static func tooLongForJSON(_ count: Int) -> Problem {
        Problem(
            413, "TOOLARGE",
            "The value has \(count) bytes, too many for JSON; read it as raw bytes with ?raw, or a part of it with Range."
        )
    }
    static func encoding(_ detail: String) -> Problem { Problem(409, "ENCODING", detail) }

    /// The problem that a command's error reply stands for. A value that is not what the command needs (another
    /// type, not a number, an overflow) is a conflict with the resource's state: 409.
    init(reply: ByteView) {
        let text = reply.string
        let space = text.firstIndex(of: " ") ?? text.endIndex
        code = String(text[..<space])
        detail = Problem.sentence(String(text[space...].drop { $0 == " " }))
        if let status = Problem.serverStatus(ofError: reply) {
            self.status = status
            return
        }
        switch code {
        case "WRONGTYPE":
            status = 409
            detail = "The key holds a value of another type; GET /keys/{key}/type says which."
        case "CROSSSLOT", "BUSYKEY": status = 409
        default:
            status = Problem.status(ofText: text)
            if status == 404 { code = "NOTFOUND" }
            if status == 413 { code = "TOOLARGE" }
        }
    }

    /// The status of an error that tells of the server's state, whatever was asked: 503 where it can't answer
    /// for now, 507 where it can't store, 500 where what it has stored is damaged; nil for other errors.
    static func serverStatus(ofError text: ByteView) -> Int? {
        let code = text[0..<(text.firstIndex(of: 0x20) ?? text.count)]
        for unready in [
            "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "UNKNOWNOUTCOME", "IOERR",
        ] as [StaticString]
        where code == ByteView(unready) { return 503 }
        for full in ["OOM", "MISCONF"] as [StaticString] where code == ByteView(full) { return 507 }
        return code == ByteView("CORRUPTED") ? 500 : nil
    }

    /// Redis says ERR for almost everything: what the error blames decides.
    private static func status(ofText text: String) -> Int {
        let conflicts = [
            "ERR value is not an integer or out of range", "ERR value is not a valid float",
            "ERR hash value is not an integer", "ERR hash value is not a float",
            "ERR increment or decrement would overflow", "ERR decrement would overflow",
            "ERR increment would produce NaN or Infinity", "ERR resulting score is not a number (NaN)",
            "ERR One or more scores can't be converted into double",
            "ERR An LFU maxmemory policy is", "ERR The specified keys must contain string values",
        ]
        if conflicts.contains(where: { text.hasPrefix($0) }) { return 409 }
        if text.hasPrefix("ERR Background ") || text.hasPrefix("ERR Another background job")
            || text.hasPrefix("ERR nothing is kept on disk")
            || text.hasPrefix("ERR the append-only file is off")
        {
            return 409
        }
        if text.hasPrefix("ERR no such key") || text.hasPrefix("ERR index out of range") { return 404 }
        if text.hasPrefix("ERR string exceeds maximum allowed size") { return 413 }
        if text.hasPrefix("ERR the reply takes more than") { return 413 }
        return 400
    }

    /// Redis's texts begin in lower case and have no full stop.
    private static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
    }

    /// The detail, cut where it quotes a long value: a bad body must not come back whole.
    var shortenedDetail: String {
        let limit = 1000
        return detail.utf8.count <= limit ? detail : detail.prefix(limit) + "…"
    }

    /// Writes the problem as the response.
    func write(to response: inout HTTPResponse) {
        response.reset()
        response.status = status
        response.addHeader("Content-Type", "application/problem+json")
        response.body.append("{\"title\":\"")
        response.body.append(Problem.title(status))
        response.body.append("\",\"status\":")
        response.body.append(decimal: status)
        response.body.append(",\"code\":")
        response.body.append(jsonString: code)
        response.body.append(",\"detail\":")
        response.body.append(jsonString: shortenedDetail)
        if !keys.isEmpty { writeKeys(to: &response) }
        response.body.append("}")
    }

    private func writeKeys(to response: inout HTTPResponse) {
        response.body.append(",\"keys\":[")
        for (index, key) in keys.enumerated() {
            if index > 0 { response.body.append(",") }
            key.withByteView { response.body.appendJSONString($0) }
        }
        response.body.append("]")
    }

    /// The status's reason phrase.
    static func title(_ status: Int) -> StaticString {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 416: "Range Not Satisfiable"
        case 431: "Request Header Fields Too Large"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 507: "Insufficient Storage"
        default: "Internal Server Error"
        }
    }
}

extension ByteBuffer {
    /// A JSON string of text that is known to be text.
    mutating func append(jsonString text: String) {
        var text = text
        text.withUTF8 { appendJSONString(ByteView($0)) }
    }
}
