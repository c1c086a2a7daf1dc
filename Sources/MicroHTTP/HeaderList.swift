internal import Bytes

/// Header fields, packed as C strings, name and value in turn: one buffer that is used again instead of two
/// allocations a field.
///
/// Invariant: each name and value ends in a NUL and holds no other.
struct HeaderList: ~Copyable {
    private var packed = ByteBuffer()

    mutating func append(_ name: StaticString, _ value: ByteView) {
        guard !value.isEmpty else { return }
        packed.reserve(name.utf8CodeUnitCount + value.count + 2)
        packed.append(name)
        packed.append(0)
        let start = packed.count
        packed.append(value)
        packed.append(0)
        packed.withMutableBytes { bytes in
            for index in start..<bytes.count - 1 {
                let byte = bytes[index]
                if byte == 0x0A || byte == 0x0D || byte == 0 { bytes[index] = 0x20 }
            }
        }
    }

    mutating func removeAll() { packed.clear(keeping: 1 << 10) }

    /// Calls `body` with each name and value. The views exclude the NUL that follows them.
    func forEach(_ body: (_ name: ByteView, _ value: ByteView) -> Void) {
        let all = packed.view
        var start = 0
        while start < all.count, let nameEnd = all.firstIndex(of: 0, from: start),
            let valueEnd = all.firstIndex(of: 0, from: nameEnd + 1)
        {
            body(all[start..<nameEnd], all[nameEnd + 1..<valueEnd])
            start = valueEnd + 1
        }
    }
}
