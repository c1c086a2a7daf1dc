import Bytes
import Testing

@testable import REST

@Suite struct EventIDTests {
    private func read(_ text: String) -> EventID? { Array(text.utf8).withByteView { EventID($0) } }

    @Test(arguments: [
        EventID(boot: 0, sequence: 0), EventID(boot: .max, sequence: .max),
        EventID(boot: 0x5f3a_9c01, sequence: 42, topic: 0), EventID(boot: 1, sequence: 42, topic: 255),
    ])
    func whatIsWrittenIsRead(_ id: EventID) {
        var buffer = ByteBuffer()
        id.append(to: &buffer)
        #expect(read(buffer.view.string) == id)
    }

    @Test(arguments: [
        "", "-", "5f3a9c01", "5f3a9c01-", "5f3a9c01-x", "5f3a9c01-1.", "5f3a9c01-1.x", "5F3A9C01-1",
        "5f3a9c0-11", "5f3a9c01--1", "5f3a9c01-18446744073709551616", "5f3a9c01-1.99999999999999",
        "1700000000-0", "5f3a9c01 1",
    ])
    func whatIsNoneIsNil(_ text: String) { #expect(read(text) == nil) }
}
