internal import Bytes

/// What `redwing check` finds in one file of commands, and with `--fix` does about it.
public struct IncrementReport: Equatable, Sendable {
    /// What was done with the file.
    public enum Action: Equatable, Sendable {
        /// Nothing.
        case none
        /// It was cut back to its whole batches; what followed is in the file `tail` beside it.
        case cut(tail: String)
        /// It follows a file that was cut: it was renamed to `name`, and is no longer in the manifest.
        case movedAway(name: String)
    }

    /// The file's name in the directory.
    public let name: String
    /// What was found, up to the damage.
    public let outcome: IncrementOutcome
    /// The damage, also such as `IncrementReader` leaves out by itself.
    public let damage: IncrementDamage?
    /// Where it is: the first byte that can't be used.
    public let damageOffset: Int
    /// What was done.
    public internal(set) var action = Action.none
}

extension Manifest {
    /// Reads every file of commands to its end, or to its first damage. `from` says where the commands of a file
    /// begin (after an RDB preamble), nil where the file holds none (an RDB file). O(n).
    public func check<Files: FileSystem>(
        in directory: String, _ files: Files,
        from start: (Entry) -> Int? = { $0.name.hasSuffix(".rdb") ? nil : 0 }
    ) throws(FileError) -> [IncrementReport] {
        var reports: [IncrementReport] = []
        var expected: UInt64?
        for entry in dataFiles {
            guard let start = start(entry) else { continue }
            let report = try Manifest.checkFile(
                "\(directory)/\(entry.name)", named: entry.name, files, isLast: entry == dataFiles.last,
                expecting: expected, start: start)
            expected = report.damage == nil ? report.outcome.nextSequence : nil
            reports.append(report)
        }
        return reports
    }

    /// Mends what `check` has found: the first damaged file is cut back to its whole batches, and the increments
    /// after it, which can't follow any more, are taken out of the manifest. Nothing is deleted: what is cut off
    /// and taken out stays beside, under names that end in `.removed`. A base that consists of commands is cut
    /// likewise.
    ///
    /// A crash in between leaves a directory on which it can be called again.
    public mutating func repair<Files: FileSystem>(
        in directory: String, _ reports: [IncrementReport], _ files: Files
    ) throws(FileError) -> [IncrementReport] {
        guard let first = reports.firstIndex(where: { $0.damage != nil && $0.damage != .rdb }) else {
            return reports
        }
        var reports = reports
        let damaged = reports[first]
        let following = reports[(first + 1)...].map(\.name)

        // First out of the manifest, then out of the way: a file that is listed is always there.
        if let next = increments.first(where: { following.contains($0.name) }) {
            removeIncrements(from: next.sequence)
            try store(in: directory, files)
        }
        for index in reports.indices.dropFirst(first + 1) {
            let name = reports[index].name + ".removed"
            try files.rename("\(directory)/\(reports[index].name)", to: "\(directory)/\(name)")
            reports[index].action = .movedAway(name: name)
        }
        let whole = damaged.outcome.wholeLength
        let tail = "\(damaged.name).\(whole).removed"
        let path = "\(directory)/\(damaged.name)"
        if damaged.outcome.excess > 0 {
            try copy(path, from: whole, to: "\(directory)/\(tail)", files)
            try files.syncDirectory(directory)
            try damaged.outcome.cut(path, files)
            reports[first].action = .cut(tail: tail)
        }
        try files.syncDirectory(directory)
        return reports
    }

    /// Reads one file of commands, from `start` on, to its end or its first damage. O(n).
    static func checkFile<Files: FileSystem>(
        _ path: String, named name: String = "", _ files: Files, isLast: Bool,
        expecting expected: UInt64? = nil,
        start: Int = 0
    ) throws(FileError) -> IncrementReport {
        var outcome = IncrementOutcome()
        do throws(IncrementError) {
            var reader = try IncrementReader.open(
                path, files, isLast: isLast, expecting: expected, from: start)
            do throws(IncrementError) {
                while try reader.next() {}
                outcome = reader.outcome
            } catch {
                outcome = reader.outcome
                throw error
            }
            return IncrementReport(
                name: name, outcome: outcome, damage: outcome.damage, damageOffset: outcome.wholeLength)
        } catch {
            switch error {
            case .file(let error): throw error
            case .damaged(_, let offset, let damage):
                if outcome.fileLength == 0 { outcome.fileLength = try files.open(path, .read).size() }
                return IncrementReport(name: name, outcome: outcome, damage: damage, damageOffset: offset)
            }
        }
    }

    private func copy<Files: FileSystem>(
        _ path: String, from start: Int, to copy: String, _ files: Files
    ) throws(FileError) {
        let source = try files.open(path, .read)
        let target = try files.open(copy, .createEmpty)
        var buffer = ByteBuffer()
        var done = 0
        while true {
            buffer.truncate(to: 0)
            let read = try source.read(upTo: 1 << 20, at: start + done, into: &buffer)
            if read == 0 { break }
            try target.write(buffer.view, at: done)
            done += read
        }
        try target.sync()
    }
}
