internal import DiskKeyspace
internal import Engine

/// `redwing check`: says what the files of a data directory hold and what is wrong with them, and mends what can be
/// mended without guessing.
public struct Checker<Files: FileSystem>: Sendable {
    private let path: String
    private let fixes: Bool
    private let threads: Int
    private let files: Files

    /// - Parameters:
    ///   - path: a data directory, the directory of an append-only file, or one file.
    ///   - fixes: whether to mend. What is changed, or taken out, stays beside under a name that ends in `.removed`.
    ///   - threads: threads that load.
    public init(_ path: String, fixes: Bool = false, threads: Int = 1, _ files: Files) {
        self.path = path
        self.fixes = fixes
        self.threads = threads
        self.files = files
    }

    /// Checks each file, then, where all are sound, loads them into memory to see that a server could.
    ///
    /// - Throws: where nothing could be checked: a server works in the directory, or it can't be read.
    public func run(_ progress: LoadingProgress) throws(LoadError) -> CheckReport {
        var report = CheckReport()
        guard let names = try namesOrFile(path, files) else {
            if fixes { throw LoadError("--fix takes a directory: what belongs to a file must be seen too") }
            try checkFile(path, &report, progress)
            return report
        }
        let isAppendOnly =
            try DataDirectory.manifest(among: names) != nil || !Manifest().unlisted(among: names).isEmpty
        let directory = isAppendOnly ? parentDirectory(path) : path
        let lock = fixes ? try lockDirectory(directory, files) : try lockIfServed(directory, files)
        defer { withExtendedLifetime(lock) {} }
        if DiskDirectory(path).holdsData {
            if fixes {
                throw LoadError(
                    "--fix does not mend the database in \(path)/rocksdb: restore the snapshot in \(path)/snapshot, or a copy"
                )
            }
            checkDisk(path, &report)
        } else if isAppendOnly {
            try checkAppendOnly(path, names, &report, progress)
        } else {
            try checkDirectory(names, &report, progress)
        }
        return report
    }

    // MARK: A data directory

    private func checkDirectory(
        _ names: [String], _ report: inout CheckReport, _ progress: LoadingProgress
    ) throws(LoadError) {
        var options = PersistenceOptions()
        options.directory = path
        if names.contains(options.snapshotName) { try checkFile(options.snapshotPath, &report, progress) }
        if names.contains(DataDirectory.oldAppendOnlyName) {
            try checkFile("\(path)/\(DataDirectory.oldAppendOnlyName)", &report, progress)
        }
        let inside = try withFiles { () throws(FileError) in
            try DataDirectory.names(options.appendOnlyDirectory, files)
        }
        if !inside.isEmpty { try checkAppendOnly(options.appendOnlyDirectory, inside, &report, progress) }
        if report.items.isEmpty { report.notes.append("\(path) holds no data") }
    }

    // MARK: One file

    private func checkFile(
        _ path: String, _ report: inout CheckReport, _ progress: LoadingProgress
    ) throws(LoadError) {
        let isRDB = try withFiles { () throws(FileError) in try beginsAsRDB(path, files) }
        var start = 0
        if isRDB || path.hasSuffix(".rdb") {
            let finding = try withFiles { () throws(FileError) in
                try SnapshotCheck.check(path, files, progress)
            }
            report.items.append(.init(path: path, contents: finding.contents, damage: finding.damage))
            if finding.damage != nil { return }
            start = finding.length
            if finding.length == finding.size {
                return try tryLoading([.init(path: path, role: .snapshot)], &report, progress)
            }
        } else if path.hasSuffix(".manifest") {
            return try checkManifestFile(path, &report)
        }
        let found = try withFiles { () throws(FileError) in
            try Manifest.checkFile(path, files, isLast: true, start: start)
        }
        report.items.append(item(path, found, prefix: isRDB ? "commands after it" : "commands"))
    }

    private func checkManifestFile(_ path: String, _ report: inout CheckReport) throws(LoadError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        do throws(ManifestLoadError) {
            let manifest = try Manifest.load(
                from: parentDirectory(path), prefix: String(name.dropLast(".manifest".count)), files)
            report.items.append(
                .init(path: path, contents: "manifest of \(manifest?.dataFiles.count ?? 0) files"))
        } catch {
            report.items.append(.init(path: path, contents: "manifest", damage: error.description))
        }
    }

    func item(_ path: String, _ found: IncrementReport, prefix: String = "commands") -> CheckReport.Item {
        let outcome = found.outcome
        var contents = "\(prefix): \(outcome.commands) in \(outcome.batches) batches"
        contents +=
            outcome.salt == nil ? ", of Redis" : outcome.wasTouchedByRedis ? ", of Redwing, then Redis" : ""
        var item = CheckReport.Item(path: path, contents: contents)
        if let damage = found.damage {
            item.damage =
                """
                byte \(found.damageOffset): \(damage.rawValue); \(outcome.wholeLength) of \(outcome.fileLength) bytes \
                are whole
                """
        }
        return item
    }

    // MARK: Loading

    /// Loads what was found sound: a key that is there twice, or a command that fails, is seen in no other way.
    func tryLoading(
        _ plan: [PlannedFile], _ report: inout CheckReport, _ progress: LoadingProgress
    ) throws(LoadError) {
        guard report.isSound else { return }
        let engine = MemoryEngine()
        engine.gate.shut(.loading)
        var run = LoadingRun(engine, files, progress, database: nil, threads: threads, advice: path)
        do throws(LoadError) {
            try run.load(plan)
            report.notes.append("loaded: \(run.outcome.keys) keys")
        } catch {
            if error.isRefusal {
                report.notes.append(error.description)
            } else {
                report.items.append(.init(path: path, contents: "loading fails", damage: error.description))
            }
        }
    }

    /// What `--fix` needs of the checker, which is in another file.
    var isFixing: Bool { fixes }
    var fileSystem: Files { files }
}
