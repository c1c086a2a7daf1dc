internal import Bytes

@testable internal import Engine

/// Fuzzes the reader of commands against Bytes' JSON reader, which shares no code with it: both must refuse the
/// same bodies and read the same commands from the others.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCommandReader(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let body = ByteView(data, count: count)
    let document = try? JSONDocument(parsing: body, maxDepth: 8)
    if let document {
        compare(body, nested: false, [command(document.root)])
        var commands: [[ByteView]?] = document.root.kind == .array ? [] : [nil]
        for element in document.root.elements { commands.append(command(element)) }
        compare(body, nested: true, commands)
    } else {
        compare(body, nested: false, [nil])
        compare(body, nested: true, [nil])
    }
    return 0
}

private let engine = MemoryEngine()
/// One for all inputs, as a thread has one for all requests; libFuzzer has one thread.
nonisolated(unsafe) private let reader: UnsafeMutablePointer<CommandReader> = {
    let made = UnsafeMutablePointer<CommandReader>.allocate(capacity: 1)
    made.initialize(to: CommandReader())
    return made
}()

/// A nil among `expected` says that the body must be refused.
private func compare(_ body: ByteView, nested: Bool, _ expected: [[ByteView]?]) {
    var transaction = Transaction()
    do throws(CommandSyntaxError) {
        if nested {
            try reader.pointee.readCommands(body, engine, into: &transaction)
        } else {
            try reader.pointee.readCommand(body, engine, into: &transaction)
        }
    } catch {
        precondition(error.offset >= 0 && error.offset <= body.count, "an error outside of the body")
        precondition(transaction.count == 0, "half a transaction")
        precondition(expected.contains { $0 == nil }, "refused: \(error)")
        return
    }
    precondition(transaction.count == expected.count, "another number of commands")
    for (step, expected) in zip(transaction.steps.elements, expected) {
        guard let expected else { preconditionFailure("this must be refused") }
        let arguments = transaction.arguments(of: step)
        let known = engine.find(expected[0])
        precondition(step.command == known ?? .unknown, "another command")
        let named = known == nil ? 0 : 1
        precondition(arguments.count == expected.count - named, "another number of arguments")
        for index in 0..<arguments.count {
            precondition(arguments[index] == expected[index + named], "another argument")
        }
    }
}

/// The name and the arguments that the value is, or nil.
private func command(_ value: JSONValue) -> [ByteView]? {
    guard value.kind == .array, value.count > 0 else { return nil }
    var result: [ByteView] = []
    for element in value.elements {
        if result.isEmpty && element.kind != .string { return nil }
        guard let text = element.argument ?? element.bool.map({ ByteView($0 ? "true" : "false") }) else {
            return nil
        }
        result.append(text)
    }
    return result
}
