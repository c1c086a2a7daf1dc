internal import Bytes
internal import RDB

/// Reads an RDB file to its end and counts what it holds, without keeping it.
struct SnapshotCheck: RDBConsumer {
    private(set) var databases = DatabaseChoice(nil)

    mutating func selectDatabase(_ index: Int) { databases.select(index) }
    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView) { databases.count() }
    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int) {
        databases.count()
    }
    mutating func item(_ value: ByteView) {}
    mutating func member(_ member: ByteView) {}
    mutating func member(_ member: ByteView, score: Double) {}
    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?) {}
    mutating func end() {}
    mutating func skipped(_ what: RDBForeign, key: ByteView) {}

    /// What was found in a file.
    struct Finding {
        /// "RDB version 10, 5 keys (2 with an expiry)".
        var contents = "RDB"
        var damage: String?
        /// How long the RDB part is.
        var length = 0
        var size = 0
    }

    /// Reads the file at `path`, which begins as an RDB file does.
    static func check<Files: FileSystem>(
        _ path: String, _ files: Files, _ progress: LoadingProgress
    ) throws(FileError) -> Finding {
        var finding = Finding()
        var consumer = SnapshotCheck()
        let source = try FileSource(try files.open(path, .read), progress)
        finding.size = source.size
        var reader = RDBReader(source)
        do throws(RDBError) {
            let summary = try reader.read(into: &consumer)
            finding.length = summary.bytes
            finding.contents = "RDB version \(summary.version), \(summary.keys) keys"
            if summary.expiring > 0 { finding.contents += " (\(summary.expiring) with an expiry)" }
            if summary.skipped > 0 {
                finding.contents += ", \(summary.skipped) × what Redwing has no place for"
            }
            if consumer.databases.isAmbiguous { finding.contents += "; \(consumer.databases.text("keys"))" }
        } catch {
            finding.damage = error.description
        }
        return finding
    }
}
