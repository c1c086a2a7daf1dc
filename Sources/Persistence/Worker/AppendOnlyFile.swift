internal import Engine

/// The append-only file: its manifest, the increment that is appended to, and the steps of a rewrite. A crash
/// after any call of the system leaves a directory that loads to the same data.
final class AppendOnlyFile<Files: FileSystem> {
    /// An increment that is made, empty, and not listed yet.
    struct Prepared {
        let entry: Manifest.Entry
        let file: Files.File
    }

    let directory: String
    private let files: Files
    /// What is listed.
    private(set) var manifest: Manifest
    private var writer: IncrementWriter<Files.File>?
    /// Whether the manifest on disk may be one that was to follow `manifest`: its last sync failed.
    private var isManifestUncertain = false
    /// Bytes of the files before the current increment.
    private var earlierSize = 0

    init(_ directory: String, _ manifest: Manifest, _ files: Files) {
        self.directory = directory
        self.manifest = manifest
        self.files = files
    }

    private func path(_ entry: Manifest.Entry) -> String { "\(directory)/\(entry.name)" }

    /// Bytes of all files.
    var size: Int { earlierSize + (writer?.length ?? 0) }

    /// Whether there is an increment to append to.
    var hasIncrement: Bool { writer != nil }

    // MARK: Appending

    /// Goes on after loading: cuts off what is not whole, and appends to the last increment, or begins the next where
    /// Redis has written, or there is none.
    func resume(_ outcome: IncrementOutcome?) throws(FileError) {
        for entry in manifest.dataFiles.dropLast(manifest.increments.isEmpty ? 0 : 1) {
            earlierSize += try files.open(path(entry), .read).size()
        }
        // What was read may not be durable yet, where a process has died and not the system.
        try files.syncDirectory(directory)
        let next = outcome?.nextSequence ?? 1
        guard let last = manifest.increments.last, let outcome else { return try begin(next) }
        try outcome.cut(path(last), files)
        let file = try files.open(path(last), .update)
        try file.sync()
        if outcome.wholeLength == 0 {
            writer = try IncrementWriter(beginning: file, firstSequence: next)
        } else if let resumed = IncrementWriter(resuming: file, outcome) {
            writer = consume resumed
        } else {
            earlierSize += outcome.wholeLength
            try begin(next)
        }
    }

    private func begin(_ sequence: UInt64) throws(FileError) {
        let prepared = try prepareIncrement()
        let begun = try IncrementWriter(beginning: prepared.file, firstSequence: sequence)
        var next = manifest
        add(prepared.entry, to: &next)
        try store(next)
        writer = consume begun
    }

    /// Appends `batch`, and leaves it empty; after an error it is as it was.
    func write(_ batch: inout CommandBatch) throws(FileError) {
        try restoreManifest()
        precondition(writer != nil, "there is no increment")
        try writer?.write(&batch)
    }

    /// Whether something was written that is not durable.
    var hasUnsynced: Bool { (writer?.length ?? 0) > (writer?.syncedLength ?? 0) }

    /// Makes durable what was written; a failure is final for the increment.
    func sync() throws(FileError) { try writer?.sync() }

    /// Whether the file does not say yet how far it is synced.
    var isSyncUnstated: Bool { writer?.isSyncUnstated ?? false }

    /// Says in the file how far it is synced.
    func stateSync() throws(FileError) {
        try restoreManifest()
        try writer?.stateSync()
    }

    // MARK: Rewriting

    /// Makes the next increment, which nobody knows yet.
    func prepareIncrement() throws(FileError) -> Prepared {
        try restoreManifest()
        let entry = manifest.nextIncrement()
        let file = try files.open(path(entry), .createEmpty)
        try files.syncDirectory(directory)
        return Prepared(entry: entry, file: file)
    }

    /// Removes what was prepared and is not needed.
    func discard(_ prepared: Prepared) {
        // A manifest that may be on disk lists it.
        if !isManifestUncertain { try? files.unlink(path(prepared.entry)) }
    }

