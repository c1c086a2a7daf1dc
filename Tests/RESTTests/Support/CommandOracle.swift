import Bytes

@testable import Engine

/// Commands by way of `JSONDocument`.
enum CommandOracle {
    static func commands(_ body: ByteView, nested: Bool) -> [[[UInt8]]]? {
        guard let document = try? JSONDocument(parsing: body), document.root.kind == .array else {
            return nil
        }
        if !nested { return command(document.root).map { [$0] } }
        var result: [[[UInt8]]] = []
        for element in document.root.elements {
            guard let command = command(element) else { return nil }
            result.append(command)
        }
        return result
    }

    private static func command(_ value: JSONValue) -> [[UInt8]]? {
        guard value.kind == .array, value.count > 0 else { return nil }
        var result: [[UInt8]] = []
        for (index, element) in value.elements.enumerated() {
            if index == 0 && element.kind != .string { return nil }
            guard let text = element.argument?.array ?? element.bool.map({ Array("\($0)".utf8) }) else {
                return nil
            }
            result.append(text)
        }
        return result
    }

    /// The name as the command table writes it, where it is there.
    static func canonical(_ command: [[UInt8]]) -> [[UInt8]] {
        var command = command
        let known = command[0].withByteView { CommandReaderTests.engine.find($0) }
        if let known { command[0] = ByteView(CommandReaderTests.engine.commands[known.index].name).array }
        return command
    }
}
