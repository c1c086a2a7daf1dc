internal import Bytes

/// The buffered bytes of a file that is being written: numbers, strings and the checksum. The first
/// failure of the sink is kept, and nothing is written after it.
struct RDBOutput<Sink: RDBSink & ~Copyable>: ~Copyable {
    var sink: Sink
    private(set) var failure: RDBWriteError?
    private var pending: ByteBuffer
    private var flushed = 0
    private var crc: UInt64 = 0
    private var compressor = LZFCompressor()
    private var compressed = ByteBuffer()
    private let compresses: Bool

    /// How much is collected before it goes to the sink.
    private let pieceSize: Int

    init(_ sink: consuming Sink, compresses: Bool, pieceSize: Int = 128 << 10) {
        self.sink = sink
        self.compresses = compresses
        self.pieceSize = pieceSize
        pending = ByteBuffer()
    }

    /// How many bytes there are so far.
    var count: Int { flushed + pending.count }

    /// The checksum of all bytes so far; they have gone to the sink.
    mutating func checksum() -> UInt64 {
        flush()
        return crc
    }

    mutating func flush() {
        send(pending.view)
        pending.truncate(to: 0)
    }

    private mutating func send(_ bytes: ByteView) {
        crc = crc64(bytes, continuing: crc)
        flushed += bytes.count
        guard failure == nil else { return }
        do throws(RDBWriteError) { try sink.write(bytes) } catch { failure = error }
    }

    /// Writes nothing any more: what was told of the file's contents is not so.
    mutating func fail(_ error: RDBWriteError) { if failure == nil { failure = error } }

    mutating func byte(_ byte: UInt8) {
        pending.append(byte)
        if pending.count >= pieceSize { flush() }
    }

    mutating func bytes(_ bytes: ByteView) {
        if bytes.count >= pieceSize {
            flush()
            send(bytes)
        } else {
            pending.append(bytes)
            if pending.count >= pieceSize { flush() }
        }
    }

    /// A little-endian integer.
    mutating func integer<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { raw in
            raw.withMemoryRebound(to: UInt8.self) { bytes(ByteView($0)) }
        }
    }

    /// A length or count, in the fewest bytes.
    mutating func length(_ value: UInt64) {
        if value < 1 << 6 {
            byte(UInt8(value))
        } else if value < 1 << 14 {
            byte(UInt8(value >> 8) | 0x40)
            byte(UInt8(truncatingIfNeeded: value))
        } else if let short = UInt32(exactly: value) {
            byte(0x80)
            integer(short.bigEndian)
        } else {
            byte(0x81)
            integer(value.bigEndian)
        }
    }

    mutating func length(_ value: Int) { length(UInt64(value)) }

    /// A string, as an integer where it is one of 32 bits, compressed where that saves.
    mutating func string(_ text: ByteView) {
        if text.count <= 11, let value = parseInt64(text) {
            if let small = Int8(exactly: value) {
                byte(0xc0)
                return integer(small)
            }
            if let medium = Int16(exactly: value) {
                byte(0xc1)
                return integer(medium)
            }
            if let large = Int32(exactly: value) {
                byte(0xc2)
                return integer(large)
            }
        }
        // Redis compresses what is longer than 20 bytes, and keeps the result where it saves at least 4.
        if compresses, text.count > 20 {
            compressed.clear(keeping: 1 << 20)
            if compressor.compress(text, into: &compressed, limit: text.count - 4) {
                byte(0xc3)
                length(compressed.count)
                length(text.count)
                return pendingCompressed()
            }
        }
        length(text.count)
        bytes(text)
    }

    private mutating func pendingCompressed() {
        // Borrowed out of self, which `bytes` changes.
        var taken = ByteBuffer()
        swap(&taken, &compressed)
        bytes(taken.view)
        swap(&taken, &compressed)
    }
}
