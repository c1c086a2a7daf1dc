internal import Bytes

/// How long a command is to wait, as Redis reads it: in seconds, with decimals; nil for ever, which is 0.
/// - Returns: milliseconds, rounded up.
func waitingTime(_ text: ByteView) throws(CommandError) -> Int64? {
    guard let seconds = parseDouble(text) else { throw .timeoutNotFloat }
    let milliseconds = (seconds * 1000).rounded(.up)
    // As in C: what is too large for an integer becomes the least there is.
    if milliseconds < 0 || milliseconds >= 0x1p63 { throw .timeoutNegative }
    // Added to the clock it would overflow.
    if milliseconds >= 9.22337e18 { throw .timeoutOutOfRange }
    return milliseconds == 0 ? nil : Int64(milliseconds)
}
