internal import Bytes

// The text of event streams (HTML standard, section 9.2.6, "Interpreting an event stream").
extension ByteBuffer {
    /// Begins the event's data, whose first line follows.
    mutating func beginEventData() { append("data: ") }

    /// Appends to the event's data: the reader takes each line break, be it CR, LF or both, for one LF.
    mutating func append(eventData text: ByteView) {
        var rest = text
        while let end = rest.buffer.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            append(rest[0..<end])
            append("\ndata: ")
            let isPair = rest[end] == 0x0D && end + 1 < rest.count && rest[end + 1] == 0x0A
            rest = rest.dropFirst(end + (isPair ? 2 : 1))
        }
        append(rest)
    }

    /// Ends the event.
    mutating func endEvent() { append("\n\n") }

    /// Appends the field `id`.
    mutating func append(eventID id: EventID) {
        append("id: ")
        id.append(to: &self)
        append("\n")
    }
}
