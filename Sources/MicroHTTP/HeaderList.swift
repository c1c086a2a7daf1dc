internal import Bytes

/// The header fields of a response. Names and constant values stay where they are; other values are copied
/// into one buffer that is used again, instead of one allocation each.
struct HeaderList: ~Copyable {
    private struct Field: BitwiseCopyable {
        let name: StaticString
        /// The value, or where it lies in `copies`.
        let value: Value
    }

    private enum Value: BitwiseCopyable {
        case constant(StaticString)
        case copied(offset: Int, count: Int)
    }

    private var fields = TrivialBuffer<Field>()
    /// The copied values, each followed by a NUL and holding no other.
    private var copies = ByteBuffer()

    mutating func append(_ name: StaticString, _ value: ByteView) {
        guard !value.isEmpty else { return }
        let start = copies.count
        copies.append(upTo: value.count + 1) { room in
            for index in 0..<value.count {
                let byte = value.pointer[index]
                room[index] = byte == 0x0A || byte == 0x0D || byte == 0 ? 0x20 : byte
            }
            room[value.count] = 0
            return value.count + 1
        }
        fields.append(Field(name: name, value: .copied(offset: start, count: value.count)))
    }

    mutating func append(_ name: StaticString, _ value: StaticString) {
        fields.append(Field(name: name, value: .constant(value)))
    }

    mutating func removeAll() {
        fields.removeAll(keeping: 64)
        copies.clear(keeping: 1 << 10)
    }

    /// Calls `body` with each name and value, each followed in memory by a NUL that its view excludes.
    func forEach(_ body: (_ name: ByteView, _ value: ByteView) -> Void) {
        for field in fields.elements {
            switch field.value {
            case .constant(let text): body(ByteView(field.name), ByteView(text))
            case .copied(let offset, let count):
                body(ByteView(field.name), copies.view[offset..<offset + count])
            }
        }
    }
}
