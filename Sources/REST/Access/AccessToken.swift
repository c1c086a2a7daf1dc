internal import Bytes

/// A secret that a client shows with every request (RFC 6750). Neither printing nor reflecting it shows it.
public struct AccessToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// How long a token may be, in bytes: header fields have little more room.
    public static let maxCount = 4096

    private let bytes: [UInt8]

    /// The token, or nil where a header field can't carry it: it must be 1 to `maxCount` ASCII characters,
    /// none of them a blank or a control character.
    public init?(_ text: String) {
        bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= AccessToken.maxCount else { return nil }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    }

    /// Whether `given` is this token. The time it takes depends on `given`'s length alone, not on how much of it
    /// is right: O(its bytes).
    func matches(_ given: ByteView) -> Bool {
        bytes.withByteView { own in
            let isAsLong = given.count == own.count
            // One of another length is compared with itself, which takes as long.
            let other = isAsLong ? own.pointer : given.pointer
            var difference: UInt8 = isAsLong ? 0 : 1
            for index in 0..<given.count { difference |= given.pointer[index] ^ other[index] }
            return difference == 0
        }
    }

    /// That there is one.
    public var description: String { "(secret)" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
