public import Bytes

// What DUMP answers and RESTORE takes: the type, the value, the version of the format in two bytes and the
// checksum of all that in eight, little-endian.

private let footerSize = 10

extension ByteBuffer {
    /// Appends the payload of one value, as DUMP of redis-server 7.0.15 answers it.
    ///
    /// - Parameter body: writes that one value with a method of the writer (or `begin`, elements, `end`); the
    ///   key's name and expiry are ignored.
    public mutating func append(
        rdbPayload options: RDBWriterOptions = RDBWriterOptions(),
        _ body: (inout RDBWriter<RDBMemorySink>) -> Void
    ) {
        var writer = RDBWriter(RDBMemorySink(), options: options, isPayload: true)
        body(&writer)
        writer.output.integer(UInt16(options.version.rawValue))
        let checksum = writer.output.checksum()
        writer.output.integer(checksum)
        writer.output.flush()
        append(writer.output.sink.bytes.view)
    }
}

/// Reads a DUMP payload's value into `consumer`, under `key` and `expiry`. O(count).
///
/// - Returns: a summary in which `keys` is 0 where the value is an empty collection or was skipped.
/// - Throws: where the version is newer than 12, the checksum differs, or the value is damaged or has
///   something after it.
public func readRDBPayload<Consumer: RDBConsumer & ~Copyable>(
    _ payload: ByteView, key: ByteView, expiry: Int64? = nil, into consumer: inout Consumer
) throws(RDBError) -> RDBSummary {
    guard payload.count > footerSize else { throw RDBError(.truncated, at: 0) }
    let end = payload.count - footerSize
    let version = Int(payload.load(at: end, as: UInt16.self))
    guard RDBVersion.readable.contains(version) else { throw RDBError(.unsupportedVersion(version), at: end) }
    let expected = payload.load(at: end + 2, as: UInt64.self)
    let actual = crc64(payload[0..<end + 2])
    guard expected == actual else {
        throw RDBError(.checksumMismatch(expected: expected, actual: actual), at: end + 2)
    }
    var reader = RDBReader(RDBMemorySource(payload[0..<end]))
    return try reader.readValue(version, key, expiry, into: &consumer)
}
