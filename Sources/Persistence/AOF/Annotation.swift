internal import Bytes

/// The line after each batch of an increment: `#RW:SEQUENCE LENGTH SYNCED CRC` and a line feed, the numbers in
/// decimal, the checksum as eight hexadecimal digits. To Redis it is a comment.
///
/// The CRC-32C begins with the file's salt, and covers the batch and the line up to the space before the
/// checksum: without the salt, no value that a client stores can pass for a batch, nor can what an older file
/// left on the disk.
///
/// A batch without commands only states how far the file is synced.
struct Annotation: Equatable {
    /// The batch's number: one more than that of the batch before.
    var sequence: UInt64
    /// The size of the batch, in bytes.
    var length: Int
    /// Up to which byte the file was known to be on disk when the batch was written. A gap before that is damage; a
    /// gap after it may be what a crash of the system has left.
    var synced: Int
    /// The checksum.
    var checksum: UInt32

    static let marker: StaticString = "#RW:"
    /// The longest annotation, with its line feed: 20, 19 and 19 digits.
    static let longest = 4 + 20 + 1 + 19 + 1 + 19 + 1 + 8 + 1

    /// Appends the annotation of `buffer` from `start` on, which is one batch. O(n).
    static func append(
        to buffer: inout ByteBuffer, from start: Int, sequence: UInt64, synced: Int, salt: UInt32
    ) {
        let length = buffer.count - start
        buffer.append(marker)
        buffer.append(decimal: sequence)
        buffer.append(UInt8(ascii: " "))
        buffer.append(decimal: length)
        buffer.append(UInt8(ascii: " "))
        buffer.append(decimal: synced)
        var crc = CRC32C(salt)
        crc.update(buffer.view[start..<buffer.count])
        buffer.append(UInt8(ascii: " "))
        buffer.append(hex: UInt64(crc.value), width: 8)
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Reads a line, its line feed included; nil unless it is exactly as `append` writes it.
    init?(line: ByteView) {
        // The marker, three times a digit and a space, the checksum, the end.
        guard line.count >= 19, line.count <= Annotation.longest,
            line.starts(with: ByteView(Annotation.marker)),
            line[line.count - 1] == UInt8(ascii: "\n"), line[line.count - 10] == UInt8(ascii: " "),
            let space = line.firstIndex(of: UInt8(ascii: " ")), space < line.count - 10,
            let second = line.firstIndex(of: UInt8(ascii: " "), from: space + 1), second < line.count - 10,
            let sequence = parseUInt64Strict(line[4..<space]),
            let length = parseUInt64Strict(line[space + 1..<second]).flatMap(Int.init(exactly:)),
            let synced = parseUInt64Strict(line[second + 1..<line.count - 10]).flatMap(Int.init(exactly:)),
            let checksum = parseChecksum(line[line.count - 9..<line.count - 1])
        else { return nil }
        self.sequence = sequence
        self.length = length
        self.synced = synced
        self.checksum = checksum
    }

    /// Whether `line`, which this was read from, is the one of `batch`. O(n).
    func matches(_ batch: ByteView, line: ByteView, salt: UInt32) -> Bool {
        guard length == batch.count else { return false }
        var crc = CRC32C(salt)
        crc.update(batch)
        crc.update(line[0..<line.count - 10])
        return crc.value == checksum
    }
}

/// The first line of an increment that Redwing writes: `#REDWING 1 SEQUENCE SALT CRC` and a line feed: the
/// format's version, the number of the first batch, the salt of its checksums, and the CRC-32C of the line up to
/// the space before it.
struct IncrementHeader: Equatable {
    /// The number that the first batch has.
    var firstSequence: UInt64
    /// What every checksum of the file begins with.
    var salt: UInt32

    static let marker: StaticString = "#REDWING "
    /// The longest header, with its line feed.
    static let longest = 9 + 2 + 20 + 1 + 8 + 1 + 8 + 1

    init(firstSequence: UInt64, salt: UInt32) {
        self.firstSequence = firstSequence
        self.salt = salt
    }

    /// Appends the line.
    func write(to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(IncrementHeader.marker)
        buffer.append("1 ")
        buffer.append(decimal: firstSequence)
        buffer.append(UInt8(ascii: " "))
        buffer.append(hex: UInt64(salt), width: 8)
        let checksum = CRC32C.checksum(buffer.view[start..<buffer.count])
        buffer.append(UInt8(ascii: " "))
        buffer.append(hex: UInt64(checksum), width: 8)
        buffer.append(UInt8(ascii: "\n"))
    }

    /// Reads a line, its line feed included; nil unless it is exactly as `write` writes it.
    init?(line: ByteView) {
        let end = line.count
        guard end >= 31, end <= IncrementHeader.longest, line[end - 1] == UInt8(ascii: "\n"),
            line.starts(with: ByteView("#REDWING 1 ")),
            line[end - 10] == UInt8(ascii: " "), line[end - 19] == UInt8(ascii: " "),
            let sequence = parseUInt64Strict(line[11..<end - 19]),
            let salt = parseChecksum(line[end - 18..<end - 10]),
            parseChecksum(line[end - 9..<end - 1]) == CRC32C.checksum(line[0..<end - 10])
        else { return nil }
        firstSequence = sequence
        self.salt = salt
    }
}

/// Eight hexadecimal digits in the case that `ByteBuffer.append(hex:)` writes.
private func parseChecksum(_ text: ByteView) -> UInt32? {
    var value: UInt32 = 0
    for byte in text.buffer {
        guard let digit = hexDigit(byte), !(0x41...0x46).contains(byte) else { return nil }
        value = value << 4 | UInt32(digit)
    }
    return text.count == 8 ? value : nil
}
