/// A file that is to be loaded.
struct PlannedFile {
    /// What it is to the others.
    enum Role {
        /// A snapshot: what has expired meanwhile is left out.
        case snapshot
        /// Everything up to an instant, before increments: an RDB file, commands, or one before the other.
        case base
        /// Commands after a base; `isLast`: nothing follows.
        case increment(isLast: Bool)
        /// All there is, of a Redis before 7.0: a base that is being appended to.
        case wholeAppendOnlyFile
    }

    let path: String
    let role: Role

    /// The files of a manifest, in their order.
    static func files(of manifest: Manifest, in directory: String) -> [PlannedFile] {
        let last = manifest.increments.last
        return manifest.dataFiles.map { entry in
            PlannedFile(
                path: "\(directory)/\(entry.name)",
                role: entry.role == .base ? .base : .increment(isLast: entry == last))
        }
    }
}
