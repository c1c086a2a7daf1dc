internal import Bytes
internal import Engine

/// Commands, and strings of a snapshot, on their way to the lane that executes them: one buffer with all their
/// arguments, which is reused.
///
/// Invariant: every argument lies within `bytes`.
struct CommandChunk: ~Copyable {
    /// Where an argument lies.
    private struct Place: BitwiseCopyable {
        var offset: Int
        var count: Int
    }

    /// A command, or a string.
    struct Item: BitwiseCopyable {
        /// The command; nil: a string key and its value, to be stored.
        var command: CommandID?
        /// Of a command the number that it must answer, `anyReply` where all but an error will do; of a string its
        /// expiry, `noExpiry` where it has none.
        var expected: Int64
        /// Of a string its key's hash.
        var hash: UInt64
        /// What number it has among all that is loaded.
        var ordinal: Int
        /// Where it is in the file; -1: not known.
        var offset: Int
        /// How many arguments there are up to its end.
        fileprivate(set) var end: Int
    }

    static let anyReply = Int64.min
    static let noExpiry = Int64.min
    /// What a chunk keeps of its memory.
    private static let usualSize = 512 << 10

    private var bytes = ByteBuffer()
    private var places = TrivialBuffer<Place>()
    private(set) var items = TrivialBuffer<Item>()

    /// How large it is, the room for what describes the commands counted.
    var size: Int { bytes.count &+ items.count &* 64 }
    var isEmpty: Bool { items.isEmpty }

    /// Adds an argument to the item that is being made.
    @inline(__always)
    mutating func add(_ argument: ByteView) {
        places.append(Place(offset: bytes.count, count: argument.count))
        bytes.append(argument)
    }

    /// Ends the item that the arguments added since the last one are of.
    @inline(__always)
    mutating func end(
        _ command: CommandID?, expected: Int64, hash: UInt64 = 0, ordinal: Int, offset: Int
    ) {
        items.append(
            Item(
                command: command, expected: expected, hash: hash, ordinal: ordinal, offset: offset,
                end: places.count))
    }

    /// The indices of an item's arguments.
    @inline(__always)
    func arguments(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : items[index &- 1].end)..<items[index].end
    }

    /// An argument; valid until the chunk changes.
    @inline(__always)
    func argument(_ index: Int) -> ByteView {
        let place = places[index]
        return bytes.view[place.offset..<place.offset &+ place.count]
    }

    /// Empties it for reuse.
    mutating func clear() {
        bytes.clear(keeping: CommandChunk.usualSize)
        places.removeAll(keeping: 1 << 16)
        items.removeAll(keeping: 1 << 14)
    }
}
