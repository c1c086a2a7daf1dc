import Bytes
import TestSupport
import Testing

@testable import Engine

typealias Text = [UInt8]

extension SeededGenerator {
    /// One of `kinds` different names, of different lengths, some binary.
    mutating func name(of kinds: Int) -> Text {
        let n = Int.random(in: 0..<kinds, using: &self)
        switch n % 5 {
        case 0: return Array("\(n)".utf8)
        case 1: return Array("member:\(n)".utf8)
        case 2: return [0, 0xFF, UInt8(truncatingIfNeeded: n), UInt8(truncatingIfNeeded: n >> 8), 0]
        case 3: return Array("\(n)-".utf8) + Text(repeating: 0x61, count: n % 40)
        default: return Array("x\(n)".utf8)
        }
    }

    /// Bytes of a length that is mostly short, sometimes over each border of the packed string.
    mutating func value() -> Text {
        let length =
            switch Int.random(in: 0..<100, using: &self) {
            case 0..<70: Int.random(in: 0..<20, using: &self)
            case 70..<90: Int.random(in: 100..<150, using: &self)
            case 90..<97: Int.random(in: 500..<530, using: &self)
            default: Int.random(in: 1000..<5000, using: &self)
            }
        return Text(repeating: UInt8.random(in: 0...255, using: &self), count: length)
    }
}

func text(_ string: String) -> Text { Array(string.utf8) }

extension EncodingLimits {
    init(_ change: (inout EncodingLimits) -> Void) {
        self.init()
        change(&self)
    }
}

extension HashBody {
    mutating func put(_ field: Text, _ value: Text, _ limits: EncodingLimits = .init()) -> Bool {
        field.withByteView { f in value.withByteView { set(f, $0, limits: limits) } }
    }

    func value(_ field: Text) -> Text? { field.withByteView { get($0)?.array } }

    mutating func delete(_ field: Text) -> Bool { field.withByteView { remove($0) } }

    mutating func expire(_ field: Text, _ instant: Int64?, _ limits: EncodingLimits = .init()) -> Bool {
        field.withByteView { setExpiry(of: $0, at: instant, limits: limits) }
    }

    func expiry(_ field: Text) -> Expiry { field.withByteView { expiry(of: $0) } }

    var contents: [Text: Text] {
        var all: [Text: Text] = [:]
        forEach {
            all[$0.array] = $1.array
            return true
        }
        return all
    }
}

extension SetBody {
    mutating func add(_ member: Text, _ limits: EncodingLimits = .init()) -> Bool {
        member.withByteView { insert($0, limits: limits) }
    }

    func has(_ member: Text) -> Bool { member.withByteView { contains($0) } }

    mutating func delete(_ member: Text) -> Bool { member.withByteView { remove($0) } }

    var contents: [Text] {
        var all: [Text] = []
        forEach {
            all.append($0.array)
            return true
        }
        return all
    }
}

extension ListBody {
    mutating func put(_ item: Text, at index: Int, _ limits: EncodingLimits = .init()) {
        item.withByteView { insert($0, at: index, limits: limits) }
    }

    mutating func replace(_ index: Int, _ item: Text, _ limits: EncodingLimits = .init()) {
        item.withByteView { set(index, $0, limits: limits) }
    }

    func items(_ range: Range<Int>? = nil, reverse: Bool = false) -> [Text] {
        var all: [Text] = []
        forEach(range ?? 0..<count, reverse: reverse) {
            all.append($0.array)
            return true
        }
        return all
    }
}

struct Scored: Equatable {
    var member: Text
    var score: Double
}

extension SortedSetBody {
    mutating func put(_ member: Text, _ score: Double, _ limits: EncodingLimits = .init()) -> Bool {
        member.withByteView { set($0, score, limits: limits) }
    }

    func score(_ member: Text) -> Double? { member.withByteView { score(of: $0) } }

    func rank(_ member: Text) -> Int? { member.withByteView { rank(of: $0) } }

    mutating func delete(_ member: Text) -> Bool { member.withByteView { remove($0) } }

    func range(_ range: Range<Int>? = nil, reverse: Bool = false) -> [Scored] {
        var all: [Scored] = []
        forEach(range ?? 0..<count, reverse: reverse) {
            all.append(Scored(member: $0.array, score: $1))
            return true
        }
        return all
    }
}

/// Text in Redis's order.
func precedes(_ a: Text, _ b: Text) -> Bool { a.lexicographicallyPrecedes(b) }

/// The chi-square statistic of counts that should be equal.
func chiSquare(_ counts: [Int]) -> Double {
    let expected = Double(counts.reduce(0, +)) / Double(counts.count)
    return counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
}
