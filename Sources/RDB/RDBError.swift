/// Why an RDB file or payload can't be read, and where.
public struct RDBError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: Equatable, Sendable {
        /// It ends before it should.
        case truncated
        /// It doesn't begin with `REDIS` and four digits.
        case notRDB
        /// A version that isn't 1 to 12.
        case unsupportedVersion(Int)
        /// An opcode or type of value that is not known.
        case unknownType(UInt8)
        /// A length or count that what is left of the file can't hold.
        case lengthExceedsFile
        /// The checksum at the end isn't that of the bytes.
        case checksumMismatch(expected: UInt64, actual: UInt64)
        /// Well-formed lengths, but a value that no Redis writes; the text says which.
        case corrupt(String)
        /// Something from a release candidate of Redis that no release can read.
        case preview(String)
        /// The consumer will not go on; its words.
        case rejected(String)
        /// The operating system's error, an `errno`.
        case system(Int32)
    }

    /// How many bytes into the file, or the payload, the record or string starts that is wrong.
    public let offset: Int
    /// What is wrong there.
    public let problem: Problem

    /// An error at byte `offset`.
    public init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// A sentence with the offset.
    public var description: String {
        let what =
            switch problem {
            case .truncated: "the file ends too early"
            case .notRDB: "this is not an RDB file"
            case .unsupportedVersion(let version): "RDB version \(version) is not supported (1 to 12 are)"
            case .unknownType(let type): "unknown type or opcode \(type)"
            case .lengthExceedsFile: "a length exceeds what is left of the file"
            case .checksumMismatch(let expected, let actual):
                "the checksum is \(String(expected, radix: 16)), the bytes have \(String(actual, radix: 16))"
            case .corrupt(let what): what
            case .preview(let what): "\(what) of a Redis release candidate can't be read"
            case .rejected(let why): why
            case .system(let code): "the file can't be read (errno \(code))"
            }
        return "byte \(offset): \(what)"
    }
}

/// What is wrong in a packed encoding; the reader adds where.
struct PackedError: Error, Equatable {
    let what: String
    init(_ what: String) { self.what = what }
}
