import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct DiskKeyspaceTests {
    private func set(_ fixture: DiskFixture, _ key: String, _ value: String, _ expiry: ExpiryChange = .clear)
        throws
    {
        try fixture.run { keyspace in
            with(key) { key in with(value) { keyspace.setString(key, $0, expiry: expiry) } }
        }
    }

    private func get(_ fixture: DiskFixture, _ key: String) throws -> String? {
        try fixture.run { keyspace in try with(key) { try keyspace.string($0)?.string } }
    }

    private func fill(_ fixture: DiskFixture, _ key: String, _ count: Int) throws {
        try fixture.run { keyspace in
            let list = try with(key) { try keyspace.list($0, .create)! }
            for number in 0..<count { with("\(number)") { list.insert($0, at: list.count) } }
        }
    }

    private func items(_ fixture: DiskFixture, _ key: String) throws -> [String]? {
        try fixture.run { keyspace in
            guard let list = try with(key, { try keyspace.list($0, .read) }) else { return nil }
            var items: [String] = []
            list.forEach(0..<list.count, reverse: false) {
                items.append($0.string)
                return true
            }
            return items
        }
    }

    private func counts(_ fixture: DiskFixture) throws -> [Int] {
        try fixture.run { [$0.count, $0.statistics.volatileKeys] }
    }

    @Test func stringsAndCountsSurviveAReopening() throws {
        let fixture = try DiskFixture()
        for number in 0..<200 { try set(fixture, "k\(number)", "v\(number)") }
        for number in 0..<50 { try set(fixture, "k\(number)", "w", .at(fixture.now + 1000)) }
        for number in 0..<10 {
            try fixture.run { keyspace in with("k\(number)") { _ = keyspace.remove($0) } }
        }
        #expect(try counts(fixture) == [190, 40])
        try fixture.reopen()
        #expect(try counts(fixture) == [190, 40])
        #expect(try get(fixture, "k5") == nil)
        #expect(try get(fixture, "k20") == "w")
        #expect(try get(fixture, "k100") == "v100")
        fixture.now += 1000
        #expect(try get(fixture, "k20") == nil)
        #expect(try counts(fixture) == [189, 39])
        #expect(fixture.records(.expiry) == 39)
    }

    @Test func updatingAString() throws {
        let fixture = try DiskFixture()
        try set(fixture, "k", "abc", .at(fixture.now + 1000))
        try fixture.run { keyspace in
            try with("k") { key in
                try keyspace.updateString(key, count: 6) {
                    #expect(Array($0) == Array("abc\0\0\0".utf8))
                    $0[5] = UInt8(ascii: "z")
                }
                #expect(keyspace.info(of: key)?.encoding.description == "raw")
                #expect(keyspace.expiry(of: key) == .at(1_001_000))
                try keyspace.updateString(key, count: 2) { _ in }
            }
        }
        #expect(try get(fixture, "k") == "ab")
        try fixture.run { keyspace in
            try with("new") { try keyspace.updateString($0, count: 2) { $0[1] = 65 } }
        }
        #expect(try get(fixture, "new") == "\0A")
        #expect(try counts(fixture) == [2, 1])
    }

    @Test func versionsAreNeverGivenOutAgain() throws {
        let fixture = try DiskFixture()
        var last: UInt64 = 0
        for round in 0..<6 {
            for _ in 0..<(round == 3 ? 5000 : 3) {
                let version = try fixture.table.versions.next()
                #expect(version > last)
                last = version
            }
            try fixture.reopen()
        }
    }

    @Test func emptiedCollectionsAreGoneAtTheCommandsEnd() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        try fill(fixture, "l", 30)
        try fixture.run { keyspace in
            let list = try with("l") { try keyspace.list($0, .write)! }
            list.remove(0..<10)
            list.remove(0..<20)
            #expect(with("l") { keyspace.peekType(of: $0) } == .list)
            // The same collection, wherever it is opened.
            let again = try with("l") { try keyspace.list($0, .create)! }
            #expect(again.count == 0)
        }
        #expect(try counts(fixture) == [0, 0])
        #expect(fixture.records(.metadata) == 0)
    }

    @Test func renamingMovesAndCopyingCopies() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        try fill(fixture, "a", 50)
        try set(fixture, "b", "old", .at(fixture.now + 10))
        try fixture.run { keyspace in
            with("a") { a in
                with("b") { b in
                    let renamed = keyspace.rename(a, to: b)
                    #expect(renamed)
                }
            }
        }
        let expected = (0..<50).map { "\($0)" }
        #expect(try items(fixture, "a") == nil)
        #expect(try items(fixture, "b") == expected)
        #expect(try counts(fixture) == [1, 0])
        #expect(fixture.records(.expiry) == 0)
        try fixture.run { keyspace in
            with("b") { b in
                _ = keyspace.setExpiry(of: b, at: fixture.now + 500)
                with("c") { c in
                    let copied = keyspace.copy(b, to: c)
                    #expect(copied)
                }
            }
        }
        try fixture.run { keyspace in
            let list = try with("b") { try keyspace.list($0, .write)! }
            list.remove(0..<25)
        }
        try fixture.reopen()
        #expect(try items(fixture, "c") == expected)
        #expect(try items(fixture, "b") == Array(expected[25...]))
        #expect(try counts(fixture) == [2, 2])
        fixture.now += 500
        #expect(try items(fixture, "c") == nil)
        #expect(try counts(fixture) == [1, 1])
    }

    @Test func aCollectionThatIsReplacedGoesToTheSweeper() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        try fill(fixture, "l", 50)
        try set(fixture, "l", "string")
        #expect(fixture.records(.system, from: [UInt8(ascii: "g")], to: [UInt8(ascii: "h")]) == 1)
        try fill(fixture, "m", 3)
        try fixture.run { keyspace in
            let set = try with("m") { try keyspace.set($0, .replace)! }
            with("x") { _ = set.insert($0) }
        }
        #expect(fixture.records(.system, from: [UInt8(ascii: "g")], to: [UInt8(ascii: "h")]) == 2)
        try fixture.run { keyspace in
            let set = try with("m") { try keyspace.set($0, .read)! }
            #expect(set.count == 1)
            _ = try with("empty") { try keyspace.set($0, .replace) }
        }
        #expect(try counts(fixture) == [2, 0])
        while try !fixture.table.sweep(budget: 1) {}
        #expect(fixture.records(.system, from: [UInt8(ascii: "g")], to: [UInt8(ascii: "h")]) == 0)
        #expect(fixture.records(.order) == 0)
        #expect(fixture.records(.elements) == 1)
    }

    @Test func oneThatCanNotBeReadDoesNotKeepTheOthersFromTheSweeper() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        try fixture.run { keyspace in
            let set = try with("s") { try keyspace.set($0, .create)! }
            for name in ["member-one", "member-two"] { with(name) { _ = set.insert($0) } }
        }
        try fill(fixture, "l", 3)
        try fixture.table.database.flush()
        for key in ["s", "l"] { try set(fixture, key, "string") }
        // The file of the set's members; its data comes first.
        let files = try shell("cd '\(fixture.path)' && grep -l member-one *.sst").split(separator: "\n")
        #expect(files.count == 1)
        let file = "\(fixture.path)/\(files[0])"
        let place = try shell("grep -abo member- '\(file)' | head -1 | cut -d: -f1 | tr -d '\\n'")
        try shell("printf X | dd of='\(file)' bs=1 seek=\(place) conv=notrunc 2>&1")
        try fixture.reopen()
        #expect(throws: StorageFailure.self) { try fixture.table.sweep(budget: 10) }
        #expect(fixture.records(.order) == 0)
        #expect(fixture.records(.system, from: [UInt8(ascii: "g")], to: [UInt8(ascii: "h")]) == 1)
    }

    @Test func aFlushIsOneRecordAndNothingComesBack() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        for number in 0..<100 { try set(fixture, "k\(number)", "v", .at(fixture.now + 100)) }
        try fill(fixture, "l", 40)
        try fixture.run { keyspace in
            with("k1") { keyspace.setString($0, ByteView("before"), expiry: .clear) }
            keyspace.removeAll()
            let count = keyspace.count
            #expect(count == 0)
            with("k2") { keyspace.setString($0, ByteView("after"), expiry: .clear) }
            let list = try with("l") { try keyspace.list($0, .create)! }
            list.insert(ByteView("one"), at: 0)
        }
        #expect(try counts(fixture) == [2, 0])
        try fixture.reopen()
        #expect(try counts(fixture) == [2, 0])
        #expect(try get(fixture, "k1") == nil)
        #expect(try get(fixture, "k2") == "after")
        #expect(try items(fixture, "l") == ["one"])
        while try !fixture.table.sweep(budget: 10) {}
        #expect(fixture.records(.metadata) == 2)
        #expect(fixture.records(.order) == 1)
        #expect(fixture.records(.system, from: [UInt8(ascii: "f")], to: [UInt8(ascii: "h")]) == 0)
        fixture.now += 1000
        while try !fixture.table.reclaimExpired(budget: 7, now: fixture.now) {}
        #expect(fixture.records(.expiry) == 0)
        #expect(try counts(fixture) == [2, 0])
    }

    @Test func whatIsNotWrittenHasNotHappened() throws {
        let fixture = try DiskFixture()
        try set(fixture, "k", "v")
        let home = fixture.table.lock(.max)
        var keyspace = DiskKeyspace(fixture.table, home: home, now: fixture.now, replays: false)
        keyspace.removeAll()
        with("other") { keyspace.setString($0, ByteView("x"), expiry: .clear) }
        keyspace.unit.changes.fail(RocksError(.corruption, "Corruption: 000007.sst"))
        #expect(with("k") { keyspace.peekType(of: $0) } == nil)
        keyspace.finish()
        do throws(StorageFailure) {
            _ = try keyspace.store()
            Issue.record("it was stored")
        } catch {
            #expect(error.message.hasPrefix("CORRUPTED "))
            #expect(error.message.contains("000007.sst"))
        }
        fixture.table.unlock(.max)
        #expect(try get(fixture, "k") == "v")
        #expect(try get(fixture, "other") == nil)
        #expect(try counts(fixture) == [1, 0])
    }

    /// Each command of a pipeline is answered for itself, though several are executed, and written, together.
    @Test func aDamagedKeyDoesNotKeepTheOthersOfItsPipeline() throws {
        let directory = try TemporaryDirectory()
        let engine = try DiskEngine(path: directory.path + "/db")
        func run(_ lines: String...) -> [String] {
            var transaction = Transaction()
            let words = lines.map { $0.split(separator: " ").map { Array($0.utf8) } }
            var answers: [String] = []
            withViews(words.flatMap(\.self)) { views in
                var next = 0
                for line in words {
                    transaction.command(engine.find(views[next])!)
                    for index in 1..<line.count { transaction.argument(views[next + index]) }
                    next += line.count
                }
                var step = 0
                var reply = Reply()
                while step < transaction.count {
                    step = engine.executeSome(of: transaction, from: step, into: &reply)
                }
                var reader = reply.reader
                while !reader.isAtEnd {
                    switch reader.next() {
                    case .integer(let value): answers.append("\(value)")
                    case .bytes(let bytes): answers.append(bytes.string)
                    case .status(let text): answers.append(text.string)
                    case .error(let text): answers.append(String(text.string.prefix(9)))
                    default: answers.append("?")
                    }
                }
            }
            return answers
        }
        #expect(run("SET a 1", "SET bad 1", "SET c 1") == ["OK", "OK", "OK"])
        let unit = WriteSet(engine.table.database)
        with("bad") { key in
            var name = ByteBuffer()
            MetadataKey.write(engine.table.epoch, engine.table.hash(of: key), key, to: &name)
            unit.put(.metadata, name.view, ByteView("?"))
        }
        try engine.table.database.write(unit)
        let expected = ["2", "CORRUPTED", "2", "OK", "CORRUPTED", "2"]
        #expect(run("INCR a", "INCR bad", "INCR c", "SET d 4", "GET bad", "GET a") == expected)
        #expect(run("GET a", "GET c", "GET d") == ["2", "2", "4"])
    }

    @Test func aScanSeesEveryKey() throws {
        let fixture = try DiskFixture()
        for number in 0..<300 { try set(fixture, "k\(number)", "v") }
        try set(fixture, "gone", "v", .at(fixture.now + 1))
        fixture.now += 1
        var seen: Swift.Set<String> = []
        var cursor: UInt64 = 0
        var rounds = 0
        repeat {
            // Keys that come and go meanwhile change nothing for the others; a reopening neither.
            try set(fixture, "new\(rounds)", "v")
            if rounds % 10 == 0 { try fixture.reopen() }
            cursor = try fixture.run { keyspace in
                keyspace.scan(from: cursor, count: 7) { key, type in
                    #expect(type == .string)
                    seen.insert(key.string)
                    return true
                }
            }
            rounds += 1
        } while cursor != 0
        #expect(seen.isSuperset(of: (0..<300).map { "k\($0)" }))
        #expect(!seen.contains("gone"))
        #expect(rounds < 60)
    }

    @Test func aScanPassesOverHashesWhoseFieldsAreAllDue() throws {
        let fixture = try DiskFixture()
        try fixture.run { keyspace in
            for (name, kept) in [("some", 1), ("all", 0)] {
                let hash = try with(name) { try keyspace.hash($0, .create)! }
                for number in 0..<4 + kept {
                    let expiry: ExpiryChange = number < 4 ? .at(fixture.now + Int64(number + 1)) : .clear
                    with("f\(number)") { _ = hash.set($0, $0, expiry: expiry) }
                }
            }
        }
        for (passed, expected) in [(3, ["all", "some"]), (4, ["some"])] as [(Int64, [String])] {
            fixture.now = 1_000_000 + passed
            var seen: [String] = []
            try fixture.run { keyspace in
                _ = keyspace.scan(from: 0, count: 10) { key, _ in
                    seen.append(key.string)
                    return true
                }
            }
            #expect(seen.sorted() == expected)
        }
    }

    @Test func randomKeysAreOfAll() throws {
        let fixture = try DiskFixture()
        let none = try fixture.run { keyspace in keyspace.randomKey()?.string }
        #expect(none == nil)
        for number in 0..<200 { try set(fixture, "k\(number)", "v") }
        try set(fixture, "gone", "v", .at(fixture.now + 1))
        fixture.now += 1
        var drawn: [String: Int] = [:]
        for _ in 0..<4000 {
            let key = try fixture.run { keyspace in keyspace.randomKey()?.string }
            drawn[try #require(key), default: 0] += 1
        }
        #expect(drawn.count == 200)
        #expect(drawn.values.max()! < 60)
        #expect(drawn["gone"] == nil)
    }

    @Test func expiredFieldsAreGoneAtTheFirstLook() throws {
        let fixture = try DiskFixture()
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .create)! }
            for number in 0..<10 {
                with("f\(number)") { _ = hash.set($0, $0, expiry: .at(fixture.now + 10 * Int64(number + 1))) }
            }
        }
        #expect(fixture.records(.expiry) == 1)
        fixture.now += 35
        try fixture.run { keyspace in
            let count = try with("h") { try keyspace.hash($0, .read)?.count }
            #expect(count == 7)
        }
        #expect(fixture.records(.order) == 7)
        #expect(fixture.records(.expiry) == 1)
        fixture.now += 1000
        #expect(try fixture.run { keyspace in with("h") { keyspace.peekType(of: $0) } } == nil)
        #expect(fixture.records(.order) + fixture.records(.expiry) + fixture.records(.elements) == 0)
        #expect(try counts(fixture) == [0, 0])
    }

    @Test func theBackgroundReclaimsWhatIsDue() throws {
        let fixture = try DiskFixture()
        for number in 0..<50 { try set(fixture, "k\(number)", "v", .at(fixture.now + Int64(number))) }
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .create)! }
            for number in 0..<600 {
                with("f\(number)") { _ = hash.set($0, $0, expiry: .at(fixture.now + Int64(number + 1))) }
            }
        }
        fixture.now += 25
        while try !fixture.table.reclaimExpired(budget: 7, now: fixture.now) {}
        #expect(try counts(fixture) == [25, 24])
        #expect(fixture.records(.elements) == 575)
        fixture.now += 1000
        while try !fixture.table.reclaimExpired(budget: 7, now: fixture.now) {}
        #expect(try counts(fixture) == [0, 0])
        #expect(fixture.records(.metadata) + fixture.records(.elements) + fixture.records(.expiry) == 0)
    }
}
