/// The commands of a stretch of an append-only file, each as its words: `*n`, then n times `$length` and bytes.
/// Nil where it is anything else.
public func commandWords(_ bytes: [UInt8]) -> [[[UInt8]]]? {
    var position = 0
    func number(after sign: Character) -> Int? {
        guard position < bytes.count, bytes[position] == sign.asciiValue,
            let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count, bytes[end + 1] == 10
        else { return nil }
        defer { position = end + 2 }
        return Int(String(decoding: bytes[position + 1..<end], as: UTF8.self))
    }
    var commands: [[[UInt8]]] = []
    while position < bytes.count {
        guard let count = number(after: "*"), count > 0 else { return nil }
        var words: [[UInt8]] = []
        for _ in 0..<count {
            guard let length = number(after: "$"), length >= 0, position + length + 2 <= bytes.count,
                bytes[position + length] == 13, bytes[position + length + 1] == 10
            else { return nil }
            words.append(Array(bytes[position..<position + length]))
            position += length + 2
        }
        commands.append(words)
    }
    return commands
}
