import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

/// A table in a directory of its own, which can be closed and opened again.
final class DiskFixture {
    private let directory: TemporaryDirectory
    private let labels: ListLabels
    private let width: Int
    private var opened: DiskTable?
    var now: Int64 = 1_000_000

    init(labels: ListLabels = ListLabels(), spanWidth: Int = 512) throws {
        directory = try TemporaryDirectory()
        self.labels = labels
        width = spanWidth
        try open()
    }

    // Closed before the directory goes.
    deinit { opened = nil }

    var table: DiskTable { opened! }
    var path: String { directory.path }

    func reopen() throws {
        opened = nil
        try open()
    }

    private func open() throws {
        opened = try DiskTable(
            Database(path: directory.path), context: EngineContext(commands: [], startedAt: 0),
            listLabels: labels, spanWidth: width)
    }

    /// Executes something as one command, and writes it.
    @discardableResult
    func run<R>(_ body: (inout DiskKeyspace) throws -> R) throws -> R {
        let home = table.lock(.max)
        defer { table.unlock(.max) }
        var keyspace = DiskKeyspace(table, home: home, now: now, replays: false)
        let result = try body(&keyspace)
        keyspace.finish()
        _ = try keyspace.store()
        return result
    }

    /// How many records a column family has.
    func records(_ family: Family, from lower: [UInt8] = [], to upper: [UInt8] = [255, 255, 255, 255]) -> Int
    {
        var count = 0
        let unit = WriteSet(table.database)
        lower.withByteView { lower in
            upper.withByteView { upper in
                unit.walk(family, from: lower, to: upper) { _, _ in
                    count += 1
                    return true
                }
            }
        }
        return count
    }
}

extension SeededGenerator {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}

/// Calls `body` with a view of a text.
func with<R>(_ text: String, _ body: (ByteView) throws -> R) rethrows -> R {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBufferPointer { try body(ByteView($0)) }
}
