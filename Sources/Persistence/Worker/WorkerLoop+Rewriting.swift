internal import Engine
internal import Logging

// Rewrites: a new base in place of base and increments.
extension WorkerLoop {
    /// Begins to rewrite the append-only file: the cut, the next increment, the new base. No job is under way.
    ///
    /// Usually the increment is advanced at the cut, with what comes before it synced in the one before. Where there is
    /// none, or it can't be synced, nothing is written before the new base is there: see `freshBase`.
    func beginRewrite() {
        guard let journal, let appendOnly else { return }
        let time = Clock.milliseconds()
        control.update { $0.rewriteStart = time }
        let isFresh = if case .sync? = failure { true } else { !appendOnly.hasIncrement }
        if !isFresh {
            // What waits from before the cut belongs to the increment there is.
            drain(monotonicMilliseconds())
            guard failure == nil, batch.isEmpty else {
                return rewriteFailed(
                    time, control.status.writeFailure ?? "the append-only file can't be written")
            }
        }
        do throws(FileError) {
            let file = try SnapshotFile(
                in: appendOnly.directory, isBase: true, time: time / 1000, files)
            do throws(FileError) {
                try beginRewrite(appendOnly, journal, file, isFresh: isFresh)
            } catch {
                file.discard()
                throw error
            }
        } catch {
            rewriteFailed(time, error.description)
        }
    }

    private func beginRewrite(
        _ appendOnly: AppendOnlyFile<Files>, _ journal: Journal, _ file: SnapshotFile<Files>, isFresh: Bool
    ) throws(FileError) {
        let prepared = try appendOnly.prepareIncrement()
        // It is in memory, and will be in the base.
        if isFresh { batch.clear() }
        var changes: UInt64 = 0
        guard
            let memory = engine.beginSnapshot(atCut: {
                taken = journal.take(&batch)
                changes = engine.changes
            })
        else { preconditionFailure("only the worker makes snapshots, one at a time") }
        if batch.count > options.queueLimit { events.room() }
        if isFresh {
            batch.clear()
            begin(.freshBase(prepared, upTo: taken), memory, file, changes: changes)
            return
        }
        do throws(FileError) {
            try finishIncrement(appendOnly)
            try appendOnly.advance(to: prepared)
        } catch {
            memory.abandon()
            appendOnly.discard(prepared)
            throw error
        }
        begin(.base, memory, file, changes: changes)
    }

    /// Writes and syncs the last that belongs to the current increment.
    private func finishIncrement(_ appendOnly: AppendOnlyFile<Files>) throws(FileError) {
        // Only now, so that it counts as any other write where it fails.
        lastWrite = 0
        if !batch.isEmpty { drain(monotonicMilliseconds()) }
        guard failure == nil, batch.isEmpty, sync() else {
            throw FileError(
                .write, appendOnly.directory + "/" + (appendOnly.manifest.increments.last?.name ?? ""), 5)
        }
    }

    /// The base is under its name on disk.
    func endRewrite(_ job: SnapshotJob<Files>, _ size: Int) {
        guard let appendOnly else { return }
        do throws(FileError) {
            if case .freshBase(let prepared, _) = job.kind {
                try appendOnly.install(baseOfSize: size, with: prepared)
            } else {
                try appendOnly.install(baseOfSize: size)
            }
        } catch {
            appendOnly.discardBase()
            self.job = nil
            return rewriteFailed(job, error)
        }
        rewriteBackoff.succeed()
        if case .freshBase(_, let ticket) = job.kind {
            written = ticket
            tell(durable: ticket)
            if case .sync? = self.failure { syncFailureIsOver() }
        }
        sizeAfterRewrite = appendOnly.size
        let attempt = job.attempt(size: size)
        logger.notice(
            "append-only file rewritten: \(attempt.keys) keys (\(size) bytes) in \(attempt.duration) ms")
        doAside(appendOnly.unlinkHistory()) { [unowned self] in
            forgetHistory(unlinked: $0)
            self.job = nil
            let (size, base) = (appendOnly.size, sizeAfterRewrite)
            control.update { status in
                status.rewriteStart = nil
                status.lastRewrite = attempt
                status.appendOnlySize = size
                status.appendOnlyBaseSize = base
            }
        }
    }

    /// Removes the files that a rewrite has replaced.
    func removeHistory() {
        guard let appendOnly, appendOnly.hasHistory else { return }
        forgetHistory(unlinked: appendOnly.unlinkHistory()())
    }

    /// What can't be removed is at the next start.
    private func forgetHistory(unlinked failure: FileError?) {
        do throws(FileError) {
            if let failure { throw failure }
            if let appendOnly, appendOnly.hasHistory { try appendOnly.forgetHistory() }
        } catch {
            logger.warning("replaced files of the append-only file stay for now: \(error)")
        }
    }

    /// The new base is not there, or not in use.
    func rewriteFailed(_ job: SnapshotJob<Files>, _ error: FileError) {
        if case .freshBase(let prepared, _) = job.kind { appendOnly?.discard(prepared) }
        rewriteFailed(job.time, error.description)
    }

    private func rewriteFailed(_ start: Int64, _ why: String) {
        var attempt = PersistenceStatus.Attempt()
        attempt.time = Clock.milliseconds()
        attempt.duration = Int(attempt.time - start)
        attempt.failure = why
        let wait = rewriteBackoff.fail(at: monotonicMilliseconds())
        control.update { status in
            status.rewriteStart = nil
            status.lastRewrite = attempt
        }
        logger.error(
            """
            the rewrite of the append-only file failed (\(why)); it goes on as it is. The next try by itself is in \
            \(wait / 1000) s at the soonest; see to the disk of \(options.appendOnlyDirectory)
            """)
    }
}
