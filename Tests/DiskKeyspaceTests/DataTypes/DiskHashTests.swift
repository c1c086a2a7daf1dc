import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct DiskHashTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func isAsADictionary(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let fixture = try DiskFixture()
        var model: [String: (value: String, expiry: Int64?)] = [:]
        for round in 0..<50 {
            try fixture.run { keyspace in
                let hash = try with("h") { try keyspace.hash($0, .create)! }
                for _ in 0..<40 {
                    let field = "f\(random.below(seed % 2 == 0 ? 60 : 900))"
                    with(field) { name in
                        switch random.below(6) {
                        case 0, 1, 2:
                            let value = String(repeating: "v", count: random.below(20)) + "\(round)"
                            let change: ExpiryChange =
                                [.clear, .keep, .at(fixture.now + Int64(random.below(500)) + 1)][
                                    random.below(3)]
                            let isNew = with(value) { hash.set(name, $0, expiry: change) }
                            #expect(isNew == (model[field] == nil))
                            let expiry: Int64?
                            switch change {
                            case .clear: expiry = nil
                            case .keep: expiry = model[field]?.expiry
                            case .at(let instant): expiry = instant
                            }
                            model[field] = (value, expiry)
                        case 3:
                            #expect(hash.remove(name) == (model.removeValue(forKey: field) != nil))
                        case 4:
                            let instant =
                                random.below(2) == 0 ? nil : fixture.now + Int64(random.below(900)) + 1
                            #expect(hash.setExpiry(of: name, at: instant) == (model[field] != nil))
                            model[field]?.expiry = instant
                        default:
                            #expect(hash.get(name)?.string == model[field]?.value)
                            let expiry: Expiry =
                                model[field].map { $0.expiry.map { .at($0) } ?? .never } ?? .missing
                            #expect(hash.expiry(of: name) == expiry)
                        }
                    }
                }
                #expect(hash.count == model.count)
            }
            fixture.now += Int64(random.below(100))
            model = model.filter { ($0.value.expiry ?? .max) > fixture.now }
            if random.below(8) == 0 { try fixture.reopen() }
            try fixture.run { keyspace in
                guard let hash = try with("h", { try keyspace.hash($0, .read) }) else {
                    #expect(model.isEmpty)
                    return
                }
                var seen: [String: String] = [:]
                hash.forEach {
                    seen[$0.string] = $1.string
                    return true
                }
                #expect(seen == model.mapValues(\.value))
                var scanned: [String: String] = [:]
                var cursor: UInt64 = 0
                repeat {
                    cursor = hash.scan(from: cursor, count: 7) { scanned[$0.string] = $1.string }
                } while cursor != 0
                #expect(scanned == seen)
                #expect(hash.count == model.count)
            }
        }
    }

    @Test func aSmallOneKeepsTheOrderOfInsertion() throws {
        let fixture = try DiskFixture()
        let fields = (0..<100).map { "field-\(($0 * 37) % 100)" }
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .create)! }
            for field in fields { with(field) { _ = hash.set($0, $0) } }
        }
        try fixture.reopen()
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .write)! }
            with(fields[3]) { _ = hash.set($0, ByteView("again")) }
            #expect(with(fields[5]) { hash.remove($0) })
            with(fields[5]) { _ = hash.set($0, ByteView("last")) }
            var seen: [String] = []
            hash.forEach { field, _ in
                seen.append(field.string)
                return true
            }
            #expect(seen == fields[..<5] + fields[6...] + [fields[5]])
            #expect(with("h") { keyspace.info(of: $0)?.encoding.description } == "listpack")
        }
    }

    @Test(arguments: [10, 1000]) func everyFieldIsDrawnEquallyOften(count: Int) throws {
        let fixture = try DiskFixture()
        var drawn: [String: Int] = [:]
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .create)! }
            for number in 0..<count { with("\(number)") { _ = hash.set($0, .empty) } }
        }
        try fixture.run { keyspace in
            let hash = try with("h") { try keyspace.hash($0, .read)! }
            for _ in 0..<count * 10 { hash.random { field, _ in drawn[field.string, default: 0] += 1 } }
        }
        // Chi squared: expected are its degrees of freedom, count - 1; a deviation of 6 sigma is one in 10^9.
        let chi = (0..<count).reduce(0.0) { sum, number in
            let difference = Double(drawn["\(number)", default: 0]) - 10
            return sum + difference * difference / 10
        }
        let degrees = Double(count - 1)
        #expect(chi < degrees + 6 * (2 * degrees).squareRoot() + 10)
    }
}
