import REST

/// A file of access tokens, one a line; blanks around one and empty lines mean nothing.
enum TokenFile {
    /// The tokens of the file at `path`.
    /// - Throws: `Failure` where it can't be read, holds none, or holds what is no token; none is quoted.
    static func tokens(_ path: String) throws -> [AccessToken] {
        var tokens: [AccessToken] = []
        let lines = try fileContents(path).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)[...].trimmingBlanks()
            if text.isEmpty { continue }
            guard let token = AccessToken(text) else {
                throw Failure("\(path), line \(index + 1): \(rule)")
            }
            tokens.append(token)
        }
        if tokens.isEmpty { throw Failure("\(path) holds no token; write one in a line of its own") }
        return tokens
    }

    /// What a token may be.
    static let rule =
        "a token takes 1 to \(AccessToken.maxCount) visible ASCII characters, without blanks between them"
}
