internal import Bytes

/// An open-addressing hash table from names, without regard to case, to their index.
///
/// A name is looked up by two words, its first and its last eight bytes in upper case, which tell all of a name
/// of up to 16 bytes; the few longer ones are compared in full. The table has eight slots for each name and is
/// fixed, so nobody can make names collide.
struct CommandNames: Sendable {
    private struct Slot {
        var first: UInt64 = 0
        var last: UInt64 = 0
        /// Of `names`; -1 where the slot is free.
        var index: Int32 = -1
        var length: Int32 = 0
    }

    /// Memory of its own, which outlives all copies of the table, so that a look-up counts no references.
    private final class Memory: @unchecked Sendable {
        // Written before the table is shared, read only after.
        let slots: UnsafeMutablePointer<Slot>
        let names: UnsafeMutablePointer<StaticString>
        private let count: Int

        init(_ names: [StaticString], slots count: Int) {
            self.count = count
            slots = .allocate(capacity: count)
            slots.initialize(repeating: Slot(), count: count)
            self.names = .allocate(capacity: names.count)
            for (index, name) in names.enumerated() { (self.names + index).initialize(to: name) }
        }

        deinit {
            slots.deallocate()
            names.deallocate()
        }
    }

    private let memory: Memory
    // These point into `memory`.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>
    private nonisolated(unsafe) let names: UnsafeMutablePointer<StaticString>
    private let mask: Int

    init(_ names: [StaticString]) {
        var size = 16
        while size < names.count * 8 { size *= 2 }
        memory = Memory(names, slots: size)
        slots = memory.slots
        self.names = memory.names
        mask = size - 1
        for (index, name) in names.enumerated() {
            let view = ByteView(name)
            precondition(find(view) == nil, "the command \(name) is declared twice")
            let (first, last) = CommandNames.words(view)
            var slot = CommandNames.hash(first, last) & mask
            while slots[slot].index >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Slot(first: first, last: last, index: Int32(index), length: Int32(view.count))
        }
    }

    /// The first and the last eight bytes in upper case; of a shorter name one word that holds all its bytes.
    @inline(__always)
    private static func words(_ name: ByteView) -> (first: UInt64, last: UInt64) {
        let raw = UnsafeRawPointer(name.pointer)
        let count = name.count
        if count >= 8 {
            return (
                uppercased(raw.loadUnaligned(as: UInt64.self)),
                uppercased(raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
            )
        }
        if count >= 4 {
            let low = raw.loadUnaligned(as: UInt32.self)
            let high = raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
            return (uppercased(UInt64(low) | UInt64(high) << 32), 0)
        }
        if count == 0 { return (0, 0) }
        let bytes = name.pointer
        return (
            uppercased(
                UInt64(bytes[0]) | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count &- 1]) << 16), 0
        )
    }

    /// Eight bytes at once: a byte from a to z has its bit of 32 taken away.
    @inline(__always)
    private static func uppercased(_ word: UInt64) -> UInt64 {
        let low = word & 0x7F7F_7F7F_7F7F_7F7F
        let fromA = low &+ 0x1F1F_1F1F_1F1F_1F1F
        let pastZ = low &+ 0x0505_0505_0505_0505
        return word ^ (((fromA ^ pastZ) & ~word & 0x8080_8080_8080_8080) >> 2)
    }

    @inline(__always)
    private static func hash(_ first: UInt64, _ last: UInt64) -> Int {
        // Fibonacci hashing (Knuth 6.4) of both words.
        let mixed = (first ^ (last << 3 | last >> 61)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 40)
    }

    /// The index of a name, nil where there is none such. O(1).
    @inline(__always)
    func find(_ name: ByteView) -> Int? {
        let (first, last) = CommandNames.words(name)
        var slot = CommandNames.hash(first, last) & mask
        while true {
            let found = slots[slot]
            if found.index < 0 { return nil }
            if found.first == first, found.last == last, Int(found.length) == name.count {
                let index = Int(found.index)
                if name.count <= 16 || name.equalsIgnoringCase(names[index]) { return index }
            }
            slot = (slot + 1) & mask
        }
    }
}
