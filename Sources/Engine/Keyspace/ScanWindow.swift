/// One step of a scan through records in the order of their hashes. The cursor is the top 48 bits of the hash to go on from,
/// so that JSON readers which know only doubles keep it exactly.
package struct ScanWindow {
    private let count: Int
    private var visited = 0
    private var passed = 0
    private var last = UInt64.max
    /// The cursor to go on with, 0 at the end.
    package private(set) var next: UInt64 = 0

    /// A window of `count` records, and those whose cursors are the last one's.
    package init(count: Int) { self.count = count }

    /// Whether that much has been visited, so that a batch's order matters.
    func isFilled(by more: Int) -> Bool { visited + more > count }

    /// Whether the window ends before a record with that cursor; then it is the one to go on with.
    package mutating func ends(before cursor: UInt64) -> Bool {
        if visited >= count, cursor != last {
            next = cursor
            return true
        }
        last = cursor
        return false
    }

    /// Counts a record that was visited.
    package mutating func visit() { visited += 1 }

    /// Counts one that has expired, which is passed over; but a client waits for the locks, so not over any number of them.
    package mutating func pass() {
        passed += 1
        if passed > 1000 { visited += 1 }
    }
}
