// Commands that draw at random: replies are held to what may be drawn, not to each other.

extension Differential {
    /// Both must have drawn as many, from what is there; distinct ones unless the count is negative.
    func random(_ name: String, _ words: Words, redis expected: Value) -> Value? {
        let answer = execute(words)
        if answer == expected { return nil }
        let population = population(name, words[1])
        let withValues = words.count > 3 && name != "SRANDMEMBER"
        func isDrawn(_ value: Value) -> Bool {
            guard case .array(let drawn) = value else { return population.keys.contains(value) }
            if withValues {
                guard drawn.count % 2 == 0 else { return false }
                for index in stride(from: 0, to: drawn.count, by: 2)
                where population[drawn[index]] != drawn[index + 1] {
                    return false
                }
            }
            let names = withValues ? stride(from: 0, to: drawn.count, by: 2).map { drawn[$0] } : drawn
            guard names.allSatisfy({ population.keys.contains($0) }) else { return false }
            return words[2].first == UInt8(ascii: "-") || Set(names).count == names.count
        }
        let sameShape =
            switch (answer, expected) {
            case (.bulk, .bulk): true
            case (.array(let a), .array(let b)): a.count == b.count
            default: false
            }
        return sameShape && isDrawn(answer) && isDrawn(expected) ? nil : answer
    }

    /// What a command may draw from: members or fields, with their scores or values.
    private func population(_ name: String, _ key: [UInt8]) -> [Value: Value] {
        switch name {
        case "HRANDFIELD": return pairs(execute([Array("HGETALL".utf8), key]))
        case "ZRANDMEMBER": return pairs(execute(words("ZRANGE") + [key] + words("0 -1 WITHSCORES")))
        default:
            let members = execute([Array("SMEMBERS".utf8), key]).elements ?? []
            return Dictionary(members.map { ($0, .null) }, uniquingKeysWith: { a, _ in a })
        }
    }

    private func pairs(_ value: Value) -> [Value: Value] {
        guard let all = value.elements, all.count % 2 == 0 else { return [:] }
        let pairs = stride(from: 0, to: all.count, by: 2).map { (all[$0], all[$0 + 1]) }
        return Dictionary(pairs, uniquingKeysWith: { a, _ in a })
    }

    /// SPOP is tried on a copy; the set itself then loses what redis-server popped.
    func pop(_ words: Words, redis expected: Value) -> Value? {
        let aside = Array("\u{1}aside".utf8)
        guard words.count > 1, expected.bytes != nil || !(expected.elements ?? []).isEmpty else {
            let answer = execute(words)
            return answer == expected ? nil : answer
        }
        let population = population("SPOP", words[1])
        execute([Array("COPY".utf8), words[1], aside])
        let answer = execute([words[0], aside] + words.dropFirst(2))
        let left = execute([Array("SCARD".utf8), aside])
        execute([Array("DEL".utf8), aside])
        let popped = answer.elements ?? [answer]
        let others = expected.elements ?? [expected]
        execute([Array("SREM".utf8), words[1]] + others.compactMap(\.bytes))
        let valid =
            (answer.elements == nil) == (expected.elements == nil) && popped.count == others.count
            && Set(popped).count == popped.count && popped.allSatisfy { population[$0] != nil }
            && others.allSatisfy { population[$0] != nil }
            && left == .integer(Int64(population.count - popped.count))
        return valid ? nil : answer
    }
}
