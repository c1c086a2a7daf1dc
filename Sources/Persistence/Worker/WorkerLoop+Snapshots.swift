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
        begin(kind, memory, file, changes: changes)
    }

    /// From now on steps of the job are done.
    func begin(
        _ kind: SnapshotJob<Files>.Kind, _ memory: MemorySnapshot, _ file: SnapshotFile<Files>,
        changes: UInt64
    ) {
        let job = SnapshotJob(
            kind, memory, file, changes: changes, residentMemory: engine.residentMemory)
        job.file.onPiece { [unowned self] in
            let now = monotonicMilliseconds()
            if isDrainDue(now) { drain(now) }
            syncIfDue(now)
        }
        self.job = job
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
        if let aside { return aside.goOn() }
        guard let job else { return }
        let goesOn = job.step()
        if let failure = job.file.failure {
            job.memory.abandon()
            return doAside(job.file.discard) { [unowned self] in end(job, .failure(failure)) }
        }
        if goesOn { return }
        let path = job.isRewrite ? appendOnly?.nextBasePath : options.snapshotPath
        guard let path else { preconditionFailure("a rewrite without an append-only file") }
        doAside {
            do throws(FileError) {
                return Result.success(try job.file.finish(as: path))
            } catch {
                return Result.failure(error)
            }
        } then: { [unowned self] in
            end(job, $0)
        }
    }

    /// Does all that is left of the job, and nothing else.
    func completeJob() {
        while job != nil {
            stepJob()
            aside?.wait()
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

    private func end(_ job: SnapshotJob<Files>, _ result: Result<Int, FileError>) {
        if job.isRewrite { endRewrite(job, result) } else { endSnapshot(job, result) }
    }

    private func endSnapshot(_ job: SnapshotJob<Files>, _ result: Result<Int, FileError>) {
        self.job = nil
        let size: Int
        switch result {
        case .success(let count): size = count
        case .failure(let error):
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
}
