import Bytes
import Engine
import RDB
import TestSupport
import Testing

/// DUMP and RESTORE. The replies are those of redis-server 7.0.15, where nothing else is said.
@Suite(.keyspaces) struct DumpCommandsTests {
    /// The payload of the string `x`.
    private static let x = #""\x00\x01x\n\x00\"\x80\x86_\xbd\xe8H\xd0""#

    /// A transcript in which `PAYLOAD` is that payload.
    private func expect(_ transcript: String, sourceLocation: SourceLocation = #_sourceLocation) {
        expectTranscript(
            transcript.replacing("PAYLOAD", with: Self.x), sourceLocation: sourceLocation)
    }

    /// A payload of these bytes, a type and a value, with the checksum that they need.
    private func payload(_ body: [UInt8], version: UInt16 = 10) -> [UInt8] {
        let bytes = body + [UInt8(version & 255), UInt8(version >> 8)]
        let checksum = bytes.withByteView { crc64($0) }
        return bytes + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
    }

    /// What the engine answers to DUMP, as bytes.
    private func dump(_ engine: some CommandEngine, _ key: String) -> [UInt8] {
        var reply = Reply()
        withViews([Array("DUMP".utf8), Array(key.utf8)]) { views in
            guard let command = engine.find(views[0]) else { return }
            views.withUnsafeBufferPointer { buffer in
                _ = engine.execute(
                    command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
            }
        }
        var reader = reply.reader
        guard case .bytes(let payload) = reader.next() else { return [] }
        return payload.array
    }

    private func restore(
        _ engine: some CommandEngine, _ key: String, _ payload: [UInt8], _ more: String = "0 REPLACE"
    ) -> String {
        let words = splitCommandLine(more)
        return run(engine, [Array("RESTORE".utf8), Array(key.utf8), words[0], payload] + words.dropFirst())
    }

    @Test("DUMP") func dump() {
        expect(
            #"""
            > DUMP a
            (nil)
            > SET a x
            OK
            > DUMP a
            PAYLOAD
            > DUMP
            (error) ERR wrong number of arguments for 'dump' command
            > DUMP a b
            (error) ERR wrong number of arguments for 'dump' command
            """#)
    }

    @Test("RESTORE") func restore() {
        expect(
            #"""
            > RESTORE a 0 PAYLOAD
            OK
            > GET a
            "x"
            > TTL a
            (integer) -1
            > RESTORE a 0 PAYLOAD
            (error) BUSYKEY Target key name already exists.
            > RESTORE a x PAYLOAD
            (error) BUSYKEY Target key name already exists.
            > RESTORE a 60000 PAYLOAD replace
            OK
            > TTL a
            (integer) 60
            > RESTORE a 0 PAYLOAD REPLACE
            OK
            > TTL a
            (integer) -1
            > RESTORE a 4102444800250 PAYLOAD ABSTTL REPLACE
            OK
            > PEXPIRETIME a
            (integer) 4102444800250
            > RESTORE a 9223372036854775807 PAYLOAD ABSTTL REPLACE
            OK
            > PEXPIRETIME a
            (integer) 9223372036854775807
            > RESTORE a 1 PAYLOAD ABSTTL REPLACE
            OK
            > EXISTS a
            (integer) 0
            > RESTORE a 1 PAYLOAD ABSTTL
            OK
            > EXISTS a
            (integer) 0
            > RPUSH l a
            (integer) 1
            > RESTORE l 0 PAYLOAD REPLACE
            OK
            > TYPE l
            string
            """#)
    }

    @Test func options() {
        expect(
            #"""
            > RESTORE d 0
            (error) ERR wrong number of arguments for 'restore' command
            > RESTORE d -1 PAYLOAD
            (error) ERR Invalid TTL value, must be >= 0
            > RESTORE d x PAYLOAD
            (error) ERR value is not an integer or out of range
            > RESTORE d 0 PAYLOAD IDLETIME
            (error) ERR syntax error
            > RESTORE d 0 PAYLOAD IDLETIME x
            (error) ERR value is not an integer or out of range
            > RESTORE d 0 PAYLOAD IDLETIME -1
            (error) ERR Invalid IDLETIME value, must be >= 0
            > RESTORE d 0 PAYLOAD FREQ 256
            (error) ERR Invalid FREQ value, must be >= 0 and <= 255
            > RESTORE d 0 PAYLOAD FREQ 1 IDLETIME 1
            (error) ERR syntax error
            > RESTORE d 0 PAYLOAD bogus
            (error) ERR syntax error
            > RESTORE d 0 PAYLOAD idletime 100 replace
            OK
            > RESTORE d 0 PAYLOAD freq 100 freq 3 replace
            OK
            """#)
    }

    /// Redis adds to the time what overflows, and the key has then expired.
    @Test func aTimePastAllTimesIsRefused() {
        expect(
            #"""
            > RESTORE b 9223372036854775807 PAYLOAD
            (error) ERR Invalid TTL value, must be >= 0
            """#)
    }

    @Test func whatIsDamagedChangesNothing() {
        let engine = TestEngine()
        #expect(run(engine, "SET a before EX 100") == "OK")
        let text: [UInt8] = [1, 97]
        let wrong = "(error) ERR DUMP payload version or checksum are wrong"
        let whole = payload([0] + text)
        #expect(restore(engine, "a", []) == wrong)
        #expect(restore(engine, "a", Array(repeating: 120, count: 10)) == wrong)
        #expect(restore(engine, "a", payload([0] + text, version: 13)) == wrong)
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1
            #expect(restore(engine, "a", damaged) == wrong)
            #expect(restore(engine, "a", Array(whole[..<index])) == wrong)
        }
        let bad: [[UInt8]] = [
            [0, 5, 97],  // shorter than it says
            [0, 1, 97, 98],  // something follows
            [255],
            [1, 0], [2, 0], [4, 0], [5, 0], [14, 0], [18, 0],  // empty
            [2, 2] + text + text,  // a set's member twice
            [2, 2, 1, 49, 1, 49],
            [4, 2] + text + [1, 98] + text + [1, 99],  // a hash's field twice
            [5, 2] + text + [0, 0, 0, 0, 0, 0, 0, 0] + text + [0, 0, 0, 0, 0, 0, 0, 1],
            [5, 1] + text + [0, 0, 0, 0, 0, 0, 0xf8, 0x7f],  // not a number
            [2, 0x81, 0x7f, 255, 255, 255, 255, 255, 255, 255],  // more than there can be
        ]
        for body in bad {
            #expect(restore(engine, "a", payload(body)) == "(error) ERR Bad data format", "\(body)")
        }
        #expect(run(engine, "GET a") == #""before""#)
        #expect(run(engine, "TTL a") == "(integer) 100")
        #expect(run(engine, "EXISTS b") == "(integer) 0")
    }

    @Test(arguments: [
        "SET k \"\"", "SET k 12345", "SET k -129", "SET k \(String(repeating: "long-", count: 5000))",
        "RPUSH k a 1 b 2 a", "RPUSH k \(String(repeating: "x", count: 9000)) 2 \"\"",
        "SADD k 1 2 300000 -5", "SADD k a b 3", "HSET k a 1 b 2 c \"\"",
        "HSET k a \(String(repeating: "v", count: 100))", "ZADD k 1 a -inf b 2.5 c +inf d 2.5 b2",
        "ZADD k 1 \(String(repeating: "m", count: 100)) 2 a",
    ])
    func whatIsDumpedIsRestored(_ line: String) {
        let engine = TestEngine()
        _ = run(engine, line)
        #expect(run(engine, "EXPIRE k 100") == "(integer) 1")
        let payload = dump(engine, "k")
        #expect(restore(engine, "copy", payload, "5000000") == "OK")
        #expect(run(engine, "TTL copy") == "(integer) 5000")
        #expect(dump(engine, "copy") == payload)
        #expect(run(engine, "OBJECT ENCODING copy") == run(engine, "OBJECT ENCODING k"))
        #expect(restore(engine, "copy", payload) == "OK")
        #expect(run(engine, "TTL copy") == "(integer) -1")
    }

    @Test(arguments: ["HSET", "SADD", "ZADD", "RPUSH"]) func largeCollections(_ name: String) {
        let engine = TestEngine()
        for n in 0..<3000 {
            let word = name == "HSET" ? "f\(n) v\(n)" : name == "ZADD" ? "\(n % 7) m\(n)" : "e\(n)"
            _ = run(engine, "\(name) k \(word)")
        }
        let payload = dump(engine, "k")
        #expect(restore(engine, "copy", payload) == "OK")
        #expect(run(engine, "SORT copy ALPHA") == run(engine, "SORT k ALPHA"))
        #expect(run(engine, "HGET copy f77") == run(engine, "HGET k f77"))
        #expect(run(engine, "ZRANGE copy 0 -1 WITHSCORES") == run(engine, "ZRANGE k 0 -1 WITHSCORES"))
        #expect(run(engine, "LRANGE copy 0 -1") == run(engine, "LRANGE k 0 -1"))
        #expect(run(engine, "OBJECT ENCODING copy") == run(engine, "OBJECT ENCODING k"))
    }

    @Test func fieldsKeepTheirExpiries() {
        let engine = TestEngine()
        _ = run(engine, "HSET h a 1 b 2 c 3")
        let plain = dump(engine, "h")
        #expect(plain[plain.count - 10] == 10)
        _ = run(engine, "HPEXPIREAT h 4102444800250 FIELDS 1 a")
        _ = run(engine, "HPEXPIREAT h 4102444800999 FIELDS 1 b")
        let payload = dump(engine, "h")
        #expect(payload[payload.count - 10] == 12)
        #expect(restore(engine, "copy", payload, "100000") == "OK")
        #expect(
            run(engine, "HPEXPIRETIME copy FIELDS 3 a b c")
                == "[(integer) 4102444800250, (integer) 4102444800999, (integer) -1]")
        #expect(run(engine, "HMGET copy a b c") == #"["1", "2", "3"]"#)
        #expect(run(engine, "TTL copy") == "(integer) 100")
        // The field is found by what removes fields whose time has come, though the key got an expiry as well.
        #expect(run(engine, "HPEXPIRE copy 20 FIELDS 1 a") == "[(integer) 1]")
        waitUntil { run(engine, "HLEN copy") == "(integer) 2" }
    }

    @Test func aScoreOfMinusZeroIsKeptInWhatIsNoListpack() {
        let engine = TestEngine()
        func limit(_ entries: Int) { _ = run(engine, "CONFIG SET zset-max-listpack-entries \(entries)") }
        limit(0)
        _ = run(engine, "ZADD few -0 a 1 b")
        for i in 0..<300 {
            _ = run(engine, "ZADD all -0 m\(i)")
            _ = run(engine, "ZADD mixed \(i % 2 == 0 ? "-0" : "0") m\(i)")
        }
        let long = String(repeating: "x", count: 70)
        _ = run(engine, "ZADD one -0 \(long)")
        limit(128)
        for key in ["few", "all", "mixed", "one"] {
            #expect(restore(engine, "copy", dump(engine, key), "0 REPLACE") == "OK")
            // A listpack, as in redis-server 7.0.15.
            if key == "few" {
                #expect(run(engine, "ZSCORE few a") == #""-0""#)
                #expect(run(engine, "ZSCORE copy a") == #""0""#)
                continue
            }
            #expect(
                run(engine, "ZRANGE copy 0 -1 WITHSCORES") == run(engine, "ZRANGE \(key) 0 -1 WITHSCORES"))
        }
    }

    /// Field `gone`, whose time is over, and `kept`.
    private func partlyExpired(kept: Bool) -> [UInt8] {
        var bytes = ByteBuffer()
        var options = RDBWriterOptions()
        options.version = .redis74
        bytes.append(rdbPayload: options) { writer in
            writer.beginHash(ByteView("k"), expiry: nil, count: kept ? 2 : 1, leastFieldExpiry: 1)
            writer.field(ByteView("gone"), value: ByteView("1"), expiry: 1)
            if kept { writer.field(ByteView("kept"), value: ByteView("2")) }
            writer.end()
        }
        return bytes.view.array
    }

    @Test func fieldsWhoseTimeIsOverAreLeftOut() {
        let engine = journalledEngine()
        #expect(restore(engine, "h", partlyExpired(kept: true)) == "OK")
        #expect(run(engine, "HGETALL h") == #"["kept", "2"]"#)
        let effects = takeEffects(engine)
        #expect(effects.first == "MULTI" && effects.last == "EXEC" && effects.count == 4)
        #expect(effects[1].hasPrefix("RESTORE h 0 ") && effects[1].hasSuffix(" REPLACE ABSTTL"))
        #expect(effects[2] == "HDEL h gone")
        #expect(restore(engine, "h", partlyExpired(kept: false)) == "OK")
        #expect(takeEffects(engine) == ["DEL h"])
        #expect(run(engine, "EXISTS h") == "(integer) 0")
    }

    @Test func effects() {
        let engine = journalledEngine()
        let text = payload([0, 1, 97])
        #expect(restore(engine, "k", text, "0") == "OK")
        let first = takeEffects(engine)
        #expect(first.count == 1)
        #expect(first[0].hasPrefix("RESTORE k 0 ") && first[0].hasSuffix(" REPLACE ABSTTL"))
        #expect(restore(engine, "k", text, "100000 REPLACE IDLETIME 5") == "OK")
        let deadline = run(engine, "PEXPIRETIME k").dropFirst("(integer) ".count)
        let second = takeEffects(engine)
        #expect(second.count == 1)
        #expect(second[0].hasPrefix("RESTORE k \(deadline) ") && second[0].hasSuffix(" REPLACE ABSTTL"))
        #expect(restore(engine, "k", [1, 2, 3]).hasPrefix("(error)"))
        #expect(restore(engine, "k", text, "0").hasPrefix("(error) BUSYKEY"))
        #expect(takeEffects(engine) == [])
        #expect(restore(engine, "k", text, "1 ABSTTL REPLACE") == "OK")
        #expect(takeEffects(engine) == ["DEL k"])
        #expect(restore(engine, "k", text, "1 ABSTTL REPLACE") == "OK")
        #expect(takeEffects(engine) == [])
    }
}
