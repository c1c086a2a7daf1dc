import Bytes
// local stand-in, not committed
struct HashBody {
    var p: UInt = 0; var count: Int { 0 }; var encoding: StaticString { "" }; var memoryUsage: Int { 0 };
    func share() -> Self { self }; func release() {}
    func get(_ f: ByteView) -> ByteView? { nil };
    mutating func set(_ f: ByteView, _ v: ByteView, limits: EncodingLimits) -> Bool { true };
    mutating func remove(_ f: ByteView) -> Bool { false }
    func forEach(_ v: (ByteView, ByteView) -> Bool) {};
    func scan(from: UInt64, count: Int, _ v: (ByteView, ByteView) -> Void) -> UInt64 { 0 };
    func random(_ v: (ByteView, ByteView) -> Void) {}
}
struct SetBody {
    var p: UInt = 0; var count: Int { 0 }; var encoding: StaticString { "" }; var memoryUsage: Int { 0 };
    func share() -> Self { self }; func release() {}
    func contains(_ f: ByteView) -> Bool { false };
    mutating func insert(_ f: ByteView, limits: EncodingLimits) -> Bool { true };
    mutating func remove(_ f: ByteView) -> Bool { false }
    func forEach(_ v: (ByteView) -> Bool) {};
    func scan(from: UInt64, count: Int, _ v: (ByteView) -> Void) -> UInt64 { 0 };
    func random(_ v: (ByteView) -> Void) {}
}
struct ListBody {
    var p: UInt = 0; var count: Int { 0 }; var encoding: StaticString { "" }; var memoryUsage: Int { 0 };
    func share() -> Self { self }; func release() {}
    func get(_ i: Int) -> ByteView { .empty };
    mutating func set(_ i: Int, _ v: ByteView, limits: EncodingLimits) {};
    mutating func insert(_ f: ByteView, at: Int, limits: EncodingLimits) {};
    mutating func remove(_ f: Range<Int>) {}
    func forEach(_ r: Range<Int>, reverse: Bool, _ v: (ByteView) -> Bool) {}
}
struct SortedSetBody {
    var p: UInt = 0; var count: Int { 0 }; var encoding: StaticString { "" }; var memoryUsage: Int { 0 };
    func share() -> Self { self }; func release() {}
    func score(of f: ByteView) -> Double? { nil };
    mutating func set(_ f: ByteView, _ v: Double, limits: EncodingLimits) -> Bool { true };
    mutating func remove(_ f: ByteView) -> Bool { false }; mutating func remove(_ f: Range<Int>) {}
    func rank(of: ByteView) -> Int? { nil }; func rank(ofScore: Double, orEqual: Bool) -> Int { 0 };
    func rank(ofMember: ByteView, orEqual: Bool) -> Int { 0 }
    func forEach(_ r: Range<Int>, reverse: Bool, _ v: (ByteView, Double) -> Bool) {};
    func scan(from: UInt64, count: Int, _ v: (ByteView, Double) -> Void) -> UInt64 { 0 }
}
