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
    /// Where the batch may be divided, at some distance from each other: no unit is torn.
    private var cuts: [Cut] = []
    /// The size from which on the next such place is noted.
    private var nextCut: Int

    /// A place between two units.
    private struct Cut {
        var offset: Int
        var commandCount: Int
    }

    /// The size in bytes from which on a part is complete.
    let partSize: Int
    /// What is usual: 64 MiB, so that a batch is no longer than that and the unit it ends with.
    public static let usualPartSize = 64 << 20

    /// An empty batch, which has allocated nothing.
    public init(partSize: Int = CommandBatch.usualPartSize) {
        self.partSize = partSize
        nextCut = partSize
    }

    /// Notes that the batch may be divided here, if the last such place is far enough.
    @inline(__always)
    private mutating func noteBoundary() {
        if buffer.count >= nextCut, !inTransaction { cut() }
    }

    @inline(never)
    private mutating func cut() {
        cuts.append(Cut(offset: buffer.count, commandCount: commandCount))
        nextCut = buffer.count + partSize
    }

    /// The size of the first part: whole units, together not much longer than a part is to be, unless one unit is.
    package var firstPart: Int { cuts.first?.offset ?? buffer.count }

    /// Takes the first part out, which has been written. O(bytes left).
    package mutating func removeFirstPart() {
        guard let first = cuts.first, first.offset < buffer.count else { return clear() }
        let left = buffer.count - first.offset
        buffer.withMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            memmove(base, base + first.offset, left)
        }
        buffer.truncate(to: left)
        commandCount -= first.commandCount
        cuts.removeFirst()
        for index in cuts.indices {
            cuts[index].offset -= first.offset
            cuts[index].commandCount -= first.commandCount
        }
        nextCut = (cuts.last?.offset ?? 0) + partSize
    }

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
        for cut in other.cuts where buffer.count + cut.offset >= nextCut && !inTransaction {
            cuts.append(
                Cut(offset: buffer.count + cut.offset, commandCount: commandCount + cut.commandCount))
            nextCut = buffer.count + cut.offset + partSize
        }
        buffer.append(other.view)
        commandCount += other.commandCount
        noteBoundary()
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
        noteBoundary()
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
        noteBoundary()
    }

    /// Forgets the commands. Memory past `keeping` bytes is given back.
    public mutating func clear(keeping: Int = 1 << 20) {
        buffer.clear(keeping: keeping)
        commandCount = 0
        missing = 0
        inTransaction = false
        if !cuts.isEmpty { cuts.removeAll() }
        nextCut = partSize
    }
}
