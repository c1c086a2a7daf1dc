internal import Bytes
internal import CRocksDB

/// What RocksDB reports, in its words.
struct RocksError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing has gone wrong.
    enum Kind: Sendable {
        /// Files hold what they should not.
        case corruption
        /// The disk is full.
        case noSpace
        /// The system refuses to read or write.
        case io
        /// Somebody else has the directory open.
        case locked
        case other
    }

    var kind: Kind
    /// RocksDB's message, which names the file where one is to blame.
    var message: String

    var description: String { message }

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Takes over a message of RocksDB's.
    init(taking text: UnsafeMutablePointer<CChar>) {
        message = String(cString: text)
        rocksdb_free(text)
        if message.hasPrefix("Corruption") {
            kind = .corruption
        } else if message.contains("No space left") || message.contains("Disk quota exceeded") {
            kind = .noSpace
        } else if message.contains("lock hold by current process") || message.contains("LOCK: Resource") {
            kind = .locked
        } else if message.hasPrefix("IO error") {
            kind = .io
        } else {
            kind = .other
        }
    }
}

/// Calls a function of RocksDB that tells errors through its last argument.
@inline(__always)
func rocks<R>(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
) throws(RocksError) -> R {
    var failure: UnsafeMutablePointer<CChar>?
    let result = body(&failure)
    if let failure { throw RocksError(taking: failure) }
    return result
}

extension ByteView {
    /// As RocksDB takes bytes.
    @inline(__always)
    var characters: UnsafePointer<CChar> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
    }

    /// Bytes that RocksDB lends.
    @inline(__always)
    init(_ characters: UnsafePointer<CChar>, _ count: Int) {
        self.init(UnsafeRawPointer(characters).assumingMemoryBound(to: UInt8.self), count: count)
    }
}
