internal import DiskKeyspace
internal import Engine
internal import RDB

/// `redwing import`: makes a data directory of what Redis, or another engine, has written.
public struct Importer<Files: FileSystem>: Sendable {
    /// An RDB file, an append-only file of a Redis before 7.0, the directory of a later one's, or a data directory of
    /// whichever engine.
    public var source: String
    /// What is to become the data directory.
    public var directory: String
    /// Which database is taken; nil: 0, and there must be no other.
    public var database: Int?
    /// Whether what Redwing has no place for is left out, and counted, instead of refused.
    public var skipsUnknown = false
    /// Threads that load.
    public var threads = 1
    /// The engine that is to have the directory.
    public var target = Target.memory
    private let files: Files

    /// The engines that keep data in a directory.
    public enum Target: Sendable {
        /// That in memory, with an append-only file.
        case memory
        /// That on disk.
        case disk
    }

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

    /// Fills `directory`, where there must be no data. A crash leaves a directory that is imported into again.
    public func run(_ progress: LoadingProgress) throws(LoadError) -> Result {
        var options = PersistenceOptions()
        options.directory = directory
        try withFiles { () throws(FileError) in try files.makeDirectory(directory) }
        let lock = try lockDirectory(directory, files)
        defer { withExtendedLifetime(lock) {} }
        let present = try DataDirectory(options, files)
        let base = Manifest().nextBase()
        guard !present.isOfDiskEngine, present.isEmpty || present.holdsOnly(base.name) else {
            throw LoadError("\(directory) holds data already; import to a directory without, or move it away")
        }
        let isFromDisk = DiskDirectory(source).holdsData
        switch target {
        case .memory: return try isFromDisk ? copyFromDisk(base, options) : toMemory(progress, base, options)
        case .disk where isFromDisk:
            throw LoadError(
                "\(source) is a directory of the disk engine already: copy it, while no server works in it")
        case .disk: return try toDisk(progress)
        }
    }

    /// Loads `source` into memory, and writes it to a base.
    private func toMemory(
        _ progress: LoadingProgress, _ base: Manifest.Entry, _ options: PersistenceOptions
    ) throws(LoadError) -> Result {
        let engine = MemoryEngine()
        var result = Result()
        result.loaded = try load(engine, progress)
        let written = try write(snapshot(of: engine), base, options)
        result.keys = written.keys
        result.bytes = written.bytes
        return result
    }

    /// What a database on disk holds is written to a base, without being held in memory.
    private func copyFromDisk(
        _ base: Manifest.Entry, _ options: PersistenceOptions
    ) throws(LoadError) -> Result {
        let (snapshot, lock) = try openDisk(source, files)
        defer { withExtendedLifetime(lock) {} }
        let written = try write(snapshot, base, options)
        var result = Result()
        result.loaded.keys = written.keys
        result.keys = written.keys
        result.bytes = written.bytes
        return result
    }

    /// Loads `source` into a database, which gets its name when it is whole.
    private func toDisk(_ progress: LoadingProgress) throws(LoadError) -> Result {
        let build = try withDisk { () throws(DiskFailure) in try DiskImport(DiskDirectory(directory)) }
        var result = Result()
        result.loaded = try load(build.engine, progress)
        result.keys = build.engine.keyCount
        result.bytes = try withDisk { () throws(DiskFailure) in try build.finish() }
        return result
    }

    private func load(
        _ engine: any LoadableEngine, _ progress: LoadingProgress
    ) throws(LoadError) -> LoadOutcome {
        let lock = try lockSource()
        defer { withExtendedLifetime(lock) {} }
        engine.gate.shut(.loading)
        var run = LoadingRun(
            engine, files, progress, database: database, threads: threads, skipsUnknown: skipsUnknown,
            advice: source)
        try run.load(try plan())
        return run.outcome
    }

    /// Keeps servers out of the directory that is read; a snapshot alone is whole whatever they do.
    private func lockSource() throws(LoadError) -> DirectoryLock<Files>? {
        guard let names = try namesOrFile(source, files) else { return nil }
        let isAppendOnly = try DataDirectory.manifest(among: names) != nil
        return try lockIfServed(isAppendOnly ? parentDirectory(source) : source, files)
    }

    private func write(
        _ snapshot: some KeyspaceSnapshot, _ base: Manifest.Entry, _ options: PersistenceOptions
    ) throws(LoadError) -> WrittenRDB {
        let target = options.appendOnlyDirectory
        try withFiles { () throws(FileError) in
            try files.makeDirectory(target)
            try files.syncDirectory(options.directory)
        }
        let path = "\(target)/\(base.name)"
        let written = try export(snapshot, to: path, version: nil, isAppendOnlyBase: true, files)
        var manifest = Manifest()
        do throws(ManifestError.Reason) {
            try manifest.add(base)
        } catch {
            preconditionFailure("an empty manifest takes a base")
        }
        try withFiles { () throws(FileError) in try manifest.store(in: target, files) }
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
