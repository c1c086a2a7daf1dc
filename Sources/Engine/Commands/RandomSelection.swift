internal import Bytes

/// What random elements are drawn from: a hash's fields with their values, a set's members, a sorted
/// set's members with their scores.
protocol DrawSource {
    associatedtype Element

    var count: Int { get }

    /// Visits every element until `visit` returns false.
    func forEach(_ visit: (Element) -> Bool)

    /// Visits one element, each equally likely. There is one.
    func random(_ visit: (Element) -> Void)

    /// What tells an element from the others.
    static func name(of element: Element) -> ByteView
}

/// The choosing of several random elements: HRANDFIELD, SRANDMEMBER, SPOP and ZRANDMEMBER.
enum RandomSelection {
    /// Up to this many elements one pass over all of them is cheaper than drawing: a draw from a compact
    /// encoding is itself a walk.
    private static let passLimit = 512

    /// Reads a count: positive for distinct elements, negative for repeated draws.
    /// - Throws: `.notInteger`; `.countOutOfRange` for the one number that can't be negated;
    ///   `.valueOutOfRange` where each element is answered with a second value and their number doubles
    ///   past 64 bits.
    static func count(_ text: ByteView) throws(CommandError) -> Int64 {
        guard let count = parseInt64(text) else { throw .notInteger }
        guard count != .min else { throw .countOutOfRange }
        return count
    }

    /// HRANDFIELD's and ZRANDMEMBER's arguments after the key: a count, and then perhaps the keyword that
    /// asks for a second value with each element. Redis's order of checks.
    /// - Throws: as `count(_:)`; `.syntax`; `.valueOutOfRange` where the number of answered values would
    ///   pass 64 bits.
    static func options(
        _ a: borrowing Arguments, pairKeyword: StaticString
    ) throws(CommandError) -> (count: Int64, pairs: Bool) {
        let count = try count(a[1])
        if a.count == 2 { return (count, false) }
        guard a.count == 3, a.matches(2, pairKeyword) else { throw .syntax }
        guard count.magnitude <= Int64.max.magnitude / 2 else { throw .valueOutOfRange }
        return (count, true)
    }

    /// Answers an array: `count` distinct elements (all where there are fewer), or, where it is negative,
    /// as many independent draws.
    /// - Parameters:
    ///   - width: how many values `write` answers for one element.
    ///   - limit: how many bytes the reply may grow by; the number of draws comes from outside.
    /// - Throws: `.replyTooLong`.
    static func answer<S: DrawSource>(
        _ count: Int64, of source: S, width: Int = 1, limit: Int, _ reply: inout Reply,
        _ write: (S.Element, inout Reply) -> Void
    ) throws(CommandError) {
        let size = source.count
        if count >= 0 || size == 0 {
            let needed = Int(min(max(count, 0), Int64(size)))
            reply.array(needed * width)
            choose(needed, of: source) { write($0, &reply) }
            return
        }
        // No value takes less than a byte: what can't fit is refused before the work of filling the reply.
        guard count.magnitude <= UInt64(limit) else { throw .replyTooLong }
        let draws = Int(count.magnitude)
        reply.array(draws * width)
        let end = reply.tape.count + limit
        for _ in 0..<draws {
            source.random { write($0, &reply) }
            // What follows would be left out as well.
            if reply.overflows { return }
            if reply.tape.count > end { throw .replyTooLong }
        }
    }

    /// Visits `count` distinct elements, every combination equally likely, in no particular order.
    /// `count` is at most the source's. O(count) where it is a small part of a large source, else
    /// O(size).
    static func choose<S: DrawSource>(_ count: Int, of source: S, _ visit: (S.Element) -> Void) {
        let size = source.count
        if count == 0 { return }
        if count == 1 { return source.random(visit) }
        if size > passLimit, count <= size / 3 {
            // At most every third draw on average repeats one.
            var chosen = ByteSet()
            while chosen.count < count {
                source.random { if chosen.insert(S.name(of: $0)) { visit($0) } }
            }
            return
        }
        // Selection sampling (Knuth, The Art of Computer Programming, vol. 2, 3.4.2, algorithm S): an
        // element is taken with the probability of those needed among those left.
        var needed = count
        var left = size
        source.forEach { element in
            if RandomSource.next(below: left) < needed {
                visit(element)
                needed -= 1
            }
            left -= 1
            return needed > 0
        }
    }
}
