internal import Bytes

/// What the four collections in memory have in common.
///
/// A body is one machine word, trivially copyable, that owns what it points to: copying the word moves the
/// ownership, `share` makes a second owner, `release` ends one. The word 0 is the empty collection, which
/// owns nothing. Bodies have no lock: whoever changes one has it to itself. What two bodies share is never
/// changed in place, so one of them may be read or released on another thread at any time.
protocol CollectionBody {
    /// The empty collection.
    init()

    /// How many elements there are. O(1).
    var count: Int { get }

    /// Redis's name of the encoding in use, as OBJECT ENCODING answers.
    var encoding: StaticString { get }

    /// What the body takes of the heap, in bytes. O(nodes); a node holds some 2 KiB.
    var memoryUsage: Int { get }

    /// Whether freeing takes long enough to be worth doing elsewhere: there is more than one node.
    var isLarge: Bool { get }

    /// A second owner of the same elements. O(1); the next change of either copies what it touches.
    func share() -> Self

    /// Gives everything back and becomes empty. O(nodes) for the last owner.
    mutating func release()

    /// Gives about `nodes` nodes back, from the end; true when nothing is left. Between the steps the body
    /// can't be used for anything else.
    mutating func releaseStep(nodes: Int) -> Bool
}

/// The hash that orders large hashes and sets, and the cursor of their scans.
enum ElementHash {
    private static let key = SipKey.random()

    /// 32 bits of SipHash with a key of this process.
    @inline(__always)
    static func of(_ bytes: ByteView) -> UInt64 { sipHash13(bytes, key: key) >> 32 }
}
