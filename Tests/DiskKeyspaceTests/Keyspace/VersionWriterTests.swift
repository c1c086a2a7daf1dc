import Bytes
import Engine
import Testing

@testable import DiskKeyspace

/// What is written ahead of the command that makes it: COPY of a large collection.
@Suite struct VersionWriterTests {
    private static let count = 100
    private static let item = String(repeating: "x", count: 100_000)

    /// A list of 10 MB, of which a copy goes ahead in parts of 4 MiB.
    private func fixture() throws -> DiskFixture {
        let fixture = try DiskFixture()
        try fixture.run { keyspace in
            let list = try with("l") { try keyspace.list($0, .create)! }
            for number in 0..<Self.count { with("\(number) \(Self.item)") { list.insert($0, at: number) } }
        }
        return fixture
    }

    private func notes(_ fixture: DiskFixture) -> Int {
        fixture.records(.system, from: [UInt8(ascii: "g")], to: [UInt8(ascii: "h")])
    }

    private func copy(_ keyspace: inout DiskKeyspace) {
        with("l") { source in
            with("c") { destination in
                let copied = keyspace.copy(source, to: destination)
                #expect(copied)
            }
        }
    }

    private func sweep(_ fixture: DiskFixture) throws { while try !fixture.table.sweep(budget: 10) {} }

    @Test func aLargeCopyIsWhole() throws {
        let fixture = try fixture()
        try fixture.run { copy(&$0) }
        #expect(notes(fixture) == 0)
        try sweep(fixture)
        try fixture.reopen()
        try sweep(fixture)
        try fixture.run { keyspace in
            let list = try with("c") { try keyspace.list($0, .read)! }
            #expect(list.count == Self.count)
            var number = 0
            list.forEach(0..<list.count, reverse: false) { item in
                let isRight = with("\(number) \(Self.item)") { item == $0 }
                #expect(isRight)
                number += 1
                return true
            }
            #expect(number == Self.count)
        }
    }

    /// As where the process ends before the command's batch is written.
    @Test func aCopyThatDidNotHappenIsSwept() throws {
        let fixture = try fixture()
        let home = fixture.table.lock(.max)
        do {
            var keyspace = DiskKeyspace(fixture.table, home: home, now: fixture.now, replays: false)
            copy(&keyspace)
            #expect(notes(fixture) == 1)
            #expect(fixture.records(.order) > Self.count)
            // It may still happen.
            try sweep(fixture)
            #expect(notes(fixture) == 1)
            keyspace.unit.changes.fail(RocksError(.io, "IO error: no space left on device"))
            keyspace.finish()
            #expect(throws: StorageFailure.self) { _ = try keyspace.store() }
        }
        fixture.table.unlock(.max)
        try fixture.reopen()
        try sweep(fixture)
        #expect(notes(fixture) == 0)
        #expect(fixture.records(.order) == Self.count)
        try fixture.run { keyspace in
            #expect(with("c") { keyspace.peekType(of: $0) } == nil)
        }
    }
}
