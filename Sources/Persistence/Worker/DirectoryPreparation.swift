internal import DiskKeyspace

/// The data directory as it is found: made where it is missing, and rid of what an end in the middle of something
/// has left over. Nothing is removed that might hold data that is nowhere else.
struct DirectoryPreparation<Files: FileSystem> {
    let options: PersistenceOptions
    let files: Files

    /// Says, while it is there, that the first manifest is not written yet: the other files of the append-only file
    /// then hold nothing that the snapshot does not.
    static var begunName: String { "temp-appendonly.aof.begun" }

    /// Makes the directory, with the append-only file's where there is one.
    func make() throws(FileError) {
        try files.makeDirectory(options.directory)
        try files.syncDirectory(parentDirectory(options.directory))
        guard options.isAppendOnly else { return }
        try files.makeDirectory(options.appendOnlyDirectory)
        try files.syncDirectory(options.directory)
    }

    /// Makes it, and keeps others out.
    func open() throws(PersistenceError) -> DirectoryLock<Files> {
        do throws(FileError) {
            try make()
        } catch {
            throw PersistenceError("\(error). The data directory must be one that can be written.")
        }
        do throws(DirectoryLockError) {
            return try DirectoryLock(options.directory, files)
        } catch {
            throw PersistenceError("\(error). Stop that server, or choose another directory (--dir).")
        }
    }

    /// Removes what is left over, and sees that the manifest and its files are there.
    func clean() throws(PersistenceError) {
        if DiskDirectory(options.directory).holdsData {
            throw PersistenceError(
                """
                \(options.directory) holds data of the disk engine: start with --engine disk, or make another \
                directory of it (redwing import \(options.directory) --dir NEW).
                """)
        }
        let manifest = try loadManifest()
        if manifest != nil, !options.isAppendOnly {
            throw PersistenceError(
                """
                \(options.appendOnlyDirectory) holds an append-only file, which would be out of date after \
                running without one: start with --appendonly yes, or make a snapshot of it \
                (redwing export --dir \(options.directory) dump.rdb) and move it away.
                """)
        }
        var unlisted: String?
        do throws(FileError) {
            try removeTemporaries(in: options.directory)
            if options.isAppendOnly, let name = try cleanAppendOnly(manifest) {
                unlisted = name
            }
        } catch {
            throw PersistenceError("\(error). The data directory must be readable and writable.")
        }
        if let unlisted {
            throw PersistenceError(
                """
                \(options.appendOnlyDirectory)/\(unlisted) is not listed in the manifest \(Manifest().fileName), \
                though it may hold data: put its line back, or move the file away.
                """)
        }
    }

    private func loadManifest() throws(PersistenceError) -> Manifest? {
        let prefix = try prefix()
        do throws(ManifestLoadError) {
            return try Manifest.load(from: options.appendOnlyDirectory, prefix: prefix, files)
        } catch {
            throw PersistenceError(
                "\(error). Run `redwing check \(options.directory)` to see what is there, with --fix to mend it."
            )
        }
    }

    /// What the names begin with: Redis's `appendfilename` may be another than the usual.
    private func prefix() throws(PersistenceError) -> String {
        let names = (try? files.names(in: options.appendOnlyDirectory)) ?? []
        do throws(LoadError) {
            let name = try DataDirectory.manifest(among: names) ?? Manifest().fileName
            return String(name.dropLast(".manifest".count))
        } catch {
            throw PersistenceError("\(options.appendOnlyDirectory): \(error).")
        }
    }

    private func removeTemporaries(in directory: String) throws(FileError) {
        for name in try files.names(in: directory) where DirectoryPreparation.isTemporary(name) {
            try files.unlink("\(directory)/\(name)")
        }
    }

    /// Whether a file of that name is never of use to a later process: `temp-7.rdb`, and what Redis's rewrite uses.
    static func isTemporary(_ name: String) -> Bool {
        guard name.hasPrefix("temp-") else { return false }
        return ["", "rewriteaof-", "rewriteaof-bg-"].contains { kind in
            guard name.hasPrefix("temp-" + kind) else { return false }
            let rest = name.dropFirst(5 + kind.count).split(
                separator: ".", omittingEmptySubsequences: false)
            return rest.count == 2 && !rest[0].isEmpty && rest[0].allSatisfy { $0.isASCII && $0.isNumber }
                && (rest[1] == "rdb" || rest[1] == "aof")
        }
    }
}

/// Makes the data directory of a disk engine, and keeps others out.
public func openForDiskEngine<Files: FileSystem>(
    _ directory: String, _ files: Files
) throws(PersistenceError) -> DirectoryLock<Files> {
    var options = PersistenceOptions()
    options.directory = directory
    options.isAppendOnly = false
    let lock = try DirectoryPreparation(options: options, files: files).open()
    do throws(LoadError) {
        if try DataDirectory(options, files).isEmpty { return lock }
    } catch {
        throw PersistenceError(error.description)
    }
    throw PersistenceError(
        """
        \(directory) holds data of the engine in memory, or of Redis: start with --engine memory, or make another \
        directory of it (redwing import \(directory) --dir NEW --engine disk).
        """)
}

extension DirectoryPreparation {
    /// As `clean`, of the append-only file's directory.
    /// - Returns: a file that is not listed and must not be removed.
    private func cleanAppendOnly(_ manifest: Manifest?) throws(FileError) -> String? {
        let directory = options.appendOnlyDirectory
        try removeTemporaries(in: directory)
        let names = try files.names(in: directory)
        let hasBegun = names.contains(DirectoryPreparation.begunName)
        let unlisted = (manifest ?? Manifest()).unlisted(among: names)
        for name in unlisted {
            let isNeeded = try (manifest ?? Manifest()).mayMiss(name, in: directory, files)
            if isNeeded, manifest != nil || !hasBegun { return name }
            try files.unlink("\(directory)/\(name)")
        }
        if hasBegun {
            // After the others: a crash before this line comes here again.
            try files.syncDirectory(directory)
            try files.unlink("\(directory)/\(DirectoryPreparation.begunName)")
        }
        if names.contains("temp-" + Manifest().fileName) {
            try files.unlink("\(directory)/temp-\(Manifest().fileName)")
        }
        try files.syncDirectory(directory)
        return nil
    }
}
