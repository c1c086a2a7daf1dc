internal import Engine
internal import Logging
internal import Synchronization

// Snapshots: `dump.rdb`, and what is done beside the append-only file.
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
        begin(kind, memory, file, changes: changes)
    }

    /// From now on the job writes its file.
    func begin(
        _ kind: SnapshotJob<Files>.Kind, _ memory: MemorySnapshot, _ file: SnapshotFile<Files>,
        changes: UInt64
    ) {
        let job = SnapshotJob(
            kind, memory, file, changes: changes, residentMemory: engine.residentMemory)
        let path = job.isRewrite ? appendOnly?.nextBasePath : options.snapshotPath
        guard let path else { preconditionFailure("a rewrite without an append-only file") }
        self.job = job
        doAside({ job.write(to: path) }) { [unowned self] in end(job, $0) }
    }

    /// Waits until the job has ended.
    func completeJob() {
        while let aside {
            aside.wait()
            aside.goOn()
        }
    }

    /// Has `work` of the job done on another thread, and `then` done in the loop with what came of it.
    func doAside<Value: Sendable>(
        _ work: @escaping () -> Value, then: @escaping (Value) -> Void
    ) {
        let chore = Chore(waking: alarm, work)
        aside = Aside(
            goOn: { [unowned self] in
                guard let result = chore.result else { return }
                aside = nil
                then(result)
            }, wait: chore.wait)
    }

    private func end(_ job: SnapshotJob<Files>, _ ending: SnapshotJob<Files>.Ending) {
        switch ending {
        case .written(let size):
            if job.isRewrite { endRewrite(job, size) } else { endSnapshot(job, size) }
        case .failed(let error):
            self.job = nil
            if job.isRewrite {
                rewriteFailed(job, error)
            } else {
                snapshotFailed(job.kind, job.attempt(failure: error))
            }
        case .cancelled: cancelled(job)
        }
    }

    private func endSnapshot(_ job: SnapshotJob<Files>, _ size: Int) {
        self.job = nil
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

    private func cancelled(_ job: SnapshotJob<Files>) {
        self.job = nil
        if case .freshBase(let prepared, _) = job.kind { appendOnly?.discard(prepared) }
        if case .awaited(let completion) = job.kind { control.finish(.save(completion), .stopping) }
        control.update { status in
            status.snapshotStart = nil
            status.rewriteStart = nil
        }
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
}
