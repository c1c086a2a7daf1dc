internal import Engine
internal import Logging
internal import Synchronization

// DEBUG RELOAD.
extension WorkerLoop {
    /// Makes a snapshot, empties the keyspace and loads it. Returns why that can't be done; then either all is as it was,
    /// or `isWhole` is false.
    func reload() -> PersistenceRefusal? {
        // From here on nothing is changed that would be missing in the snapshot: it is begun with every lock held.
        engine.gate.shut(.loading)
        beginSnapshot(.last)
        while let aside {
            let now = monotonicMilliseconds()
            drain(now)
            syncIfDue(now)
            pause(milliseconds: 1)
            aside.goOn()
        }
        if let why = control.status.lastSnapshot?.failure {
            engine.gate.open(.loading)
            return PersistenceRefusal("ERR the snapshot failed: \(why)")
        }
        drain(monotonicMilliseconds())
        // Where loading fails, nothing can be written any more.
        guard failure == nil, batch.isEmpty, sync() else {
            engine.gate.open(.loading)
            return PersistenceRefusal(
                "ERR the append-only file can't be written: \(control.status.writeFailure ?? "")")
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
            return reloadFailed(error)
        }
        let changes = engine.changes
        control.state.withLock { $0.changesAtSave = changes }
        engine.gate.open(.loading)
        return nil
    }

    /// Only a part of the data is in memory, and all of it in the files: nothing may be served or saved any more.
    private func reloadFailed(_ error: LoadError) -> PersistenceRefusal {
        isWhole = false
        engine.gate.shut(unloaded: WorkerControl.unloaded)
        control.state.withLock { $0.phase = .failed }
        logger.critical(
            """
            the snapshot just written can't be loaded: \(error). Nothing is served any more, and the files stay as \
            they are: restart the server
            """)
        return PersistenceRefusal("ERR Error trying to load the RDB dump, check server logs")
    }
}
