internal import Engine
internal import Logging
internal import Synchronization

// Snapshots: `dump.rdb`, step by step between writes of the append-only file.
extension WorkerLoop {
    /// Begins to write the snapshot. No job is under way.
    func beginSnapshot(_ kind: SnapshotJob<Files>.Kind) {
        let time = Clock.milliseconds()
        control.update { $0.snapshotStart = time }
        let file: SnapshotFile<Files>
        do throws(FileError) {
            file = try SnapshotFile(in: options.directory, isBase: false, time: time / 1000, files)
        } catch {
            var attempt = PersistenceStatus.Attempt()
            attempt.time = time
            attempt.failure = error.description
            return snapshotFailed(kind, attempt)
        }
        var changes: UInt64 = 0
        guard let memory = engine.beginSnapshot(atCut: { changes = engine.changes }) else {
            preconditionFailure("only the worker makes snapshots, one at a time")
        }
        job = SnapshotJob(kind, memory, file, changes: changes)
    }

    /// Does some work of the job where it is time for it, and else waits. What somebody waits for does not rest.
    func stepJobInPace() {
        guard let job, !job.isAwaited else { return stepJob() }
        let rest = pace.rest(at: monotonicMicroseconds())
        guard rest == 0 else {
            // Under `always` whoever writes does not wait for the end of the rest.
            guard settings.syncPolicy == .always, failure == nil else { return pause(microseconds: rest) }
            if alarm.wait(milliseconds: 1) { gather() }
            return
        }
        let used = threadMicroseconds()
        stepJob()
        let own = threadMicroseconds()
        pace.stepEnded(at: monotonicMicroseconds(), used: own - used, others: processMicroseconds() - own)
    }

    /// Does some work of the job, and ends it where it is done.
    func stepJob() {
        guard let job else { return }
        let goesOn = job.step()
        if let failure = job.file.failure {
            job.memory.abandon()
            job.file.discard()
            return end(job, failure)
        }
        if !goesOn { end(job, nil) }
    }

    private func end(_ job: SnapshotJob<Files>, _ failure: FileError?) {
        self.job = nil
        switch job.kind {
        case .base, .freshBase: endRewrite(job, failure)
        case .background, .awaited, .last: endSnapshot(job, failure)
        }
    }

    private func endSnapshot(_ job: SnapshotJob<Files>, _ failure: FileError?) {
        let size: Int
        do throws(FileError) {
            if let failure { throw failure }
            size = try job.file.finish(as: options.snapshotPath)
        } catch {
            return snapshotFailed(job.kind, job.attempt(size: job.file.count, failure: error))
        }
        saveBackoff.succeed()
        lastSave = monotonicMilliseconds()
        if refusesUntilSaved {
            refusesUntilSaved = false
            engine.gate.open(.failing)
        }
        let attempt = job.attempt(size: size)
        control.state.withLock { state in
            state.changesAtSave = job.changes
            state.status.lastSave = job.time / 1000
            state.status.snapshotStart = nil
            state.status.lastSnapshot = attempt
        }
        logger.notice(
            "snapshot of \(attempt.keys) keys (\(size) bytes) written in \(attempt.duration) ms",
            metadata: ["path": "\(options.snapshotPath)"])
        if case .awaited(let completion) = job.kind { control.finish(.save(completion), nil) }
    }

    private func snapshotFailed(_ kind: SnapshotJob<Files>.Kind, _ attempt: PersistenceStatus.Attempt) {
        let why = attempt.failure ?? ""
        let wait = saveBackoff.fail(at: monotonicMilliseconds())
        control.update { status in
            status.snapshotStart = nil
            status.lastSnapshot = attempt
        }
        logger.error(
            """
            the snapshot failed (\(why)); the last one stays. The next try by itself is in \(wait / 1000) s at \
            the soonest; see to the disk of \(options.directory)
            """)
        switch kind {
        case .awaited(let completion):
            control.finish(.save(completion), PersistenceRefusal("ERR the snapshot failed: \(why)"))
        case .background where journal == nil && !settings.savePoints.isEmpty:
            // As Redis (stop-writes-on-bgsave-error): what is written would not be kept. With an append-only file it is.
            refusesUntilSaved = true
            engine.gate.shut(
                failing: """
                    Snapshots are configured, but the last one failed (\(why)). Writes are taken again once one \
                    succeeds, which is tried again and again: see to the disk of the data directory.
                    """)
        default: break
        }
    }

    // MARK: DEBUG RELOAD

    /// Makes a snapshot, empties the keyspace and loads it. Returns why that can't be done.
    func reload() -> PersistenceRefusal? {
        // From here on nothing is changed that would be missing in the snapshot: it is begun with every lock held.
        engine.gate.shut(.loading)
        beginSnapshot(.last)
        while job != nil {
            let now = monotonicMilliseconds()
            drain(now)
            syncIfDue(now)
            stepJob()
        }
        if let why = control.status.lastSnapshot?.failure {
            engine.gate.open(.loading)
            return PersistenceRefusal("ERR the snapshot failed: \(why)")
        }
        engine.removeAllKeys()
        // As a base: what has expired meanwhile is removed later, and that is journalled, as the append-only file
        // still has it. With a progress of its own: a stop waits for the end.
        var run = LoadingRun(
            engine, files, LoadingProgress(), database: nil, threads: options.loadingThreads,
            advice: options.directory)
        do throws(LoadError) {
            try run.load([PlannedFile(path: options.snapshotPath, role: .base)])
        } catch {
            logger.critical("the snapshot just written can't be loaded: \(error). Restart the server")
            return PersistenceRefusal("ERR Error trying to load the RDB dump, check server logs")
        }
        let changes = engine.changes
        control.state.withLock { $0.changesAtSave = changes }
        engine.gate.open(.loading)
        return nil
    }
}
