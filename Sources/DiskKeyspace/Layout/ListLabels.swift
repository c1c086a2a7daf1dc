/// How items of lists are labelled: in steps, from the middle of all numbers, so that there is room between them.
struct ListLabels: Sendable {
    /// The first item's.
    var origin: UInt64 = 1 << 63
    /// Between neighbours that were pushed.
    var step: UInt64 = 1 << 16
    /// At least so much must be between neighbours after a few were labelled anew; otherwise more are.
    var leastGap: UInt64 = 1 << 6

    /// Between neighbours that are pushed to a list of so many items: all and one more at either end fit.
    func step(_ count: Int) -> UInt64 { min(step, .max / UInt64(count + 2)) }
}
