internal import Bytes
internal import Engine
internal import RDB

/// `redwing import`: makes a data directory of what Redis has written.
public struct Importer<Files: FileSystem>: Sendable {
    /// An RDB file, an append-only file of a Redis before 7.0, the directory of a later one's, or a data directory.
    public var source: String
    /// What is to become the data directory.
    public var directory: String
    /// Which database is taken; nil: 0, and there must be no other.
    public var database: Int?
    /// Whether what Redwing has no place for is left out, and counted, instead of refused.
    public var skipsUnknown = false
    /// Threads that load.
    public var threads = 1
    private let files: Files

    /// An import of `source` to `directory`.
    public init(_ source: String, to directory: String, _ files: Files) {
        self.source = source
        self.directory = directory
        self.files = files
    }

    /// What was done.
    public struct Result: Sendable {
        /// What was read.
        public var loaded = LoadOutcome()
        /// Keys written.
        public var keys = 0
        /// Bytes written.
        public var bytes = 0
    }

    /// Loads `source` into memory and writes it to `directory`, where there must be no data. A crash leaves a
    /// directory without a manifest, which is imported into again.
    public func run(_ progress: LoadingProgress) throws(LoadError) -> Result {
        var options = PersistenceOptions()
        options.directory = directory
        try withFiles { () throws(FileError) in try files.makeDirectory(directory) }
        let lock = try lockDirectory(directory, files)
        defer { withExtendedLifetime(lock) {} }
        let present = try DataDirectory(options, files)
        let base = Manifest().nextBase()
        guard present.isEmpty || present.holdsOnly(base.name) else {
            throw LoadError("\(directory) holds data already; import to a directory without, or move it away")
        }

        let engine = MemoryEngine()
        engine.gate.shut(.loading)
        var run = LoadingRun(
            engine, files, progress, database: database, threads: threads, skipsUnknown: skipsUnknown,
            advice: source)
        try run.load(try plan())

        var result = Result()
        result.loaded = run.outcome
        let written = try withFiles { () throws(FileError) in try write(engine, base, options) }
        result.keys = written.keys
        result.bytes = written.bytes
        return result
    }

    private func write(
        _ engine: MemoryEngine, _ base: Manifest.Entry, _ options: PersistenceOptions
    ) throws(FileError) -> ExportedSnapshot {
        let target = options.appendOnlyDirectory
        try files.makeDirectory(target)
        try files.syncDirectory(options.directory)
        let path = "\(target)/\(base.name)"
        let written = try exportSnapshot(
            of: engine, to: path, version: nil, isAppendOnlyBase: true, files)
        var manifest = Manifest()
        do throws(ManifestError.Reason) {
            try manifest.add(base)
        } catch {
            preconditionFailure("an empty manifest takes a base")
        }
        try manifest.store(in: target, files)
        return written
    }

    /// The files that make up the source.
    private func plan() throws(LoadError) -> [PlannedFile] {
        guard let names = try namesOrFile(source, files) else {
            let isSnapshot = try withFiles { () throws(FileError) in try beginsAsRDB(source, files) }
            return [
                PlannedFile(
                    path: source,
                    role: isSnapshot && !source.hasSuffix(".aof") ? .snapshot : .wholeAppendOnlyFile)
            ]
        }
        if let name = try DataDirectory.manifest(among: names) { return try plan(source, name) }
        var options = PersistenceOptions()
        options.directory = source
        let inside = try withFiles { () throws(FileError) in
            try DataDirectory.names(options.appendOnlyDirectory, files)
        }
        if let name = try DataDirectory.manifest(among: inside) {
            return try plan(options.appendOnlyDirectory, name)
        }
        let old = names.contains(DataDirectory.oldAppendOnlyName)
        guard old || names.contains(options.snapshotName) else {
            throw LoadError("\(source) holds no data of Redis: no manifest, appendonly.aof or dump.rdb")
        }
        return [
            PlannedFile(
                path: "\(source)/\(old ? DataDirectory.oldAppendOnlyName : options.snapshotName)",
                role: old ? .wholeAppendOnlyFile : .snapshot)
        ]
    }

    private func plan(_ directory: String, _ manifestName: String) throws(LoadError) -> [PlannedFile] {
        do throws(ManifestLoadError) {
            let prefix = String(manifestName.dropLast(".manifest".count))
            guard let manifest = try Manifest.load(from: directory, prefix: prefix, files) else { return [] }
            return PlannedFile.files(of: manifest, in: directory)
        } catch {
            throw LoadError("\(error); 'redwing check \(directory) --fix' may rebuild the manifest")
        }
    }
}
