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

    /// Adds the key's ETag as of the execution; nothing where the route has none.
    mutating func etag(_ response: inout HTTPResponse, suffix: StaticString = "") {
        if case .none = target.route.resource { return }
        // Elsewhere only a whole value tells its version.
        if E.isRemote, outcome.version == 0 { return }
        ETag.finish(&tag, outcome.version, suffix: suffix)
        response.addHeader("ETag", tag.view)
    }

    /// Adds the Upstash protocol's token of what was written so far: it changes with every write.
    mutating func syncToken(_ response: inout HTTPResponse) {
        scratch.clear()
        scratch.appendSyncToken(boot: boot, changes: engine.changes)
        response.addHeader("Upstash-Sync-Token", scratch.view)
    }

    /// Says that the answer depends on the Accept header.
    func vary(_ response: inout HTTPResponse) { response.addHeader("Vary", "Accept, Accept-Encoding") }

    /// Answers one value: `{"value": …}`, or its bytes where the client wants those; with its ETag.
    mutating func write(
        _ value: ByteView, as name: StaticString = "value", _ response: inout HTTPResponse
    ) throws(Problem) {
        if try wantsRaw() {
            octets(&response)
            etag(&response, suffix: "-raw")
            response.body.append(value)
        } else {
            guard value.count <= Exchange.longestInJSON else { throw Problem.tooLongForJSON(value.count) }
            etag(&response)
            write(name, value, &response)
        }
        vary(&response)
    }

    /// The longest value that is answered as JSON, in bytes. Escaped it may take six times as much, and its
    /// thread serves nobody else meanwhile; raw bytes have no limit.
    static var longestInJSON: Int { 64 << 20 }

    /// Evaluates a read's conditions on what it has found. True where the answer is 304, which is then written.
    /// - Throws: 412 where If-Match does not hold.
    mutating func notModified(
        _ response: inout HTTPResponse, raw: Bool? = nil
    ) throws(Problem) -> Bool {
        if headers.ifMatch == nil, headers.ifNoneMatch == nil { return false }
        if case .none = target.route.resource { return false }
        if let header = headers.ifMatch, !holds(header) {
            throw .condition("The resource has changed: If-Match does not hold.")
        }
        guard let header = headers.ifNoneMatch, holds(header) else { return false }
        response.status = 304
        if declares("raw") {
            let isRaw = if let raw { raw } else { try wantsRaw() }
            etag(&response, suffix: isRaw ? "-raw" : "")
            vary(&response)
        } else {
            etag(&response)
        }
        return true
    }

    private func holds(_ header: ByteView) -> Bool {
        switch ETag.versions(header, boot: tagBoot) {
        case .any: true
        case .of(let versions): versions.contains(outcome.version)
        }
    }

    /// Whether `If-Range` lets a range be answered: only the present ETag does, a weak one never (RFC 9110,
    /// section 13.1.5); a date is not known here.
    func rangeIsCurrent() -> Bool {
        guard let tag = headers.ifRange else { return true }
        guard tag.starts(with: ByteView("\"")), case .of(let versions) = ETag.versions(tag, boot: tagBoot)
        else {
            return false
        }
        return versions == [outcome.version]
    }

    /// That the key of the path is missing.
    func missingKey() -> Problem { missing("key '\(path[0].string)'") }

    /// That a path's resource is missing: 404, or 412 where the request insisted on it.
    func missing(_ what: String) -> Problem {
        if headers.ifMatch != nil, target.probe != nil {
            return .condition("If-Match does not hold: \(what) is missing.")
        }
        return .notFound("There is no \(what).")
    }

    /// Ends a write that has no body to answer.
    mutating func noContent(_ response: inout HTTPResponse) {
        response.status = 204
        etag(&response)
    }

    /// Answers `{"<name>":<value>}`.
    func write(_ name: StaticString, _ value: Int64, _ response: inout HTTPResponse) {
        json(&response)
        response.body.append("{\"")
        response.body.append(name)
        response.body.append("\":")
        response.body.append(decimal: value)
        response.body.append("}")
    }

    /// Answers `{"<name>":"<text>"}`.
    func write(_ name: StaticString, _ text: ByteView, _ response: inout HTTPResponse) {
        json(&response)
        response.body.append("{\"")
        response.body.append(name)
        response.body.append("\":")
        response.body.appendJSONString(text)
        response.body.append("}")
    }

    /// The status of a write that may have made its key, and the ETag.
    mutating func wrote(_ response: inout HTTPResponse) {
        response.status = outcome.created > 0 ? 201 : 200
        etag(&response)
    }

    // MARK: Reading replies

    /// Reads the reply of `probe`: whether the resource is there.
    mutating func isPresent() -> Bool {
        switch reader.next() {
        case .integer(let count): return count > 0
        case .null, .nullArray: return false
        default: return true
        }
    }

    /// Steps into the array or map that is the next reply.
    mutating func enter() { _ = reader.next() }

    /// Passes over a reply that tells nothing.
    mutating func skip() { reader.skip() }

    /// The next reply as an integer.
    mutating func integer() -> Int64 {
        guard case .integer(let value) = reader.next() else { preconditionFailure("not an integer reply") }
        return value
    }

    /// The next reply as an integer, nil for nil.
    mutating func optionalInteger() -> Int64? {
        switch reader.next() {
        case .integer(let value): return value
        case .null, .nullArray: return nil
        default: preconditionFailure("not an integer reply")
        }
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
    /// The run of the server and how much was written in it.
    mutating func appendSyncToken(boot: UInt32, changes: UInt64) {
        append(hex: UInt64(boot), width: 8)
        append(UInt8(ascii: "-"))
        append(hex: changes)
    }

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
