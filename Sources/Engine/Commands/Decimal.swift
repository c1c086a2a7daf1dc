internal import Bytes

/// Calls `body` with the decimal text of `value`, made on the stack: counters are stored and answered
/// without an allocation. The view is valid during the call.
/// - Parameter unsigned: whether to read the 64 bits of `value` as an unsigned number.
@inline(__always)
func withDecimal(_ value: Int64, unsigned: Bool = false, _ body: (ByteView) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { room in
        // 20 bytes hold every 64-bit number with its sign; filled from the end.
        var start = room.count
        let negative = value < 0 && !unsigned
        var rest = negative ? value.magnitude : UInt64(bitPattern: value)
        repeat {
            start -= 1
            room[start] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        if negative {
            start -= 1
            room[start] = UInt8(ascii: "-")
        }
        body(ByteView(UnsafeBufferPointer(rebasing: room[start...])))
    }
}

extension Reply {
    /// A number as text, as Redis answers cursors.
    mutating func bytes(decimal value: Int64, unsigned: Bool = false) {
        withDecimal(value, unsigned: unsigned) { bytes($0) }
    }
}
