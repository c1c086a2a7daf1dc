internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/info`: how the server is.
enum InfoResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("INFO")
        for section in try x.all("section") { x.argument(section) }
        try x.execute()
        let text = x.bytes() ?? .empty
        if try x.flag("raw") {
            response.addHeader("Content-Type", "text/plain; charset=utf-8")
            response.body.append(text)
        } else {
            x.json(&response)
            response.body.append(infoJSON: text)
        }
    }

    @Sendable static func reset(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("CONFIG RESETSTAT")
        try x.execute()
        x.noContent(&response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/info", ["INFO"], query: [.many("section"), "raw"], run: get),
            Route(.post, "/info/reset", ["CONFIG RESETSTAT"], run: reset),
        ]
    }
}

extension ByteBuffer {
    /// INFO's text as JSON: a member per section (`# Server` is `server`), in it one per `name:value` line.
    mutating func append(infoJSON text: ByteView) {
        var start = 0
        var inSection = false
        var isFirst = true
        append("{")
        while start < text.count {
            let end = text.firstIndex(of: 0x0A, from: start) ?? text.count
            var line = text[start..<end]
            start = end + 1
            if line.buffer.last == 0x0D { line = line[0..<line.count - 1] }
            if line.starts(with: ByteView("# ")) {
                append(inSection ? "}," : "")
                append(sectionName: line.dropFirst(2))
                append(":{")
                inSection = true
                isFirst = true
            } else if inSection, let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                append(isFirst ? "" : ",")
                isFirst = false
                appendJSONString(line[0..<colon])
                append(":")
                append(infoValue: line.dropFirst(colon + 1))
            }
        }
        append(inSection ? "}}" : "}")
    }

    private mutating func append(sectionName name: ByteView) {
        append("\"")
        for byte in name.buffer { append(byte &- 0x41 < 26 ? byte | 0x20 : byte) }
        append("\"")
    }

    /// A whole number as a number, `keys=2,expires=1` as an object, anything else as a string.
    private mutating func append(infoValue value: ByteView) {
        if parseInt64(value) != nil { return append(value) }
        var isList = !value.isEmpty
        forEachElement(of: value, separator: UInt8(ascii: ",")) { part in
            let name = part[0..<(part.firstIndex(of: UInt8(ascii: "=")) ?? 0)]
            // A path or a version may well hold a = too.
            isList =
                isList && !name.isEmpty
                && name.buffer.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") }
        }
        guard isList else { return appendJSONString(value) }
        append("{")
        var rest = value
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            let part = rest[0..<end]
            let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.count
            appendJSONString(part[0..<equals])
            append(":")
            let text = part.dropFirst(equals + 1)
            if parseInt64(text) != nil { append(text) } else { appendJSONString(text) }
            rest = rest.dropFirst(end + 1)
            if !rest.isEmpty { append(",") }
        }
        append("}")
    }
}
