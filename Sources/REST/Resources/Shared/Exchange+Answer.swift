internal import Bytes
internal import Engine
internal import MicroHTTP

// The shapes that answers of several resources share.
extension Exchange {
    /// Begins a JSON answer: its type, and the ETag if the route has one.
    mutating func beginJSON(_ response: inout HTTPResponse) {
        json(&response)
        etag(&response)
    }

    /// Answers `{"name":number}`, with the ETag if the route has one.
    mutating func answer(_ name: StaticString, _ number: Int64, _ response: inout HTTPResponse) {
        etag(&response)
        write(name, number, &response)
    }

    /// Answers `{"name":value}`, with the ETag if the route has one.
    mutating func answer(_ name: StaticString, _ value: ByteView, _ response: inout HTTPResponse) {
        etag(&response)
        write(name, value, &response)
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
