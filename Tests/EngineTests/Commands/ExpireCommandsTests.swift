import TestSupport
import Testing

/// EXPIRE, TTL, PERSIST and kin. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct ExpireCommandsTests {
    @Test("Setting and asking") func settingAndAsking() {
        expectTranscript(
            #"""
            > EXPIRE nokey 100
            (integer) 0
            > SET a 1
            OK
            > TTL a
            (integer) -1
            > PTTL a
            (integer) -1
            > EXPIRETIME a
            (integer) -1
            > PEXPIRETIME a
            (integer) -1
            > TTL nokey
            (integer) -2
            > PTTL nokey
            (integer) -2
            > EXPIRETIME nokey
            (integer) -2
            > PEXPIRETIME nokey
            (integer) -2
            > EXPIRE a 100
            (integer) 1
            > TTL a
            (integer) 100
            > PEXPIRE a 200000
            (integer) 1
            > TTL a
            (integer) 200
            > PEXPIRE a 1000000499
            (integer) 1
            > TTL a
            (integer) 1000000
            > EXPIREAT a 4102444800
            (integer) 1
            > EXPIRETIME a
            (integer) 4102444800
            > PEXPIRETIME a
            (integer) 4102444800000
            > PEXPIREAT a 4102444800499
            (integer) 1
            > EXPIRETIME a
            (integer) 4102444800
            > PEXPIREAT a 4102444800500
            (integer) 1
            > EXPIRETIME a
            (integer) 4102444801
            > PEXPIRETIME a
            (integer) 4102444800500
            > PERSIST a
            (integer) 1
            > PERSIST a
            (integer) 0
            > PERSIST nokey
            (integer) 0
            > TTL a
            (integer) -1
            > EXPIREAT a 9223372036854775
            (integer) 1
            > EXPIRETIME a
            (integer) 9223372036854775
            > PEXPIREAT a 9223372036854775807
            (integer) 1
            > EXPIRETIME a
            (integer) 9223372036854776
            > PEXPIRETIME a
            (integer) 9223372036854775807
            > RPUSH l x
            (integer) 1
            > EXPIREAT l 4102444800
            (integer) 1
            > EXPIRETIME l
            (integer) 4102444800
            > RPUSH l y
            (integer) 2
            > EXPIRETIME l
            (integer) 4102444800
            """#)
    }

    @Test("Instants that have passed") func instantsThatHavePassed() {
        expectTranscript(
            #"""
            > SET a 1
            OK
            > EXPIRE a 0
            (integer) 1
            > EXISTS a
            (integer) 0
            > SET a 1
            OK
            > EXPIRE a -1
            (integer) 1
            > EXISTS a
            (integer) 0
            > SET a 1
            OK
            > PEXPIRE a -9223372036854775808
            (integer) 1
            > EXISTS a
            (integer) 0
            > SET a 1
            OK
            > EXPIREAT a 1
            (integer) 1
            > EXISTS a
            (integer) 0
            > SET a 1
            OK
            > PEXPIREAT a 0
            (integer) 1
            > EXISTS a
            (integer) 0
            > EXPIRE a -1
            (integer) 0
            > SET a 1 EXAT 4102444800
            OK
            > EXPIRE a -1 GT
            (integer) 0
            > EXPIRE a -1 LT
            (integer) 1
            > EXISTS a
            (integer) 0
            """#)
    }

    @Test("NX, XX, GT and LT") func nxXXGTAndLT() {
        expectTranscript(
            #"""
            > SET a 1
            OK
            > EXPIREAT a 4102444800 XX
            (integer) 0
            > EXPIREAT a 4102444800 GT
            (integer) 0
            > EXPIREAT a 4102444800 NX
            (integer) 1
            > EXPIREAT a 4102444900 NX
            (integer) 0
            > EXPIREAT a 4102444800 GT
            (integer) 0
            > EXPIREAT a 4102444800 LT
            (integer) 0
            > EXPIREAT a 4102444900 GT
            (integer) 1
            > EXPIREAT a 4102444800 lt
            (integer) 1
            > EXPIREAT a 4102444700 XX
            (integer) 1
            > EXPIREAT a 4102444600 XX GT
            (integer) 0
            > EXPIREAT a 4102444600 XX LT
            (integer) 1
            > EXPIREAT a 4102444700 GT GT XX
            (integer) 1
            > EXPIRETIME a
            (integer) 4102444700
            > PERSIST a
            (integer) 1
            > EXPIREAT a 4102444800 LT
            (integer) 1
            > EXPIRETIME a
            (integer) 4102444800
            > PERSIST a
            (integer) 1
            > EXPIREAT a 4102444800 XX LT
            (integer) 0
            > EXPIRE nokey 10 NX
            (integer) 0
            > PEXPIRE a 10000000 NX
            (integer) 1
            > PEXPIREAT a 4102444800000 GT
            (integer) 1
            """#)
    }

    @Test("Errors") func errors() {
        expectTranscript(
            #"""
            > SET a 1
            OK
            > EXPIRE a
            (error) ERR wrong number of arguments for 'expire' command
            > EXPIRE a x
            (error) ERR value is not an integer or out of range
            > EXPIRE a 1.5
            (error) ERR value is not an integer or out of range
            > EXPIRE a 9223372036854775807
            (error) ERR invalid expire time in 'expire' command
            > EXPIRE a 9223372036854775
            (error) ERR invalid expire time in 'expire' command
            > EXPIRE a -9223372036854776
            (error) ERR invalid expire time in 'expire' command
            > EXPIRE a -9223372036854775808
            (error) ERR invalid expire time in 'expire' command
            > PEXPIRE a 9223372036854775807
            (error) ERR invalid expire time in 'pexpire' command
            > PEXPIRE a 9223372036854775808
            (error) ERR value is not an integer or out of range
            > EXPIREAT a 9223372036854776
            (error) ERR invalid expire time in 'expireat' command
            > EXPIREAT a x
            (error) ERR value is not an integer or out of range
            > PEXPIREAT a 9223372036854775808
            (error) ERR value is not an integer or out of range
            > EXPIRE nokey 9223372036854775807
            (error) ERR invalid expire time in 'expire' command
            > EXPIRE nokey x
            (error) ERR value is not an integer or out of range
            > EXPIRE a 10 FOO
            (error) ERR Unsupported option FOO
            > EXPIRE a x FOO
            (error) ERR Unsupported option FOO
            > EXPIRE a 10 "F\x00O"
            (error) ERR Unsupported option F
            > EXPIRE a 10 NX FOO
            (error) ERR Unsupported option FOO
            > EXPIRE a 10 NX XX
            (error) ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 10 NX GT
            (error) ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 10 LT NX
            (error) ERR NX and XX, GT or LT options at the same time are not compatible
            > EXPIRE a 10 GT LT
            (error) ERR GT and LT options at the same time are not compatible
            > EXPIRE a x GT LT
            (error) ERR GT and LT options at the same time are not compatible
            > EXPIRE a 10 NX GT LT
            (error) ERR NX and XX, GT or LT options at the same time are not compatible
            > PERSIST
            (error) ERR wrong number of arguments for 'persist' command
            > TTL
            (error) ERR wrong number of arguments for 'ttl' command
            > TTL a b
            (error) ERR wrong number of arguments for 'ttl' command
            > EXISTS a
            (integer) 1
            > TTL a
            (integer) -1
            """#)
    }
}
