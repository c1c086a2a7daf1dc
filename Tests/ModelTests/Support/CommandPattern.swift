/// The ways to write one command, in a small notation: words stand for themselves, `{name}` is drawn
/// (`ArgumentSource`), `[ a | b ]` is one of them or nothing, `( a | b )` one of them, `( … )+` several.
struct CommandPattern: Sendable {
    indirect enum Part: Sendable {
        case word(String)
        case draw(String)
        case sequence([Part])
        case choice([Part])
        case optional(Part)
        case many(Part)
    }

    /// Upper case.
    let name: String
    private let part: Part

    init(_ text: String) {
        var tokens = text.split(separator: " ").map(String.init)[...]
        name = tokens.first ?? ""
        part = CommandPattern.choices(&tokens)
        precondition(tokens.isEmpty, "unbalanced: \(text)")
    }

    private static func choices(_ tokens: inout ArraySlice<String>) -> Part {
        var choices: [Part] = []
        var parts: [Part] = []
        while let token = tokens.first, !["]", ")", ")+"].contains(token) {
            tokens.removeFirst()
            switch token {
            case "|":
                choices.append(.sequence(parts))
                parts = []
            case "[":
                parts.append(.optional(self.choices(&tokens)))
                precondition(tokens.popFirst() == "]", "a ] is missing")
            case "(":
                let inner = self.choices(&tokens)
                parts.append(tokens.popFirst() == ")+" ? .many(inner) : inner)
            default:
                let isDrawn = token.hasPrefix("{")
                parts.append(isDrawn ? .draw(String(token.dropFirst().dropLast())) : .word(token))
            }
        }
        choices.append(.sequence(parts))
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    /// Writes the command once.
    func write(_ source: inout ArgumentSource) -> Words {
        var words: Words = []
        write(part, &source, &words)
        return words
    }

    private func write(_ part: Part, _ source: inout ArgumentSource, _ words: inout Words) {
        switch part {
        case .word(let word):
            words.append(Array((source.random.chance(8) ? word.lowercased() : word).utf8))
        case .draw(let name): source.draw(name, &words)
        case .sequence(let parts): for part in parts { write(part, &source, &words) }
        case .choice(let parts): write(source.random.pick(parts), &source, &words)
        case .optional(let part): if source.random.chance(35) { write(part, &source, &words) }
        case .many(let part): for _ in 0..<source.repetitions() { write(part, &source, &words) }
        }
    }
}
