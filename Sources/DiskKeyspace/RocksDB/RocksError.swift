internal import Bytes
internal import CRocksDB
internal import Engine

/// What RocksDB reports, in its words.
struct RocksError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing has gone wrong.
    enum Kind: Sendable {
        /// Files hold what they should not.
        case corruption
        /// The disk is full.
        case noSpace
        /// The system refuses to write.
        case io
        /// The system refuses to read.
        case unreadable
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

    /// What is on record of a key can't be.
    static let damagedRecord = RocksError(.corruption, "Corruption: the record of a key makes no sense")

    /// It could not be opened again.
    static let notOpen = RocksError(.unreadable, "IO error: the database is not open")

    /// An error with a message of RocksDB's.
    init(message: String) {
        self.message = message
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

    /// Takes over a message of RocksDB's.
    init(taking text: UnsafeMutablePointer<CChar>) {
        self.init(message: String(cString: text))
        rocksdb_free(text)
    }

    /// The error where it has come up in reading.
    var ofReading: RocksError { kind == .io ? RocksError(.unreadable, message) : self }
}

extension StorageFailure {
    /// What a client is told of an error of RocksDB's: its code decides the status of the answer.
    init(_ error: RocksError) {
        switch error.kind {
        case .corruption:
            self.init(
                "CORRUPTED What is on disk is damaged (\(error.message)): restore a snapshot or another copy; "
                    + "redwing check says what else is damaged.")
        case .unreadable:
            self.init("IOERR The disk does not give what is on it (\(error.message)): see to the disk.")
        default: self.init("MISCONF " + StorageFailure.advice(error))
        }
    }

    /// What a client is told where the disk does not take what is to be written.
    static func advice(_ error: RocksError) -> String {
        if error.kind == .noSpace {
            return "The disk is full (\(error.message)): make room, and writes are taken again by themselves."
        }
        return
            "The disk does not take what is written (\(error.message)): see to it; writes are taken again when it does."
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
