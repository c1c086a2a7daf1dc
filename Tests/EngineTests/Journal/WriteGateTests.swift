import Engine
import Synchronization
import TestSupport
import Testing

/// Which commands are refused while the gate is shut.
@Suite struct WriteGateTests {
    private let engine = journalledEngine(limit: 1000)
    private let busy = "(error) BUSY The disk does not keep up with the writes; try again in a moment."
    private let loading = "(error) LOADING Redwing is loading the dataset in memory"

    @Test func nothingIsReadWhileTheDataIsLoaded() {
        engine.gate.shut(.loading)
        for line in ["GET a", "SET a 1", "DBSIZE", "FLUSHALL", "SORT a"] {
            #expect(run(engine, line) == loading, "\(line)")
        }
        #expect(run(engine, "INFO server").contains("redis_version"))
        #expect(!reply(engine, "SET a 1").isPostponable)
        #expect(
            runTogether(engine, ["TIME", "GET a"], asTransaction: true).values == [loading, loading])
        engine.gate.open(.loading)
        #expect(run(engine, "GET a") == "(nil)")
    }

    @Test func writesAreRefusedWhileTheDiskFails() {
        engine.gate.shut(failing: "No space left on device.")
        let error = "(error) MISCONF No space left on device."
        #expect(run(engine, "SET a 1") == error)
        #expect(!reply(engine, "SET a 1").isPostponable)
        #expect(run(engine, "GET a") == "(nil)")
        #expect(
            runTogether(engine, ["GET a", "SET a 1"], asTransaction: true).values == [error, error])
        #expect(
            runTogether(engine, ["GET a", "SET a 1", "EXISTS a"], asTransaction: false).values
                == ["(nil)", error, "(integer) 0"])
        #expect(takeEffects(engine) == [])
        engine.gate.open(.failing)
        #expect(run(engine, "SET a 1") == "OK")
    }

    @Test func writesWaitWhileTheQueueIsFull() {
        #expect(run(engine, "SET a " + String(repeating: "x", count: 2000)) == "OK")
        #expect(engine.gate.isShut(.full))
        #expect(run(engine, "SET b 1") == busy)
        #expect(reply(engine, "SET b 1").isPostponable)
        #expect(run(engine, "STRLEN a") == "(integer) 2000")
        #expect(!reply(engine, "GET a").isPostponable)
        let transaction = runTogether(engine, ["GET b", "SET b 1"], asTransaction: true)
        #expect(transaction.isPostponable)
        #expect(transaction.values == [busy, busy])
        #expect(runTogether(engine, ["GET b", "EXISTS b"], asTransaction: true).values.count == 2)
        // The worker takes what there is.
        #expect(takeEffects(engine).count == 1)
        #expect(!engine.gate.isShut(.full))
        #expect(run(engine, "SET b 1") == "OK")
    }

    /// A pipeline waits between its windows while the queue is full, so that it holds no more than a window's writes
    /// beyond its limit.
    @Test func aPipelineThatHasWrittenWaitsForRoom() throws {
        let journal = try #require(engine.journal)
        let long = "SET a " + String(repeating: "x", count: 2000)
        let largest = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let values = Mutex<[String]>([])
        let engine = engine
        onThreads(2) { thread in
            if thread == 0 {
                let begun = runTogether(
                    engine, ["GET a"] + Array(repeating: long, count: 400), asTransaction: false)
                values.withLock { $0 = begun.values }
                isOver.store(true, ordering: .releasing)
            }
            while thread == 1, !isOver.load(ordering: .acquiring) {
                guard engine.gate.isShut(.full) else { continue }
                var batch = CommandBatch()
                _ = journal.take(&batch)
                largest.store(max(largest.load(ordering: .relaxed), batch.count), ordering: .relaxed)
            }
        }
        #expect(values.withLock { $0 } == ["(nil)"] + Array(repeating: "OK", count: 400))
        let most = largest.load(ordering: .relaxed)
        #expect(most > 1000 && most < 2 * 16 * 2100, "\(most)")
    }

    @Test func aPipelineThatHasWrittenIsRefusedWhereThereIsNoRoom() {
        let long = "SET a " + String(repeating: "x", count: 2000)
        let begun = runTogether(
            engine, ["GET a", long] + (0..<40).map { "SET k\($0) 1" } + ["EXISTS a"], asTransaction: false)
        // Tried again, what has been written would be written twice.
        #expect(!begun.isPostponable)
        // The first window has 16 commands, or fewer where the clock has ticked meanwhile.
        let written = begun.values.dropFirst().prefix { $0 == "OK" }.count
        #expect((1...15).contains(written))
        #expect(
            begun.values == ["(nil)"] + Array(repeating: "OK", count: written)
                + Array(repeating: busy, count: 41 - written) + ["(integer) 1"])
        #expect(engine.gate.isShut(.full))
        // One that has only read may be tried again as a whole.
        let reads = runTogether(engine, ["GET k1", "SET k1 2"], asTransaction: false)
        #expect(reads.isPostponable)
        #expect(run(engine, "GET k1") == "\"1\"")
    }
}
