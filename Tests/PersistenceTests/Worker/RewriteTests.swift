import Bytes
import Engine
import Synchronization
import Testing

@testable import Persistence

/// A rewrite may fail, and the system crash, at each of its steps.
@Suite struct RewriteTests {
    /// What a start on an image must find.
    private struct Expected: Sendable {
        var image: FaultyFiles.Image
        var what: String
        /// What was durable when the image was taken, and what was written at most.
        var least: Int
        var most: Int
        /// How many of the keys `m0` … were durable.
        var marks = 0
    }

    /// Loads an image: no value may be missing that was durable, and none be there twice.
    private static func check(_ expected: Expected, sourceLocation: SourceLocation = #_sourceLocation) {
        do {
            let kept = try Kept.loaded(FaultyFiles(expected.image))
            // Counted: an effect that is replayed twice shows.
            let n = Int(kept("GET", "n")) ?? 0
            // One after the other: none is there without those before it.
            let marks = (0..<10).map { kept("EXISTS", "m\($0)") }
            #expect(marks.sorted(by: >) == marks, "\(expected.what)", sourceLocation: sourceLocation)
            #expect(
                marks.count { $0 == "1" } >= expected.marks, "\(expected.what)",
                sourceLocation: sourceLocation)
            #expect(
                n >= expected.least && n <= expected.most, "\(n): \(expected.what)",
                sourceLocation: sourceLocation)
            #expect(
                kept.values(20).allSatisfy { $0 == "v" }, "\(expected.what)", sourceLocation: sourceLocation)
            #expect(kept.awaited("INCR", "n") == "\(n + 1)")
            kept.worker.stop()
        } catch {
            Issue.record("\(expected.what): \(error)", sourceLocation: sourceLocation)
        }
    }

    @Test func aCrashAtAnyStepLosesNothing() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        for i in 0..<20 { kept.awaited("SET", "k\(i)", "v") }
        let seen = Mutex<[Expected]>([])
        let counted = Atomic<Int>(0)
        let marked = Atomic<Int>(0)
        files.set {
            $0.observe = { operation, path in
                let least = counted.load(ordering: .acquiring)
                let marks = marked.load(ordering: .acquiring)
                for (kind, image) in files.images().enumerated() {
                    let what = "before \(operation) \(path), image \(kind)"
                    seen.withLock {
                        $0.append(Expected(image: image, what: what, least: least, most: 6, marks: marks))
                    }
                }
            }
        }
        // Some of these are written at the cut only, and are in the new base too.
        for _ in 1...3 { kept.awaited("INCR", "n") }
        counted.store(3, ordering: .releasing)
        for _ in 4...6 { kept("INCR", "n") }
        try kept.worker.startRewrite()
        for i in 0..<10 {
            kept.awaited("SET", "m\(i)", "x")
            counted.store(6, ordering: .releasing)
            marked.store(i + 1, ordering: .releasing)
        }
        kept.waitUntilIdle()
        #expect(kept.worker.status.lastRewrite?.failure == nil)
        kept.worker.stop()
        files.set { $0.observe = nil }
        let all = seen.withLock { $0 }
        #expect(all.count > 100)
        for expected in all { Self.check(expected) }
    }

    @Test(arguments: [false, true])
    func whatIsWrittenAtTheCutCountsOnce(_ fails: Bool) throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        for i in 0..<20 { kept.awaited("SET", "k\(i)", "v") }
        // The worker has emptied the journal, and prepares the next increment.
        files.set {
            $0.stalls = { operation, path in operation == .open && path.hasSuffix(".2.incr.aof") }
            $0.fault = { operation, path in fails && operation == .rename && path.hasSuffix(".rdb") ? 5 : nil
            }
        }
        try kept.worker.startRewrite()
        eventually("the base is begun") { files.images()[0].keys.contains { $0.contains("temp-") } }
        for _ in 1...3 { kept("INCR", "n") }
        files.set { $0.stalls = { _, _ in false } }
        kept.waitUntilIdle()
        #expect((kept.worker.status.lastRewrite?.failure != nil) == fails)
        kept.awaited("GET", "n")
        for (kind, image) in files.images().enumerated() {
            Self.check(Expected(image: image, what: "image \(kind)", least: 3, most: 3))
        }
        kept.worker.stop()
    }

    @Test func aFirstStartMayCrashAtAnyStep() throws {
        var options = PersistenceOptions.hasty(save: [SavePoint(seconds: 1000, changes: 1)])
        options.isAppendOnly = false
        let files = FaultyFiles()
        let first = try Kept.loaded(files, options)
        for i in 0..<20 { first("SET", "k\(i)", "v") }
        first.worker.stop()
        let seen = Mutex<[Expected]>([])
        files.set {
            $0.observe = { operation, path in
                for (kind, image) in files.images().enumerated() {
                    seen.withLock {
                        $0.append(
                            Expected(
                                image: image, what: "before \(operation) \(path), image \(kind)", least: 0,
                                most: 0))
                    }
                }
            }
        }
        let kept = try Kept.loaded(files)
        kept.worker.stop()
        files.set { $0.observe = nil }
        for expected in seen.withLock({ $0 }) { Self.check(expected) }
    }

    @Test(arguments: [28, 5] as [Int32])
    func aFailureOfAnyStepLosesNothing(_ number: Int32) throws {
        // How many steps a rewrite has.
        let trial = FaultyFiles()
        let first = try Kept.loaded(trial)
        for i in 0..<20 { first.awaited("SET", "k\(i)", "v") }
        let before = trial.steps.count
        try first.worker.startRewrite()
        first.waitUntilIdle()
        let steps = trial.steps.count - before
        first.worker.stop()
        #expect(steps > 15)

        for step in 0..<steps {
            let files = FaultyFiles()
            let kept = try Kept.loaded(files)
            for i in 0..<20 { kept.awaited("SET", "k\(i)", "v") }
            let count = Atomic<Int>(0)
            let what = Mutex("")
            files.set {
                $0.fault = { operation, path in
                    let place = count.add(1, ordering: .relaxed).oldValue
                    if place == step { what.withLock { $0 = "step \(step): \(operation) \(path)" } }
                    return place == step ? number : nil
                }
            }
            try kept.worker.startRewrite()
            kept.waitUntilIdle()
            eventually("writes are taken") { kept("INCR", "n") == "1" }
            kept.awaited("GET", "n")
            files.set { $0.fault = { _, _ in nil } }
            for (kind, image) in files.images().enumerated() {
                Self.check(
                    Expected(image: image, what: "\(what.withLock { $0 }), image \(kind)", least: 1, most: 1))
            }
            // The next one succeeds.
            eventually("a rewrite begins") { (try? kept.worker.startRewrite()) != nil }
            kept.waitUntilIdle()
            #expect(kept.worker.status.lastRewrite?.failure == nil, "\(what.withLock { $0 })")
            kept.worker.stop()
            Self.check(
                Expected(
                    image: files.images()[1], what: "after \(what.withLock { $0 })", least: 1, most: 1))
            #expect(try Manifest.load(from: "data/appendonlydir", files)?.history.isEmpty == true)
        }
    }

    @Test func everythingMayBeRemovedDuringARewrite() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        for i in 0..<2000 { kept("SET", "k\(i)", "v") }
        files.set { $0.stalls = { operation, path in operation == .write && path.contains("temp-") } }
        try kept.worker.startRewrite()
        eventually("begun") { kept.worker.status.rewriteStart != nil }
        kept("FLUSHALL")
        kept("SET", "k0", "new")
        files.set { $0.stalls = { _, _ in false } }
        kept.waitUntilIdle()
        kept.awaited("GET", "k0")
        files.crash()
        let after = try Kept.loaded(FaultyFiles(files.images()[1]))
        #expect(after("DBSIZE") == "1")
        #expect(after.values(1) == ["new"])
        after.worker.stop()
        kept.worker.stop()
    }

    @Test func anEmptyLastIncrementIsUsed() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept.awaited("INCR", "k0")
        kept.worker.stop()
        var image = files.images()[1]
        let directory = "data/appendonlydir/"
        image[directory + "appendonly.aof.manifest"]? += Array(
            "file appendonly.aof.2.incr.aof seq 2 type i\n".utf8)
        image[directory + "appendonly.aof.2.incr.aof"] = []
        let emptied = FaultyFiles(image)
        for round in 2...4 {
            let next = try Kept.loaded(emptied)
            #expect(next.awaited("INCR", "k0") == "\(round)")
            next.worker.stop()
        }
        #expect(emptied.images()[1].keys.filter { $0.hasSuffix(".incr.aof") }.count == 2)
    }

    @Test func whatRedisHasWrittenIsNotAppendedTo() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept.awaited("INCR", "k0")
        kept.worker.stop()
        var image = files.images()[1]
        image["data/appendonlydir/appendonly.aof.1.incr.aof"]? += resp([["SELECT", "0"], ["INCR", "k0"]])
        let touched = FaultyFiles(image)
        for round in 3...4 {
            let next = try Kept.loaded(touched)
            #expect(next.awaited("INCR", "k0") == "\(round)")
            next.worker.stop()
        }
        #expect(touched.images()[1]["data/appendonlydir/appendonly.aof.2.incr.aof"] != nil)
    }

    @Test func whatIsNotListedIsNotRemovedIfItHoldsData() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept.awaited("INCR", "k0")
        kept.worker.stop()
        let manifest = "data/appendonlydir/appendonly.aof.manifest"
        for lost in ["incr", "base", "manifest"] {
            var image = files.images()[1]
            let lines = String(decoding: image[manifest] ?? [], as: UTF8.self).split(separator: "\n")
            if lost == "manifest" {
                image[manifest] = nil
            } else {
                image[manifest] = Array(
                    lines.filter { !$0.contains(".\(lost).") }.map { $0 + "\n" }.joined().utf8)
            }
            let damaged = FaultyFiles(image)
            let error = #expect(throws: PersistenceError.self) { _ = try Kept(damaged) }
            #expect(error?.description.contains("not listed") == true, "\(lost)")
            #expect(damaged.images()[0].count >= image.count)
        }
    }
}
