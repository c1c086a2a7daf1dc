import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct DiskSetTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func isAsASet(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let fixture = try DiskFixture()
        var model: Swift.Set<String> = []
        for _ in 0..<40 {
            try fixture.run { keyspace in
                let set = try with("s") { try keyspace.set($0, .create)! }
                for _ in 0..<50 {
                    // The first is of numbers only, for long.
                    let member =
                        seed == 1 || random.below(30) > 0
                        ? "\(random.below(700) - 300)" : "x\(random.below(9))"
                    with(member) {
                        switch random.below(4) {
                        case 0: #expect(set.remove($0) == (model.remove(member) != nil))
                        case 1: #expect(set.contains($0) == model.contains(member))
                        default: #expect(set.insert($0) == model.insert(member).inserted)
                        }
                    }
                }
            }
            if random.below(6) == 0 { try fixture.reopen() }
            try fixture.run { keyspace in
                guard let set = try with("s", { try keyspace.set($0, .read) }) else {
                    #expect(model.isEmpty)
                    return
                }
                #expect(set.count == model.count)
                var seen: [String] = []
                set.forEach {
                    seen.append($0.string)
                    return true
                }
                if with("s", { keyspace.info(of: $0)?.encoding.description }) == "intset" {
                    #expect(seen == seen.sorted { Int($0)! < Int($1)! })
                }
                #expect(seen.count == model.count)
                #expect(Swift.Set(seen) == model)
                var scanned: Swift.Set<String> = []
                var cursor: UInt64 = 0
                repeat {
                    cursor = set.scan(from: cursor, count: 5) { scanned.insert($0.string) }
                } while cursor != 0
                #expect(scanned == model)
            }
        }
    }

    @Test func encodingsAreRedissAndStay() throws {
        let fixture = try DiskFixture()
        func encoding() throws -> String? {
            try fixture.run { keyspace in with("s") { keyspace.info(of: $0)?.encoding.description } }
        }
        try fixture.run { keyspace in
            let set = try with("s") { try keyspace.set($0, .create)! }
            for number in 0..<512 { with("\(number)") { _ = set.insert($0) } }
        }
        #expect(try encoding() == "intset")
        try fixture.run { keyspace in
            let set = try with("s") { try keyspace.set($0, .write)! }
            with("512") { _ = set.insert($0) }
        }
        #expect(try encoding() == "hashtable")
        try fixture.run { keyspace in
            let set = try with("s") { try keyspace.set($0, .write)! }
            for number in 1...512 { with("\(number)") { _ = set.remove($0) } }
        }
        try fixture.reopen()
        #expect(try encoding() == "hashtable")
    }
}
