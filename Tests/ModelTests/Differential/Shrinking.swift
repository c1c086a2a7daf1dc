extension Differential {
    /// A shorter sequence whose last command still mismatches: parts are left out, large ones first, as long
    /// as the same command goes wrong without them.
    func shrink(_ steps: [Step], _ mismatch: Mismatch) throws -> ([Step], Mismatch) {
        var kept = mismatch.step.map { Array(steps[...$0]) } ?? steps
        var last = mismatch
        var size = max(kept.count / 2, 1)
        var attempts = 600
        while attempts > 0 {
            var position = 0
            var removedAny = false
            while position < kept.count, attempts > 0 {
                attempts -= 1
                var candidate = kept
                candidate.removeSubrange(position..<min(position + size, kept.count))
                if let mismatch = try run(candidate), upper(mismatch.words[0]) == upper(last.words[0]) {
                    kept = mismatch.step.map { Array(candidate[...$0]) } ?? candidate
                    last = mismatch
                    removedAny = true
                } else {
                    position += size
                }
            }
            if size == 1, !removedAny { break }
            size = max(size / 2, 1)
        }
        return (kept, last)
    }

    /// The mismatch as one reads it: where, what, and how it came to it.
    func report(_ seed: Int, _ steps: [Step], _ mismatch: Mismatch) throws -> String {
        let (short, last) = try shrink(steps, mismatch)
        func touching(_ steps: [Step], _ words: Words) -> [Words] {
            let keys = Set(client.keys(of: words))
            return steps.joined().filter { !keys.isDisjoint(with: client.keys(of: $0)) }.suffix(10)
        }
        let place = mismatch.step.map { "command \($0)" } ?? "the keyspace at the end"
        var text = "REDWING_SEED=\(seed), \(place): \(commandLine(mismatch.words))\n"
        text += "  redis:   \(mismatch.redis)\n  redwing: \(mismatch.engine)\n"
        let before = mismatch.step.map { Array(steps[..<$0]) } ?? steps
        text += "  before it, on the same keys:\n"
        for words in touching(before, mismatch.words) { text += "    \(commandLine(words))\n" }
        text += "  it needs only:\n"
        for words in short.joined().suffix(20) { text += "    \(commandLine(words))\n" }
        text += "  then \(commandLine(last.words))\n    redis:   \(last.redis)\n    redwing: \(last.engine)"
        return text
    }
}
