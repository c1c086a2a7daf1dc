internal import Bytes
internal import Engine
internal import MicroHTTP

// The shapes that answers of several resources share.
extension Exchange {
    /// Begins a JSON answer: its type, and the ETag if the route has one.
    mutating func beginJSON(_ response: inout HTTPResponse) {
        json(&response)
        if case .none = target.route.resource { return }
        etag(&response)
    }

    /// Answers `{"name":number}`.
    mutating func answer(_ name: StaticString, _ number: Int64, _ response: inout HTTPResponse) {
        beginJSON(&response)
        response.body.append("{\"")
        response.body.append(name)
        response.body.append("\":")
        response.body.append(decimal: number)
        response.body.append("}")
    }

    /// Answers one value: `{"name":value}`, or its bytes where the client wants those.
    mutating func answer(_ name: StaticString, _ value: ByteView, _ response: inout HTTPResponse) throws(Problem) {
        if try wantsRaw() {
            octets(&response)
            etag(&response, suffix: "-raw")
            response.body.append(value)
        } else {
            beginJSON(&response)
            response.body.append("{\"")
            response.body.append(name)
            response.body.append("\":")
            response.body.appendJSONString(value)
            response.body.append("}")
        }
        response.addHeader("Vary", "Accept, Accept-Encoding")
    }

    /// Answers `{"name":["…",…]}` of the next reply, an array.
    mutating func answerArray(_ name: StaticString, _ response: inout HTTPResponse) {
        answerArray(name, array(), &response)
    }

    /// Answers `{"name":["…",…]}` of the next `count` values.
    mutating func answerArray(_ name: StaticString, _ count: Int, _ response: inout HTTPResponse) {
        beginJSON(&response)
        response.body.append("{")
        writeArray(name, count, &response)
        response.body.append("}")
    }

    /// Writes `"name":["…",…]` of the next `count` values.
    mutating func writeArray(_ name: StaticString, _ count: Int, _ response: inout HTTPResponse) {
        response.body.append("\"")
        response.body.append(name)
        response.body.append("\":[")
        for index in 0..<count {
            if index > 0 { response.body.append(",") }
            response.body.append(json: &reader)
        }
        response.body.append("]")
    }

    /// Writes the end of a page: `,"cursor":"17"}`.
    func endPage(_ cursor: ByteView, _ response: inout HTTPResponse) {
        response.body.append(",\"cursor\":")
        response.body.appendJSONString(cursor)
        response.body.append("}")
    }

    /// Says that every answer is another one.
    func notStored(_ response: inout HTTPResponse) { response.addHeader("Cache-Control", "no-store") }
}
