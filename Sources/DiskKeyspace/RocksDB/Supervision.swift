internal import CRocksDB
internal import Synchronization

/// What RocksDB has told of what it could not write, and of damage that it has come across by itself.
final class Supervision: Sendable {
    /// An error that nobody has seen to.
    struct Incident: Sendable {
        var error: RocksError
        /// Whether writes are refused until the database is opened again.
        var stopsWrites: Bool
    }

    private let last = Mutex<Incident?>(nil)
    private let happened = Atomic<Bool>(false)

    /// The first incident of the worst kind since `forget`; nil: there was none. Costs one load, then.
    var incident: Incident? { happened.load(ordering: .acquiring) ? last.withLock { $0 } : nil }

    /// What has happened was seen to: whatever it was, or that incident, where a worse one that came meanwhile is not
    /// forgotten.
    func forget(_ seen: Incident? = nil) {
        last.withLock { last in
            if let seen, last?.stopsWrites != seen.stopsWrites { return }
            last = nil
            happened.store(false, ordering: .releasing)
        }
    }

    /// Has a database that is opened with these options tell of its incidents. It must be closed before the supervisor is
    /// destroyed, which is to be before this is freed.
    func watch(_ options: OpaquePointer) -> OpaquePointer {
        crocksdb_supervise(options, Unmanaged.passUnretained(self).toOpaque()) {
            context, message, stopsWrites in
            // The database, which calls this, is closed by who holds the instance.
            let supervision = Unmanaged<Supervision>.fromOpaque(context).takeUnretainedValue()
            supervision.note(
                Incident(error: RocksError(message: String(cString: message)), stopsWrites: stopsWrites))
        }
    }

    private func note(_ incident: Incident) {
        last.withLock { last in
            if let last, last.stopsWrites || !incident.stopsWrites { return }
            last = incident
            happened.store(true, ordering: .releasing)
        }
    }
}
