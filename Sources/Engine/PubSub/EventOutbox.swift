internal import Bytes

/// The messages of an execution in the order in which they were made, until its locks are released: key events,
/// and what PUBLISH says.
struct EventOutbox: ~Copyable {
    /// What a record is.
    enum Record {
        case key(KeyEventClasses, event: ByteView, key: ByteView)
        case message(channel: ByteView, payload: ByteView, isSharded: Bool)
    }

    /// Each record: a header, the first text, the second.
    private var records = ByteBuffer()

    private struct Header {
        var classes: KeyEventClasses
        var isMessage: Bool
        var isSharded: Bool
        var first: Int
        var second: Int
    }

    var isEmpty: Bool { records.isEmpty }

    /// Appends a key event. O(length of the key).
    mutating func append(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView) {
        append(
            Header(
                classes: classes, isMessage: false, isSharded: false, first: event.utf8CodeUnitCount,
                second: key.count), ByteView(event), key)
    }

    /// Appends a message. O(its length).
    mutating func append(channel: ByteView, payload: ByteView, isSharded: Bool) {
        append(
            Header(
                classes: [], isMessage: true, isSharded: isSharded, first: channel.count,
                second: payload.count), channel, payload)
    }

    private mutating func append(_ header: Header, _ first: ByteView, _ second: ByteView) {
        withUnsafeBytes(of: header) { records.append(ByteView($0.bindMemory(to: UInt8.self))) }
        records.append(first)
        records.append(second)
    }

    /// Visits the records in order and forgets them. The views are valid during the call.
    mutating func drain(_ visit: (Record) -> Void) {
        var rest = records.view
        while !rest.isEmpty {
            let header = UnsafeRawPointer(rest.pointer).loadUnaligned(as: Header.self)
            let size = MemoryLayout<Header>.size
            let first = rest[size..<size + header.first]
            let second = rest[size + header.first..<size + header.first + header.second]
            rest = rest.dropFirst(size + header.first + header.second)
            if header.isMessage {
                visit(.message(channel: first, payload: second, isSharded: header.isSharded))
            } else {
                visit(.key(header.classes, event: first, key: second))
            }
        }
        records.clear(keeping: 4 << 10)
    }
}
