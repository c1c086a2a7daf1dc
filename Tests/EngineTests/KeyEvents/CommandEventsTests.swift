import Bytes
import Engine
import TestSupport
import Testing

/// The events of commands, as redis-server 7.0 raises them.
@Suite(.keyspaces) struct CommandEventsTests {
    @Test func strings() {
        expectEvents(
            """
            > SET s 1
            new s, set s
            > SET s 2 NX
            > SET s 2 XX GET EX 100
            set s, expire s
            > SET t 1 GET KEEPTTL
            keymiss t, new t, set t
            > SETEX t 100 1
            set t, expire t
            > GETSET u 1
            keymiss u, new u, set u
            > GETDEL u
            del u
            > GETDEL u
            keymiss u
            > GETEX t PX 100000
            expire t
            > GETEX t PERSIST
            persist t
            > GETEX t PERSIST
            > GETEX t PXAT 1
            del t
            > MSET a 1 b 2
            new a, set a, new b, set b
            > MSETNX a 1 c 1
            > INCR n
            new n, incrby n
            > DECRBY n 3
            incrby n
            > INCRBYFLOAT n 1.5
            incrbyfloat n
            > APPEND n x
            append n
            > SETRANGE n 0 ""
            > SETRANGE r 1 x
            new r, setrange r
            > MGET a nope
            keymiss nope
            > LCS a nope
            keymiss nope
            """)
    }

    @Test func bits() {
        expectEvents(
            """
            > SETBIT b 7 0
            new b, setbit b
            > SETBIT b 7 0
            > SETBIT b 7 1
            setbit b
            > BITFIELD b SET u8 0 1
            > BITFIELD b SET u8 0 2 GET u8 0
            setbit b
            > BITFIELD b SET u8 8 0
            setbit b
            > BITFIELD c OVERFLOW FAIL INCRBY u8 0 256
            new c
            > BITFIELD d GET u8 0
            keymiss d
            > BITOP OR e b nope
            keymiss nope, new e, set e
            > BITOP NOT e nope
            keymiss nope, del e
            """)
    }

    @Test func lists() {
        expectEvents(
            """
            > LPUSHX l a
            > RPUSH l a b c
            new l, rpush l
            > LINSERT l BEFORE nope x
            > LINSERT l BEFORE a x
            linsert l
            > LSET l 0 y
            lset l
            > LREM l 0 nope
            > LREM l 0 y
            lrem l
            > LMOVE l m LEFT RIGHT
            new m, rpush m, lpop l
            > LMOVE m m LEFT LEFT
            lpush m, lpop m
            > RPOPLPUSH m l
            lpush l, rpop m, del m
            > LTRIM l 0 1
            ltrim l
            > LPOP l 0
            > LMPOP 2 nope l RIGHT COUNT 5
            rpop l, del l
            > LPUSH l a
            new l, lpush l
            > LTRIM l 5 6
            ltrim l, del l
            """)
    }

    @Test func sets() {
        expectEvents(
            """
            > SADD s a b
            new s, sadd s
            > SADD s a
            > SMOVE s t a
            srem s, new t, sadd t
            > SMOVE s t b
            srem s, del s, sadd t
            > SMOVE t t b
            > SPOP t 0
            > SPOP t
            spop t
            > SPOP t 5
            spop t, del t
            > SADD s a b
            new s, sadd s
            > SUNIONSTORE d s nope
            keymiss nope, new d, sunionstore d
            > SINTERSTORE d s s
            sinterstore d
            > SDIFFSTORE d s s
            del d
            > SREM s nope
            > SREM s a b c
            srem s, del s
            """)
    }

    @Test func hashes() {
        expectEvents(
            """
            > HSET h a 1
            new h, hset h
            > HSET h a 1
            hset h
            > HSETNX h a 1
            > HINCRBY h a 1
            hincrby h
            > HINCRBYFLOAT i b 1.5
            new i, hincrbyfloat i
            > HDEL h nope
            > HDEL h a
            hdel h, del h
            > HGET h a
            keymiss h
            """)
    }

    @Test func sortedSets() {
        expectEvents(
            """
            > ZADD z XX 1 a
            > ZADD z 1 a 2 b 3 c 4 d
            new z, zadd z
            > ZADD z 1 a
            > ZADD z CH 2 a
            zadd z
            > ZINCRBY z 1 a
            zincr z
            > ZINCRBY z 0 a
            > ZRANGESTORE y z 0 -1
            new y, zrangestore y
            > ZUNIONSTORE y 2 z nope
            keymiss nope, zunionstore y
            > ZINTERSTORE y 1 nope
            keymiss nope, del y
            > ZDIFFSTORE y 1 z
            new y, zdiffstore y
            > ZPOPMIN z 0
            > ZPOPMIN z
            zpopmin z
            > ZMPOP 1 z MAX
            zpopmax z
            > ZREM z a nope
            zrem z
            > ZREMRANGEBYSCORE z 9 10
            > ZREMRANGEBYRANK z 0 9
            zremrangebyrank z, del z
            > ZREMRANGEBYLEX y - +
            zremrangebylex y, del y
            """)
    }

    @Test func keys() {
        expectEvents(
            """
            > SET a 1
            new a, set a
            > EXPIRE a 100
            expire a
            > EXPIRE a 100 NX
            > PERSIST a
            persist a
            > PERSIST a
            > RENAME a b
            new b, rename_from a, rename_to b
            > RENAME b b
            > COPY b c
            new c, copy_to c
            > COPY b c
            > COPY b c REPLACE
            new c, copy_to c
            > COPY nope c REPLACE
            keymiss nope
            > RENAMENX b c
            > EXPIRE b 0
            del b
            > DEL c c nope
            del c
            > RPUSH l 2 1
            new l, rpush l
            > SORT l STORE d
            new d, sortstore d
            > SORT l BY w_* STORE d
            keymiss w_2, keymiss w_1, sortstore d
            > SORT nope STORE d
            keymiss nope, del d
            > EXISTS l nope
            keymiss nope
            > OBJECT ENCODING nope
            > DUMP nope
            keymiss nope
            > TTL nope
            keymiss nope
            > FLUSHALL
            """)
    }

    /// As Redis 7.4 and 8.0.
    @Test func fieldsThatExpire() {
        expectEvents(
            """
            > HSETEX h EX 100 FIELDS 2 a 1 b 2
            new h, hset h, hexpire h
            > HSETEX h FNX FIELDS 1 a 1
            > HSETEX h FIELDS 1 c 1
            hset h
            > HEXPIRE h 100 NX FIELDS 1 a
            > HEXPIRE h 100 FIELDS 2 a nope
            hexpire h
            > HPERSIST h FIELDS 2 a c
            hpersist h
            > HPERSIST h FIELDS 1 a
            > HGETEX h EX 100 FIELDS 1 a
            hexpire h
            > HGETEX h PERSIST FIELDS 1 a
            hpersist h
            > HGETEX h FIELDS 1 a
            > HGETDEL h FIELDS 2 a nope
            hdel h
            > HPEXPIREAT h 1 FIELDS 1 b
            hdel h
            > HGETEX h PXAT 1 FIELDS 1 c
            hdel h, del h
            > HSETEX h PXAT 1 FIELDS 1 c 1
            new h, hset h, hdel h, del h
            > HTTL h FIELDS 1 c
            keymiss h
            > HGETDEL h FIELDS 1 c
            """)
    }
}
