import Bytes
import RDB
import Testing

import TestSupport

@testable import Persistence

/// Files that are damaged, or hold what they must not: an error that names the file, never a crash.
@Suite struct LoaderDamageTests {
    private static func snapshot(_ body: (inout RDBWriter<RDBMemorySink>) -> Void) throws -> [UInt8] {
        var writer = RDBWriter(
            RDBMemorySink(),
            options: {
                var o = RDBWriterOptions(); o.version = .redis74; return o
            }())
        body(&writer)
        _ = try writer.finish()
        return writer.takeSink().bytes.view.array
    }

    private static func text(_ text: String, _ body: (ByteView) -> Void) {
        Array(text.utf8).withByteView(body)
    }

    private static func sample() throws -> [UInt8] {
        try snapshot { writer in
            writer.selectDatabase(0, keys: 5, expiring: 1)
            writer.string(ByteView("a"), expiry: 4_000_000_000_000, value: ByteView("1"))
            writer.string(ByteView("b"), expiry: nil, value: ByteView("text"))
            writer.list(ByteView("l"), expiry: nil) { take in
                for _ in 0..<40 { take(ByteView("item")) }
            }
            writer.beginHash(ByteView("h"), expiry: nil, count: 2, leastFieldExpiry: 4_000_000_000_000)
            writer.field(ByteView("f"), value: ByteView("v"))
            writer.field(ByteView("g"), value: ByteView("w"), expiry: 4_000_000_000_000)
            writer.end()
            writer.beginSortedSet(ByteView("z"), expiry: nil, count: 2)
            writer.member(ByteView("m"), score: 0.1)
            writer.member(ByteView("n"), score: .infinity)
            writer.end()
        }
    }

