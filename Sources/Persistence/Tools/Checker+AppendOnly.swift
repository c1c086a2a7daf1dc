extension Checker {
    /// Checks, and mends, the append-only file in `directory`, whose names are `names`.
    func checkAppendOnly(
        _ directory: String, _ names: [String], _ report: inout CheckReport, _ progress: LoadingProgress
    ) throws(LoadError) {
        guard var manifest = try manifest(directory, names, &report) else { return }
        /// Where the commands of each file begin; nil where it holds none.
        var starts: [String: Int] = [:]
        for entry in manifest.dataFiles {
            let path = "\(directory)/\(entry.name)"
            starts[entry.name] = 0
            let isRDB = try withFiles { () throws(FileError) in try beginsAsRDB(path, fileSystem) }
            guard entry.role == .base, isRDB || entry.name.hasSuffix(".rdb") else { continue }
            let finding = try withFiles { () throws(FileError) in
                try SnapshotCheck.check(path, fileSystem, progress)
            }
            report.items.append(.init(path: path, contents: finding.contents, damage: finding.damage))
            let hasCommands = finding.damage == nil && finding.length < finding.size
            starts[entry.name] = hasCommands ? finding.length : nil
        }
        let before = manifest
        let fixing = isFixing
        let found = try withFiles { () throws(FileError) in
            let found = try before.check(in: directory, fileSystem) { starts[$0.name] }
            return fixing ? try manifest.repair(in: directory, found, fileSystem) : found
        }
        for one in found {
            var item = item("\(directory)/\(one.name)", one)
            switch one.action {
            case .none: break
            case .cut(let tail): item.action = "cut back; what was cut off is in \(directory)/\(tail)"
            case .movedAway(let name):
                item.damage = item.damage ?? "it follows a file that was damaged"
                item.action = "taken out of the manifest; it is now \(directory)/\(name)"
            }
            report.items.append(item)
        }
        let unlisted = manifest.unlisted(among: names)
        if !unlisted.isEmpty {
            report.notes.append("not in the manifest, and not loaded: \(unlisted.joined(separator: ", "))")
        }
        try tryLoading(PlannedFile.files(of: manifest, in: directory), &report, progress)
    }

    /// A file that the manifest should list, and does not; nil: there is none.
    private func missing(
        in manifest: Manifest, _ directory: String, _ names: [String]
    ) throws(ManifestLoadError) -> String? {
        do throws(FileError) {
            for name in manifest.unlisted(among: names)
            where try manifest.mayMiss(name, in: directory, fileSystem) { return name }
            return nil
        } catch {
            throw .file(error)
        }
    }

    /// The manifest; rebuilt where it is missing or damaged, that is asked for, and the files tell it.
    private func manifest(
        _ directory: String, _ names: [String], _ report: inout CheckReport
    ) throws(LoadError) -> Manifest? {
        let name = try DataDirectory.manifest(among: names)
        let prefix = name.map { String($0.dropLast(".manifest".count)) } ?? Manifest().prefix
        let path = "\(directory)/\(prefix).manifest"
        var damage = "it is missing"
        do throws(ManifestLoadError) {
            if let manifest = try Manifest.load(from: directory, prefix: prefix, fileSystem) {
                guard let missing = try missing(in: manifest, directory, names) else {
                    report.items.append(
                        .init(path: path, contents: "manifest of \(manifest.dataFiles.count) files"))
                    return manifest
                }
                damage = "\(missing) is not listed, though it may hold data"
            }
        } catch {
            damage = error.description
        }
        var item = CheckReport.Item(path: path, contents: "manifest", damage: damage)
        defer { report.items.append(item) }
        switch Manifest.rebuilt(from: names, prefix: prefix) {
        case .failure(let why):
            report.notes.append("\(path) can't be rebuilt: \(why.description)")
            return nil
        case .success(let manifest):
            guard isFixing else {
                report.notes.append("--fix would rebuild \(path): \(manifest.dataFiles.count) files")
                return nil
            }
            try withFiles { () throws(FileError) in
                if name != nil { try fileSystem.rename(path, to: path + ".removed") }
                try manifest.store(in: directory, fileSystem)
            }
            item.action =
                "rebuilt from the names of \(manifest.dataFiles.count) files"
                + (name == nil ? "" : "; the old one is now \(path).removed")
            return manifest
        }
    }
}
