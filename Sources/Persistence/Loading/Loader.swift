public import Engine

/// Fills an empty engine with what is in a data directory.
public struct Loader<Files: FileSystem>: Sendable {
    private let engine: any LoadableEngine
    private let options: PersistenceOptions
    private let files: Files
    private let progress: LoadingProgress

    /// - Parameter progress: kept up to date meanwhile.
    public init(
        _ engine: any LoadableEngine, _ options: PersistenceOptions, _ files: Files, progress: LoadingProgress
    ) {
        self.engine = engine
        self.options = options
        self.files = files
        self.progress = progress
    }

    /// Loads the append-only file where there is a manifest, else the snapshot where there is one. The engine's
    /// gate is shut. Changes no file: what is to be cut off the last increment is the caller's to cut.
    ///
    /// An error leaves part of the data in the engine.
    public func load() throws(LoadError) -> LoadOutcome {
        let found = try DataDirectory(options, files)
        var run = LoadingRun(
            engine, files, progress, database: options.database, threads: options.loadingThreads,
            advice: options.directory)
        var notes: [String] = []
        let source = try source(found, &notes)
        switch source {
        case .nothing: break
        case .snapshot: try run.load([.init(path: options.snapshotPath, role: .snapshot)])
        case .appendOnly(let manifest):
            try run.load(PlannedFile.files(of: manifest, in: options.appendOnlyDirectory))
        }
        var outcome = run.outcome
        outcome.source = source
        outcome.notes = notes
        return outcome
    }

    /// What of all that is there is to be loaded.
    private func source(
        _ found: DataDirectory, _ notes: inout [String]
    ) throws(LoadError) -> LoadOutcome.Source {
        let snapshot: LoadOutcome.Source = found.hasSnapshot ? .snapshot : .nothing
        guard options.isAppendOnly else {
            if found.manifestName != nil {
                notes.append(
                    """
                    appendonly is no: the append-only file in \(options.appendOnlyDirectory) is not looked at\
                    \(found.hasSnapshot ? ", only \(options.snapshotPath)" : "")
                    """)
            }
            return snapshot
        }
        if let name = found.manifestName {
            do throws(ManifestLoadError) {
                let prefix = String(name.dropLast(".manifest".count))
                if let manifest = try Manifest.load(
                    from: options.appendOnlyDirectory, prefix: prefix, files)
                {
                    return .appendOnly(manifest)
                }
            } catch {
                throw LoadError(
                    "\(error); 'redwing check \(options.directory) --fix' may rebuild the manifest")
            }
        }
        if !found.unlisted.isEmpty {
            throw LoadError(
                """
                \(options.appendOnlyDirectory) holds \(found.unlisted[0]) but no manifest; \
                'redwing check \(options.directory) --fix' may rebuild it
                """)
        }
        if found.hasOldAppendOnlyFile {
            let path = "\(options.directory)/\(DataDirectory.oldAppendOnlyName)"
            throw LoadError(
                """
                \(path) is of a Redis before 7.0; 'redwing import \(path) --dir NEW' makes a data directory of it
                """)
        }
        return snapshot
    }
}
