internal import Bytes

/// Why the append-only file's directory can't be used.
public enum ManifestLoadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file could not be read.
    case file(FileError)
    /// The manifest `path` is wrong.
    case manifest(path: String, ManifestError)

    /// For the log.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .manifest(let path, let error): "\(path): \(error)"
        }
    }
}

extension Manifest {
    /// Reads the manifest of `directory` and sees that every file with data is there; nil where there is no
    /// manifest.
    public static func load<Files: FileSystem>(
        from directory: String, prefix: String = "appendonly.aof", _ files: Files
    ) throws(ManifestLoadError) -> Manifest? {
        let path = "\(directory)/\(prefix).manifest"
        let text: [UInt8]?
        let names: Set<String>
        do throws(FileError) {
            text = try files.contents(of: path, limit: sizeLimit)
            names = Set(try files.names(in: directory))
        } catch {
            if error.isAbsence { return nil }
            throw .file(error)
        }
        do throws(ManifestError) {
            guard let text else { throw ManifestError(.tooLarge, line: 0) }
            let manifest = try text.withByteView { (text) throws(ManifestError) in
                try Manifest(parsing: text, prefix: prefix)
            }
            for entry in manifest.dataFiles where !names.contains(entry.name) {
                throw ManifestError(.missingFile(entry.name), line: 0)
            }
            return manifest
        } catch {
            throw .manifest(path: path, error)
        }
    }

    /// The names among `names` that look like this manifest's bases and increments but are not listed: what an
    /// interrupted rewrite left over, or a sign that a line of the manifest is lost. O(n).
    public func unlisted(among names: [String]) -> [String] {
        let listed = Set((dataFiles + history).map(\.name))
        return names.filter { name in
            guard name.hasPrefix(prefix + "."), !listed.contains(name) else { return false }
            let rest = name.dropFirst(prefix.count + 1).split(
                separator: ".", omittingEmptySubsequences: false)
            return rest.count == 3 && Int(rest[0]) != nil && (rest[1] == "base" || rest[1] == "incr")
        }
    }

    /// Whether the unlisted file `name` may hold what no listed one does. Not: an increment of no more than Redwing's
    /// header, whole, torn or zeroed, which a rewrite has only prepared; a base where another is listed, of which it is the predecessor or was to be
    /// the successor.
    func mayMiss<Files: FileSystem>(
        _ name: String, in directory: String, _ files: Files
    ) throws(FileError) -> Bool {
        if name.contains(".base.") { return base == nil }
        let file = try files.open("\(directory)/\(name)", .read)
        guard try file.size() <= IncrementHeader.longest else { return true }
        var bytes = ByteBuffer()
        _ = try file.read(upTo: IncrementHeader.longest, at: 0, into: &bytes)
        let marker = ByteView(IncrementHeader.marker)
        let isOurs = bytes.view.starts(with: marker) || marker.starts(with: bytes.view)
        let ends = bytes.view.firstIndex(of: UInt8(ascii: "\n")).map { $0 == bytes.count - 1 } ?? true
        return !(isOurs && ends) && bytes.view.buffer.contains { $0 != 0 }
    }
}
