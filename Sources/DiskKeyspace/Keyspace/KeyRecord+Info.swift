internal import Bytes
internal import Engine

// What OBJECT and MEMORY USAGE tell.
extension KeyRecord {
    /// Redis's name of the encoding that it would have in memory.
    func encoding(string: ByteView) -> StaticString {
        switch type {
        case .string: return StringEncoding.name(of: string, isRaw: isRaw)
        case .list: return "quicklist"
        case .set: return isConverted ? "hashtable" : "intset"
        case .sortedSet: return isConverted ? "skiplist" : "listpack"
        case .hash: return isConverted ? "hashtable" : isTimed ? "listpackex" : "listpack"
        }
    }

    /// Bytes on disk before compression: of a collection, as if its elements were of middling length, since their
    /// lengths are not counted.
    func estimatedSize(key: ByteView, string: ByteView) -> Int {
        let own = MetadataKey.prefix + key.count + string.count + 24
        switch type {
        case .string: return own
        case .list, .set: return own + count * 48
        case .hash: return own + count * 64
        case .sortedSet: return own + count * 96
        }
    }
}
