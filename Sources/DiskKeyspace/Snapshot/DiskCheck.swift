internal import Bytes
public import Engine

/// What the database of a data directory holds, once every byte of it was read.
public struct DiskCheck: Sendable {
    /// How many keys there are of each type, those included that have expired unnoticed; types of which there is none are not in it.
    public private(set) var keys: [KeyType: Int] = [:]
    /// Bytes of the files that hold records.
    public private(set) var bytes = 0

    /// Compares the checksums of all files, and reads the record of each key. Nothing is changed; nobody may be writing.
    /// O(bytes).
    /// - Throws: what is wrong, and in which file.
    public init(_ directory: DiskDirectory) throws(DiskFailure) {
        do throws(RocksError) {
            let database = try Database(reading: directory.database)
            try database.verifyChecksums()
            bytes = database.fileSize
            try count(
                try DiskTable(database, context: EngineContext(commands: [], startedAt: 0)))
        } catch {
            throw DiskFailure(error.message)
        }
    }

    private mutating func count(_ table: DiskTable) throws(RocksError) {
        let start = MetadataKey.bound(table.epoch, 0)
        let end = MetadataKey.end(table.epoch)
        let walk = WriteSet(table.database)
        walk.walk(.metadata, from: start.view, to: end.view) { key, value in
            var string = ByteView.empty
            guard key.count >= MetadataKey.prefix, let record = KeyRecord(value, string: &string) else {
                walk.fail(.damagedRecord)
                return false
            }
            keys[record.type, default: 0] += 1
            return true
        }
        if let failure = walk.failure { throw failure }
    }
}
