/// Every command of the data types with all its options, in the notation of `CommandPattern`; a number
/// before it says how often it is drawn, 1 where there is none.
enum CommandPatterns {
    static let strings = [
        "3 SET {s} {v}",
        "3 SET {s} {v} [ NX | XX ] [ GET ] "
            + "[ EX {seconds} | PX {milliseconds} | EXAT {at} | PXAT {atms} | KEEPTTL ]",
        "SET {s} {int}", "SETEX {s} {seconds} {v}", "PSETEX {s} {milliseconds} {v}", "SETNX {s} {v}",
        "2 GET {s}", "GETDEL {s}", "GETSET {s} {v}", "STRLEN {s}", "2 APPEND {s} {v}",
        "GETEX {s} [ EX {seconds} | PX {milliseconds} | EXAT {at} | PXAT {atms} | PERSIST ]",
        "GETRANGE {s} {int} {int}", "SUBSTR {s} {int} {int}", "SETRANGE {s} {offset} {v}",
        "INCR {s}", "DECR {s}", "INCRBY {s} {int}", "DECRBY {s} {int}", "2 INCRBYFLOAT {s} {float}",
        "MGET ( {k} )+", "MSET ( {s} {v} )+", "MSETNX ( {s} {v} )+",
        "LCS {s} {s} [ LEN ] [ IDX ] [ MINMATCHLEN {int} ] [ WITHMATCHLEN ]",
        "BITCOUNT {s} [ {int} {int} [ BYTE | BIT ] ]",
        "BITPOS {s} ( 0 | 1 | {int} ) [ {int} [ {int} [ BYTE | BIT ] ] ]",
        "GETBIT {s} {bit}", "2 SETBIT {s} {bit} ( 0 | 1 | {int} )",
        "2 BITOP ( AND | OR | XOR ) {s} ( {s} )+", "BITOP ( NOT | NAND ) {s} {s} [ {s} ]",
        "2 BITFIELD {s} ( GET {field} {bit} | GET {field} #1 | SET {field} {bit} {int} "
            + "| INCRBY {field} {bit} {int} | OVERFLOW ( WRAP | SAT | FAIL | x ) )+",
        "BITFIELD_RO {s} ( GET {field} {bit} | GET {field} #2 )+", "BITFIELD {s}", "BITFIELD_RO {s}",
    ]

    static let keys = [
        "2 COPY {k} {k} [ DB 0 ] [ REPLACE ]", "2 COPY {k} {k} REPLACE", "COPY {k} {k} DB {int}", "DBSIZE",
        "2 DEL ( {k} )+", "EXISTS ( {k} )+", "TOUCH ( {k} )+", "UNLINK {k}",
        "EXPIRE {k} {seconds} [ NX | XX | GT | LT ]",
        "PEXPIRE {k} {milliseconds} [ NX | XX | GT | LT ] [ XX ]",
        "2 EXPIREAT {k} {at} [ NX | XX | GT | LT ]", "PEXPIREAT {k} {atms} [ NX | XX | GT | LT ] [ GT ]",
        "EXPIRETIME {k}", "PEXPIRETIME {k}", "TTL {k}", "PTTL {k}", "PERSIST {k}", "KEYS {glob}",
        "OBJECT ENCODING {k}", "4 OBJECT ENCODING {k}", "OBJECT REFCOUNT {k}", "OBJECT FREQ {k}",
        "OBJECT IDLETIME {k}", "OBJECT HELP", "OBJECT NOSUCH {k}", "RANDOMKEY", "2 RENAME {k} {k}",
        "RENAMENX {k} {k}", "TYPE {k}",
        "SCAN 0 COUNT 100000 [ MATCH {glob} ] [ TYPE {type} ]", "SCAN {int} [ MATCH {glob} ] [ COUNT {int} ]",
        "SORT {k} [ BY {by} ] [ LIMIT {int} {int} ] [ GET {get} ] [ GET {get} ] [ ASC | DESC ]",
        "2 SORT ( {l} | {S} | {z} ) [ LIMIT {int} {int} ] [ GET {get} ] [ ASC | DESC ] ALPHA",
        "SORT {k} ALPHA [ BY {by} ] [ GET {get} ] [ DESC ]",
        "SORT_RO {k} [ LIMIT {int} {int} ] [ ALPHA ] [ DESC ]",
        "2 SORT {k} [ LIMIT {int} {int} ] [ GET {get} ] [ ASC | DESC ] [ ALPHA ] STORE {l}",
        "SORT {k} BY {by} [ DESC ] STORE {l}", "SORT_RO {k} STORE {l}",
    ]

