internal import DiskKeyspace
internal import Engine

// The directory of the disk engine.
extension Checker {
    /// Checks the database, and the newest snapshot where there is one.
    func checkDisk(_ path: String, _ report: inout CheckReport) {
        let directory = DiskDirectory(path)
        for directory in [directory, directory.snapshot] where directory.holdsData {
            report.items.append(diskItem(directory))
        }
    }

    private func diskItem(_ directory: DiskDirectory) -> CheckReport.Item {
        do throws(DiskFailure) {
            let found = try DiskCheck(directory)
            let types: [(KeyType, String)] = [
                (.string, "strings"), (.hash, "hashes"), (.list, "lists"), (.set, "sets"),
                (.sortedSet, "sorted sets"),
            ]
            let parts = types.compactMap { type, name in found.keys[type].map { "\($0) \(name)" } }
            let keys = found.keys.values.reduce(0, +)
            return CheckReport.Item(
                path: directory.database,
                contents: "\(keys) keys" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
                    + ", \(found.bytes) bytes in files")
        } catch {
            return CheckReport.Item(path: directory.database, contents: "database", damage: error.description)
        }
    }
}
