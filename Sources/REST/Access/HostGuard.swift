internal import Bytes

/// Which names a server without a token answers to. A page that had its own name resolve to 127.0.0.1 (DNS
/// rebinding) is of one origin with the server in the browser's eyes; that name in `Host` gives it away.
struct HostGuard: ~Copyable, Sendable {
    private let names: [[UInt8]]

    /// - Parameter names: further names, without a port.
    init(names: [String]) {
        self.names = names.map { Array($0.lowercased().utf8) }
    }

    /// Whether `host`, a Host field's value, names the loopback interface or one of the names, with any port.
    func admits(_ host: ByteView) -> Bool {
        // Almost every request's: as few instructions as it takes.
        if host.count >= 9,
            host.starts(with: ByteView("127.0.0.1")) || host.starts(with: ByteView("localhost")),
            HostGuard.isPort(host.dropFirst(9))
        {
            return true
        }
        guard let name = HostGuard.name(host) else { return false }
        return HostGuard.isLoopback(name) || names.contains { equal(name, lowercase: $0) }
    }

    /// `host` without its port; nil where what follows the name is no port.
    static func name(_ host: ByteView) -> ByteView? {
        guard !host.isEmpty else { return nil }
        var end = host.count
        if host[0] == UInt8(ascii: "[") {
            guard let bracket = host.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            end = bracket + 1
        } else if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            end = colon
        }
        return isPort(host.dropFirst(end)) ? host[0..<end] : nil
    }

    /// Whether `text`, what follows a name, is nothing or a colon and digits.
    private static func isPort(_ text: ByteView) -> Bool {
        if text.isEmpty { return true }
        guard text[0] == UInt8(ascii: ":") else { return false }
        for index in 1..<text.count where !isDigit(text[index]) { return false }
        return true
    }

    /// Whether only this machine can be meant: `localhost` and what is below it (RFC 6761, section 6.3),
    /// 127.0.0.0/8, `[::1]`.
    static func isLoopback(_ name: ByteView) -> Bool {
        if name.count == 9, name.equalsIgnoringCase("LOCALHOST") { return true }
        if name.count >= 9, name[0] == UInt8(ascii: "1"), name.starts(with: ByteView("127.")) {
            return isDotted(name)
        }
        if name.count == 5 { return name == ByteView("[::1]") }
        return name.count > 10 && name.dropFirst(name.count - 10).equalsIgnoringCase(".LOCALHOST")
            && isHostName(name[0..<name.count - 10])
    }

    /// Whether `text` is labels of letters, digits and hyphens between dots.
    private static func isHostName(_ text: ByteView) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in text.buffer {
            let isDot = byte == UInt8(ascii: ".")
            let isLetter = asciiUppercased(byte) &- 0x41 < 26
            if isDot ? previous == byte : !(isLetter || isDigit(byte) || byte == UInt8(ascii: "-")) {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    /// Whether `name` is four numbers between dots: `127.evil.test` and `127.0.0.1.evil.test` are names.
    private static func isDotted(_ name: ByteView) -> Bool {
        var dots = 0
        var digits = 0
        for byte in name.buffer {
            if byte == UInt8(ascii: ".") {
                if digits == 0 { return false }
                dots += 1
                digits = 0
            } else if isDigit(byte), digits < 3 {
                digits += 1
            } else {
                return false
            }
        }
        return dots == 3 && digits > 0
    }

    private func equal(_ name: ByteView, lowercase other: [UInt8]) -> Bool {
        guard name.count == other.count else { return false }
        return zip(name.buffer, other).allSatisfy { asciiUppercased($0) == asciiUppercased($1) }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