    /// From now on what is written goes to the prepared increment. What was written before is synced.
    func advance(to prepared: Prepared) throws(FileError) {
        let sequence = writer?.nextSequence ?? 1
        precondition(!hasUnsynced, "the next increment must not survive what comes before it")
        let begun = try IncrementWriter(beginning: prepared.file, firstSequence: sequence)
        var next = manifest
        add(prepared.entry, to: &next)
        try store(next)
        earlierSize += writer?.length ?? 0
        writer = consume begun
    }

    /// The path of the base that is to come next.
    var nextBasePath: String { path(manifest.nextBase()) }

    /// The file at `nextBasePath`, of `size` bytes, is the new base; all before the current increment is history.
    func install(baseOfSize size: Int) throws(FileError) {
        guard let current = manifest.increments.last else { return }
        var next = manifest
        replaceBase(of: &next, keepingFrom: current)
        try store(next)
        earlierSize = size
    }

    /// The file at `nextBasePath` is the new base and `prepared` its only increment; all before it, which could not
    /// be written on, is history.
    func install(baseOfSize size: Int, with prepared: Prepared) throws(FileError) {
        let begun = try IncrementWriter(
            beginning: prepared.file, firstSequence: writer?.nextSequence ?? 1)
        var next = manifest
        add(prepared.entry, to: &next)
        replaceBase(of: &next, keepingFrom: prepared.entry)
        try store(next)
        earlierSize = size
        writer = consume begun
    }

    /// Removes a base that did not come to be listed.
    func discardBase() {
        if !isManifestUncertain { try? files.unlink(nextBasePath) }
    }

    /// Whether there are replaced files.
    var hasHistory: Bool { !manifest.history.isEmpty }

    /// Removes the replaced files, in two parts: the first one may take long and touches nothing else, so that it may
    /// run beside the worker. It is called once for what it returns.
    func unlinkHistory() -> () -> FileError? {
        let (files, directory, paths) = (files, directory, manifest.history.map(path))
        return {
            do throws(FileError) {
                for path in paths {
                    do throws(FileError) {
                        try files.unlink(path)
                    } catch {
                        if !error.isAbsence { throw error }
                    }
                }
                try files.syncDirectory(directory)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Forgets the replaced files, which were listed as long as they might be there.
    func forgetHistory() throws(FileError) {
        var next = manifest
        next.removeHistory()
        try store(next)
    }

    // MARK: The first files

    /// Says that the first manifest is being made, see `DirectoryPreparation.begunName`.
    func markBegun() throws(FileError) {
        _ = try files.open("\(directory)/\(DirectoryPreparation<Files>.begunName)", .createEmpty)
        try files.syncDirectory(directory)
    }

    /// Says that it is made.
    func unmarkBegun() throws(FileError) {
        try files.unlink("\(directory)/\(DirectoryPreparation<Files>.begunName)")
        try files.syncDirectory(directory)
    }

    // MARK: The manifest

    private func add(_ entry: Manifest.Entry, to manifest: inout Manifest) {
        do throws(Manifest.Failure) {
            try manifest.add(entry)
        } catch {
            preconditionFailure("the next increment does not fit: \(error)")
        }
    }

    private func replaceBase(of manifest: inout Manifest, keepingFrom entry: Manifest.Entry) {
        do throws(Manifest.Failure) {
            try manifest.replaceBase(with: manifest.nextBase(), keepingIncrementsFrom: entry.sequence)
        } catch {
            preconditionFailure("the next base does not fit: \(error)")
        }
    }

    private func store(_ next: Manifest) throws(FileError) {
        do throws(FileError) {
            try next.store(in: directory, files)
        } catch {
            // Renamed but not synced: a crash would leave the one or the other.
            if error.path == directory {
                isManifestUncertain = true
                try? restoreManifest()
            }
            throw error
        }
        manifest = next
    }

    /// Where it is not known which manifest is on disk, puts `manifest` there again. Until that succeeds nothing may
    /// be written, as it might not be read back.
    private func restoreManifest() throws(FileError) {
        // The first one has no predecessor.
        guard isManifestUncertain, !manifest.dataFiles.isEmpty else { return }
        try manifest.store(in: directory, files)
        isManifestUncertain = false
    }
}

extension Manifest {
    typealias Failure = ManifestError.Reason
}
