internal import Bytes
internal import Engine

/// What a command's reply is here, where the nodes' protocol has only strings and arrays for it.
enum ReplyShape: Sendable {
    /// As it came.
    case plain
    /// Names and values in turn are a map.
    case map
    /// A string is a score.
    case score
    /// An array of scores.
    case scores
    /// Members and their scores in turn.
    case scored
    /// A key, a member and its score (BZPOPMIN).
    case keyed
    /// A key, and an array of pairs of a member and its score (ZMPOP).
    case popped

    /// Copies the next value, in this shape.
    func copy(_ reader: inout ReplyReader, to reply: inout Reply) {
        switch self {
        case .plain: reply.copy(&reader)
        case .score: reply.copyScore(&reader)
        case .map, .scores, .scored, .keyed, .popped:
            guard case .array(let count) = reader.peek() else { return reply.copy(&reader) }
            _ = reader.next()
            copy(elements: count, &reader, to: &reply)
        }
    }

    private func copy(elements count: Int, _ reader: inout ReplyReader, to reply: inout Reply) {
        switch self {
        case .map:
            reply.map(count / 2)
            for _ in 0..<count { reply.copy(&reader) }
        case .scored:
            reply.array(count)
            for index in 0..<count {
                if index % 2 == 0 { reply.copy(&reader) } else { reply.copyScore(&reader) }
            }
        case .keyed:
            reply.array(count)
            for index in 0..<count {
                if index < 2 { reply.copy(&reader) } else { reply.copyScore(&reader) }
            }
        case .popped:
            reply.array(count)
            for index in 0..<count {
                if index == 0 { reply.copy(&reader) } else { copyPairs(&reader, to: &reply) }
            }
        default:
            reply.array(count)
            for _ in 0..<count { reply.copyScore(&reader) }
        }
    }

    private func copyPairs(_ reader: inout ReplyReader, to reply: inout Reply) {
        guard case .array(let pairs) = reader.peek() else { return reply.copy(&reader) }
        _ = reader.next()
        reply.array(pairs)
        for _ in 0..<pairs { ReplyShape.scored.copy(&reader, to: &reply) }
    }
}

extension ReplyReader {
    /// The next value, which is read again.
    func peek() -> ReplyValue {
        var ahead = self
        return ahead.next()
    }
}

extension Reply {
    /// Appends the next value with all it holds. O(its size).
    mutating func copy(_ reader: inout ReplyReader) {
        var left = 1
        while left > 0 {
            left -= 1
            switch reader.next() {
            case .null: null()
            case .nullArray: nullArray()
            case .integer(let value): integer(value)
            case .double(let value): double(value)
            case .bytes(let value): bytes(value)
            case .status(let text): status(text)
            case .error(let text): error(text)
            case .array(let count):
                array(count)
                left += count
            case .map(let count):
                map(count)
                left += 2 * count
            }
        }
    }

    /// Appends the next value; a string as the score that it spells.
    mutating func copyScore(_ reader: inout ReplyReader) {
        if case .bytes(let text) = reader.peek(), let score = parseDouble(text) {
            _ = reader.next()
            double(score)
        } else {
            copy(&reader)
        }
    }
}
