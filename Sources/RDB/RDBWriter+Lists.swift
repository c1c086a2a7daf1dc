internal import Bytes

/// Items of this size and more are nodes of their own without a listpack, whose lengths have 32 bits.
private let plainNodeSize = 1 << 30

extension RDBWriter where Sink: ~Copyable {
    /// The number of nodes and the nodes.
    mutating func listBody(_ forEach: ((ByteView) -> Void) -> Void) {
        var nodes = 0
        var size = 0
        forEach { item in
            if startsNode(item, size: &size) { nodes += 1 }
        }
        if nodes == 0 { output.fail(.inconsistent) }
        output.length(nodes)

        size = 0
        pack.clear()
        forEach { item in
            if startsNode(item, size: &size) { writeNode() }
            if item.count >= plainNodeSize {
                output.length(QuicklistContainer.plain)
                output.string(item)
            } else {
                pack.append(item)
            }
        }
        writeNode()
    }

    /// Whether `item` begins a node; `size` is what the current one would take, 0 for none. A function of the
    /// items alone, so that both passes agree.
    private func startsNode(_ item: ByteView, size: inout Int) -> Bool {
        if item.count >= plainNodeSize {
            size = 0
            return true
        }
        let needed = ListpackBuilder.sizeBound(item)
        if size > 0, size + needed <= options.listNodeSize {
            size += needed
            return false
        }
        size = Listpack.headerSize + 1 + needed
        return true
    }

    private mutating func writeNode() {
        guard pack.count > 0 else { return }
        output.length(QuicklistContainer.packed)
        writePack()
    }

    /// Writes the collected listpack as a string, and empties it.
    mutating func writePack() {
        pack.withListpack { output.string($0) }
        pack.clear()
    }
}
