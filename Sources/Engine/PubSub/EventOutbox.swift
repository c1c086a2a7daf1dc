package import Bytes

/// The messages of an execution in the order in which they were made, until its locks are released: key events,
/// what PUBLISH says, and the commands themselves where anybody watches them.
package struct EventOutbox: ~Copyable {
    /// What a record is.
    enum Record {
        case key(KeyEventClasses, event: ByteView, key: ByteView)
        case message(channel: ByteView, payload: ByteView, isSharded: Bool)
        case command(line: ByteView)
    }

    /// Each record: a header, the first text, the second.
    private var records = ByteBuffer()
    /// Whether there are key events among them.
    private(set) var hasKeyEvents = false

    private enum Kind: UInt8 {
        case key, message, sharded, command
    }

    private struct Header {
        var classes: KeyEventClasses
        var kind: Kind
        var first: Int
        var second: Int
    }

    var isEmpty: Bool { records.isEmpty }

    /// The bytes it takes.
    var count: Int { records.count }

    /// Appends a key event. O(length of the key).
    package mutating func append(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView) {
        hasKeyEvents = true
        append(.key, classes, ByteView(event), key)
    }

    /// Appends a message. O(its length).
    mutating func append(channel: ByteView, payload: ByteView, isSharded: Bool) {
        append(isSharded ? .sharded : .message, [], channel, payload)
    }

    /// Appends a command as MONITOR shows it. O(its length).
    mutating func append(command line: ByteView) { append(.command, [], line, .empty) }

    private mutating func append(
        _ kind: Kind, _ classes: KeyEventClasses, _ first: ByteView, _ second: ByteView
    ) {
        let header = Header(classes: classes, kind: kind, first: first.count, second: second.count)
        withUnsafeBytes(of: header) { records.append(ByteView($0.bindMemory(to: UInt8.self))) }
        records.append(first)
        records.append(second)
    }

    /// Visits the records in order. The views are valid during the call.
    func forEach(_ visit: (Record) -> Void) {
        var rest = records.view
        while !rest.isEmpty {
            // Written by `append`, and never from outside: the lengths are right.
            let header = UnsafeRawPointer(rest.pointer).loadUnaligned(as: Header.self)
            rest = rest.dropFirst(MemoryLayout<Header>.size)
            let first = rest[0..<header.first]
            let second = rest[header.first..<header.first + header.second]
            rest = rest.dropFirst(header.first + header.second)
            switch header.kind {
            case .key: visit(.key(header.classes, event: first, key: second))
            case .message: visit(.message(channel: first, payload: second, isSharded: false))
            case .sharded: visit(.message(channel: first, payload: second, isSharded: true))
            case .command: visit(.command(line: first))
            }
        }
    }

    /// Forgets the records.
    mutating func clear() {
        hasKeyEvents = false
        records.clear(keeping: 4 << 10)
    }
}
