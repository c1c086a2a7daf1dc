public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Why an RDB file can't be written: the operating system's error.
public struct RDBWriteError: Error, Equatable, Sendable {
    /// The `errno`.
    public let code: Int32

    /// The error `code`.
    public init(code: Int32) { self.code = code }

    /// A collection has other elements than was said: who has read them knows why. The file must not be taken for whole.
    static let inconsistent = RDBWriteError(code: EILSEQ)
}

/// Where an RDB file's bytes go.
public protocol RDBSink: ~Copyable {
    /// Takes all of `bytes`, which come in pieces of some 64 KiB or more.
    mutating func write(_ bytes: ByteView) throws(RDBWriteError)
}

/// Collects the bytes in memory.
public struct RDBMemorySink: RDBSink, ~Copyable {
    /// What was written.
    public var bytes = ByteBuffer()

    /// An empty sink.
    public init() {}

    /// Appends `bytes`.
    public mutating func write(_ bytes: ByteView) throws(RDBWriteError) { self.bytes.append(bytes) }
}

/// Writes to a file descriptor, which stays its owner's: to be synchronised and closed by that.
public struct RDBFileSink: RDBSink {
    private let descriptor: Int32

    /// A sink that writes to `descriptor` at its position.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of `bytes`, again after an interruption by a signal or a short write.
    public mutating func write(_ bytes: ByteView) throws(RDBWriteError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = writeSome(descriptor, rest)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw RDBWriteError(code: errno)
            }
        }
    }
}

/// `write(2)`, which has the name of the sink's method.
private func writeSome(_ descriptor: Int32, _ bytes: ByteView) -> Int {
    write(descriptor, bytes.pointer, bytes.count)
}
