/// A value in a `JSONDocument`: a position, trivially copied, valid as long as the document.
///
/// Accessors answer nil where the value is of another kind.
@frozen
public struct JSONValue {
    // The three pointers are the document's; `index` is that of a value's first word on its tape. Only
    // the document makes the first value, and the others come from it by the tape's own structure.
    @usableFromInline let tape: UnsafePointer<UInt64>
    @usableFromInline let source: UnsafePointer<UInt8>
    @usableFromInline let arena: UnsafePointer<UInt8>
    @usableFromInline let index: Int

    @inlinable
    init(
        tape: UnsafePointer<UInt64>, source: UnsafePointer<UInt8>, arena: UnsafePointer<UInt8>, index: Int
    ) {
        self.tape = tape
        self.source = source
        self.arena = arena
        self.index = index
    }

    @inlinable
    var word: JSONWord { JSONWord(bits: tape[index]) }

    /// The index of the word after this value.
    @inlinable
    var end: Int {
        switch word.kind {
        case .array, .object, .base64Object: Int(truncatingIfNeeded: tape[index &+ 1])
        default: index &+ 1
        }
    }

    @inlinable
    func value(at index: Int) -> JSONValue {
        JSONValue(tape: tape, source: source, arena: arena, index: index)
    }

    /// What the value is.
    @inlinable
    public var kind: JSONKind {
        switch word.kind {
        case .null: .null
        case .false, .true: .bool
        case .number: .number
        case .string, .arenaString: .string
        case .array: .array
        case .object, .base64Object: .object
        }
    }

    /// Whether the value is `null`.
    @inlinable
    public var isNull: Bool { word.kind == .null }

    /// `true` or `false`.
    @inlinable
    public var bool: Bool? {
        switch word.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// A number as it is written.
    @inlinable
    public var number: ByteView? {
        let word = word
        return word.kind == .number ? ByteView(source + word.offset, count: word.length) : nil
    }

    /// A number written as a plain integer of 64 bits; nil also for `1.0`, `1e2` and `-0`.
    @inlinable
    public var int64: Int64? { number.flatMap { parseInt64($0) } }

    /// A number as a double; nil also where it overflows, or underflows to zero.
    @inlinable
    public var double: Double? { number.flatMap { parseDouble($0) } }

    /// The decoded UTF-8 of a string.
    @inlinable
    public var string: ByteView? {
        let word = word
        return switch word.kind {
        case .string: ByteView(source + word.offset, count: word.length)
        case .arenaString: ByteView(arena + word.offset, count: word.length)
        default: nil
        }
    }

    /// The bytes of a string or of `{"base64":"…"}`, the form of what is not valid UTF-8. Nil also where
    /// the base64 is malformed.
    @inlinable
    public var binaryString: ByteView? {
        word.kind == .base64Object ? value(at: end &- 1).string : string
    }

    /// The bytes of a string, of `{"base64":"…"}`, or of a number as it is written: what may stand where
    /// a command takes an argument.
    @inlinable
    public var argument: ByteView? { binaryString ?? number }

    /// How many elements an array or members an object has; 0 for anything else.
    @inlinable
    public var count: Int {
        switch word.kind {
        case .array, .object, .base64Object: word.length
        default: 0
        }
    }

    /// The elements of an array, in order; none for anything else.
    @inlinable
    public var elements: JSONElements {
        JSONElements(next: value(at: index &+ 2), left: word.kind == .array ? word.length : 0)
    }

    /// The members of an object, in order; none for anything else.
    @inlinable
    public var members: JSONMembers {
        JSONMembers(next: value(at: index &+ 2), left: kind == .object ? word.length : 0)
    }

    /// The member of that name; nil also where this is no object. O(members).
    public subscript(name: StaticString) -> JSONValue? {
        let name = ByteView(name)
        for member in members where member.name == name { return member.value }
        return nil
    }
}

/// The elements of an array, one after the other.
@frozen
public struct JSONElements: Sequence, IteratorProtocol {
    @usableFromInline var cursor: JSONValue
    @usableFromInline var left: Int

    @inlinable
    init(next: JSONValue, left: Int) {
        cursor = next
        self.left = left
    }

    /// The next element, or nil past the last.
    @inlinable
    public mutating func next() -> JSONValue? {
        if left == 0 { return nil }
        left &-= 1
        defer { cursor = cursor.value(at: cursor.end) }
        return cursor
    }

    /// How many elements are left.
    @inlinable
    public var underestimatedCount: Int { left }
}

/// The members of an object, one after the other.
@frozen
public struct JSONMembers: Sequence, IteratorProtocol {
    @usableFromInline var cursor: JSONValue
    @usableFromInline var left: Int

    @inlinable
    init(next: JSONValue, left: Int) {
        cursor = next
        self.left = left
    }

    /// The next member, its name decoded, or nil past the last.
    @inlinable
    public mutating func next() -> (name: ByteView, value: JSONValue)? {
        guard left > 0, let name = cursor.string else { return nil }
        left &-= 1
        let value = cursor.value(at: cursor.index &+ 1)
        cursor = cursor.value(at: value.end)
        return (name, value)
    }

    /// How many members are left.
    @inlinable
    public var underestimatedCount: Int { left }
}
