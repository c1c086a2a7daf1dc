internal import Engine
internal import Logging
internal import Synchronization

// The start and the end.
extension WorkerLoop {
    /// Loads the data, makes the append-only file ready, and opens the gate; false where that fails.
    func load() -> Bool {
        logger.notice("loading the data in \(options.directory)")
        let start = monotonicMilliseconds()
        do throws(LoadError) {
            let outcome = try Loader(engine, options, files, progress: control.progress).load()
            if options.isAppendOnly { try openAppendOnly(outcome) }
            loaded(outcome, in: monotonicMilliseconds() - start)
            return true
        } catch  where control.progress.isStopped {
            logger.notice("stopped while the data was loaded; the files are as they were")
            control.state.withLock { $0.phase = .stopped }
            control.loaded.complete(error)
            return false
        } catch {
            logger.critical("\(error)")
            control.state.withLock { $0.phase = .failed }
            control.loaded.complete(error)
            return false
        }
    }

    private func openAppendOnly(_ outcome: LoadOutcome) throws(LoadError) {
        do throws(FileError) {
            if case .appendOnly(let manifest) = outcome.source, outcome.isPartial {
                // Redis's files, of which one database was taken: what Redwing appends would not fit them.
                logger.notice("the append-only file is rewritten: from now on its data is database 0")
                appendOnly = AppendOnlyFile(options.appendOnlyDirectory, manifest, files)
                makeBase()
            } else if case .appendOnly(let manifest) = outcome.source {
                let file = AppendOnlyFile(options.appendOnlyDirectory, manifest, files)
                if let last = outcome.lastIncrement, last.excess > 0,
                    let name = manifest.increments.last?.name
                {
                    logger.warning(
                        "\(last.excess) bytes that are no whole batch are cut off the end of \(name)")
                }
                try file.resume(outcome.lastIncrement)
                appendOnly = file
                removeHistory()
            } else {
                try makeFirstBase()
            }
        } catch {
            throw LoadError(
                "the append-only file in \(options.appendOnlyDirectory) can't be made ready: \(error)")
        }
        guard appendOnly != nil else {
            throw LoadError(
                """
                the append-only file in \(options.appendOnlyDirectory) can't be begun: \
                \(control.status.lastRewrite?.failure ?? "")
                """)
        }
        sizeAfterRewrite = appendOnly?.size ?? 0
    }

    /// Writes what is in memory as the first base; `appendOnly` is nil where that fails.
    private func makeFirstBase() throws(FileError) {
        let directory = options.appendOnlyDirectory
        // Never in place of what was not loaded.
        if try files.names(in: directory).contains(Manifest().fileName) {
            throw FileError(.open, "\(directory)/\(Manifest().fileName)", 17)
        }
        let file = AppendOnlyFile(directory, Manifest(), files)
        try file.markBegun()
        appendOnly = file
        makeBase()
        if file.hasIncrement { try file.unmarkBegun() }
    }

    /// Writes what is in memory as the base, before anything is appended; `appendOnly` is nil where that fails, and
    /// the files are as they were.
    private func makeBase() {
        beginRewrite()
        while let aside {
            if control.progress.isStopped { job?.cancel() }
            // Its end wakes the worker.
            _ = alarm.wait(milliseconds: options.timing.nap)
            aside.goOn()
        }
        if appendOnly?.hasIncrement != true { appendOnly = nil }
    }

    private func loaded(_ outcome: LoadOutcome, in milliseconds: Int64) {
        let size = appendOnly?.size ?? 0
        let changes = engine.changes
        control.state.withLock { state in
            state.phase = .running
            state.changesAtSave = changes
            state.status.isLoading = false
            state.status.lastRewrite = nil
            state.status.lastSave = Clock.milliseconds() / 1000
            state.status.appendOnlySize = size
            state.status.appendOnlyBaseSize = size
        }
        lastSave = monotonicMilliseconds()
        let from =
            switch outcome.source {
            case .nothing: "nothing there yet"
            case .snapshot: options.snapshotPath
            case .appendOnly: options.appendOnlyDirectory
            }
        logger.notice(
            """
            loaded \(outcome.keys) keys in \(milliseconds) ms (\(from): \(outcome.bytes) bytes, \
            \(outcome.commands) commands)
            """)
        for warning in outcome.warnings { logger.warning("\(warning)") }
        engine.gate.open(.loading)
        control.loaded.complete(nil)
    }

    /// Leaves everything on disk.
    func finish() {
        // Nobody is to be told that something is kept when nobody keeps it any more.
        engine.gate.shut(failing: "The server is stopping.")
        // What is written to the end and only not synced is kept.
        job?.cancel()
        completeJob()
        drainAll()
        // A write that has succeeded at last has opened it.
        engine.gate.shut(failing: "The server is stopping.")
        let changes = engine.changes
        if !settings.savePoints.isEmpty, changes != control.state.withLock({ $0.changesAtSave }) {
            beginSnapshot(.last)
            completeJob()
        }
        close()
    }

    /// Lets go of the files, and of those who wait.
    func close() {
        appendOnly = nil
        let refusal: PersistenceRefusal =
            isWhole ? .stopping : PersistenceRefusal("LOADING \(WorkerControl.unloaded)")
        let late = control.state.withLock { state in
            if isWhole { state.phase = .stopped }
            defer { state.works = [] }
            return state.works
        }
        for work in works + late { control.finish(work, refusal) }
        works = []
    }

    private func drainAll() {
        guard let journal, appendOnly != nil else { return }
        writing: for _ in 0..<10 {
            // What has failed is tried again, whatever the pause, but not for ever.
            if case .write(_, let next)? = failure {
                failure = .write(retryAt: 0, pause: next)
                pause(milliseconds: options.timing.retry.lowerBound)
            }
            while true {
                let before = journal.last
                drain(monotonicMilliseconds())
                if failure != nil { break }
                if batch.isEmpty, journal.last == before { break writing }
            }
            if case .sync? = failure { break }
        }
        _ = sync()
        stateSync()
        if case .sync? = failure {
            beginRewrite()
            completeJob()
        }
        if failure != nil {
            let lost = batch.count
            logger.critical(
                """
                the server stops with changes that are not on disk (\(lost) bytes, perhaps more that was not \
                synced): \(control.status.writeFailure ?? "")
                """)
        }
    }
}
