import Bytes
import TestSupport
import Testing

@testable import Engine

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct ConfigCommandsTests {
    @Test func getAndSet() {
        expectTranscript(
            #"""
            > CONFIG GET hash-max-listpack-entries
            ["hash-max-listpack-entries", "512"]
            > CONFIG GET HASH-Max-Listpack-Entries
            ["HASH-Max-Listpack-Entries", "512"]
            > CONFIG GET hash-max-listpack-entries hash-max-listpack-e* hash-max-listpack-entries
            ["hash-max-listpack-entries", "512"]
            > CONFIG GET nonexistent
            []
            > CONFIG GET ""
            []
            > CONFIG GET proto-max-bulk-len zset-max-listpack-value
            ["zset-max-listpack-value", "64", "proto-max-bulk-len", "536870912"]
            > CONFIG GET SET-MAX-INTSET-*
            ["set-max-intset-entries", "512"]
            > CONFIG SET hash-max-listpack-entries 5
            OK
            > CONFIG GET hash-max-ziplist-entries
            ["hash-max-ziplist-entries", "5"]
            > CONFIG SET hash-max-ziplist-entries 512 zset-max-ziplist-value 1kb
            OK
            > CONFIG GET zset-max-listpack-value
            ["zset-max-listpack-value", "1024"]
            > CONFIG SET zset-max-listpack-value 2k
            OK
            > CONFIG GET zset-max-listpack-value
            ["zset-max-listpack-value", "2000"]
            > CONFIG SET zset-max-listpack-value 3B
            OK
            > CONFIG GET zset-max-listpack-value
            ["zset-max-listpack-value", "3"]
            > CONFIG SET zset-max-listpack-value ""
            OK
            > CONFIG GET zset-max-listpack-value
            ["zset-max-listpack-value", "0"]
            > CONFIG SET zset-max-listpack-value 64
            OK
            > CONFIG SET list-max-listpack-size -1 proto-max-bulk-len 2GB
            OK
            > CONFIG GET list-max-ziplist-size
            ["list-max-ziplist-size", "-1"]
            > CONFIG GET proto-max-bulk-len
            ["proto-max-bulk-len", "2147483648"]
            > CONFIG SET list-max-listpack-size -2 proto-max-bulk-len 512mb
            OK
            > CONFIG SET set-max-intset-entries 7 hash-max-listpack-entries a
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument couldn't be parsed into an integer
            > CONFIG GET set-max-intset-entries
            ["set-max-intset-entries", "512"]
            > CONFIG SET hash-max-listpack-entries 5 hash-max-ziplist-entries 512
            OK
            > CONFIG SET a
            (error) ERR wrong number of arguments for 'config|set' command
            > CONFIG SET a b c
            (error) ERR syntax error
            > CONFIG SET a b
            (error) ERR Unknown option or number of arguments for CONFIG SET - 'a'
            > CONFIG SET a b c d
            (error) ERR Unknown option or number of arguments for CONFIG SET - 'a'
            > CONFIG SET "" 1
            (error) ERR Unknown option or number of arguments for CONFIG SET - ''
            > CONFIG SET databases 4
            (error) ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config
            > CONFIG SET databases 4 nonexistent 5
            (error) ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config
            > CONFIG SET nonexistent 5 databases 4
            (error) ERR Unknown option or number of arguments for CONFIG SET - 'nonexistent'
            > CONFIG SET hash-max-listpack-entries 5 hash-max-listpack-entries 6
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - duplicate parameter
            > CONFIG SET hash-max-listpack-entries abc
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument couldn't be parsed into an integer
            > CONFIG SET hash-max-listpack-entries -1
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument must be between 0 and 9223372036854775807 inclusive
            > CONFIG SET hash-max-listpack-entries ""
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument couldn't be parsed into an integer
            > CONFIG SET hash-max-listpack-entries 1kb
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument couldn't be parsed into an integer
            > CONFIG SET hash-max-listpack-value 1xb
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-value') - argument must be a memory value
            > CONFIG SET hash-max-listpack-value -1
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-value') - argument must be a memory value
            > CONFIG SET hash-max-listpack-value 1.5k
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-value') - argument must be a memory value
            > CONFIG SET hash-max-listpack-value 99999999999999999999
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-value') - argument must be between 0 and 9223372036854775807 inclusive
            > CONFIG SET hash-max-listpack-value 9223372036854775808
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-value') - argument must be between 0 and 9223372036854775807 inclusive
            > CONFIG SET list-max-listpack-size 99999999999
            (error) ERR CONFIG SET failed (possibly related to argument 'list-max-listpack-size') - argument must be between -2147483648 and 2147483647 inclusive
            > CONFIG SET list-max-listpack-size 3k
            (error) ERR CONFIG SET failed (possibly related to argument 'list-max-listpack-size') - argument couldn't be parsed into an integer
            > CONFIG SET proto-max-bulk-len 5
            (error) ERR CONFIG SET failed (possibly related to argument 'proto-max-bulk-len') - argument must be between 1048576 and 9223372036854775807 inclusive
            > CONFIG SET proto-max-bulk-len abc
            (error) ERR CONFIG SET failed (possibly related to argument 'proto-max-bulk-len') - argument must be a memory value
            > CONFIG RESETSTAT
            OK
            > CONFIG RESETSTAT x
            (error) ERR wrong number of arguments for 'config|resetstat' command
            > CONFIG FOO
            (error) ERR unknown subcommand 'FOO'. Try CONFIG HELP.
            > CONFIG GET
            (error) ERR wrong number of arguments for 'config|get' command
            > CONFIG HELP x
            (error) ERR wrong number of arguments for 'config|help' command
            > CONFIG
            (error) ERR wrong number of arguments for 'config' command
            """#)
    }

    @Test func encodingsFollow() {
        expectTranscript(
            #"""
            > CONFIG SET hash-max-listpack-entries 2 zset-max-listpack-entries 2 set-max-intset-entries 2
            OK
            > HSET h a 1 b 2
            (integer) 2
            > OBJECT ENCODING h
            "listpack"
            > HSET h c 3
            (integer) 1
            > OBJECT ENCODING h
            "hashtable"
            > ZADD z 1 a 2 b
            (integer) 2
            > OBJECT ENCODING z
            "listpack"
            > ZADD z 3 c
            (integer) 1
            > OBJECT ENCODING z
            "skiplist"
            > SADD s 1 2
            (integer) 2
            > OBJECT ENCODING s
            "intset"
            > SADD s 3
            (integer) 1
            > OBJECT ENCODING s
            "hashtable"
            > CONFIG SET hash-max-listpack-entries 512 zset-max-listpack-entries 128 set-max-intset-entries 512
            OK
            """#)
    }

    /// What can't be changed takes the value it has; glob patterns reach every parameter.
    @Test func facts() {
        let engine = TestEngine()
        #expect(run(engine, "CONFIG SET appendonly no save \"\" maxmemory 0") == "OK")
        #expect(
            run(engine, "CONFIG SET appendonly yes")
                == "(error) ERR CONFIG SET failed (possibly related to argument 'appendonly') - "
                + "nothing is kept on disk")
        #expect(
            run(engine, "CONFIG GET maxmemory*") == #"["maxmemory", "0", "maxmemory-policy", "noeviction"]"#)
        let all = run(engine, "CONFIG GET *")
        for parameter in ConfigParameter.all { #expect(all.contains("\"\(parameter.name)\"")) }
    }

    @Test func help() {
        let text = run(TestEngine(), "config help")
        #expect(
            text.hasPrefix("[CONFIG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, GET <pattern>"))
        #expect(text.hasSuffix("HELP,     Prints this help.]"))
    }

    @Test(arguments: [
        ("", 0), ("1", 1), ("1b", 1), ("2k", 2000), ("2KB", 2048), ("3m", 3_000_000), ("3mb", 3 << 20),
        ("4g", 4_000_000_000), ("4gB", 4 << 30), ("gb", 0), ("007", 7),
        ("99999999999999999999", UInt64.max), ("18446744073709551615gb", UInt64.max),
    ])
    func memoryUnits(text: String, bytes: UInt64) {
        #expect(Array(text.utf8).withByteView { ConfigParameter.bytes($0) } == bytes)
    }

    @Test(arguments: ["-1", "1.5", "1x", "1 kb", "kbb", "+1", "0x10"])
    func notMemory(text: String) {
        #expect(Array(text.utf8).withByteView { ConfigParameter.bytes($0) } == nil)
    }

    @Test func resetStatistics() {
        let engine = TestEngine()
        _ = run(engine, "ZADD z 1 a")
        _ = run(engine, "ZSCORE z a")
        _ = run(engine, "ZSCORE none a")
        #expect(run(engine, "INFO stats").contains("keyspace_hits:1"))
        #expect(run(engine, "CONFIG RESETSTAT") == "OK")
        #expect(run(engine, "INFO stats").contains("keyspace_hits:0"))
        #expect(run(engine, "INFO stats").contains("keyspace_misses:0"))
    }
}
