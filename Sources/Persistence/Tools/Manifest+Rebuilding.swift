extension Manifest {
    /// The manifest that the files among `names` speak of by their names, where there is only one that they can:
    /// at most one base, increments without a gap, none of them from before the base. Else the reason why not.
    ///
    /// Each rewrite raises the number of the base by one and that of the increments by one at least, so an increment
    /// of a lower number than the base's is older than it.
    static func rebuilt(from names: [String], prefix: String) -> Result<Manifest, Ambiguity> {
        var manifest = Manifest(prefix: prefix)
        let parts = Manifest(prefix: prefix).unlisted(among: names).compactMap { name -> Entry? in
            let words = name.dropFirst(prefix.count + 1).split(separator: ".")
            guard let number = Int(words[0]), number > 0 else { return nil }
            return Entry(name: name, sequence: number, role: words[1] == "base" ? .base : .increment)
        }
        let bases = parts.filter { $0.role == .base }
        let increments = parts.filter { $0.role == .increment }.sorted { $0.sequence < $1.sequence }
        guard !parts.isEmpty else { return .failure(Ambiguity("there are no files to list")) }
        guard bases.count <= 1 else {
            return .failure(Ambiguity("\(bases[0].name) and \(bases[1].name) may both be the base"))
        }
        if let first = increments.first {
            if let base = bases.first, first.sequence < base.sequence {
                return .failure(Ambiguity("\(first.name) may be older than \(base.name)"))
            }
            if bases.isEmpty, first.sequence > 1 {
                return .failure(Ambiguity("what came before \(first.name) is missing"))
            }
        }
        do throws(ManifestError.Reason) {
            for entry in bases + increments { try manifest.add(entry) }
            return .success(manifest)
        } catch {
            return .failure(Ambiguity(ManifestError(error, line: 0).description))
        }
    }

    /// Why the files don't tell the manifest.
    struct Ambiguity: Error {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
