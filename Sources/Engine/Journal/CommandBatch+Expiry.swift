internal import Bytes

// What has expired is gone from the file when it is gone from memory: replaying knows no time.
extension CommandBatch {
    /// The removal of a key whose time has come.
    mutating func appendRemoval(of key: ByteView) {
        begin(arguments: 2)
        append("DEL")
        append(key)
    }

    /// The removal of those fields of a hash whose time has come, the first `limit`. O(their number).
    mutating func appendRemoval(ofFieldsDueAt now: Int64, in entry: Entry, limit: Int = .max) {
        guard entry.type == .hash else { return }
        let count = min(limit, entry.body(as: HashBody.self).pointee.dueCount(at: now))
        guard count > 0 else { return }
        var index = 0
        entry.body(as: HashBody.self).pointee.forEachDue(count) { field in
            if index % CommandBatch.elementsPerCommand == 0 {
                begin(arguments: min(count - index, CommandBatch.elementsPerCommand) + 2)
                append("HDEL")
                append(entry.key)
            }
            append(field)
            index += 1
        }
    }
}
