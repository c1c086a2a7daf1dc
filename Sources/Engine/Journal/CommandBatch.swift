public import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Commands being encoded for the append-only file, in RESP, as Redis writes them. There is no SELECT: all of
/// them speak of database 0.
///
/// Nothing is allocated per command: the storage is reused after `clear`.
public struct CommandBatch: ~Copyable {
    /// How many elements one command has at most where an effect has any number.
    static var elementsPerCommand: Int { 1024 }

    package var buffer = ByteBuffer()
    private var unitStart = 0
    private var unitCommands = 0
    /// How many commands there are, MULTI and EXEC counted.
    public private(set) var commandCount = 0
    private var missing = 0
    private var inTransaction = false

    /// An empty batch, which has allocated nothing.
    public init() {}

    /// Whether there are no commands.
    public var isEmpty: Bool { commandCount == 0 }
    /// The size in bytes, without the annotation.
    public var count: Int { buffer.count }
    /// The commands in RESP; valid until the next change.
    public var view: ByteView { buffer.view }

    /// Whether every command has all of its arguments and every transaction its end: only then may it be written.
    public var isWhole: Bool { missing == 0 && !inTransaction }

    /// Begins a command of `arguments` arguments, its name counted, which must follow. O(1).
    public mutating func begin(arguments: Int) {
        precondition(missing == 0, "the command before is not complete")
        precondition(arguments > 0, "a command has a name")
        buffer.append(UInt8(ascii: "*"))
        buffer.append(decimal: arguments)
        buffer.append("\r\n")
        missing = arguments
        commandCount += 1
    }

    /// The next argument: a copy of `bytes`. O(n).
    public mutating func append(_ bytes: ByteView) {
        precondition(missing > 0, "more arguments than were announced")
        missing -= 1
        buffer.append(UInt8(ascii: "$"))
        buffer.append(decimal: bytes.count)
        buffer.append("\r\n")
        buffer.append(bytes)
        buffer.append("\r\n")
    }

    /// The next argument: a literal, such as a command's name.
    public mutating func append(_ text: StaticString) { append(ByteView(text)) }

    /// The next argument: an integer in decimal. O(1).
    public mutating func append(decimal value: Int64) {
        precondition(missing > 0, "more arguments than were announced")
        missing -= 1
        buffer.append(UInt8(ascii: "$"))
        buffer.append(decimal: decimalDigitCount(value.magnitude) + (value < 0 ? 1 : 0))
        buffer.append("\r\n")
        buffer.append(decimal: value)
        buffer.append("\r\n")
    }

    /// A command of literals.
    public mutating func append(command words: StaticString...) {
        begin(arguments: words.count)
        for word in words { append(word) }
    }

    /// Appends commands that are RESP already, as another batch encoded them. O(n).
    public mutating func append(contentsOf other: borrowing CommandBatch) {
        precondition(missing == 0 && other.isWhole, "a command is not complete")
        buffer.append(other.view)
        commandCount += other.commandCount
    }

    /// A command as a client has sent it.
    @inline(__always)
    mutating func append(_ name: StaticString, _ arguments: borrowing Arguments) {
        begin(arguments: arguments.count + 1)
        append(name)
        for index in 0..<arguments.count { append(arguments[index]) }
    }

    /// Begins a unit: the commands until `endUnit` are replayed all or none.
    @inline(__always)
    mutating func beginUnit() {
        unitStart = buffer.count
        unitCommands = commandCount
    }

    /// Ends the unit: where it has several commands, they become a transaction. O(their bytes).
    @inline(__always)
    mutating func endUnit() {
        if commandCount - unitCommands > 1 { enclose() }
    }

    private mutating func enclose() {
        let start = unitStart
        append(command: "MULTI")
        // The command just appended belongs before those of the unit.
        let multi = ByteView("*1\r\n$5\r\nMULTI\r\n")
        buffer.withMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            memmove(base + start + multi.count, base + start, bytes.count - multi.count - start)
            memcpy(base + start, multi.pointer, multi.count)
        }
        append(command: "EXEC")
    }

    /// Begins a transaction: what follows until `endTransaction` is replayed whole or not at all.
    public mutating func beginTransaction() {
        precondition(!inTransaction, "transactions don't nest")
        append(command: "MULTI")
        inTransaction = true
    }

    /// Ends the transaction.
    public mutating func endTransaction() {
        precondition(inTransaction, "no transaction has begun")
        append(command: "EXEC")
        inTransaction = false
    }

    /// Forgets the commands. Memory past `keeping` bytes is given back.
    public mutating func clear(keeping: Int = 1 << 20) {
        buffer.clear(keeping: keeping)
        commandCount = 0
        missing = 0
        inTransaction = false
    }
}
