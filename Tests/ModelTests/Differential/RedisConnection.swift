#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A blocking RESP2 client: writes commands, reads as many replies.
final class RedisConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var chunk = [UInt8](repeating: 0, count: 1 << 16)
    private var position = 0

    init?(socketPath: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.copyBytes(from: socketPath.utf8.prefix(room.count - 1))
        }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if connected != 0 {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Sends the commands in one piece and reads a reply to each.
    func execute(_ commands: [Words]) throws -> [Value] {
        var request: [UInt8] = []
        for words in commands {
            request += "*\(words.count)\r\n".utf8
            for word in words {
                request += "$\(word.count)\r\n".utf8
                request += word
                request += [13, 10]
            }
        }
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(
                    descriptor, $0.baseAddress.unsafelyUnwrapped + sent, request.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw RedisServer.Failure(description: "redis-server hung up") }
            sent += count
        }
        return try commands.map { _ in try value() }
    }

    func execute(_ words: Words) throws -> Value { try execute([words])[0] }

    /// The next message to a subscriber.
    func receive() throws -> Value { try value() }

    private func value() throws -> Value {
        let line = try self.line()
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch line.first {
        case UInt8(ascii: "+"): return .status(text)
        case UInt8(ascii: "-"): return .error(text)
        case UInt8(ascii: ":"): return .integer(Int64(text) ?? .min)
        case UInt8(ascii: "$"):
            guard let count = Int(text), count >= 0 else { return .null }
            while received.count - position < count + 2 { try receiveBytes() }
            defer { position += count + 2 }
            return .bulk(Array(received[position..<position + count]))
        case UInt8(ascii: "*"):
            guard let count = Int(text), count >= 0 else { return .nullArray }
            return .array(try (0..<count).map { _ in try value() })
        default: throw RedisServer.Failure(description: "not RESP2: \(text)")
        }
    }

    private func line() throws -> [UInt8] {
        var searched = position
        while true {
            if let end = received[searched...].firstIndex(of: 10) {
                defer { position = end + 1 }
                return Array(received[position..<end - 1])
            }
            let before = received.count - position
            try receiveBytes()
            searched = position + before
        }
    }

    private func receiveBytes() throws {
        if position > 1 << 20 {
            received.removeFirst(position)
            position = 0
        }
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 { received += chunk[..<count] }
        guard count > 0 else { throw RedisServer.Failure(description: "redis-server hung up") }
    }
}
