internal import DiskKeyspace

/// Which files of ours, or of Redis's, a data directory holds.
struct DataDirectory {
    /// What Redis before 7.0 keeps in the data directory itself.
    static let oldAppendOnlyName = "appendonly.aof"

    /// Whether the snapshot is there.
    private(set) var hasSnapshot = false
    /// Whether the append-only file of a Redis before 7.0 is there.
    private(set) var hasOldAppendOnlyFile = false
    /// The manifest's name, in the directory of the append-only file; nil: there is none.
    private(set) var manifestName: String?
    /// Files in that directory that look like parts of an append-only file, and are not in its manifest. Empty where
    /// there is a manifest.
    private(set) var unlisted: [String] = []

    /// Whether there is a database of the disk engine.
    private(set) var isOfDiskEngine = false

    /// Whether there is no data of the engine in memory, or of Redis.
    var isEmpty: Bool { !hasSnapshot && !hasOldAppendOnlyFile && manifestName == nil && unlisted.isEmpty }

    /// Whether there is nothing but that file without a manifest: what an import has left that did not end.
    func holdsOnly(_ name: String) -> Bool {
        !hasSnapshot && !hasOldAppendOnlyFile && manifestName == nil && unlisted == [name]
    }

    /// Looks. A directory that is not there is empty.
    init<Files: FileSystem>(_ options: PersistenceOptions, _ files: Files) throws(LoadError) {
        let (outer, names) = try withFiles { () throws(FileError) in
            (
                try DataDirectory.names(options.directory, files),
                try DataDirectory.names(options.appendOnlyDirectory, files)
            )
        }
        for name in outer {
            if name == options.snapshotName { hasSnapshot = true }
            if name == DiskDirectory.databaseName { isOfDiskEngine = true }
            if name == DataDirectory.oldAppendOnlyName { hasOldAppendOnlyFile = true }
        }
        manifestName = try DataDirectory.manifest(among: names)
        if manifestName == nil { unlisted = Manifest().unlisted(among: names) }
    }

    /// The names in a directory; none where it is not there.
    static func names<Files: FileSystem>(_ path: String, _ files: Files) throws(FileError) -> [String] {
        do throws(FileError) {
            return try files.names(in: path)
        } catch {
            if error.isAbsence { return [] }
            throw error
        }
    }

    /// The manifest of Redis's usual name, or the only one there is (Redis's `appendfilename` may say another); throws
    /// where there are several, of which none is the usual one.
    static func manifest(among names: [String]) throws(LoadError) -> String? {
        let manifests = names.filter { $0.hasSuffix(".manifest") && !$0.hasPrefix("temp-") }
        if manifests.contains(Manifest().fileName) { return Manifest().fileName }
        guard manifests.count <= 1 else {
            let list = manifests.sorted().joined(separator: " and ")
            throw LoadError(
                "\(list) may each be the manifest of the append-only file: move all but one away",
                isRefusal: true)
        }
        return manifests.first
    }
}
