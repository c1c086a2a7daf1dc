import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct AbsentCommandsTests {
    /// COMMAND LIST of redis-server 7.0.15.
    static let redis70 = """
        ACL ACL|CAT ACL|DELUSER ACL|DRYRUN ACL|GENPASS ACL|GETUSER ACL|HELP ACL|LIST ACL|LOAD ACL|LOG \
        ACL|SAVE ACL|SETUSER ACL|USERS ACL|WHOAMI APPEND ASKING AUTH BGREWRITEAOF BGSAVE BITCOUNT BITFIELD \
        BITFIELD_RO BITOP BITPOS BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT \
        CLIENT|CACHING CLIENT|GETNAME CLIENT|GETREDIR CLIENT|HELP CLIENT|ID CLIENT|INFO CLIENT|KILL \
        CLIENT|LIST CLIENT|NO-EVICT CLIENT|PAUSE CLIENT|REPLY CLIENT|SETNAME CLIENT|TRACKING \
        CLIENT|TRACKINGINFO CLIENT|UNBLOCK CLIENT|UNPAUSE CLUSTER CLUSTER|ADDSLOTS CLUSTER|ADDSLOTSRANGE \
        CLUSTER|BUMPEPOCH CLUSTER|COUNT-FAILURE-REPORTS CLUSTER|COUNTKEYSINSLOT CLUSTER|DELSLOTS \
        CLUSTER|DELSLOTSRANGE CLUSTER|FAILOVER CLUSTER|FLUSHSLOTS CLUSTER|FORGET CLUSTER|GETKEYSINSLOT \
        CLUSTER|HELP CLUSTER|INFO CLUSTER|KEYSLOT CLUSTER|LINKS CLUSTER|MEET CLUSTER|MYID CLUSTER|NODES \
        CLUSTER|REPLICAS CLUSTER|REPLICATE CLUSTER|RESET CLUSTER|SAVECONFIG CLUSTER|SET-CONFIG-EPOCH \
        CLUSTER|SETSLOT CLUSTER|SHARDS CLUSTER|SLAVES CLUSTER|SLOTS COMMAND COMMAND|COUNT COMMAND|DOCS \
        COMMAND|GETKEYS COMMAND|GETKEYSANDFLAGS COMMAND|HELP COMMAND|INFO COMMAND|LIST CONFIG CONFIG|GET \
        CONFIG|HELP CONFIG|RESETSTAT CONFIG|REWRITE CONFIG|SET COPY DBSIZE DEBUG DECR DECRBY DEL DISCARD \
        DUMP ECHO EVAL EVALSHA EVALSHA_RO EVAL_RO EXEC EXISTS EXPIRE EXPIREAT EXPIRETIME FAILOVER FCALL \
        FCALL_RO FLUSHALL FLUSHDB FUNCTION FUNCTION|DELETE FUNCTION|DUMP FUNCTION|FLUSH FUNCTION|HELP \
        FUNCTION|KILL FUNCTION|LIST FUNCTION|LOAD FUNCTION|RESTORE FUNCTION|STATS GEOADD GEODIST GEOHASH \
        GEOPOS GEORADIUS GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH GEOSEARCHSTORE GET \
        GETBIT GETDEL GETEX GETRANGE GETSET HDEL HELLO HEXISTS HGET HGETALL HINCRBY HINCRBYFLOAT HKEYS \
        HLEN HMGET HMSET HRANDFIELD HSCAN HSET HSETNX HSTRLEN HVALS INCR INCRBY INCRBYFLOAT INFO KEYS \
        LASTSAVE LATENCY LATENCY|DOCTOR LATENCY|GRAPH LATENCY|HELP LATENCY|HISTOGRAM LATENCY|HISTORY \
        LATENCY|LATEST LATENCY|RESET LCS LINDEX LINSERT LLEN LMOVE LMPOP LOLWUT LPOP LPOS LPUSH LPUSHX \
        LRANGE LREM LSET LTRIM MEMORY MEMORY|DOCTOR MEMORY|HELP MEMORY|MALLOC-STATS MEMORY|PURGE \
        MEMORY|STATS MEMORY|USAGE MGET MIGRATE MODULE MODULE|HELP MODULE|LIST MODULE|LOAD MODULE|LOADEX \
        MODULE|UNLOAD MONITOR MOVE MSET MSETNX MULTI OBJECT OBJECT|ENCODING OBJECT|FREQ OBJECT|HELP \
        OBJECT|IDLETIME OBJECT|REFCOUNT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD PFCOUNT PFDEBUG \
        PFMERGE PFSELFTEST PING PSETEX PSUBSCRIBE PSYNC PTTL PUBLISH PUBSUB PUBSUB|CHANNELS PUBSUB|HELP \
        PUBSUB|NUMPAT PUBSUB|NUMSUB PUBSUB|SHARDCHANNELS PUBSUB|SHARDNUMSUB PUNSUBSCRIBE QUIT RANDOMKEY \
        READONLY READWRITE RENAME RENAMENX REPLCONF REPLICAOF RESET RESTORE RESTORE-ASKING ROLE RPOP \
        RPOPLPUSH RPUSH RPUSHX SADD SAVE SCAN SCARD SCRIPT SCRIPT|DEBUG SCRIPT|EXISTS SCRIPT|FLUSH \
        SCRIPT|HELP SCRIPT|KILL SCRIPT|LOAD SDIFF SDIFFSTORE SELECT SET SETBIT SETEX SETNX SETRANGE \
        SHUTDOWN SINTER SINTERCARD SINTERSTORE SISMEMBER SLAVEOF SLOWLOG SLOWLOG|GET SLOWLOG|HELP \
        SLOWLOG|LEN SLOWLOG|RESET SMEMBERS SMISMEMBER SMOVE SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SREM \
        SSCAN SSUBSCRIBE STRLEN SUBSCRIBE SUBSTR SUNION SUNIONSTORE SUNSUBSCRIBE SWAPDB SYNC TIME TOUCH \
        TTL TYPE UNLINK UNSUBSCRIBE UNWATCH WAIT WATCH XACK XADD XAUTOCLAIM XCLAIM XDEL XGROUP \
        XGROUP|CREATE XGROUP|CREATECONSUMER XGROUP|DELCONSUMER XGROUP|DESTROY XGROUP|HELP XGROUP|SETID \
        XINFO XINFO|CONSUMERS XINFO|GROUPS XINFO|HELP XINFO|STREAM XLEN XPENDING XRANGE XREAD XREADGROUP \
        XREVRANGE XSETID XTRIM ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE \
        ZLEXCOUNT ZMPOP ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE \
        ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX \
        ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE
        """.split(separator: " ").map(String.init)

    /// What came with Redis 7.2, 7.4 and 8.0, of the modules' commands some of each.
    static let newer = """
        HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT HTTL HPTTL HEXPIRETIME HPEXPIRETIME HPERSIST HGETEX HSETEX HGETDEL \
        CLIENT|SETINFO CLIENT|NO-TOUCH WAITAOF VADD VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS \
        VRANDMEMBER VREM VSETATTR VSIM JSON.GET JSON.SET JSON.NUMINCRBY FT.SEARCH FT._LIST BF.ADD CF.ADD \
        CMS.INCRBY TOPK.ADD TDIGEST.ADD TS.ADD
        """.split(separator: " ").map(String.init)

    private let table = CommandTable<MemoryKeyspace>()

    private func isAbsent(_ name: String) -> Bool {
        Array(name.utf8).withByteView { AbsentCommands.find($0) != nil }
    }

    private func command(_ name: String) -> CommandInfo? {
        Array(name.utf8).withByteView { table.find($0) }.map { table[$0].info }
    }

    @Test("Every command of Redis is in the table or among the absent ones", arguments: redis70 + newer)
    func everyCommandIsSomewhere(name: String) {
        let words = name.split(separator: "|").map(String.init)
        guard words.count == 2 else {
            #expect((command(name) != nil) != isAbsent(name), "\(name)")
            return
        }
        guard let container = command(words[0]) else {
            #expect(isAbsent(words[0]), "\(name)")
            return
        }
        let isThere = container.subcommands.contains { $0.name.description == words[1] }
        #expect(isThere != isAbsent("\(words[0]) \(words[1])"), "\(name)")
    }

    @Test("No name stands twice, and none of Redwing's own") func namesAreUnique() {
        let names = AbsentCommands.all.flatMap { $0.commands.map(\.name.description) }
        #expect(Set(names).count == names.count)
        for name in names where !name.contains(" ") { #expect(command(name) == nil, "\(name)") }
    }

    /// As Redis 7.0.15 words it: 128 bytes of the name, and arguments until 128 bytes are written.
    @Test("A name that nobody knows") func unknown() {
        let long = String(repeating: "a", count: 120)
        for (line, reply) in [
            ("foo", "'foo', with args beginning with: "),
            ("foo bar", "'foo', with args beginning with: 'bar' "),
            (#"foo bar baz "a\r\nb""#, "'foo', with args beginning with: 'bar' 'baz' 'a  b' "),
            (#""f\noo" 1"#, "'f oo', with args beginning with: '1' "),
            (#""" x"#, "'', with args beginning with: 'x' "),
            (#""fo\x00o" "x\x00y" z"#, "'fo', with args beginning with: 'x' 'z' "),
            ("CONFIG|GET x", "'CONFIG|GET', with args beginning with: 'x' "),
            ("foo \(long)\(long) b", "'foo', with args beginning with: '\(long)aaaaaaaa' "),
            ("foo \(long) bbbbbbbbb c", "'foo', with args beginning with: '\(long)' 'bbbbb' "),
            ("\(long)\(long) x", "'\(long)aaaaaaaa', with args beginning with: 'x' "),
        ] {
            #expect(run(TestEngine(), line) == "(error) ERR unknown command \(reply)", "\(line)")
        }
    }

    @Test("What is absent says so, and what to use") func absent() {
        expectTranscript(
            """
            > multi
            (error) ERR MULTI needs a connection that lasts, which HTTP does not have; send the commands to \
            /multi-exec, or to /transactions with conditions in place of WATCH
            > SUBSCRIBE c
            (error) ERR SUBSCRIBE needs a connection that lasts, which HTTP does not have; over HTTP it \
            is GET /events
            > UNSUBSCRIBE
            (error) ERR UNSUBSCRIBE needs a connection that lasts, which HTTP does not have; over HTTP it \
            ends with its GET /events
            > MONITOR
            (error) ERR MONITOR needs a connection that lasts, which HTTP does not have; over HTTP it is \
            GET /monitor; GET /events shows changes of keys
            > WAIT 1 0
            (error) ERR Redwing does not have WAIT (replication); there are no replicas: a write is done \
            once it is answered
            > MOVE k 1
            (error) ERR Redwing does not have MOVE (several databases); there is one database, 0; start \
            another server for another
            > AUTH secret
            (error) ERR Redwing does not have AUTH (access by password); access is by token: \
            'Authorization: Bearer …' or '?_token=…' with every request
            > EVALSHA 0123 0
            (error) NOSCRIPT No matching script. Please use EVAL.
            > READONLY
            (error) ERR This instance has cluster support disabled
            > xadd s * a b
            (error) ERR Redwing does not have XADD (streams); GET /commands and docs/commands.md \
            list what it has
            > json.get k
            (error) ERR Redwing does not have JSON.GET (JSON); GET /commands and docs/commands.md \
            list what it has
            > JSON. k
            (error) ERR unknown command 'JSON.', with args beginning with: 'k'\u{20}
            > CONFIG REWRITE
            (error) ERR Redwing does not have CONFIG REWRITE (the operator's commands); GET /commands \
            and docs/commands.md list what it has
            > CONFIG NONE
            (error) ERR unknown subcommand 'NONE'. Try CONFIG HELP.
            > CLIENT TRACKING ON
            (error) ERR CLIENT TRACKING needs a connection that lasts, which HTTP does not have; over \
            HTTP a GET of /keys/{key} with If-None-Match tells whether a copy is current
            > CLIENT REPLY OFF
            (error) ERR CLIENT REPLY needs a connection that lasts, which HTTP does not have; every request \
            is answered, once and by itself
            """)
    }
}
