internal import Bytes
internal import Synchronization

/// Gives out versions: numbers that are never given out again, also after a crash.
///
/// They are taken from the database a block at a time: a block's end is on disk before any of it is used, and whoever
/// opens the database goes on from there. No clock has a say.
final class Versions: Sendable {
    private struct State {
        var next: UInt64
        var end: UInt64
    }

    private static let block: UInt64 = 4096

    private let database: Database
    private let state: Mutex<State>

    /// Goes on where the database says.
    init(_ database: Database) throws(RocksError) {
        self.database = database
        let end = try Versions.stored(database)
        state = Mutex(State(next: end, end: end))
    }

    /// Goes on where the database says by now.
    func reload() throws(RocksError) {
        let end = try Versions.stored(database)
        state.withLock { $0 = State(next: end, end: end) }
    }

    private static func stored(_ database: Database) throws(RocksError) -> UInt64 {
        let key = SystemKey.version()
        let end = try database.withValue(.system, key.view) { value in
            guard let value else { return UInt64(1) }
            return value.count == 8 ? value.bigEndian(at: 0) : 0
        }
        if end == 0 {
            throw RocksError(.corruption, "Corruption: the record of the next version in \(database.path)")
        }
        return end
    }

    /// The next one. Once in 4,096 times it waits for the disk.
    func next() throws(RocksError) -> UInt64 {
        try state.withLock { (state) throws(RocksError) -> UInt64 in
            if state.next == state.end {
                let end = state.end + Versions.block
                let key = SystemKey.version()
                var value = ByteBuffer()
                value.append(bigEndian: end)
                try database.putDurably(.system, key.view, value.view)
                state.end = end
            }
            defer { state.next += 1 }
            return state.next
        }
    }
}
