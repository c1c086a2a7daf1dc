import TestSupport
import Testing

/// DEL, EXISTS, TYPE, RENAME, COPY. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct KeyCommandsTests {
    @Test("DEL, UNLINK, EXISTS and TOUCH") func delUNLINKEXISTSAndTOUCH() {
        expectTranscript(
            #"""
            > MSET a 1 b 2 c 3 d 4
            OK
            > RPUSH l x
            (integer) 1
            > EXISTS a
            (integer) 1
            > EXISTS a a nokey l
            (integer) 3
            > TOUCH a b nokey a
            (integer) 3
            > DEL a a nokey
            (integer) 1
            > UNLINK b b nokey l
            (integer) 2
            > EXISTS a b l
            (integer) 0
            > DEL nokey
            (integer) 0
            > DEL c d
            (integer) 2
            > DEL
            (error) ERR wrong number of arguments for 'del' command
            > UNLINK
            (error) ERR wrong number of arguments for 'unlink' command
            > EXISTS
            (error) ERR wrong number of arguments for 'exists' command
            > TOUCH
            (error) ERR wrong number of arguments for 'touch' command
            > SET e 1 PXAT 1
            OK
            > DEL e
            (integer) 0
            """#)
    }

    @Test("TYPE") func type() {
        expectTranscript(
            #"""
            > TYPE a
            none
            > SET a 1
            OK
            > TYPE a
            string
            > RPUSH l x
            (integer) 1
            > TYPE l
            list
            > SADD s x
            (integer) 1
            > TYPE s
            set
            > HSET h f v
            (integer) 1
            > TYPE h
            hash
            > ZADD z 1 m
            (integer) 1
            > TYPE z
            zset
            """#)
    }

    @Test("RENAME and RENAMENX") func renameAndRENAMENX() {
        expectTranscript(
            #"""
            > RENAME nokey b
            (error) ERR no such key
            > RENAME nokey nokey
            (error) ERR no such key
            > RENAMENX nokey b
            (error) ERR no such key
            > SET a 1
            OK
            > RENAME a a
            OK
            > RENAMENX a a
            (integer) 0
            > RENAME a b
            OK
            > EXISTS a
            (integer) 0
            > GET b
            "1"
            > SET c 2 EXAT 4102444800
            OK
            > RENAME c b
            OK
            > GET b
            "2"
            > EXPIRETIME b
            (integer) 4102444800
            > SET d 3
            OK
            > RENAMENX d b
            (integer) 0
            > RENAMENX d e
            (integer) 1
            > GET e
            "3"
            > RENAME e b
            OK
            > TTL b
            (integer) -1
            > RPUSH l x y
            (integer) 2
            > RENAME l b
            OK
            > LRANGE b 0 -1
            ["x", "y"]
            > EXISTS l
            (integer) 0
            """#)
    }

    @Test("COPY") func copy() {
        expectTranscript(
            #"""
            > COPY nokey b
            (integer) 0
            > COPY a a
            (error) ERR source and destination objects are the same
            > SET a 1 EXAT 4102444800
            OK
            > COPY a a
            (error) ERR source and destination objects are the same
            > COPY a a REPLACE
            (error) ERR source and destination objects are the same
            > COPY a b
            (integer) 1
            > GET b
            "1"
            > EXPIRETIME b
            (integer) 4102444800
            > SET a 2
            OK
            > COPY a b
            (integer) 0
            > COPY a b REPLACE
            (integer) 1
            > GET b
            "2"
            > TTL b
            (integer) -1
            > COPY a c DB 0
            (integer) 1
            > COPY a c db 0 replace replace
            (integer) 1
            > COPY a d DB
            (error) ERR syntax error
            > COPY a d FOO
            (error) ERR syntax error
            > COPY a d DB x
            (error) ERR value is not an integer or out of range
            > COPY a d DB 1.5
            (error) ERR value is not an integer or out of range
            > COPY a d DB -1
            (error) ERR DB index is out of range
            > COPY a d DB 16
            (error) ERR DB index is out of range
            > COPY a d DB 2147483648
            (error) ERR value is out of range, value must between -2147483648 and 2147483647
            > COPY nokey d DB 99
            (error) ERR DB index is out of range
            > RPUSH l x y
            (integer) 2
            > COPY l m
            (integer) 1
            > RPUSH m z
            (integer) 3
            > LRANGE l 0 -1
            ["x", "y"]
            > LRANGE m 0 -1
            ["x", "y", "z"]
            > COPY l a REPLACE
            (integer) 1
            > LRANGE a 0 -1
            ["x", "y"]
            > SADD s 1 2
            (integer) 2
            > HSET h f v
            (integer) 1
            > ZADD z 1 m
            (integer) 1
            > COPY s s2
            (integer) 1
            > COPY h h2
            (integer) 1
            > COPY z z2
            (integer) 1
            > SCARD s2
            (integer) 2
            > HGETALL h2
            ["f", "v"]
            > ZRANGE z2 0 -1 WITHSCORES
            ["m", "1"]
            """#)
    }

    @Test("OBJECT") func object() {
        expectTranscript(
            #"""
            > OBJECT ENCODING nokey
            (nil)
            > OBJECT IDLETIME nokey
            (nil)
            > OBJECT REFCOUNT nokey
            (nil)
            > OBJECT FREQ nokey
            (nil)
            > MSET n 12345678901 e short r "a string that is longer than forty-four bytes, so raw"
            OK
            > OBJECT ENCODING n
            "int"
            > OBJECT ENCODING e
            "embstr"
            > OBJECT ENCODING r
            "raw"
            > OBJECT encoding n
            "int"
            > OBJECT IDLETIME n
            (integer) 0
            > OBJECT REFCOUNT e
            (integer) 1
            > OBJECT FREQ e
            (error) ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please not\#
            e that when switching between policies at runtime LRU and LFU data will take some time to adju\#
            st.
            > RPUSH l x
            (integer) 1
            > SADD s 1 2
            (integer) 2
            > SADD t x
            (integer) 1
            > HSET h f v
            (integer) 1
            > ZADD z 1 m
            (integer) 1
            > OBJECT ENCODING s
            "intset"
            > OBJECT ENCODING h
            "listpack"
            > OBJECT ENCODING z
            "listpack"
            > OBJECT
            (error) ERR wrong number of arguments for 'object' command
            > OBJECT ENCODING
            (error) ERR wrong number of arguments for 'object|encoding' command
            > OBJECT ENCODING n n
            (error) ERR wrong number of arguments for 'object|encoding' command
            > OBJECT IDLETIME
            (error) ERR wrong number of arguments for 'object|idletime' command
            > OBJECT REFCOUNT n n
            (error) ERR wrong number of arguments for 'object|refcount' command
            > OBJECT FREQ
            (error) ERR wrong number of arguments for 'object|freq' command
            > OBJECT HELP x
            (error) ERR wrong number of arguments for 'object|help' command
            > OBJECT FOO
            (error) ERR unknown subcommand 'FOO'. Try OBJECT HELP.
            > OBJECT "a\x00b"
            (error) ERR unknown subcommand 'a'. Try OBJECT HELP.
            > OBJECT FOO n
            (error) ERR unknown subcommand 'FOO'. Try OBJECT HELP.
            > OBJECT HELP
            [OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, ENCODING <key>,     Return t\#
            he kind of internal representation used in order to store the value,     associated with a <ke\#
            y>., FREQ <key>,     Return the access frequency index of the <key>. The returned integer is\#
            ,     proportional to the logarithm of the recent access frequency of the key., IDLETIME <key>\#
            ,     Return the idle time of the <key>, that is the approximated number of,     seconds elaps\#
            ed since the last access to the key., REFCOUNT <key>,     Return the number of references of t\#
            he value associated with the specified,     <key>., HELP,     Prints this help.]
            """#)
    }
}
