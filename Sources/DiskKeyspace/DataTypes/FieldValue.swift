internal import Bytes

/// What is filed under a field of a hash.
///
///     flags    1 byte: 1 expires, 2 has a place
///     expiry   8 bytes, Unix ms                                  where it expires
///     place    4 bytes: where it stands in the order of insertion, of small hashes
///     value
struct FieldValue {
    private static let expires: UInt8 = 1
    private static let hasPlace: UInt8 = 2

    /// Unix ms.
    var expiry: Int64?
    /// Where the field stands in the order of insertion.
    var place: UInt32?
    /// Valid as long as what it was read from.
    var value: ByteView

    init(_ value: ByteView, expiry: Int64?, place: UInt32?) {
        self.value = value
        self.expiry = expiry
        self.place = place
    }

    /// Nil where the record is damaged.
    init?(_ bytes: ByteView) {
        var reader = RecordReader(bytes)
        guard let flags = reader.byte(), flags <= 3 else { return nil }
        if flags & FieldValue.expires != 0 {
            guard let expiry = reader.instant() else { return nil }
            self.expiry = expiry
        }
        if flags & FieldValue.hasPlace != 0 {
            guard let place = reader.bigEndian32() else { return nil }
            self.place = place
        }
        value = reader.rest
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.append((expiry == nil ? 0 : FieldValue.expires) | (place == nil ? 0 : FieldValue.hasPlace))
        if let expiry { buffer.append(instant: expiry) }
        if let place { buffer.append(bigEndian: place) }
        buffer.append(value)
    }
}
