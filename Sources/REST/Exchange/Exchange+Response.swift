internal import Bytes
internal import Engine
internal import MicroHTTP

// What handlers write.
extension Exchange {
    /// Declares the body JSON; it is then written to `response.body`.
    func json(_ response: inout HTTPResponse) { response.addHeader("Content-Type", "application/json") }

    /// Declares the body raw bytes.
    func octets(_ response: inout HTTPResponse) {
        response.addHeader("Content-Type", "application/octet-stream")
    }

    /// Adds the key's ETag as of the execution.
    func etag(_ response: inout HTTPResponse, suffix: StaticString = "") {
        // 8 + 1 + 16 digits, quotes and suffix fit; the bytes are copied by addHeader.
        var text = ByteBuffer(capacity: 48)
        ETag.write(outcome.version, boot: boot, suffix: suffix, to: &text)
        response.addHeader("ETag", text.view)
    }

    /// Evaluates a read's conditions on what it has found. True where the answer is 304, which is then written.
    /// - Throws: 412 where If-Match does not hold.
    func notModified(_ response: inout HTTPResponse) throws(Problem) -> Bool {
        if let header = headers.ifMatch, !holds(header) {
            throw .condition("The resource has changed: If-Match does not hold.")
        }
        guard let header = headers.ifNoneMatch, holds(header) else { return false }
        response.status = 304
        etag(&response)
        return true
    }

    private func holds(_ header: ByteView) -> Bool {
        switch ETag.versions(header, boot: boot) {
        case .any: true
        case .of(let versions): versions.contains(outcome.version)
        }
    }

    /// That a path's resource is missing: 404, or 412 where the request insisted on it.
    func missing(_ what: String) -> Problem {
        if headers.ifMatch != nil { return .condition("If-Match does not hold: \(what) is missing.") }
        return .notFound("There is no \(what).")
    }

    /// Ends a write that has no body to answer.
    func noContent(_ response: inout HTTPResponse) {
        response.status = 204
        etag(&response)
    }

    // MARK: Reading replies

    /// The next reply as an integer.
    mutating func integer() -> Int64 {
        guard case .integer(let value) = reader.next() else { preconditionFailure("not an integer reply") }
        return value
    }

    /// The next reply as bytes, nil for nil.
    mutating func bytes() -> ByteView? {
        switch reader.next() {
        case .bytes(let value), .status(let value): return value
        case .null, .nullArray: return nil
        default: preconditionFailure("not a string reply")
        }
    }

    /// The length of the next reply, an array whose values follow; 0 for nil.
    mutating func array() -> Int {
        switch reader.next() {
        case .array(let count): return count
        case .null, .nullArray: return 0
        default: preconditionFailure("not an array reply")
        }
    }
}

extension ByteBuffer {
    /// One value of a reply as JSON, with all it holds: nil as null, byte strings as strings or base64
    /// objects, maps as arrays of pairs' names and values in turn.
    mutating func append(json reader: inout ReplyReader) {
        switch reader.next() {
        case .null, .nullArray: append("null")
        case .integer(let value): append(decimal: value)
        case .double(let value): appendJSON(value)
        case .bytes(let value), .status(let value), .error(let value): appendJSONString(value)
        case .array(let count):
            append("[")
            for index in 0..<count {
                if index > 0 { append(",") }
                append(json: &reader)
            }
            append("]")
        case .map(let count):
            append("[")
            for index in 0..<2 * count {
                if index > 0 { append(",") }
                append(json: &reader)
            }
            append("]")
        }
    }
}
