internal import Bytes

/// What an error says of where, or when, a command is to be sent again: it was not executed (the Redis Cluster
/// specification, "Redirection and resharding").
enum Redirection: Equatable {
    /// The slot is another node's now.
    case moved(slot: Int, to: NodeAddress)
    /// This once, it is to be asked of the node that the slot is moving to.
    case ask(NodeAddress)
    /// The node can't say for now.
    case later
    /// The node is a replica by now: the map is old.
    case replica

    /// Nil for all other errors.
    /// - Parameter source: who has answered; a node without a name is at its host.
    init?(_ error: ByteView, from source: NodeAddress) {
        let words = error.buffer.split(separator: UInt8(ascii: " "), maxSplits: 3).map {
            ByteView(UnsafeBufferPointer(rebasing: $0))
        }
        guard let code = words.first else { return nil }
        func address(_ text: ByteView) -> NodeAddress? {
            // Not `::1:6379`, which has a host.
            let isPort = text.string.lastIndex(of: ":") == text.string.startIndex
            return NodeAddress(isPort ? source.host + text.string : text.string)
        }
        switch code.string {
        case "MOVED":
            guard words.count >= 3, let slot = Int(words[1].string), slot >= 0, slot < KeySlot.count,
                let node = address(words[2])
            else { return nil }
            self = .moved(slot: slot, to: node)
        case "ASK":
            guard words.count >= 3, let node = address(words[2]) else { return nil }
            self = .ask(node)
        case "TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "LOADING": self = .later
        case "READONLY", "UNBLOCKED": self = .replica
        default: return nil
        }
    }
}