    static let hashes = [
        "5 HSET {h} ( {m} {v} )+", "HMSET {h} ( {m} {v} )+", "HSETNX {h} {m} {v}", "2 HDEL {h} ( {m} )+",
        "HEXISTS {h} {m}", "2 HGET {h} {m}", "HGETALL {h}", "HINCRBY {h} {m} {int}",
        "2 HINCRBYFLOAT {h} {m} {float}", "HKEYS {h}", "HLEN {h}", "HMGET {h} ( {m} )+", "HSTRLEN {h} {m}",
        "HVALS {h}", "2 HRANDFIELD {h} [ {count} [ WITHVALUES ] ]",
        "HSCAN {h} 0 COUNT 100000 [ MATCH {glob} ]", "HSCAN {h} {int} [ COUNT {int} ]",
    ]

    static let lists = [
        "3 LPUSH {l} ( {e} )+", "4 RPUSH {l} ( {e} )+", "LPUSHX {l} ( {e} )+", "RPUSHX {l} {e}",
        "LINDEX {l} {int}", "2 LINSERT {l} ( BEFORE | AFTER ) {e} {e}", "LLEN {l}",
        "2 LMOVE {l} {l} ( LEFT | RIGHT ) ( LEFT | RIGHT )",
        "LMPOP {keys:l} ( LEFT | RIGHT ) [ COUNT {int} ]",
        "LPOP {l} [ {int} ]", "RPOP {l} [ {int} ]", "2 LRANGE {l} {int} {int}", "LRANGE {l} 0 -1",
        "2 LPOS {l} {e} [ RANK {int} ] [ COUNT {int} ] [ MAXLEN {int} ]", "2 LREM {l} {int} {e}",
        "2 LSET {l} {int} {e}", "LTRIM {l} {int} {int}", "RPOPLPUSH {l} {l}",
    ]

    static let sets = [
        "6 SADD {S} ( {m} )+", "SCARD {S}", "SDIFF ( {S} )+", "SINTER ( {S} )+", "SUNION ( {S} )+",
        "2 SDIFFSTORE {S} ( {S} )+", "2 SINTERSTORE {S} ( {S} )+", "2 SUNIONSTORE {S} ( {S} )+",
        "SINTERCARD {keys:S} [ LIMIT {int} ]", "SISMEMBER {S} {m}", "SMEMBERS {S}", "SMISMEMBER {S} ( {m} )+",
        "2 SMOVE {S} {S} {m}", "2 SPOP {S}", "SPOP {S} {count}", "2 SRANDMEMBER {S} [ {count} ]",
        "2 SREM {S} ( {m} )+", "SSCAN {S} 0 COUNT 100000 [ MATCH {glob} ]", "SSCAN {S} {int} [ COUNT {int} ]",
    ]

    /// The keys of an operation on several sorted sets, with as many weights.
    private static let operands =
        "( 1 {Z} [ WEIGHTS {score} ] | 2 {Z} {Z} [ WEIGHTS {score} {score} ] "
        + "| 3 {Z} {Z} {Z} [ WEIGHTS {score} {score} {score} ] | {keys:z} [ WEIGHTS {score} {score} ] ) "
    private static let aggregate = "[ AGGREGATE ( SUM | MIN | MAX | x ) ] "

