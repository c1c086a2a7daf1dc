extension IncrementOutcome {
    /// Cuts `path`, which was read to this outcome, back to what is whole, durably; nothing to cut is no change.
    public func cut<Files: FileSystem>(_ path: String, _ files: Files) throws(FileError) {
        guard excess > 0 else { return }
        let file = try files.open(path, .update)
        try file.truncate(to: wholeLength)
        try file.sync()
    }
}
