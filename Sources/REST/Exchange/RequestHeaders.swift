internal import Bytes
internal import MicroHTTP

/// The header fields that the REST layer looks at, found in one pass. Views are the request's. Not to be copied:
/// that would take longer than finding them.
struct RequestHeaders: ~Copyable {
    var accept: ByteView?
    var authorization: ByteView?
    var contentType: ByteView?
    var contentEncoding: ByteView?
    var contentRange: ByteView?
    var ifMatch: ByteView?
    var ifNoneMatch: ByteView?
    var host: ByteView?
    /// `Sec-Fetch-Site`: how a browser says where the page that made the request comes from.
    var fetchSite: ByteView?
    var range: ByteView?
    var ifRange: ByteView?
    /// `Last-Event-ID`: up to where a client has read a stream of events.
    var lastEventID: ByteView?
    var origin: ByteView?
    var referer: ByteView?
    var requestMethod: ByteView?
    var upstashEncoding: ByteView?
    var upstashResponseFormat: ByteView?
    /// A field that came twice where one must decide: a condition's list may be split over several lines, which
    /// we refuse rather than read half of it; of two tokens or origins we and a proxy might heed different ones.
    var repeated: StaticString?

    init() {}

    /// Reads a request's, forgetting those before.
    mutating func read(_ request: HTTPRequest) {
        self = RequestHeaders()
        for field in request.headers { take(field.name, field.value) }
    }

    /// A function of its own, that it may write to memory alone: in one with the loop the compiler would keep
    /// all fields in copies and write those back at the end.
    @inline(never)
    private mutating func take(_ name: ByteView, _ value: ByteView) {
        // The length alone rules out almost every field that is not wanted.
        switch name.count {
        case 4 where name.equalsIgnoringCase("HOST"): host = value
        case 5 where name.equalsIgnoringCase("RANGE"): range = value
        case 6 where name.equalsIgnoringCase("ACCEPT"): accept = value
        case 6 where name.equalsIgnoringCase("ORIGIN"):
            if origin != nil { repeated = "Origin" }
            origin = value
        case 7 where name.equalsIgnoringCase("REFERER"): referer = value
        case 8 where name.equalsIgnoringCase("IF-MATCH"):
            if ifMatch != nil { repeated = "If-Match" }
            ifMatch = value
        case 8 where name.equalsIgnoringCase("IF-RANGE"): ifRange = value
        case 12 where name.equalsIgnoringCase("CONTENT-TYPE"): contentType = value
        case 13 where name.equalsIgnoringCase("IF-NONE-MATCH"):
            if ifNoneMatch != nil { repeated = "If-None-Match" }
            ifNoneMatch = value
        case 13 where name.equalsIgnoringCase("AUTHORIZATION"):
            if authorization != nil { repeated = "Authorization" }
            authorization = value
        case 13 where name.equalsIgnoringCase("CONTENT-RANGE"): contentRange = value
        case 13 where name.equalsIgnoringCase("LAST-EVENT-ID"): lastEventID = value
        case 14 where name.equalsIgnoringCase("SEC-FETCH-SITE"):
            if fetchSite != nil { repeated = "Sec-Fetch-Site" }
            fetchSite = value
        case 16 where name.equalsIgnoringCase("CONTENT-ENCODING"): contentEncoding = value
        case 16 where name.equalsIgnoringCase("UPSTASH-ENCODING"):
            if upstashEncoding != nil { repeated = "Upstash-Encoding" }
            upstashEncoding = value
        case 23 where name.equalsIgnoringCase("UPSTASH-RESPONSE-FORMAT"):
            if upstashResponseFormat != nil { repeated = "Upstash-Response-Format" }
            upstashResponseFormat = value
        case 29 where name.equalsIgnoringCase("ACCESS-CONTROL-REQUEST-METHOD"): requestMethod = value
        default: break
        }
    }

