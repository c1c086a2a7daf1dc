internal import Bytes
internal import Engine
internal import MicroHTTP

extension Exchange {
    /// Answers `{"value":number}` of the next reply: an integer, or a float as Redis prints it.
    mutating func answerNumber(_ response: inout HTTPResponse) {
        switch reader.next() {
        case .integer(let value): answer("value", value, &response)
        case .bytes(let text):
            beginJSON(&response)
            response.body.append("{\"value\":")
            response.body.append(text)
            response.body.append("}")
        default: preconditionFailure("not a number's reply")
        }
    }
}
