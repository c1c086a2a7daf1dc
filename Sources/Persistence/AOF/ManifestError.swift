/// Why a manifest can't be used.
public struct ManifestError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Error, Equatable, Sendable {
        /// The file has no lines.
        case empty
        /// The file is longer than any manifest (1 MiB).
        case tooLarge
        /// A line has more than 1,024 bytes, or the last one has no end.
        case lineTooLong
        /// A line is not `file NAME seq N type T` and pairs of further words.
        case malformed
        /// A name is not a file's name in the directory itself.
        case nameIsPath(String)
        /// A name is not UTF-8.
        case nameNotUTF8
        /// A sequence number is not a positive integer.
        case badSequence
        /// A type is none of `b`, `h` and `i`.
        case unknownType
        /// There are two bases.
        case duplicateBase
        /// A file is listed twice.
        case duplicateName(String)
        /// An increment's number does not rise.
        case outOfOrder(Int, after: Int)
        /// The increment of this number is not listed, later ones are.
        case missingIncrement(Int)
        /// A file's number is not the one in its name.
        case otherNumber(String)
        /// A file is listed as replaced, though nothing that is listed can have replaced it.
        case notReplaced(String)
        /// A listed file is not in the directory.
        case missingFile(String)
    }

    /// What is wrong.
    public let reason: Reason
    /// The line, counted from 1; 0 where it is no single line.
    public let line: Int

    init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    /// For the log: "line 2: two base files are listed".
    public var description: String { line > 0 ? "line \(line): \(text)" : text }

    private var text: String {
        switch reason {
        case .empty: "the manifest is empty"
        case .tooLarge: "the manifest is longer than \(Manifest.sizeLimit) bytes"
        case .lineTooLong: "the line is too long, or cut off"
        case .malformed: "not of the form: file NAME seq NUMBER type b|h|i"
        case .nameIsPath(let name): "\"\(name)\" is not a plain file name"
        case .nameNotUTF8: "the file name is not UTF-8"
        case .badSequence: "the sequence number is not a positive integer"
        case .unknownType: "the type is none of b, h and i"
        case .duplicateBase: "two base files are listed"
        case .duplicateName(let name): "\(name) is listed twice"
        case .outOfOrder(let number, let last): "increment \(number) is listed after increment \(last)"
        case .missingIncrement(let number): "increment \(number) is not listed, but a later one is"
        case .otherNumber(let name): "the sequence number is not the one in the name \(name)"
        case .notReplaced(let name): "\(name) is listed as replaced, but not what has replaced it"
        case .missingFile(let name): "\(name) is listed, but not in the directory"
        }
    }
}
