internal import Bytes
internal import CSimdjson
internal import Engine

/// Reads commands from a JSON body into a transaction, without making a copy of what needs no decoding.
///
/// A command is an array: its name, a string, and its arguments: strings; numbers, `true` and `false`, which stand
/// for what is written; and `{"base64":"…"}`. Everything else is refused: null, other arrays and objects, and
/// whatever is no JSON (RFC 8259) in UTF-8. simdjson finds the tokens (docs/decisions/0007-simdjson.md).
///
/// Views put into a transaction point into the body or into the reader's own memory: they are valid until the
/// reader's next read or `reset`, while the body is. For one thread at a time.
struct CommandReader: ~Copyable {
    private let splitter: OpaquePointer
    private let slices: UnsafeMutableBufferPointer<csimdjson_slice>
    /// Decoded strings. Invariant: views point into it, so there is room for all that one body can decode to
    /// before the first is handed out, and it never moves.
    private var decoded = ByteBuffer()

    /// How many slices are fetched at a time: enough to make the call cheap, few enough for the nearest cache.
    private static let batch = 512

    init() {
        guard let made = csimdjson_make() else { fatalError("out of memory") }
        splitter = made
        slices = .allocate(capacity: CommandReader.batch)
    }

    deinit {
        csimdjson_free(splitter)
        slices.deallocate()
    }

    /// Adds the one command that `body` is to `transaction`. O(body.count).
    ///
    /// - Throws: why the body is none; the transaction is empty then.
    mutating func readCommand(
        _ body: ByteView, _ engine: some CommandEngine, into transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        try read(body, nested: false, engine, into: &transaction)
    }

    /// Adds the commands of which `body` is an array, maybe an empty one, to `transaction`. O(body.count).
    ///
    /// - Throws: why the body is none; the transaction is empty then.
    mutating func readCommands(
        _ body: ByteView, _ engine: some CommandEngine, into transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        try read(body, nested: true, engine, into: &transaction)
    }

    /// Gives back what a large body took; views of it are invalid from here on.
    mutating func reset() { decoded.clear() }

    /// How many bytes of memory the reader keeps for the next body.
    var kept: Int { csimdjson_kept(splitter) + decoded.capacity }

    private mutating func read(
        _ body: ByteView, nested: Bool, _ engine: some CommandEngine, into transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        reset()
        do throws(CommandSyntaxError) {
            let error = csimdjson_begin(splitter, body.pointer, body.count, nested)
            if error != CSIMDJSON_OK { throw failure(error, body) }
            try addSlices(of: body, engine, to: &transaction)
        } catch {
            transaction.clear()
            throw error
        }
    }

    private mutating func addSlices(
        of body: ByteView, _ engine: some CommandEngine, to transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        let slices = slices.baseAddress.unsafelyUnwrapped
        var made = 0
        repeat {
            var error = CSIMDJSON_OK
            made = csimdjson_next(splitter, slices, CommandReader.batch, &error)
            precondition(made <= CommandReader.batch, "wrote past the slices")
            var index = 0
            while index < made {
                let slice = slices[index]
                let flags = Int(slice.flags)
                var value = ByteView(slice.bytes, count: Int(slice.count))
                index &+= 1
                if flags & ~CSIMDJSON_COMMAND != 0 {
                    value = try decode(value, flags, in: body)
                    if flags & CSIMDJSON_MEMBER != 0 { continue }
                }
                if flags & CSIMDJSON_COMMAND == 0 {
                    transaction.argument(value)
                } else if let command = engine.find(value) {
                    transaction.command(command)
                } else {
                    transaction.unknownCommand(value)
                }
            }
            if error != CSIMDJSON_OK { throw failure(error, body) }
        } while made >= CommandReader.batch - 1
    }

    /// What a slice with escapes, in base64 or both stands for.
    private mutating func decode(
        _ slice: ByteView, _ flags: Int, in body: ByteView
    ) throws(CommandSyntaxError) -> ByteView {
        let offset = slice.pointer - body.pointer
        // Decoding makes escapes shorter and base64 by a quarter; all slices together are less than the body.
        if decoded.isEmpty { decoded.reserve(body.count * 2) }
        var value = slice
        if flags & CSIMDJSON_ESCAPED != 0 {
            value = try unescape(value, at: offset)
        }
        if flags & CSIMDJSON_MEMBER != 0 && value != ByteView("base64") {
            throw CommandSyntaxError(CSIMDJSON_OBJECT, at: offset - 1)
        }
        if flags & CSIMDJSON_BASE64 != 0 {
            let start = decoded.count
            precondition(decoded.capacity - start >= value.count, "decoded strings would move")
            if !decoded.append(decodingBase64: value) {
                throw CommandSyntaxError("malformed base64", at: offset)
            }
            value = decoded.view[start..<decoded.count]
        }
        return value
    }

    private mutating func unescape(
        _ text: ByteView, at offset: Int
    ) throws(CommandSyntaxError) -> ByteView {
        let start = decoded.count
        precondition(decoded.capacity - start >= text.count, "decoded strings would move")
        if let failure = decoded.append(unescaping: text) {
            throw CommandSyntaxError(failure.reason, at: offset + failure.offset)
        }
        return decoded.view[start..<decoded.count]
    }

    private func failure(_ error: csimdjson_error, _ body: ByteView) -> CommandSyntaxError {
        let offset =
            error == CSIMDJSON_INVALID_UTF8
            ? firstInvalidUTF8(body) ?? 0 : csimdjson_error_offset(splitter)
        return CommandSyntaxError(error, at: offset)
    }
}
