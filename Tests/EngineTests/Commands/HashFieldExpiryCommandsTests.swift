import Engine
import TestSupport
import Testing

/// HEXPIRE, HTTL, HPERSIST and kin, after the source and the tests of Redis 8.0; 7.0.15 does not have them.
@Suite(.keyspaces) struct HashFieldExpiryCommandsTests {
    @Test("Setting and asking") func settingAndAsking() {
        expectTranscript(
            #"""
            > HSET h a 1 b 2 c 3
            (integer) 3
            > HTTL h FIELDS 2 a nofield
            [(integer) -1, (integer) -2]
            > HPTTL nokey FIELDS 3 a b a
            [(integer) -2, (integer) -2, (integer) -2]
            > HEXPIRETIME h FIELDS 1 a
            [(integer) -1]
            > HPEXPIRETIME nokey FIELDS 1 a
            [(integer) -2]
            > HEXPIRE nokey 10 FIELDS 2 a b
            [(integer) -2, (integer) -2]
            > HEXPIRE h 100 FIELDS 3 a nofield b
            [(integer) 1, (integer) -2, (integer) 1]
            > HTTL h FIELDS 3 a b c
            [(integer) 100, (integer) 100, (integer) -1]
            > HPEXPIREAT h 4102444800001 fields 1 a
            [(integer) 1]
            > HPEXPIRETIME h fields 1 a
            [(integer) 4102444800001]
            > HEXPIRETIME h FIELDS 1 a
            [(integer) 4102444801]
            > HEXPIREAT h 4102444800 FIELDS 2 a a
            [(integer) 1, (integer) 1]
            > HEXPIRETIME h FIELDS 1 a
            [(integer) 4102444800]
            > HPEXPIRE h 99900 FIELDS 1 a
            [(integer) 1]
            > HTTL h FIELDS 1 a
            [(integer) 100]
            > HPERSIST h FIELDS 4 a c nofield a
            [(integer) 1, (integer) -1, (integer) -2, (integer) -1]
            > HTTL h FIELDS 3 a b c
            [(integer) -1, (integer) 100, (integer) -1]
            > HPERSIST nokey FIELDS 1 a
            [(integer) -2]
            > TTL h
            (integer) -1
            > HLEN h
            (integer) 3
            """#)
    }

    @Test("What has passed goes at once") func past() {
        expectTranscript(
            #"""
            > HSET h a 1 b 2 c 3 d 4
            (integer) 4
            > HEXPIRE h 0 FIELDS 2 a a
            [(integer) 2, (integer) -2]
            > HPEXPIREAT h 1 FIELDS 1 b
            [(integer) 2]
            > HKEYS h
            ["c", "d"]
            > HEXPIRE h 100 FIELDS 1 c
            [(integer) 1]
            > HEXPIREAT h 1 NX FIELDS 2 c d
            [(integer) 0, (integer) 2]
            > HPEXPIRE h 0 XX FIELDS 1 c
            [(integer) 2]
            > EXISTS h
            (integer) 0
            """#)
    }

    @Test("NX, XX, GT, LT") func conditions() {
        expectTranscript(
            #"""
            > HSET h a 1 b 2
            (integer) 2
            > HEXPIREAT h 4102444800 XX FIELDS 2 a b
            [(integer) 0, (integer) 0]
            > HEXPIREAT h 4102444800 GT FIELDS 1 a
            [(integer) 0]
            > HEXPIREAT h 4102444800 LT FIELDS 1 a
            [(integer) 1]
            > HEXPIREAT h 4102444800 nx FIELDS 2 a b
            [(integer) 0, (integer) 1]
            > HEXPIREAT h 4102444800 GT FIELDS 1 a
            [(integer) 0]
            > HEXPIREAT h 4102444801 GT FIELDS 1 a
            [(integer) 1]
            > HEXPIREAT h 4102444801 LT FIELDS 2 a b
            [(integer) 0, (integer) 0]
            > HEXPIREAT h 4102444799 LT FIELDS 2 a b
            [(integer) 1, (integer) 1]
            > HEXPIREAT h 4102444900 XX FIELDS 1 b
            [(integer) 1]
            > HEXPIRETIME h FIELDS 2 a b
            [(integer) 4102444799, (integer) 4102444900]
            """#)
    }

    @Test("Complaints") func complaints() {
        let count = "(error) ERR The `numfields` parameter must match the number of arguments"
        let keyword = "(error) ERR Mandatory argument FIELDS is missing or not at the right position"
        let positive = "(error) ERR Parameter `numFields` should be greater than 0"
        let wrongType = "(error) WRONGTYPE Operation against a key holding the wrong kind of value"
        expectTranscript(
            """
            > HSET h a 1
            (integer) 1
            > SET s 1
            OK
            > HEXPIRE s x NX
            (error) ERR wrong number of arguments for 'hexpire' command
            > HEXPIRE s x y z 1
            \(wrongType)
            > HEXPIRE h x FIELDS 1 a
            (error) ERR value is not an integer or out of range
            > HEXPIRE h 1.5 FIELDS 1 a
            (error) ERR value is not an integer or out of range
            > HEXPIRE h -1 FIELDS 1 a
            (error) ERR invalid expire time, must be >= 0
            > HPEXPIREAT nokey -1 FIELDS 1 a
            (error) ERR invalid expire time, must be >= 0
            > HPEXPIREAT h 70368744177663 FIELDS 1 a
            [(integer) 1]
            > HPEXPIREAT h 70368744177664 FIELDS 1 a
            (error) ERR invalid expire time in 'hpexpireat' command
            > HEXPIREAT h 70368744177 FIELDS 1 a
            [(integer) 1]
            > HEXPIREAT h 70368744178 FIELDS 1 a
            (error) ERR invalid expire time in 'hexpireat' command
            > HEXPIRE h 70368744177 FIELDS 1 a
            (error) ERR invalid expire time in 'hexpire' command
            > HPEXPIRE h 70368744177663 FIELDS 1 a
            (error) ERR invalid expire time in 'hpexpire' command
            > HPEXPIRE h 9223372036854775807 FIELDS 1 a
            (error) ERR invalid expire time in 'hpexpire' command
            > HEXPIRE h 10 FIELD 1 a
            \(keyword)
            > HEXPIRE h 10 NX 1 a
            \(keyword)
            > HEXPIRE h 10 NX XX FIELDS 1 a
            \(keyword)
            > HEXPIRE h 10 FIELDS 0 a
            \(positive)
            > HEXPIRE h 10 FIELDS x a
            \(positive)
            > HEXPIRE h 10 FIELDS -1 a
            \(positive)
            > HEXPIRE h 10 FIELDS 2 a
            \(count)
            > HEXPIRE h 10 FIELDS 1 a b
            \(count)
            > HEXPIRE h 10 NX FIELDS 1
            \(count)
            > HEXPIRE h 10 FIELDS 9223372036854775807 a
            \(count)
            > HTTL s FIELDS 1 a
            \(wrongType)
            > HTTL h FIELDS 1
            (error) ERR wrong number of arguments for 'httl' command
            > HTTL h a 1 a
            \(keyword)
            > HPTTL h FIELDS 0 a
            (error) ERR Number of fields must be a positive integer
            > HPEXPIRETIME h FIELDS 2 a
            \(count)
            > HPERSIST s FIELDS 1 a
            \(wrongType)
            > HPERSIST h FIELDS x a
            (error) ERR Number of fields must be a positive integer
            > HPERSIST h FIELDS 1 a b
            \(count)
            > HPEXPIRETIME h FIELDS 1 a
            [(integer) 70368744177000]
            """)
    }

    /// What other commands do to a field's expiry.
    @Test("Other commands") func otherCommands() {
        expectTranscript(
            #"""
            > HSET h a 1 b 2
            (integer) 2
            > HPEXPIREAT h 4102444800000 FIELDS 2 a b
            [(integer) 1, (integer) 1]
            > HINCRBY h a 5
            (integer) 6
            > HINCRBYFLOAT h a 0.5
            "6.5"
            > HSETNX h a 9
            (integer) 0
            > HPEXPIRETIME h FIELDS 1 a
            [(integer) 4102444800000]
            > OBJECT ENCODING h
            "listpackex"
            > COPY h c
            (integer) 1
            > RENAME h r
            OK
            > HPEXPIRETIME r FIELDS 2 a b
            [(integer) 4102444800000, (integer) 4102444800000]
            > HSET r a 7
            (integer) 0
            > HDEL r b
            (integer) 1
            > HSET r b 8
            (integer) 1
            > HPEXPIRETIME r FIELDS 2 a b
            [(integer) -1, (integer) -1]
            > HPEXPIRETIME c FIELDS 2 a b
            [(integer) 4102444800000, (integer) 4102444800000]
            > EXPIREAT c 4102444800
            (integer) 1
            > PERSIST c
            (integer) 1
            > HPEXPIRETIME c FIELDS 2 a b
            [(integer) 4102444800000, (integer) 4102444800000]
            > HMSET c b 3
            OK
            > HPEXPIRETIME c FIELDS 2 a b
            [(integer) 4102444800000, (integer) -1]
            > CONFIG SET hash-max-listpack-entries 1
            OK
            > HSET c d 3
            (integer) 1
            > OBJECT ENCODING c
            "hashtable"
            > HPEXPIRETIME c FIELDS 3 a b d
            [(integer) 4102444800000, (integer) -1, (integer) -1]
            > DEL c
            (integer) 1
            > HSET c a 1
            (integer) 1
            > HTTL c FIELDS 1 a
            [(integer) -1]
            > SET c x
            OK
            > HTTL c FIELDS 1 a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }
}