    @Test(arguments: [1, 2]) func whatWasWrittenIsLoaded(_ threads: Int) throws {
        let files = FaultyFiles()
        files.put("d/dump.rdb", try LoaderDamageTests.sample())
        let loaded = try Loaded("d", files, threads: threads)
        #expect(
            Contents(loaded.engine).keys == [
                "a": "string 4000000000000 1", "b": "string -1 text",
                "l": "list -1 " + [String](repeating: "item", count: 40).joined(separator: ","),
                "h": "hash -1 f=v@-1,g=w@4000000000000", "z": "zset -1 m,0.10000000000000001,n,inf",
            ])
    }

    @Test func fieldsWhoseTimeIsOverAreLeftOutOfASnapshotAlone() throws {
        let bytes = try LoaderDamageTests.snapshot { writer in
            for key in ["both", "one"] {
                LoaderDamageTests.text(key) { key in
                    writer.beginHash(key, expiry: nil, count: 2, leastFieldExpiry: 1000)
                    writer.field(ByteView("f"), value: ByteView("v"), expiry: 1000)
                    writer.field(ByteView("g"), value: ByteView("w"), expiry: key.count == 4 ? 2000 : nil)
                    writer.end()
                }
            }
        }
        let files = FaultyFiles()
        files.put("d/dump.rdb", bytes)
        let snapshot = try Loaded("d", files)
        #expect(Contents(snapshot.engine).keys == ["one": "hash -1 g=w@-1"])
        #expect(snapshot.outcome.expired == 3)
        files.put("d/appendonlydir/appendonly.aof.1.base.rdb", bytes)
        files.put(
            "d/appendonlydir/appendonly.aof.manifest",
            Array("file appendonly.aof.1.base.rdb seq 1 type b\n".utf8))
        let base = try Loaded("d", files)
        #expect(base.outcome.keys == 2 && base.outcome.expired == 0)
        #expect(base.engine.replay("HGETALL", "both").sorted() == ["f", "g", "v", "w"])
        #expect(base.engine.replay("HPEXPIRETIME", "both", "FIELDS", "2", "f", "g") == ["1000", "2000"])
        #expect(base.engine.replay("HPEXPIRETIME", "one", "FIELDS", "2", "f", "g") == ["1000", "-1"])
    }

    @Test(arguments: [1, 2]) func flippedAndTruncatedSnapshotsAreRefused(_ threads: Int) throws {
        let bytes = try LoaderDamageTests.sample()
        let files = FaultyFiles()
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            for damaged in [flipped, Array(bytes[..<index])] {
                files.put("d/dump.rdb", damaged)
                let error = Loaded.error("d", files, threads: threads)
                #expect(
                    error?.hasPrefix("d/dump.rdb ") == true || error?.hasPrefix("d/dump.rdb: ") == true,
                    "\(index): \(error ?? "none")")
            }
        }
    }

    @Test(arguments: [1, 2]) func whatIsThereTwiceIsRefused(_ threads: Int) throws {
        let files = FaultyFiles()
        func error(_ body: (inout RDBWriter<RDBMemorySink>) -> Void) throws -> String {
            files.put("d/dump.rdb", try LoaderDamageTests.snapshot(body))
            return Loaded.error("d", files, threads: threads) ?? "none"
        }
        #expect(
            try error { writer in
                for _ in 0..<2 { writer.string(ByteView("k"), expiry: nil, value: ByteView("1")) }
            }.contains(#"the key "k" is there twice"#))
        #expect(
            try error { writer in
                for member in ["1", "2"] {
                    writer.beginSet(ByteView("k"), expiry: nil, count: 1)
                    LoaderDamageTests.text(member) { writer.member($0) }
                    writer.end()
                }
            }.contains("2 keys, 1 of them distinct"))
        #expect(
            try error { writer in
                writer.beginSet(ByteView("k"), expiry: nil, count: 2)
                for _ in 0..<2 { writer.member(ByteView("m")) }
                writer.end()
            }.contains(#"SADD "k" failed"#))
        #expect(
            try error { writer in
                for _ in 0..<2 { writer.list(ByteView("k"), expiry: nil) { $0(ByteView("m")) } }
            }.contains(#"RPUSH "k" failed"#))
        #expect(
            try error { writer in
                writer.beginHash(ByteView("k"), expiry: nil, count: 2, leastFieldExpiry: 4_000_000_000_000)
                for _ in 0..<2 {
                    writer.field(ByteView("f"), value: ByteView("v"), expiry: 4_000_000_000_000)
                }
                writer.end()
            }.contains(#"HSETEX "k" failed"#))
        #expect(
            try error { writer in
                writer.string(ByteView("k"), expiry: nil, value: ByteView("1"))
                writer.list(ByteView("k"), expiry: nil) { $0(ByteView("m")) }
            }.contains(#""k""#))
    }

    @Test func aTornTailIsToldOfAndOtherDamageIsAnError() throws {
        let journal = try SampleIncrement([[["SET", "a", "1"]], [["SET", "b", "2"]], [["SET", "c", "3"]]])
        let files = FaultyFiles()
        let manifest = "file x.1.incr.aof seq 1 type i\n"
        files.put("d/appendonlydir/appendonly.aof.manifest", Array(manifest.utf8))
        for cut in (journal.ends[2] + 1)..<journal.ends[3] {
            files.put("d/appendonlydir/x.1.incr.aof", Array(journal.bytes[..<cut]))
            let loaded = try Loaded("d", files)
            // The last command may be whole, with its annotation cut off.
            #expect(loaded.outcome.keys >= 2)
            if loaded.outcome.lastIncrement?.damage != nil {
                #expect(loaded.outcome.excess == cut - journal.ends[2] && loaded.outcome.keys == 2)
            }
        }
        var flipped = journal.bytes
        flipped[journal.ends[1] + 20] ^= 4
        files.put("d/appendonlydir/x.1.incr.aof", flipped)
        let error = Loaded.error("d", files) ?? "none"
        #expect(
            error.hasPrefix("d/appendonlydir/x.1.incr.aof is damaged at byte \(journal.ends[1])"), "\(error)")
        #expect(error.contains("redwing check d --fix"))
    }

    @Test func incrementsMustFollowEachOther() throws {
        let files = FaultyFiles()
        let first = try SampleIncrement([[["SET", "a", "1"]], [["SET", "b", "2"]]])
        let second = try SampleIncrement([[["SET", "c", "3"]]], firstSequence: 3)
        let manifest = "file x.1.incr.aof seq 1 type i\nfile x.2.incr.aof seq 2 type i\n"
        files.put("d/appendonlydir/appendonly.aof.manifest", Array(manifest.utf8))
        files.put("d/appendonlydir/x.1.incr.aof", first.bytes)
        files.put("d/appendonlydir/x.2.incr.aof", second.bytes)
        let loaded = try Loaded("d", files)
        #expect(loaded.outcome.keys == 3 && loaded.outcome.lastIncrement?.nextSequence == 4)
        files.put("d/appendonlydir/x.1.incr.aof", Array(first.bytes[..<first.ends[1]]))
        #expect(Loaded.error("d", files)?.contains("x.2.incr.aof is damaged") == true)
    }

    @Test func partsWithoutAManifestAndABadManifestAreRefused() throws {
        let files = FaultyFiles()
        files.put("d/appendonlydir/appendonly.aof.1.incr.aof", resp([["SET", "a", "1"]]))
        #expect(Loaded.error("d", files)?.contains("no manifest") == true)
        files.put("d/appendonlydir/appendonly.aof.manifest", Array("nonsense\n".utf8))
        #expect(Loaded.error("d", files)?.contains("appendonly.aof.manifest: line 1") == true)
        #expect(try Loaded("e", files).outcome.source == .nothing)
    }
}
