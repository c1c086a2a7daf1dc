import Bytes
import TestSupport
import Testing

@testable import Engine

/// Hashes whose fields expire.
struct ExpiringFieldsTests {
    private struct Field: Equatable {
        var value: Text
        var time: Int64?
    }

    @Test(arguments: [(1, 30), (2, 300), (3, 3000), (4, 10_000)])
    func behavesAsADictionaryOfTimes(seed: UInt64, kinds: Int) {
        var random = SeededGenerator(seed)
        let limits = EncodingLimits {
            $0.hashMaxListpackEntries = kinds / 4
            $0.hashMaxListpackValue = seed % 2 == 0 ? 5000 : 130
            $0.zsetMaxListpackEntries = kinds / 8
        }
        var body = HashBody()
        var model: [Text: Field] = [:]
        var now: Int64 = 0
        for step in 0..<8000 {
            let field = random.name(of: kinds)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let value = random.value()
                #expect(body.put(field, value, limits) == (model[field] == nil))
                model[field] = Field(value: value)
            case 4:
                let value = random.value()
                let isNew = field.withByteView { f in
                    value.withByteView { body.set(f, $0, keepingExpiry: true, limits: limits) }
                }
                #expect(isNew == (model[field] == nil))
                model[field] = Field(value: value, time: model[field]?.time)
            case 5..<8:
                let time = now + 1 + Int64.random(in: 0..<400, using: &random)
                #expect(body.expire(field, time, limits) == (model[field] != nil))
                model[field]?.time = time
            case 8:
                if random.next() % 2 == 0 {
                    #expect(body.expire(field, nil, limits) == (model[field] != nil))
                    model[field]?.time = nil
                } else {
                    #expect(body.delete(field) == (model.removeValue(forKey: field) != nil))
                }
            default:
                now += Int64.random(in: 0..<20, using: &random)
                let due = model.filter { ($0.value.time ?? .max) <= now }
                #expect(body.isExpired(at: now) == (!due.isEmpty && due.count == model.count))
                let limit = random.next() % 4 == 0 ? 3 : Int.max
                #expect(body.removeExpired(at: now, limit: limit) == min(due.count, limit))
                if due.count > limit { #expect(body.removeExpired(at: now) == due.count - limit) }
                for field in due.keys { model[field] = nil }
            }
            let other = random.name(of: kinds)
            #expect(body.value(other) == model[other]?.value)
            #expect(body.count == model.count)
            let expected: Expiry = model[other].map { $0.time.map { .at($0) } ?? .never } ?? .missing
            #expect(body.expiry(other) == expected)
            if step % 500 == 0 {
                #expect(body.checkInvariants() == nil)
                #expect(body.contents == model.mapValues(\.value))
                #expect(body.earliestExpiry == model.values.compactMap(\.time).min())
            }
        }
        #expect(body.contents == model.mapValues(\.value) && body.checkInvariants() == nil)
        body.release()
        #expect(body.count == 0 && body.memoryUsage == 0 && body.earliestExpiry == nil)
    }

    @Test func aSharedHashKeepsItsTimes() {
        var first = HashBody()
        for i in 0..<1000 { _ = first.put(text("\(i)"), text("v")) }
        for i in 0..<500 { _ = first.expire(text("\(i)"), Int64(1000 + i)) }
        var second = first.share()
        #expect(first.removeExpired(at: 1099) == 100)
        _ = first.expire(text("400"), nil)
        _ = second.put(text("100"), text("w"))
        #expect(first.count == 900 && second.count == 1000)
        #expect(first.earliestExpiry == 1100 && second.earliestExpiry == 1000)
        #expect(second.expiry(text("400")) == .at(1400) && first.expiry(text("400")) == .never)
        #expect(first.expiry(text("100")) == .at(1100) && second.expiry(text("100")) == .never)
        #expect(first.checkInvariants() == nil && second.checkInvariants() == nil)
        first.release()
        #expect(second.checkInvariants() == nil)
        while !second.releaseStep(nodes: 2) {}
        #expect(second.memoryUsage == 0)
    }

    @Test func theEncodingSaysThatFieldsExpire() {
        var body = HashBody()
        _ = body.put(text("a"), text("v"))
        let plain = body.memoryUsage
        #expect(body.expire(text("b"), 5) == false)
        #expect("\(body.encoding)" == "listpack" && body.memoryUsage == plain)
        #expect(body.expire(text("a"), nil) == true)
        #expect("\(body.encoding)" == "listpack" && body.memoryUsage == plain)
        #expect(body.expire(text("a"), 5) == true)
        #expect("\(body.encoding)" == "listpackex" && body.memoryUsage > plain)
        #expect(body.expire(text("a"), nil) == true)
        #expect("\(body.encoding)" == "listpackex" && body.earliestExpiry == nil)
        _ = body.put(text("b"), Text(repeating: 1, count: 65))
        #expect("\(body.encoding)" == "hashtable")
        body.release()
        #expect("\(body.encoding)" == "listpack")
    }

    /// The largest times that commands let through are exact.
    @Test(arguments: [1, 1 << 46 - 1, 1 << 53 - 1])
    func timesAreExact(time: Int64) {
        var body = HashBody()
        _ = body.put(text("a"), text("v"))
        _ = body.put(text("b"), text("v"))
        _ = body.expire(text("a"), time)
        #expect(body.expiry(text("a")) == .at(time) && body.earliestExpiry == time)
        #expect(body.removeExpired(at: time - 1) == 0)
        #expect(body.removeExpired(at: time) == 1)
        #expect(body.contents == [text("b"): text("v")])
        body.release()
    }
}
