public import Bytes

/// What a command answers: a tape of tagged values of Redis's types, written once by the handler and read
/// once by a renderer, after the locks are released.
///
/// Layout: each value is a tag byte and, by tag, an 8-byte number (an integer, the bits of a double, a
/// count of children or of bytes) and the bytes. An array of n is followed by its n values, a map of n by
/// 2n.
public struct Reply: ~Copyable {
    @usableFromInline var tape = ByteBuffer()
    /// Whether a value of the command under way was left out because the tape was full.
    ///
    /// Invariant: the counts on the tape are right, which `ReplyReader` relies on, unless this is set. The engine
    /// looks at it after each command, under `MemoryEngine.run`, the one place that calls handlers, and puts an
    /// error in place of the command's whole reply before anyone reads it: a renderer, an exchange, or the
    /// transaction that runs a probe. A tape that is appended to another hands its flag on (`append(part:)`).
    @usableFromInline var overflows = false
    /// How long the tape may get, in bytes: a command that names a large value a million times must not take all
    /// memory. The longest string there is fits.
    @usableFromInline var limit = 512 << 20 + 64 << 10

    // Of the request, whose executions may be several:

    /// The journal's ticket up to which everything must be durable before the reply is shown; 0: nothing need be.
    public internal(set) var ticket: UInt64 = 0
    /// Whether a write was refused because the queue to the disk is full, and nothing had been written before: the
    /// whole request may be tried again.
    public internal(set) var isPostponable = false
    /// Whether a command that may write was executed.
    public internal(set) var hasWritten = false
    /// Whether the request has waited for room in the queue to the disk, in vain.
    var hasWaited = false

    /// How many bytes the tape holds.
    @inlinable
    var size: Int { tape.count }

    /// An empty tape.
    @inlinable
    public init() {}

    /// An empty tape for what is to be appended to this one by `append(part:)`, and as limited as this one is.
    func part() -> Reply {
        var part = Reply()
        part.limit = max(0, limit - tape.count)
        return part
    }

    /// Appends what was written to a tape of its own; where it does not fit, or had left something out itself,
    /// this one overflows. O(its bytes).
    public mutating func append(part: borrowing Reply) {
        guard !part.overflows, part.tape.count <= limit - tape.count else { return overflows = true }
        tape.append(part.tape.view)
    }

    /// Appends what was written to another tape, which is as limited: it fits, whatever errors stand on it. O(its bytes).
    public mutating func append(whole other: borrowing Reply) {
        tape.append(other.tape.view)
        overflows = other.overflows
    }

    @usableFromInline
    enum Tag: UInt8 {
        case null, nullArray, integer, double, bytes, status, error, array, map
    }

    @inlinable
    mutating func put(_ tag: Tag, _ number: UInt64) {
        tape.append(upTo: 9) { room in
            room[0] = tag.rawValue
            UnsafeMutableRawPointer(room.baseAddress.unsafelyUnwrapped + 1)
                .storeBytes(of: number, as: UInt64.self)
            return 9
        }
    }

    /// Redis's nil.
    @inlinable
    public mutating func null() { tape.append(Tag.null.rawValue) }

    /// RESP2's nil array, which some commands answer in place of nil (ZMPOP, LPOP with a count …).
    @inlinable
    public mutating func nullArray() { tape.append(Tag.nullArray.rawValue) }

    /// A 64-bit integer.
    @inlinable
    public mutating func integer(_ value: Int64) { put(.integer, UInt64(bitPattern: value)) }

    /// An integer.
    @inlinable
    public mutating func integer(_ value: Int) { integer(Int64(value)) }

    /// 1 or 0, RESP2's booleans.
    @inlinable
    public mutating func integer(_ value: Bool) { integer(Int64(value ? 1 : 0)) }

    /// A score or float; printed as Redis prints doubles.
    @inlinable
    public mutating func double(_ value: Double) { put(.double, value.bitPattern) }

    /// A byte string, copied; left out where the tape is full. O(length).
    @inlinable
    public mutating func bytes(_ value: ByteView) {
        guard value.count <= limit &- tape.count else { return overflows = true }
        put(.bytes, UInt64(value.count))
        tape.append(value)
    }

    /// A constant byte string.
    @inlinable
    public mutating func bytes(_ value: StaticString) { bytes(ByteView(value)) }

    /// A value, or nil.
    @inlinable
    public mutating func bytes(_ value: ByteView?) {
        if let value { bytes(value) } else { null() }
    }

    /// A simple string such as OK.
    @inlinable
    public mutating func status(_ text: StaticString) {
        let view = ByteView(text)
        put(.status, UInt64(view.count))
        tape.append(view)
    }

    /// The status OK.
    @inlinable
    public mutating func ok() { status("OK") }

    /// An error reply; `message` begins with its code.
    @inlinable
    public mutating func error(_ message: ByteView) {
        put(.error, UInt64(message.count))
        tape.append(message)
    }

    /// A command's error, in Redis's words.
    @inlinable
    public mutating func error(_ error: CommandError) { self.error(ByteView(error.message)) }

