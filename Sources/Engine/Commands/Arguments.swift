public import Bytes

/// The arguments of one command, without its name; borrowed from the request for the command's duration.
public struct Arguments: ~Copyable {
    @usableFromInline let base: UnsafePointer<ByteView>
    /// How many there are.
    public let count: Int

    /// - Precondition: `buffer` outlives the arguments.
    @inlinable
    public init(_ buffer: UnsafeBufferPointer<ByteView>) {
        // An empty buffer may have no address; nothing is read through it then.
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<ByteView>.alignment)!
        count = buffer.count
    }

    /// The argument at `index`.
    @inlinable
    public subscript(index: Int) -> ByteView {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "argument index out of range")
        return base[index]
    }

    /// The arguments from `start` on.
    @inlinable
    public func dropFirst(_ n: Int) -> Arguments {
        precondition(n <= count)
        return Arguments(UnsafeBufferPointer(start: base + n, count: count - n))
    }

    /// The argument as an integer, as Redis reads one.
    /// - Throws: `.notInteger`, or the error given.
    @inlinable
    public func integer(_ index: Int, or error: CommandError = .notInteger) throws(CommandError) -> Int64 {
        guard let value = parseInt64(self[index]) else { throw error }
        return value
    }

    /// The argument as a float, as Redis reads one (infinities yes, NaN no).
    /// - Throws: `.notFloat`, or the error given.
    @inlinable
    public func double(_ index: Int, or error: CommandError = .notFloat) throws(CommandError) -> Double {
        guard let value = parseDouble(self[index]) else { throw error }
        return value
    }

    /// Whether the argument is this keyword, without regard to case; `upper` is upper case.
    @inlinable
    public func matches(_ index: Int, _ upper: StaticString) -> Bool {
        self[index].equalsIgnoringCase(upper)
    }
}
