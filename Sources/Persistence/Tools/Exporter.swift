internal import DiskKeyspace
internal import Engine
public import RDB

/// `redwing export`: writes what a data directory holds as an RDB file for Redis.
public struct Exporter<Files: FileSystem>: Sendable {
    /// The data directory.
    public var directory: String
    /// The file to be written.
    public var target: String
    /// For which Redis: 7.0 knows no expiries of hash fields.
    public var version = RDBVersion.redis7
    /// Whether a file that is there is replaced.
    public var replaces = false
    /// Threads that load.
    public var threads = 1
    private let files: Files

    /// An export of `directory` to `target`.
    public init(_ directory: String, to target: String, _ files: Files) {
        self.directory = directory
        self.target = target
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
        /// Expiries of hash fields that were left out, because that Redis does not know them.
        public var droppedFieldExpiries = 0
    }

    /// Writes the file: of a directory that no server may be working in. That of the engine in memory is loaded into it.
    public func run(_ progress: LoadingProgress) throws(LoadError) -> Result {
        guard try namesOrFile(directory, files) != nil else {
            throw LoadError("\(directory) is not a directory")
        }
        if !replaces {
            let names = try withFiles { () throws(FileError) in
                try DataDirectory.names(parentDirectory(target), files)
            }
            let name = target.split(separator: "/").last.map(String.init) ?? target
            if names.contains(name) { throw LoadError("\(target) is there already; --force replaces it") }
        }
        if DiskDirectory(directory).holdsData {
            let (snapshot, lock) = try openDisk(directory, files)
            defer { withExtendedLifetime(lock) {} }
            return try write(snapshot)
        }
        let lock = try lockDirectory(directory, files)
        defer { withExtendedLifetime(lock) {} }
        var options = PersistenceOptions()
        options.directory = directory
        options.loadingThreads = threads
        let engine = MemoryEngine()
        engine.gate.shut(.loading)
        let loaded = try Loader(engine, options, files, progress: progress).load()
        if case .nothing = loaded.source { throw LoadError("\(directory) holds no data") }
        var result = try write(snapshot(of: engine))
        result.loaded = loaded
        return result
    }

    private func write(_ snapshot: some KeyspaceSnapshot) throws(LoadError) -> Result {
        let written = try export(snapshot, to: target, version: version, isAppendOnlyBase: false, files)
        var result = Result()
        result.keys = written.keys
        result.bytes = written.bytes
        result.droppedFieldExpiries = written.droppedFieldExpiries
        return result
    }
}
