internal import Bytes
internal import Engine
internal import RDB
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Loads a list of files into an engine, on several threads.
struct LoadingRun<Files: FileSystem> {
    /// What was found so far.
    private(set) var outcome = LoadOutcome()

    private let engine: any LoadableEngine
    private let files: Files
    private let progress: LoadingProgress
    private let database: Int?
    private let threads: Int
    private let skipsUnknown: Bool
    /// What `redwing check` is to be called with.
    private let advice: String

    // What goes from file to file.
    private var databases: DatabaseChoice
    private var foreign = ForeignContent()
    private var isCounted = "keys"
    /// Bytes of the files before the current one.
    private var before = 0

    /// - Parameters:
    ///   - skipsUnknown: whether what Redwing has no place for is left out, and counted, instead of refused.
    ///   - advice: what `redwing check` is to be called with where something is damaged.
    init(
        _ engine: any LoadableEngine, _ files: Files, _ progress: LoadingProgress, database: Int?,
        threads: Int,
        skipsUnknown: Bool = false, advice: String
    ) {
        self.engine = engine
        self.files = files
        self.progress = progress
        self.database = database
        self.threads = threads
        self.skipsUnknown = skipsUnknown
        self.advice = advice
        databases = DatabaseChoice(database)
    }

    /// Loads them, in this order.
    mutating func load(_ plan: [PlannedFile]) throws(LoadError) {
        var sizes: [Int] = []
        var isOwn = false
        do throws(FileError) {
            for planned in plan {
                let file = try files.open(planned.path, .read)
                sizes.append(try file.size())
                if try isWrittenByRedwing(file) { isOwn = true }
            }
        } catch {
            throw LoadError(error.description)
        }
        databases = DatabaseChoice(database, isOwn: isOwn)
        outcome.database = databases.database
        progress.total.store(sizes.reduce(0, +), ordering: .relaxed)
        progress.done.store(0, ordering: .relaxed)
        progress.items.store(0, ordering: .relaxed)

        var router = CommandRouter(engine, threads: threads, progress)
        var expected: UInt64?
        for (file, size) in zip(plan, sizes) {
            try load(file, &router, &expected)
            before += size
            progress.done.store(before, ordering: .relaxed)
        }
        outcome.bytes = before
        outcome.keys = engine.keyCount
        try checkRefused(plan.first?.path ?? "")
    }

    // MARK: One file

    private mutating func load(
        _ file: PlannedFile, _ router: inout CommandRouter, _ expected: inout UInt64?
    ) throws(LoadError) {
        databases.select(0)
        var start = 0
        if try isSnapshot(file) {
            let length = try snapshot(file, &router)
            if case .snapshot = file.role { return }
            if length.read == length.size { return }
            start = length.read
        }
        try commands(file, from: start, &router, &expected)
    }

    private func isWrittenByRedwing(_ file: Files.File) throws(FileError) -> Bool {
        var start = ByteBuffer()
        _ = try file.read(upTo: rdbOriginLength, at: 0, into: &start)
        return isRDBOfRedwing(start.view) || start.view.starts(with: ByteView(IncrementHeader.marker))
    }

    private func isSnapshot(_ file: PlannedFile) throws(LoadError) -> Bool {
        if case .snapshot = file.role { return true }
        if case .increment = file.role { return false }
        // One that does not begin as one is damaged, not empty.
        if file.path.hasSuffix(".rdb") { return true }
        do throws(FileError) {
            return try beginsAsRDB(file.path, files)
        } catch {
            throw LoadError(error.description)
        }
    }

    /// The file's RDB part.
    /// - Returns: how long it is, and the file.
    private mutating func snapshot(
        _ file: PlannedFile, _ router: inout CommandRouter
    ) throws(LoadError) -> (read: Int, size: Int) {
        let keysBefore = engine.keyCount
        var due: Int64?
        if case .snapshot = file.role { due = Clock.milliseconds() }
        let source: FileSource<Files.File>
        do throws(FileError) {
            source = try FileSource(try files.open(file.path, .read), progress)
        } catch {
            throw LoadError(error.description)
        }
        let size = source.size
        var consumer = SnapshotConsumer(engine, router, databases, foreign, due: due, fileSize: size)
        var reader = RDBReader(source)
        let result: Result<RDBSummary, RDBError>
        do throws(RDBError) {
            result = .success(try reader.read(into: &consumer))
        } catch {
            result = .failure(error)
        }
        databases = consumer.databases
        foreign = consumer.foreign
        outcome.expired += consumer.expired
        let keys = consumer.keys
        router = consumer.takeRouter()
        if let failure = router.drain() { throw failed(failure, snapshot: file.path) }
        switch result {
        case .success(let summary):
            guard engine.keyCount - keysBefore == keys else {
                throw LoadError(
                    """
                    \(file.path) has keys twice: \(keys) keys, \(engine.keyCount - keysBefore) of them distinct
                    """)
            }
            return (summary.bytes, size)
        case .failure where progress.isStopped: throw .stopped
        case .failure(let error):
            throw LoadError("\(file.path) is damaged at \(error); 'redwing check \(advice)' tells more")
        }
    }

