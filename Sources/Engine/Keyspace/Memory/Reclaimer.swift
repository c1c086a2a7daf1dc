internal import CMalloc
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The background thread that frees what commands have only unlinked, and looks for expired keys ten times a
/// second.
final class Reclaimer: Sendable {
    private enum Garbage {
        case entry(Entry)
        case segments([Shard.DirectoryEntry])
    }

    /// Entries are raw pointers; whoever is in the queue belongs to it alone, which makes sending it safe.
    private struct Queue: @unchecked Sendable {
        var garbage: [Garbage] = []
        var stopped = false
    }

    private let queue = Mutex(Queue())

    /// How often expired keys are looked for.
    private static let period = 100

    /// Takes over an entry that no table holds any more.
    func free(_ entry: Entry) {
        queue.withLock { $0.garbage.append(.entry(entry)) }
    }

    /// Takes over detached segments with all their entries.
    func free(_ segments: [Shard.DirectoryEntry]) {
        queue.withLock { $0.garbage.append(.segments(segments)) }
    }

    /// Runs until `stop`; meant for a thread of its own. `expire` does one bounded round and answers
    /// whether it is done.
    func run(expire: () -> Bool) {
        while true {
            let (garbage, stopped) = queue.withLock { queue in
                defer { queue.garbage = [] }
                return (Queue(garbage: queue.garbage, stopped: queue.stopped), queue.stopped)
            }
            var freedTable = false
            for item in garbage.garbage {
                switch item {
                case .entry(let entry): entry.free()
                case .segments(let segments):
                    MemoryTable.free(segments)
                    freedTable = true
                }
            }
            // glibc keeps freed memory between the entries that are left; after a flush there are few, and the
            // system gets its memory back.
            if freedTable { malloc_trim(0) }
            if stopped { return }
            if expire() { usleep(UInt32(Reclaimer.period) * 1000) } else { sched_yield() }
        }
    }

    /// Ends `run` after it has freed what is queued.
    func stop() { queue.withLock { $0.stopped = true } }
}