    static let sortedSets = [
        "6 ZADD {z} ( {score} {m} )+", "3 ZADD {z} [ NX | XX ] [ GT | LT ] [ CH ] [ INCR ] {score} {m}",
        "2 ZADD {z} [ NX | XX | XX GT ] [ CH ] ( {score} {m} )+", "ZCARD {z}", "ZCOUNT {z} {min} {max}",
        "ZINCRBY {z} {score} {m}", "ZLEXCOUNT {z} {lexmin} {lexmax}", "ZDIFF {keys:z} [ WITHSCORES ]",
        "ZDIFFSTORE {z} {keys:z}", "ZINTER " + operands + aggregate + "[ WITHSCORES ]",
        "ZUNION " + operands + aggregate + "[ WITHSCORES ]", "2 ZINTERSTORE {z} " + operands + aggregate,
        "2 ZUNIONSTORE {z} " + operands + aggregate, "ZINTERCARD {keys:z} [ LIMIT {int} ]",
        "ZMPOP {keys:z} ( MIN | MAX ) [ COUNT {int} ]", "ZMSCORE {z} ( {m} )+", "ZPOPMAX {z} [ {int} ]",
        "ZPOPMIN {z} [ {int} ]", "2 ZRANDMEMBER {z} [ {count} [ WITHSCORES ] ]",
        "2 ZRANGE {z} {int} {int} [ REV ] [ WITHSCORES ]",
        "2 ZRANGE {z} {min} {max} BYSCORE [ LIMIT {int} {int} ] [ WITHSCORES ]",
        "ZRANGE {z} {max} {min} BYSCORE REV [ LIMIT {int} {int} ] [ WITHSCORES ]",
        "ZRANGE {z} {lexmin} {lexmax} BYLEX [ LIMIT {int} {int} ] [ WITHSCORES ]",
        "ZRANGE {z} {lexmax} {lexmin} REV BYLEX [ LIMIT {int} {int} ]",
        "ZRANGE {z} {int} {int} LIMIT {int} {int}",
        "ZRANGEBYLEX {z} {lexmin} {lexmax} [ LIMIT {int} {int} ]",
        "ZRANGEBYSCORE {z} {min} {max} [ WITHSCORES ] [ LIMIT {int} {int} ]",
        "ZRANGESTORE {z} {z} {int} {int} [ REV ]",
        "ZRANGESTORE {z} {z} {min} {max} BYSCORE [ LIMIT {int} {int} ]",
        "ZRANGESTORE {z} {z} {lexmax} {lexmin} BYLEX REV [ LIMIT {int} {int} ]", "ZRANK {z} {m}",
        "ZREVRANK {z} {m}",
        "ZREM {z} ( {m} )+", "ZREMRANGEBYLEX {z} {lexmin} {lexmax}", "ZREMRANGEBYRANK {z} {int} {int}",
        "ZREMRANGEBYSCORE {z} {min} {max}", "ZREVRANGE {z} {int} {int} [ WITHSCORES ]",
        "ZREVRANGEBYLEX {z} {lexmax} {lexmin} [ LIMIT {int} {int} ]",
        "ZREVRANGEBYSCORE {z} {max} {min} [ WITHSCORES ] [ LIMIT {int} {int} ]",
        "ZSCAN {z} 0 COUNT 100000 [ MATCH {glob} ]", "ZSCAN {z} {int} [ COUNT {int} ]", "2 ZSCORE {z} {m}",
    ]

    /// Options in any order, twice or against each other.
    static let options = [
        "SET {s} {v} "
            + "( NX | XX | GET | EX {seconds} | PX {milliseconds} | EXAT {at} | PXAT {atms} | KEEPTTL )+",
        "GETEX {s} ( EX {seconds} | PX {milliseconds} | EXAT {at} | PXAT {atms} | PERSIST )+",
        "LCS {s} {s} ( LEN | IDX | MINMATCHLEN {int} | WITHMATCHLEN )+",
        "COPY {k} {k} ( DB 0 | DB 1 | DB {int} | REPLACE )+", "EXPIRE {k} {seconds} ( NX | XX | GT | LT )+",
        "PEXPIREAT {k} {atms} ( NX | XX | GT | LT )+", "FLUSHALL ( ASYNC | SYNC | x )+",
        "FLUSHDB [ ASYNC | SYNC ]",
        "SCAN 0 ( COUNT {int} | MATCH {glob} | TYPE {type} )+", "HSCAN {h} 0 ( COUNT {int} | MATCH {glob} )+",
        "SORT {k} ( BY {by} | LIMIT {int} {int} | GET {get} | ASC | DESC )+",
        "SORT_RO {k} ( BY {by} | LIMIT {int} {int} | GET {get} | ALPHA )+",
        "LPOS {l} {e} ( RANK {int} | COUNT {int} | MAXLEN {int} )+", "LMPOP {keys:l} LEFT ( COUNT {int} )+",
        "SINTERCARD {keys:S} ( LIMIT {int} )+", "ZINTERCARD {keys:z} ( LIMIT {int} )+",
        "ZMPOP {keys:z} ( MIN | MAX ) ( COUNT {int} )+",
        "2 ZADD {z} ( NX | XX | GT | LT | CH | INCR )+ ( {score} {m} )+",
        "ZUNION {keys:z} ( WITHSCORES | WEIGHTS {score} {score} | AGGREGATE MIN )+",
        "ZINTER {keys:z} ( WITHSCORES | WEIGHTS {score} | AGGREGATE MAX )+",
        "2 ZRANGE {z} ( {int} {int} | {min} {max} ) ( BYSCORE | REV | LIMIT {int} {int} | WITHSCORES )+",
        "ZRANGESTORE {z} {z} ( {int} {int} | {min} {max} ) ( BYSCORE | REV | LIMIT {int} {int} )+",
        "ZRANGEBYSCORE {z} {min} {max} ( WITHSCORES | LIMIT {int} {int} )+",
        "BITCOUNT {s} ( {int} | BYTE | BIT )+", "BITPOS {s} 1 ( {int} | BYTE | BIT )+",
        "HRANDFIELD {h} {count} ( WITHVALUES )+", "ZRANDMEMBER {z} {count} ( WITHSCORES )+",
    ]