    /// An error made up at run time; `message` begins with its code.
    public mutating func error(_ message: String) {
        var message = message
        message.withUTF8 { error(ByteView($0)) }
    }

    /// Begins an array; `count` values follow.
    @inlinable
    public mutating func array(_ count: Int) { put(.array, UInt64(count)) }

    /// Begins a map; `count` names and values follow, alternating.
    @inlinable
    public mutating func map(_ count: Int) { put(.map, UInt64(count)) }

    /// Begins an array whose length is told by `endArray`.
    @inlinable
    public mutating func beginArray() -> Mark {
        let mark = Mark(offset: tape.count)
        array(0)
        return mark
    }

    /// Tells the length of the array begun at `mark`.
    @inlinable
    public mutating func endArray(_ mark: Mark, count: Int) {
        tape.withMutableBytes { bytes in
            UnsafeMutableRawPointer(bytes.baseAddress.unsafelyUnwrapped + mark.offset + 1)
                .storeBytes(of: UInt64(count), as: UInt64.self)
        }
    }

    /// A place on the tape.
    public struct Mark: Sendable {
        @usableFromInline let offset: Int
        @inlinable
        init(offset: Int) { self.offset = offset }
    }

    /// Where the tape stands, to `rewind` to.
    @inlinable
    public var mark: Mark { Mark(offset: tape.count) }

    /// Forgets what was written since `mark`.
    @inlinable
    public mutating func rewind(to mark: Mark) { tape.truncate(to: mark.offset) }

    /// Puts an error in place of what a command has written since `mark`, all of it.
    mutating func replace(since mark: Mark, by error: CommandError) {
        rewind(to: mark)
        overflows = false
        self.error(error)
    }

    /// Puts an error in place of what was written since `mark`, of which a part did not fit.
    @inline(never)
    mutating func refuseOverflow(since mark: Mark) {
        rewind(to: mark)
        overflows = false
        error(
            ByteView(
                "ERR the reply takes more than 512 MB; the command was executed, but ask for less at a time"))
    }

    /// Puts that error in place of what was written since `mark`, if a part did not fit.
    package mutating func endOverflow(since mark: Mark) { if overflows { refuseOverflow(since: mark) } }

    /// Puts nil in place of what was written since `mark`, of which a part did not fit and which nobody reads.
    mutating func dropOutput(since mark: Mark) {
        rewind(to: mark)
        overflows = false
        null()
    }

    /// Empties the tape for reuse.
    @inlinable
    public mutating func clear() {
        tape.clear()
        overflows = false
    }

    /// Notes that the reply shows what is durable with that ticket.
    @inline(__always)
    mutating func await(_ ticket: UInt64) { self.ticket = max(self.ticket, ticket) }

    /// Forgets what the executions so far have asked for: another request begins.
    public mutating func beginRequest() {
        ticket = 0
        isPostponable = false
        hasWritten = false
        hasWaited = false
    }

    /// A reader at the start; valid until the reply changes.
    @inlinable
    public var reader: ReplyReader { ReplyReader(tape.view) }
}

/// One value on a reply's tape; of containers only the header: their children follow.
public enum ReplyValue {
    case null
    case nullArray
    case integer(Int64)
    case double(Double)
    case bytes(ByteView)
    case status(ByteView)
    /// The code is the text up to the first space.
    case error(ByteView)
    case array(Int)
    case map(Int)
}

/// Walks a reply's tape from front to back.
public struct ReplyReader {
    @usableFromInline let tape: ByteView
    @usableFromInline var offset = 0

    @inlinable
    init(_ tape: ByteView) { self.tape = tape }

    /// Whether all values were read.
    @inlinable
    public var isAtEnd: Bool { offset == tape.count }

    /// The next value.
    /// - Precondition: there is one: the tape was written by `Reply`, whose counts are right.
    @inlinable
    public mutating func next() -> ReplyValue {
        let tag = Reply.Tag(rawValue: tape[offset]).unsafelyUnwrapped
        offset += 1
        switch tag {
        case .null: return .null
        case .nullArray: return .nullArray
        case .integer: return .integer(Int64(bitPattern: number()))
        case .double: return .double(Double(bitPattern: number()))
        case .bytes: return .bytes(run())
        case .status: return .status(run())
        case .error: return .error(run())
        case .array: return .array(Int(number()))
        case .map: return .map(Int(number()))
        }
    }

    /// Passes over the next value with all it holds.
    public mutating func skip() {
        var left = 1
        while left > 0 {
            left -= 1
            switch next() {
            case .array(let n): left += n
            case .map(let n): left += 2 * n
            default: break
            }
        }
    }

    @inlinable
    mutating func number() -> UInt64 {
        let bytes = tape[offset..<offset + 8]
        offset += 8
        return UnsafeRawPointer(bytes.pointer).loadUnaligned(as: UInt64.self)
    }

    @inlinable
    mutating func run() -> ByteView {
        let length = Int(number())
        let bytes = tape[offset..<offset + length]
        offset += length
        return bytes
    }
}
