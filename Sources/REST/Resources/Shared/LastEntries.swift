internal import Bytes

/// Which of several entries of one name counts where one sets and another removes: the last. What sets and
/// what removes go to different commands, so their order among each other would be lost.
struct LastEntries {
    private var removes: [ByteView: Bool] = [:]

    /// Tells of all entries, in order. O(entries); nothing is kept where all are of one kind.
    mutating func note(_ entries: [(name: ByteView, removes: Bool)]) {
        guard let first = entries.first, entries.contains(where: { $0.removes != first.removes }) else {
            return
        }
        removes.reserveCapacity(entries.count)
        for entry in entries { removes[entry.name] = entry.removes }
    }

    /// Whether an entry of that kind agrees with the last one of its name. True for all where nothing was
    /// noted.
    func counts(_ name: ByteView, removes: Bool) -> Bool {
        (self.removes[name] ?? removes) == removes
    }
}
