internal import Bytes

extension Arguments {
    /// How long a command is to wait, as Redis reads it: in seconds, with decimals; nil for ever, which is 0.
    /// - Returns: milliseconds, rounded up.
    func timeout(_ index: Int) throws(CommandError) -> Int64? {
        guard let seconds = parseDouble(self[index]) else { throw .timeoutNotFloat }
        let milliseconds = (seconds * 1000).rounded(.up)
        // So far from the end of time that no clock added to it overflows.
        if milliseconds >= 9.2e18 { throw .timeoutOutOfRange }
        if milliseconds < 0 || seconds < 0 { throw .timeoutNegative }
        return milliseconds == 0 ? nil : Int64(milliseconds)
    }
}
