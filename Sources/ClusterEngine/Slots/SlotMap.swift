internal import Bytes
internal import Engine

/// Which node has which slots, as one of them has told (CLUSTER SLOTS), corrected by what others say since.
struct SlotMap {
    /// A part of the slots, and who has it.
    struct Shard {
        var first: Int
        var primary: NodeAddress
        /// The primary's name: another one has the same data, but not the same order of it.
        var id: String
    }

    private(set) var owners: [NodeAddress?] = Array(repeating: nil, count: KeySlot.count)
    /// The replicas of each primary that has any.
    private(set) var replicas: [NodeAddress: [NodeAddress]] = [:]
    /// Each primary once, in the order of its lowest slot.
    private(set) var shards: [Shard] = []

    /// Reads the reply of CLUSTER SLOTS; nil where it is none, or tells of no node.
    /// - Parameter source: who has answered; nodes that don't know their own address have its.
    init?(_ reply: borrowing Reply, from source: NodeAddress) {
        var reader = reply.reader
        if reader.isAtEnd { return nil }
        guard case .array(let count) = reader.next() else { return nil }
        var seen: [NodeAddress: Int] = [:]
        for _ in 0..<count {
            guard case .array(let parts) = reader.next(), parts >= 3,
                case .integer(let first) = reader.next(), case .integer(let last) = reader.next(),
                first >= 0, first <= last, last < KeySlot.count,
                let (node, id) = SlotMap.node(&reader, source)
            else { return nil }
            var copies: [NodeAddress] = []
            for _ in 3..<parts {
                guard let (replica, _) = SlotMap.node(&reader, source) else { return nil }
                copies.append(replica)
            }
            replicas[node] = copies
            for slot in Int(first)...Int(last) { owners[slot] = node }
            if let index = seen[node] {
                shards[index].first = min(shards[index].first, Int(first))
            } else {
                seen[node] = shards.count
                shards.append(Shard(first: Int(first), primary: node, id: id))
            }
        }
        if shards.isEmpty { return nil }
        shards.sort { $0.first < $1.first }
    }

    /// `[host, port, name, …]`
    private static func node(_ reader: inout ReplyReader, _ source: NodeAddress) -> (NodeAddress, String)? {
        guard case .array(let parts) = reader.next(), parts >= 2 else { return nil }
        var host = source.host
        switch reader.next() {
        // An empty name, or none, is the one by which it was asked; "?" is not known to it.
        case .bytes(let name) where !name.isEmpty && name != ByteView("?"): host = name.string
        case .bytes, .null: break
        default: return nil
        }
        guard case .integer(let number) = reader.next(), let port = UInt16(exactly: number) else {
            return nil
        }
        var id = ""
        if parts > 2, case .bytes(let name) = reader.peek() { id = name.string }
        for _ in 2..<parts { reader.skip() }
        return (NodeAddress(host: host, port: port), id)
    }

    /// Notes that a slot has moved, until the next map.
    mutating func move(_ slot: Int, to node: NodeAddress) { owners[slot] = node }
}
