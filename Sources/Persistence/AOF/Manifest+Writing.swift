public import Bytes

extension Manifest {
    /// Appends the manifest as Redis writes it: base, history, increments. O(n).
    public func write(to buffer: inout ByteBuffer) {
        for entry in (base.map { [$0] } ?? []) + history + increments {
            buffer.append("file ")
            Manifest.appendName(entry.name, to: &buffer)
            buffer.append(" seq ")
            buffer.append(decimal: entry.sequence)
            buffer.append(" type ")
            buffer.append(entry.role.rawValue)
            buffer.append(UInt8(ascii: "\n"))
        }
    }

    /// Replaces the manifest in `directory` by this one: a crash leaves the old or the new, whole.
    public func store<Files: FileSystem>(in directory: String, _ files: Files) throws(FileError) {
        var text = ByteBuffer()
        write(to: &text)
        try files.replace(
            "\(directory)/\(fileName)", with: text.view, temporary: "\(directory)/temp-\(fileName)")
    }

    /// A name as Redis writes it: quoted where it holds a space, a quote or a byte that is not printable ASCII.
    private static func appendName(_ name: String, to buffer: inout ByteBuffer) {
        let plain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C }
        guard !plain else { return buffer.append(name) }
        buffer.append(UInt8(ascii: "\""))
        for byte in name.utf8 {
            switch byte {
            case 0x22, 0x5C:
                buffer.append(0x5C)
                buffer.append(byte)
            case 0x20..<0x7F: buffer.append(byte)
            default:
                buffer.append("\\x")
                buffer.append(hex: UInt64(byte), width: 2)
            }
        }
        buffer.append(UInt8(ascii: "\""))
    }
}
