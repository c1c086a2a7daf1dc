import Engine
import TestSupport
import Testing

/// Executes a session on a fresh engine and compares the replies. A line that begins with `> ` is a command,
/// the line below it the reply; after `~> ` the innermost array's order doesn't matter, after `~2> ` it is
/// an array of pairs whose order doesn't matter.
func expectSession(_ session: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let engine = TestEngine()
    var asked: (command: String, group: Int)?
    for line in session.split(separator: "\n") {
        guard let (command, group) = asked else {
            let parts = line.split(separator: "> ", maxSplits: 1, omittingEmptySubsequences: false)
            asked = (String(parts[1]), parts[0] == "~2" ? 2 : parts[0] == "~" ? 1 : 0)
            continue
        }
        let reply = run(engine, command)
        #expect(
            unordered(reply, group) == unordered(String(line), group), "\(command)",
            sourceLocation: sourceLocation)
        asked = nil
    }
    #expect(asked == nil, "the last command lacks a reply", sourceLocation: sourceLocation)
}

/// The printed reply with the elements of its innermost arrays sorted, `group` together; 0 leaves the order.
func unordered(_ reply: String, _ group: Int) -> String {
    guard group > 0 else { return reply }
    var rest = Substring(reply)
    return Printed(&rest).sorted(group)
}

/// The innermost elements of a printed reply, as a list.
func elements(_ reply: String) -> [String] {
    var rest = Substring(reply)
    guard case .array(let items) = Printed(&rest) else { return [] }
    return items.map { $0.sorted(0) }
}

/// A printed reply, read back.
private indirect enum Printed {
    case value(String)
    case array([Printed])

    init(_ rest: inout Substring) {
        if rest.first == "[" {
            rest.removeFirst()
            var items: [Printed] = []
            while let next = rest.first, next != "]" {
                if next == "," { rest.removeFirst(2) }
                items.append(Printed(&rest))
            }
            rest = rest.dropFirst()
            self = .array(items)
            return
        }
        var text = ""
        var quoted = false
        while let next = rest.first, quoted || (next != "," && next != "]") {
            text.append(rest.removeFirst())
            if next == "\\" { text.append(rest.removeFirst()) }
            if next == "\"" { quoted.toggle() }
        }
        self = .value(text)
    }

    func sorted(_ group: Int) -> String {
        guard case .array(let items) = self else {
            if case .value(let text) = self { return text }
            return ""
        }
        var parts = items.map { $0.sorted(group) }
        let innermost = items.allSatisfy { if case .value = $0 { true } else { false } }
        if group > 0, innermost, parts.count % group == 0 {
            parts = stride(from: 0, to: parts.count, by: group)
                .map { parts[$0..<$0 + group].joined(separator: ", ") }.sorted()
        }
        return "[" + parts.joined(separator: ", ") + "]"
    }
}