    static let server = [
        "PING [ {v} ]", "ECHO {v}", "CONFIG GET ( {config} )+", "2 CONFIG SET {setting} {limit}",
        "CONFIG SET {setting} {limit} {setting} {limit}", "MEMORY USAGE {k} [ SAMPLES {int} ]",
        "CONFIG NOSUCH", "MEMORY NOSUCH {k}", "TIME", "CONFIG GET", "CONFIG RESETSTAT [ x ]", "MEMORY USAGE",
        "OBJECT ENCODING {k} {k}", "OBJECT {v}", "COMMAND COUNT x", "COMMAND NOSUCH", "COMMAND INFO nosuch",
        "COMMAND LIST FILTERBY ( MODULE nosuch | PATTERN zz* | ACLCAT nosuch | x y )", "DEBUG SLEEP 0",
        "DEBUG SET-ACTIVE-EXPIRE 1", "DEBUG NOSUCH", "PING {v} {v}", "MEMORY USAGE {k} SAMPLES",
        "PUBLISH {k} {v}", "SPUBLISH {k} {v}", "PUBSUB CHANNELS [ {v} ]", "PUBSUB NUMSUB ( {k} )+",
        "PUBSUB SHARDNUMSUB {k}", "PUBSUB NUMPAT [ x ]", "PUBSUB SHARDCHANNELS {v} {v}", "PUBSUB NOSUCH",
    ]
}

/// Commands drawn by weight, now and then spoilt.
struct CommandGenerator: Sendable {
    var source: ArgumentSource
    /// Percent of commands that are spoilt.
    var mistakes = 4
    private let patterns: [CommandPattern]

    init(_ patterns: [String], seed: Int) {
        source = ArgumentSource(seed: seed)
        self.patterns = patterns.flatMap { text -> [CommandPattern] in
            guard let space = text.firstIndex(of: " "), let weight = Int(text[..<space]) else {
                return [CommandPattern(text)]
            }
            let pattern = CommandPattern(String(text[text.index(after: space)...]))
            return Array(repeating: pattern, count: weight)
        }
    }

    mutating func next() -> Words {
        var words = source.random.pick(patterns).write(&source)
        if source.random.chance(mistakes) { spoil(&words) }
        return words
    }

    /// Makes an error of it, most times: an argument too few, too many, out of place or of the wrong kind.
    private mutating func spoil(_ words: inout Words) {
        let name = String(decoding: words[0], as: UTF8.self).uppercased()
        // A number out of place may mean an offset of hundreds of megabytes there.
        let isRisky = ["SETRANGE", "SETBIT", "BITFIELD"].contains(name) || name.contains("RAND")
        guard words.count > 1 else { return words.append(Array("x".utf8)) }
        let index = 1 + source.random.below(words.count - 1)
        switch source.random.below(isRisky ? 2 : 6) {
        case 0: words.removeLast()
        case 1: words.append(source.text(["", "x", "WITHSCORES", "GET", "XX", "COUNT", "STORE", "LIMIT"]))
        case 2: words[index] = source.text(ArgumentSource.wrong)
        case 3: words.insert(words[index], at: 1 + source.random.below(words.count))
        case 4: words.swapAt(index, 1 + source.random.below(words.count - 1))
        default: words.remove(at: index)
        }
    }
}