    /// The file's commands, from `start` on.
    private mutating func commands(
        _ file: PlannedFile, from start: Int, _ router: inout CommandRouter, _ expected: inout UInt64?
    ) throws(LoadError) {
        var isLast = false
        var isIncrement = false
        switch file.role {
        case .increment(let last): (isLast, isIncrement) = (last, true)
        case .wholeAppendOnlyFile: (isLast, isIncrement) = (true, true)
        case .snapshot, .base: break
        }
        isCounted = "keys or commands"
        databases.select(0)
        var loading = CommandLoading(engine, router, databases, foreign)
        var refusal: CommandLoading.Refusal?
        var result: Result<IncrementOutcome, IncrementError>
        do throws(IncrementError) {
            var reader = try IncrementReader.open(
                file.path, files, isLast: isLast, expecting: start == 0 ? expected : nil, from: start)
            var told = 0
            while refusal == nil, !loading.router.hasFailed, !progress.isStopped, try reader.next() {
                refusal = loading.batch(reader)
                if reader.batchOffset - told > 1 << 18 {
                    told = reader.batchOffset
                    progress.done.store(before + told, ordering: .relaxed)
                }
            }
            result = .success(reader.outcome)
        } catch {
            result = .failure(error)
        }
        databases = loading.databases
        foreign = loading.foreign
        router = loading.takeRouter()
        if progress.isStopped { throw .stopped }
        // In the file's order: what was executed comes before what could not be read.
        if let failure = router.drain() { throw failed(failure, file.path) }
        if let refusal {
            throw LoadError(
                "\(file.path), byte \(refusal.offset): \(refusal.description); 'redwing check \(advice)' tells more"
            )
        }
        switch result {
        case .success(let found):
            outcome.commands += found.commands
            expected = found.nextSequence
            if isIncrement { outcome.lastIncrement = found }
        case .failure(.file(let error)): throw LoadError(error.description)
        case .failure(let error):
            throw LoadError("\(error); 'redwing check \(advice) --fix' cuts it back to what is whole")
        }
    }

    // MARK: What can't be taken in

    private func failed(_ failure: ReplayFailure, _ path: String) -> LoadError {
        // What was passed over is the likelier reason for a command that does not find what it needs.
        if !skipsUnknown, !foreign.isEmpty { return unknown(path) }
        let place = failure.offset < 0 ? "" : ", byte \(failure.offset)"
        return LoadError("\(path)\(place): \(failure.description); 'redwing check \(advice)' tells more")
    }

    /// As `failed`, in an RDB file: what could not be taken in is most likely damage, of which its checksum tells.
    private func failed(_ failure: ReplayFailure, snapshot path: String) -> LoadError {
        let found = try? SnapshotCheck.check(path, files, LoadingProgress())
        guard let damage = found?.damage else { return failed(failure, path) }
        return LoadError(
            "\(path) is damaged at \(damage) (\(failure.description)); 'redwing check \(advice)' tells more")
    }

    private func unknown(_ path: String) -> LoadError {
        LoadError(
            """
            \(path) holds what Redwing has no place for: \(foreign.description); \
            'redwing import --skip-unknown' leaves it out
            """, isRefusal: true)
    }

    private mutating func checkRefused(_ path: String) throws(LoadError) {
        if databases.isAmbiguous {
            let advice =
                databases.isOwn
                ? "what Redwing has written is database 0: --db 0 leaves the others out"
                : "choose one with --db N"
            throw LoadError(
                "\(path): \(databases.text(isCounted)); Redwing has one database: \(advice)", isRefusal: true)
        }
        if databases.isMissing {
            throw LoadError(
                "\(path): nothing is in database \(databases.database); \(databases.text(isCounted))",
                isRefusal: true)
        }
        outcome.otherDatabases = databases.others(isCounted)
        if foreign.isEmpty { return }
        guard skipsUnknown else { throw unknown(path) }
        outcome.skipped = foreign.description
    }
}
