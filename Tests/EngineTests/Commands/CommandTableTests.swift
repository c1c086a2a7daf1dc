import Bytes
import Testing

@testable import Engine

@Suite struct CommandTableTests {
    private let table = CommandTable<MemoryKeyspace>()

    /// The commands of the first release, family by family.
    static let names = """
        APPEND DECR DECRBY GET GETDEL GETEX GETRANGE GETSET INCR INCRBY INCRBYFLOAT LCS MGET MSET MSETNX PSETEX SET \
        SETEX SETNX SETRANGE STRLEN SUBSTR BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT COPY DBSIZE DEL \
        EXISTS EXPIRE EXPIREAT EXPIRETIME FLUSHALL FLUSHDB KEYS OBJECT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PTTL \
        RANDOMKEY RENAME RENAMENX SCAN SORT SORT_RO TOUCH TTL TYPE UNLINK HDEL HEXISTS HGET HGETALL HINCRBY \
        HINCRBYFLOAT HKEYS HLEN HMGET HMSET HRANDFIELD HSCAN HSET HSETNX HSTRLEN HVALS LINDEX LINSERT LLEN LMOVE \
        LMPOP LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH RPUSH RPUSHX SADD SCARD SDIFF SDIFFSTORE \
        SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SPOP SRANDMEMBER SREM SSCAN SUNION \
        SUNIONSTORE ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE \
        ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX \
        ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION \
        ZUNIONSTORE PING ECHO TIME COMMAND INFO DEBUG CONFIG MEMORY
        """.split(separator: " ").map(String.init)

    @Test func hasEveryCommandOnce() {
        let declared = table.commands.map { $0.info.name.description }
        #expect(declared.sorted() == CommandTableTests.names.sorted())
    }

    @Test func findsNamesInAnyCase() {
        for name in CommandTableTests.names {
            for spelling in [name, name.lowercased(), String(name.prefix(1) + name.dropFirst().lowercased())]
            {
                Array(spelling.utf8).withByteView { view in
                    #expect(table.find(view).map { table[$0].info.name.description } == name)
                }
            }
        }
        for name in ["", "GETT", "GE", String(repeating: "X", count: 100)] {
            Array(name.utf8).withByteView { #expect(table.find($0) == nil) }
        }
    }

    /// A handler that captured something would cost a context, and could smuggle state past the keyspace.
    /// A thick function is a code pointer and a context; the context of a function that captures nothing is
    /// null, but for the keyspace's type, which unspecialised code carries there.
    @Test func handlersCaptureNothing() {
        let contexts = Set(table.commands.map(context))
        #expect(contexts.count == 1, "a handler captures something of its own")
        // A probe that the test can fail: this one captures.
        let number = Int64.random(in: 0 ... .max)
        let capturing = Command<MemoryKeyspace>(
            "X", arity: 1, [], family: .server, summary: "", complexity: "", since: ""
        ) { _, _, reply in reply.integer(number) }
        #expect(!contexts.contains(context(capturing)))
    }

    @Test func everyCommandIsDescribed() {
        for command in table.commands {
            let info = command.info
            #expect(
                info.summary.utf8CodeUnitCount > 0 && info.complexity.utf8CodeUnitCount > 0, "\(info.name)")
            #expect(info.since.utf8CodeUnitCount > 0 && info.arity != 0, "\(info.name)")
            // A write and a read exclude each other; whatever locks keys names or locks all.
            #expect(!info.flags.contains([.write, .readonly]), "\(info.name)")
        }
    }

    private func context(_ command: Command<MemoryKeyspace>) -> UInt {
        unsafeBitCast(command.run, to: (UInt, UInt).self).1
    }
}
