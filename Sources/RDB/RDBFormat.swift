public import Bytes

/// The versions of the format that are read, and those that are written.
///
/// The format has no specification; this follows what redis-server 7.0.15 writes, and for versions 11 and
/// 12 the sources of Redis 7.2 and 7.4. docs/file-formats.md describes it.
public enum RDBVersion: Int, Sendable {
    /// What Redis 7.0 writes and the newest that it reads.
    case redis7 = 10
    /// What Redis 7.4 writes: the first in which a hash field can have an expiry.
    case redis74 = 12

    /// Every version that the reader takes.
    static let readable = 1...12
}

/// What a record of the file is, where it isn't a value.
enum RDBOpcode: UInt8 {
    case slotInfo = 244
    case function2 = 245
    /// Of release candidates of Redis 7.0, which no release reads.
    case functionPreview = 246
    case moduleAux = 247
    case idle = 248
    case frequency = 249
    case aux = 250
    case resizeDB = 251
    case expireTimeMilliseconds = 252
    case expireTime = 253
    case selectDB = 254
    case end = 255
}

/// How a value is encoded.
enum RDBType: UInt8 {
    case string = 0
    case list = 1
    case set = 2
    /// Scores as text.
    case zset = 3
    case hash = 4
    /// Scores as eight bytes.
    case zset2 = 5
    /// Of Redis 4.0's release candidates: can't be skipped, its length is written nowhere.
    case modulePreview = 6
    case module2 = 7
    case hashZipmap = 9
    case listZiplist = 10
    case setIntset = 11
    case zsetZiplist = 12
    case hashZiplist = 13
    /// Ziplists.
    case quicklist = 14
    case stream = 15
    case hashListpack = 16
    case zsetListpack = 17
    /// Listpacks, and plain nodes for large items.
    case quicklist2 = 18
    case stream2 = 19
    case setListpack = 20
    case stream3 = 21
    /// Field expiries are absolute, without the least of them in front.
    case hashMetadataPreview = 22
    case hashListpackExPreview = 23
    case hashMetadata = 24
    case hashListpackEx = 25
}

/// Which of Redis's values is meant, whatever its encoding.
public enum RDBKind: Sendable {
    /// An ordered sequence of items.
    case list
    /// Distinct members.
    case set
    /// Fields with values, each with or without an expiry.
    case hash
    /// Members with scores.
    case sortedSet
}

/// What a file may hold that Redwing has no place for.
public enum RDBForeign: Sendable, CaseIterable {
    /// A key that holds a stream.
    case stream
    /// A key that holds a module's value.
    case module
    /// A module's data outside of keys.
    case moduleAuxiliary
    /// A function library (FUNCTION LOAD).
    case function
}

/// How a packed item of a quicklist2 is stored.
enum QuicklistContainer {
    static let plain: UInt64 = 1
    static let packed: UInt64 = 2
}

extension RDBOpcode {
    /// The name of the note that says that Redwing wrote the file; Redis passes over names that it doesn't know.
    static let redwingMark: StaticString = "redwing"
}

/// How many bytes of a file `isRDBOfRedwing` needs to see.
public let rdbOriginLength = 9 + 2 + 7

/// Whether a file that begins with `start` is an RDB file that Redwing wrote. O(1).
public func isRDBOfRedwing(_ start: ByteView) -> Bool {
    guard start.count >= rdbOriginLength, start.starts(with: ByteView("REDIS")) else { return false }
    return start[9] == RDBOpcode.aux.rawValue && start[10] == 7
        && start.dropFirst(11).starts(with: ByteView(RDBOpcode.redwingMark))
}
