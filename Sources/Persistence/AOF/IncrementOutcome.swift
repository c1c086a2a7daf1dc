/// What is wrong with an increment at some place.
public enum IncrementDamage: String, Error, Sendable {
    /// The file ends within a command or a line.
    case torn = "the file ends within a command"
    /// The file ends within MULTI … EXEC.
    case tornTransaction = "the file ends within a transaction"
    /// A command or line is not as the format has it.
    case malformed = "neither a command nor a comment"
    /// Nothing but zeros from there on.
    case zeros = "zeros up to the end"
    /// A batch's length or checksum is not what its annotation says.
    case checksum = "a batch does not match its checksum"
    /// A batch has another number than it should have.
    case sequence = "batches are missing, repeated or out of order"
    /// The header is damaged.
    case header = "the header line is damaged"
    /// An annotation of Redwing's where Redis has written.
    case strayAnnotation = "a checksum line where none can be"
    /// The file is an RDB file.
    case rdb = "an RDB file, not commands"
}

/// Why an increment can't be read (on).
public enum IncrementError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A system call failed.
    case file(FileError)
    /// The file `path` is damaged at `offset`, the first byte that could not be used: of the batch, where a
    /// batch is wrong as a whole.
    case damaged(path: String, offset: Int, IncrementDamage)

    /// For the log.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .damaged(let path, let offset, let damage):
            "\(path) is damaged at byte \(offset): \(damage.rawValue)"
        }
    }
}

/// Bounds of what is read and what is cut off.
public enum IncrementLimits {
    /// How many bytes beyond the tail itself are compared with checksums in search of whole batches in it, at most.
    static let compared = 1 << 30
    /// The longest tail of zeros or garbage that is cut off without being asked, in bytes: 64 MiB, more than is
    /// on its way to the disk at any time. A tail that merely ends too early may have any length, as a batch may.
    public static let garbage = 64 << 20
}

/// What reading an increment to its end has found.
public struct IncrementOutcome: Equatable, Sendable {
    /// Up to where the file is whole.
    public internal(set) var wholeLength = 0
    /// How long the file is.
    public internal(set) var fileLength = 0
    /// Why the rest can't be used, where there is a rest.
    public internal(set) var damage: IncrementDamage?
    /// How many batches there were; in what Redis wrote, a command or transaction is one.
    public internal(set) var batches = 0
    /// How many commands there were, MULTI and EXEC counted.
    public internal(set) var commands = 0
    /// The number that the next batch must have, in this file or the next; nil in a file of Redis's. Of an empty
    /// file, the number that was expected of it.
    public internal(set) var nextSequence: UInt64?
    /// Up to which byte the file was on disk by what its batches state.
    public internal(set) var statedLength = 0
    /// Where the last batch with commands ends.
    public internal(set) var contentLength = 0
    /// What the checksums of the file begin with; nil in a file of Redis's.
    public internal(set) var salt: UInt32?
    /// Whether Redis has gone on in, or cut the last annotation off, this file of ours.
    public internal(set) var wasTouchedByRedis = false

    /// How many bytes must be cut off before anything is appended.
    public var excess: Int { fileLength - wholeLength }
    /// Whether Redwing may append to the file (cut to `wholeLength`): not to what Redis had its hands on.
    public var canBeAppendedTo: Bool { salt != nil && !wasTouchedByRedis }
}
