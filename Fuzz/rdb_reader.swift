internal import Bytes
internal import RDB

/// Fuzzes the RDB reader: the input as it is, and as what follows a header (so that types and encodings are
/// reached at once). Whatever it is, it is read or refused; offsets lie inside of it and what the consumer is
/// handed is all readable memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRDBReader(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = ByteView(data, count: count)
    read(input)
    var headed = ByteBuffer()
    headed.append("REDIS0012")
    headed.append(input)
    read(headed.view)
    return 0
}

private func read(_ bytes: ByteView) {
    var consumer = TouchingConsumer()
    var reader = RDBReader(RDBMemorySource(bytes))
    do throws(RDBError) {
        let summary = try reader.read(into: &consumer)
        precondition(summary.bytes <= bytes.count && !consumer.isOpen, "read past the end")
    } catch {
        precondition(error.offset >= 0 && error.offset <= bytes.count, "an error outside of the input")
    }
}

/// Reads every byte that it is handed, and checks the order of calls.
private struct TouchingConsumer: RDBConsumer {
    var sum: UInt8 = 0
    var isOpen = false

    private mutating func touch(_ bytes: ByteView) { for byte in bytes.buffer { sum ^= byte } }

    mutating func selectDatabase(_ index: Int) {}
    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) {
        precondition(!isOpen)
        touch(key)
        touch(value)
    }
    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        precondition(!isOpen && expectedCount >= 0 && expectedCount < 1 << 20)
        isOpen = true
        touch(key)
    }
    mutating func item(_ value: ByteView) { touch(value) }
    mutating func member(_ member: ByteView) { touch(member) }
    mutating func member(_ member: ByteView, score: Double) {
        precondition(!score.isNaN)
        touch(member)
    }
    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {
        touch(field)
        touch(value)
    }
    mutating func end() {
        precondition(isOpen)
        isOpen = false
    }
    mutating func skipped(_ what: RDBForeign, key: ByteView) { touch(key) }
}
