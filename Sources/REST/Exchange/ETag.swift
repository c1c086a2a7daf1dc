internal import Bytes
internal import Engine
internal import MicroHTTP

/// ETags: `"<boot>-<version>"`, in hex, where `boot` is drawn at start, so that no tag of an earlier run ever
/// matches; a representation other than the default adds a suffix, which conditions ignore.
enum ETag {
    /// The length of what all tags of a run begin with.
    private static let prefixCount = 10

    /// Writes what all tags of a run begin with to an empty buffer.
    static func writePrefix(boot: UInt32, to buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: "\""))
        buffer.append(hex: UInt64(boot), width: 8)
        buffer.append(UInt8(ascii: "-"))
    }

    /// Completes the tag in a buffer that `writePrefix` has begun, whatever has been completed in it before.
    static func finish(_ tag: inout ByteBuffer, _ version: UInt64, suffix: StaticString) {
        tag.truncate(to: prefixCount)
        tag.append(hex: version)
        tag.append(suffix)
        tag.append(UInt8(ascii: "\""))
    }

    /// The versions that a condition's header names. Tags that are not ours are passed over: they can match
    /// nothing.
    static func versions(_ header: ByteView, boot: UInt32) -> Precondition.Versions {
        if trimmed(header) == ByteView("*") { return .any }
        var versions: [UInt64] = []
        forEachElement(of: header, separator: UInt8(ascii: ",")) { element in
            var tag = element
            if tag.starts(with: ByteView("W/")) { tag = tag.dropFirst(2) }
            guard tag.count > 2, tag[0] == UInt8(ascii: "\""), tag[tag.count - 1] == UInt8(ascii: "\"") else {
                return
            }
            tag = tag[1..<tag.count - 1]
            guard tag.count > 9, tag[8] == UInt8(ascii: "-"), parseHex(tag[0..<8]) == UInt64(boot) else {
                return
            }
            let rest = tag.dropFirst(9)
            let end = rest.firstIndex(of: UInt8(ascii: "-")) ?? rest.count
            if let version = parseHex(rest[0..<end]) { versions.append(version) }
        }
        return .of(versions)
    }

    private static func parseHex(_ text: ByteView) -> UInt64? {
        guard text.count > 0, text.count <= 16 else { return nil }
        var value: UInt64 = 0
        for index in 0..<text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
