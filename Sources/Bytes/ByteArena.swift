#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Memory for bytes that live until the next `reset`, at addresses that don't move: what a request needs to
/// keep decoded names and numbers written as text while views of them are passed on.
///
/// Invariant: views handed out point into `blocks`, which are freed only by `reset` and `deinit`.
public struct ByteArena: ~Copyable {
    private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
    private var used = 0

    private static let blockSize = 4096

    /// An arena that has allocated nothing yet.
    public init() {}

    deinit { for block in blocks { block.deallocate() } }

    /// Uninitialised room for `count` bytes, which `body` fills; it returns how many it kept.
    public mutating func make(
        upTo count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) -> ByteView {
        precondition(count >= 0)
        if blocks.isEmpty || blocks[blocks.count - 1].count - used < count {
            blocks.append(.allocate(capacity: max(count, ByteArena.blockSize)))
            used = 0
        }
        let room = UnsafeMutableBufferPointer(rebasing: blocks[blocks.count - 1][used..<used + count])
        let kept = body(room)
        precondition(kept >= 0 && kept <= count, "wrote past the room")
        used += kept
        return ByteView(UnsafeBufferPointer(rebasing: room[..<kept]))
    }

    /// A copy of `bytes`.
    public mutating func copy(_ bytes: ByteView) -> ByteView {
        make(upTo: bytes.count) { room in
            if !bytes.isEmpty { memcpy(room.baseAddress.unsafelyUnwrapped, bytes.pointer, bytes.count) }
            return bytes.count
        }
    }

    /// A copy of a buffer's contents.
    public mutating func copy(_ buffer: borrowing ByteBuffer) -> ByteView { copy(buffer.view) }

    /// An integer in decimal.
    public mutating func decimal(_ value: Int64) -> ByteView {
        var text = ByteBuffer()
        text.append(decimal: value)
        return copy(text.view)
    }

    /// Forgets everything, keeping one block for reuse.
    public mutating func reset() {
        used = 0
        if blocks.count > 1 || blocks.first.map({ $0.count > ByteArena.blockSize }) == true {
            for block in blocks { block.deallocate() }
            blocks.removeAll(keepingCapacity: true)
        }
    }
}
