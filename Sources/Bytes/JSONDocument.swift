/// A parsed JSON text.
///
/// Strict RFC 8259: valid UTF-8 without a byte order mark, no lone surrogates, no trailing bytes, and no
/// two members of one name in an object. Numbers keep their text, so that 64-bit integers are exact and
/// decimals are not rounded.
///
/// The document borrows the text, which must outlive it; its values and their byte views are valid as
/// long as both are.
public struct JSONDocument: ~Copyable {
    private let tape: JSONTape
    private let arena: ByteBuffer
    private let source: ByteView

    /// The longest text that is read: 256 MiB less one byte.
    public static var maxLength: Int { 1 << 28 - 1 }

    /// Parses `source`. O(count) time; memory of at most about eight times the text, commonly less than
    /// the text. Without recursion, so any nesting is safe.
    ///
    /// - Parameter maxDepth: how many containers may be inside each other, the outermost included.
    public init(parsing source: ByteView, maxDepth: Int = 64) throws(JSONError) {
        var parser = JSONParser(source, maxDepth: maxDepth)
        try parser.parse()
        tape = parser.tape
        arena = parser.arena
        self.source = source
    }

    /// The outermost value.
    public var root: JSONValue {
        JSONValue(
            tape: UnsafePointer(tape.base), source: source.pointer, arena: arena.view.pointer, index: 0)
    }
}

/// What a JSON value is.
public enum JSONKind: Sendable {
    case null, bool, number, string, array, object
}
