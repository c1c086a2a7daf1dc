internal import Engine
internal import Logging

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

// From the journal to the disk.
extension WorkerLoop {
    /// Whether the journal is to be emptied: at once where replies wait for it, else some time after the last write.
    func isDrainDue(_ now: Int64) -> Bool {
        settings.syncPolicy == .always || now - lastWrite >= Int64(options.timing.nap)
    }

    /// Writes what the journal holds to the increment. After a failure: what was taken, when it is time.
    func drain(_ now: Int64) {
        guard let journal, let appendOnly else { return }
        switch failure {
        case .sync?: return
        case .write(let retryAt, _)? where now < retryAt: return
        default: break
        }
        if batch.isEmpty { take(journal) }
        if batch.isEmpty { return }
        lastWrite = now
        do throws(FileError) {
            try appendOnly.write(&batch)
        } catch {
            return writeFailed(error, now)
        }
        written = taken
        if failure != nil { writeSucceeded() }
        let size = appendOnly.size
        control.update { $0.appendOnlySize = size }
    }

    /// Takes everything that waits; `batch` is empty.
    func take(_ journal: Journal) {
        let before = taken
        taken = journal.take(&batch)
        expectedEffects = max(taken - before, expectedEffects / 4 * 3)
        // Just then the gate was shut, and has been opened.
        if batch.count > options.queueLimit { events.room() }
    }

    /// Waits a moment while effects keep coming in, until there are as many as lately: replies wait for them, one
    /// sync serves all, and without this the first to come would have a sync of its own, which all others wait for.
    func gather() {
        guard let journal, expectedEffects > 1, failure == nil else { return }
        var now = monotonicMicroseconds()
        let end = now + WorkerLoop.gatherLimit
        var last = now
        var count = journal.last - taken
        while count < expectedEffects, now < end, now - last < WorkerLoop.gatherPause {
            // A sleep lasts longer than asked for by what a sync takes on a fast disk.
            sched_yield()
            now = monotonicMicroseconds()
            let next = journal.last - taken
            if next != count { last = now }
            count = next
        }
    }

    /// How long that may take in all, and how long nothing may come in, in microseconds.
    private static var gatherLimit: Int64 { 1000 }
    private static var gatherPause: Int64 { 30 }

    /// Whether what was written is made durable once a second.
    func syncsEachSecond(_ now: Int64) -> Bool {
        settings.syncPolicy == .everySecond || (settings.syncPolicy == .no && now < settings.awaitedUntil)
    }

    /// Makes durable what was written, where the policy has it now.
    func syncIfDue(_ now: Int64) {
        // What was written before a failing write is kept all the same.
        if case .sync? = failure { return }
        guard let appendOnly, appendOnly.hasUnsynced else { return }
        if settings.syncPolicy == .always {
            sync()
        } else if syncsEachSecond(now), now - lastSync >= Int64(options.timing.syncPeriod) {
            sync()
        }
    }

    /// Makes durable what was written; false where that failed.
    @discardableResult
    func sync() -> Bool {
        guard let appendOnly else { return true }
        if case .sync? = failure { return false }
        if appendOnly.hasUnsynced {
            do throws(FileError) {
                try appendOnly.sync()
            } catch {
                syncFailed(error)
                return false
            }
            lastSync = monotonicMilliseconds()
            control.update { $0.syncs += 1 }
        }
        tell(durable: written)
        return true
    }

    /// After the last batch of a while, has the file say how far it is synced: the next batch would have said it.
    func stateSync() {
        guard failure == nil, batch.isEmpty, let appendOnly, appendOnly.isSyncUnstated else { return }
        // Where that fails, a write that matters will fail too, and is seen to.
        try? appendOnly.stateSync()
    }

    /// Everything up to `ticket` is durable.
    func tell(durable ticket: UInt64) {
        guard ticket > durable else { return }
        durable = ticket
        journal?.markDurable(ticket)
        events.durable(ticket)
    }

    // MARK: Failures

    private func writeFailed(_ error: FileError, _ now: Int64) {
        let pauses = options.timing.retry
        guard case .write(_, let pause)? = failure else {
            failure = .write(retryAt: now + Int64(pauses.lowerBound), pause: pauses.lowerBound)
            let cure = error.isLackOfSpace ? "make room in" : "see to the disk of"
            logger.error(
                """
                the append-only file can't be written (\(error)); writes are refused until it can be, which is \
                tried again and again: \(cure) \(options.appendOnlyDirectory)
                """)
            return refuse(
                error,
                """
                The append-only file can't be written (\(error)). It is tried again and again: \(cure) the \
                data directory.
                """)
        }
        let next = min(pause * 2, pauses.upperBound)
        failure = .write(retryAt: now + Int64(next), pause: next)
    }

    private func writeSucceeded() {
        failure = nil
        control.update { $0.writeFailure = nil }
        logger.notice("the append-only file can be written again; writes are taken")
        engine.gate.open(.failing)
        events.failing(false)
    }

    private func syncFailed(_ error: FileError) {
        let wasFailing = failure != nil
        failure = .sync
        rewriteBackoff.succeed()
        logger.error(
            """
            the append-only file could not be synced (\(error)): what was written last may be lost if the server \
            stops now. Writes are refused until new files are made, which begins at once; see to the disk of \
            \(options.appendOnlyDirectory)
            """)
        refuse(
            error,
            """
            The append-only file could not be synced (\(error)). Writes are taken again when new files are made, \
            which goes on by itself: see to the disk of the data directory.
            """, tells: !wasFailing)
    }

    private func refuse(_ error: FileError, _ message: String, tells: Bool = true) {
        engine.gate.shut(failing: message)
        control.update { $0.writeFailure = error.description }
        if tells { events.failing(true) }
    }

    /// New files hold everything: what could not be synced does not matter any more.
    func syncFailureIsOver() {
        failure = nil
        control.update { $0.writeFailure = nil }
        logger.notice("new files are made; writes are taken")
        engine.gate.open(.failing)
        events.failing(false)
    }
}