    /// Whether the body's type is JSON: `application/json` or anything that ends in `+json`.
    var isJSON: Bool {
        guard var type = contentType else { return false }
        if let semicolon = type.firstIndex(of: UInt8(ascii: ";")) { type = type[0..<semicolon] }
        while let last = type.buffer.last, last == 0x20 || last == 0x09 { type = type[0..<type.count - 1] }
        if type.equalsIgnoringCase("APPLICATION/JSON") { return true }
        return type.count > 5 && type.dropFirst(type.count - 5).equalsIgnoringCase("+JSON")
    }

    /// Whether the client would rather have the raw bytes than JSON (RFC 9110, section 12.5.1): the weight of
    /// `application/octet-stream` is the higher one, or the same at a more exact match than `*/*`.
    var prefersRaw: Bool {
        guard let accept else { return false }
        let raw = MediaRange.weight(of: "APPLICATION", "OCTET-STREAM", in: accept)
        let json = MediaRange.weight(of: "APPLICATION", "JSON", in: accept)
        guard raw.weight > 0 else { return false }
        return raw.weight > json.weight || (raw.weight == json.weight && raw.precision > json.precision)
    }

    /// Whether the client asks for lines of JSON.
    var prefersLines: Bool {
        guard let accept else { return false }
        let lines = MediaRange.weight(of: "APPLICATION", "X-NDJSON", in: accept)
        return lines.precision == 2 && lines.weight > 0
    }
}

/// One element of an Accept header.
enum MediaRange {
    /// The weight (0…1000) that `accept` gives a type, by its most exact match; precision 2 is the type
    /// itself, 1 `type/*`, 0 `*/*`, -1 none.
    static func weight(
        of type: StaticString, _ subtype: StaticString, in accept: ByteView
    ) -> (weight: Int, precision: Int) {
        var best = (weight: 0, precision: -1)
        forEachElement(of: accept, separator: UInt8(ascii: ",")) { element in
            let semicolon = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
            let range = trimmed(element[0..<semicolon])
            guard let slash = range.firstIndex(of: UInt8(ascii: "/")) else { return }
            let (main, sub) = (range[0..<slash], range.dropFirst(slash + 1))
            let precision: Int
            if main.equalsIgnoringCase(type), sub.equalsIgnoringCase(subtype) {
                precision = 2
            } else if main.equalsIgnoringCase(type), sub.equalsIgnoringCase("*") {
                precision = 1
            } else if main.equalsIgnoringCase("*"), sub.equalsIgnoringCase("*") {
                precision = 0
            } else {
                return
            }
            if precision > best.precision { best = (quality(element.dropFirst(semicolon)), precision) }
        }
        return best
    }

    /// The `q` among parameters, in thousandths; 1000 where it is absent or malformed.
    private static func quality(_ parameters: ByteView) -> Int {
        var result = 1000
        forEachElement(of: parameters, separator: UInt8(ascii: ";")) { parameter in
            let parameter = trimmed(parameter)
            guard parameter.count > 2, asciiUppercased(parameter[0]) == UInt8(ascii: "Q"),
                parameter[1] == UInt8(ascii: "="), let value = parseDouble(parameter.dropFirst(2))
            else { return }
            result = Int(min(max(value, 0), 1) * 1000)
        }
        return result
    }
}

/// Calls `visit` with each part between separators, surrounding blanks removed.
func forEachElement(of list: ByteView, separator: UInt8, _ visit: (ByteView) -> Void) {
    var start = 0
    while start <= list.count {
        let end = list.firstIndex(of: separator, from: start) ?? list.count
        visit(trimmed(list[start..<end]))
        start = end + 1
    }
}

/// `text` without blanks at its ends.
func trimmed(_ text: ByteView) -> ByteView {
    var text = text
    while let first = text.buffer.first, first == 0x20 || first == 0x09 { text = text.dropFirst(1) }
    while let last = text.buffer.last, last == 0x20 || last == 0x09 { text = text[0..<text.count - 1] }
    return text
}
