internal import Bytes

extension EventOutbox {
    /// Appends what is wanted of the events of a key whose time has come: its own, or that of the last field of a hash,
    /// which ends as any other hash does that loses its last field.
    mutating func append(expiryOf entry: Entry, at now: Int64, _ wanted: KeyEventClasses) {
        if let expiry = entry.expiry, expiry <= now {
            if wanted.contains(.expired) { append(.expired, "expired", entry.key) }
        } else {
            if wanted.contains(.hash) { append(.hash, "hexpired", entry.key) }
            if wanted.contains(.generic) { append(.generic, "del", entry.key) }
        }
    }
}
