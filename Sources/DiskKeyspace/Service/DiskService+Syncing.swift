internal import Engine
internal import Logging
internal import Synchronization

// When what was written becomes durable, and what happens when it can't be.
extension DiskService {
    /// Between syncs under `everysec`, in milliseconds.
    private static let period = 1000
    /// Between attempts to have the disk take writes again, in milliseconds.
    private static let pause = 500

    /// Under `always` each sync serves all that were written while the one before it was on its way.
    func syncLoop(_ engine: DiskEngine, _ journal: Journal) {
        let database = engine.table.database
        var durable: UInt64 = 0
        // After an error no file is trusted that was open then.
        var mustReopen = false
        while true {
            let (policy, awaitedUntil, wantsStop) = settings
            if !mustReopen, let incident = database.supervision.incident {
                mustReopen = take(incident, engine)
            }
            if wantsStop {
                // What is in files is not read from the log at the next start.
                if !mustReopen, sync(engine, journal) { try? database.flush() }
                return
            }
            if mustReopen {
                rest(milliseconds: DiskService.pause, under: policy)
                mustReopen = !reopen(engine, journal)
                durable = journal.durable
                continue
            }
            if policy == .no, Clock.tick() > awaitedUntil {
                rest(milliseconds: DiskService.period, under: policy)
                continue
            }
            if journal.wait(after: durable, milliseconds: 200) == durable { continue }
            if policy != .always { rest(milliseconds: DiskService.period, under: policy) }
            if sync(engine, journal) { durable = journal.durable } else { mustReopen = true }
        }
    }

    /// Syncs the log.
    /// - Returns: whether all that was written before is on disk.
    private func sync(_ engine: DiskEngine, _ journal: Journal) -> Bool {
        let ticket = journal.last
        do throws(RocksError) {
            try engine.table.database.syncLog()
        } catch {
            failed(engine, error)
            return false
        }
        isDurable(ticket, journal)
        return true
    }

    private func isDurable(_ ticket: UInt64, _ journal: Journal) {
        journal.markDurable(ticket)
        events.durable(ticket)
        state.withLock { $0.syncs += 1 }
    }

    // MARK: Failures

    /// Sees to what RocksDB has told.
    /// - Returns: whether the database must be opened again.
    private func take(_ incident: Supervision.Incident, _ engine: DiskEngine) -> Bool {
        if incident.error.kind == .corruption {
            // Opening it again would not help. RocksDB answers each write with its reason; reads of what is sound go on, and
            // what was written before is still synced.
            if note(incident.error) { logger.critical("\(StorageFailure(incident.error).message)") }
            return false
        }
        // Of a compaction that found no room RocksDB keeps the error until it is opened again, and refuses by it what
        // would have to wait.
        if incident.stopsWrites || incident.error.kind == .noSpace {
            failed(engine, incident.error)
            return true
        }
        // RocksDB tries again.
        engine.table.database.supervision.forget(incident)
        logger.error("a compaction has failed: \(incident.error)")
        return false
    }

    /// Opens the database again, if the disk takes what is in memory.
    /// - Returns: whether it takes writes.
    private func reopen(_ engine: DiskEngine, _ journal: Journal) -> Bool {
        let database = engine.table.database
        do throws(DiskFailure) {
            // Until then reads go on.
            if database.isOpen { try directory.probe(database.unflushedSize + (1 << 20)) }
        } catch {
            logger.debug("the disk still does not take what is written: \(error)")
            return false
        }
        do throws(RocksError) {
            let ticket = try engine.table.reopen { journal.last }
            isDurable(ticket, journal)
        } catch {
            failed(engine, error)
            return false
        }
        state.withLock { $0.failure = nil }
        engine.gate.open(.failing)
        events.failing(false)
        logger.notice("the disk takes writes again")
        return true
    }

    private func failed(_ engine: DiskEngine, _ error: RocksError) {
        let isNew = note(error)
        // The gate says the code itself.
        engine.gate.shut(failing: StorageFailure.advice(error))
        if !isNew { return }
        events.failing(true)
        logger.critical("the disk does not take what is written (\(error)); writes are refused until it does")
    }

    /// Has the status tell of a failure.
    /// - Returns: whether there was none before.
    private func note(_ error: RocksError) -> Bool {
        state.withLock { state in
            defer { state.failure = error.message }
            return state.failure == nil
        }
    }
}
