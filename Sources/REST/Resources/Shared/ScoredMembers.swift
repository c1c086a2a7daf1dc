internal import Bytes
internal import Engine
internal import MicroHTTP

// Members and scores of a document.
extension Exchange {
    /// Those of `{"scores":{"ann":12}}` or of `{"members":[{"member":"ann","score":12}]}`; at least one.
    /// - Throws: 400 where the document is neither, or empty.
    func scoredMembers(_ document: JSONValue) throws(Problem) -> [(member: ByteView, score: JSONValue)] {
        let scores = document["scores"]
        guard let value = scores ?? document["members"], document.count == 1 else {
            throw .badRequest("The document takes either 'scores' or 'members'.")
        }
        guard value.count > 0, value.kind == (scores != nil ? .object : .array) else {
            throw .badRequest(
                scores != nil
                    ? "'scores' takes an object of at least one member: {\"member\": score, …}."
                    : "'members' takes an array of at least one {\"member\": …, \"score\": …}.")
        }
        var result: [(member: ByteView, score: JSONValue)] = []
        result.reserveCapacity(value.count)
        if scores != nil {
            for (name, value) in value.members { result.append((name, value)) }
            return result
        }
        for element in value.elements {
            guard element.kind == .object, element.count == 2, let member = element["member"]?.argument,
                let score = element["score"]
            else { throw .badRequest("Each of 'members' is {\"member\": …, \"score\": …} and no more.") }
            result.append((member, score))
        }
        return result
    }

    /// A score as text that ZADD reads.
    /// - Throws: 400 where it is no number, or none that 64 bits hold.
    func score(_ value: JSONValue) throws(Problem) -> ByteView {
        if let number = value.number, parseDouble(number) != nil { return number }
        if let text = value.string, ["inf", "+inf", "-inf"].contains(where: { ByteView($0) == text }) {
            return text
        }
        throw .badRequest("A score is a number within 64-bit floating point, or \"inf\" or \"-inf\".")
    }
}

// Writing scores.
extension Exchange {
    /// Writes `"members":[{"member":…,"score":…},…]` of the next `count` members; `nested` says that each is
    /// an array of its own.
    mutating func writeScored(_ count: Int, nested: Bool = false, _ response: inout HTTPResponse) {
        response.body.append("\"members\":[")
        for index in 0..<count {
            if index > 0 { response.body.append(",") }
            if nested { _ = array() }
            writeScoredMember(&response)
        }
        response.body.append("]")
    }

    /// Answers `{"members":[…]}` of the next `count` members.
    mutating func answerScored(_ count: Int, nested: Bool = false, _ response: inout HTTPResponse) {
        beginJSON(&response)
        response.body.append("{")
        writeScored(count, nested: nested, &response)
        response.body.append("}")
    }

    /// Answers the next member with its score, alone.
    mutating func answerScoredMember(_ response: inout HTTPResponse) {
        beginJSON(&response)
        writeScoredMember(&response)
    }

    private mutating func writeScoredMember(_ response: inout HTTPResponse) {
        guard let member = bytes() else { preconditionFailure("a member has a name") }
        response.body.append("{\"member\":")
        response.body.appendJSONString(member)
        response.body.append(",\"score\":")
        response.body.appendScore(reader.next())
        response.body.append("}")
    }
}

extension ByteBuffer {
    /// Appends a reply that is a score, as text or not, as JSON; nil as null.
    mutating func appendScore(_ reply: ReplyValue) {
        switch reply {
        case .null, .nullArray: append("null")
        case .double(let score): appendJSON(score)
        case .bytes(let text):
            guard let score = parseDouble(text) else { preconditionFailure("not a score's reply") }
            appendJSON(score)
        default: preconditionFailure("not a score's reply")
        }
    }
}
