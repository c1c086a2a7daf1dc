import TestSupport
import Testing

/// BITFIELD and BITFIELD_RO. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct BitFieldCommandsTests {
    @Test("GET and SET") func getAndSET() {
        expectTranscript(
            #"""
            > BITFIELD a
            []
            > EXISTS a
            (integer) 0
            > BITFIELD a GET u8 0
            [(integer) 0]
            > EXISTS a
            (integer) 0
            > BITFIELD a SET u8 0 255
            [(integer) 0]
            > BITFIELD a GET u8 0 GET i8 0 GET u4 4 GET u4 6 GET i16 0
            [(integer) 255, (integer) -1, (integer) 15, (integer) 12, (integer) -256]
            > GET a
            "\xff"
            > BITFIELD a SET u8 #1 65 GET u8 8 GET u8 #1
            [(integer) 0, (integer) 65, (integer) 65]
            > GET a
            "\xffA"
            > BITFIELD a SET i5 100 -3 GET i5 100 GET u5 100
            [(integer) 0, (integer) -3, (integer) 29]
            > STRLEN a
            (integer) 14
            > BITFIELD b SET i64 0 -9223372036854775808 GET i64 0 GET u63 1 GET u63 0
            [(integer) 0, (integer) -9223372036854775808, (integer) 0, (integer) 4611686018427387904]
            > BITFIELD b SET i64 3 9223372036854775807 GET i64 3 GET i64 0
            [(integer) 0, (integer) 9223372036854775807, (integer) -8070450532247928833]
            > GET b
            "\x8f\xff\xff\xff\xff\xff\xff\xff\xe0"
            > BITFIELD b SET u63 5 9223372036854775807 GET u63 5 GET i64 5
            [(integer) 9223372036854775806, (integer) 9223372036854775807, (integer) -2]
            > BITFIELD c SET i1 0 -1 GET i1 0 GET u1 0 SET u1 0 0
            [(integer) 0, (integer) -1, (integer) 1, (integer) 1]
            > BITFIELD d SET u8 0 256 GET u8 0 SET u8 0 -1 GET u8 0 SET i8 0 200 GET i8 0 SET i8 0 -200 GE\#
            T i8 0
            [(integer) 0, (integer) 0, (integer) 0, (integer) 255, (integer) -1, (integer) -56, (integer\#
            ) -56, (integer) 56]
            > BITFIELD d get u8 0 Set u8 0 1 incrby u8 0 1
            [(integer) 56, (integer) 56, (integer) 2]
            > SET n 1
            OK
            > BITFIELD n GET u8 0 SET u8 0 50
            [(integer) 49, (integer) 49]
            > GET n
            "2"
            > BITFIELD nokey GET u8 1000 GET i64 #100
            [(integer) 0, (integer) 0]
            > EXISTS nokey
            (integer) 0
            > SET t x EXAT 4102444800
            OK
            > BITFIELD t SET u8 0 65
            [(integer) 120]
            > EXPIRETIME t
            (integer) 4102444800
            """#)
    }

    @Test("INCRBY and OVERFLOW") func incrbyAndOVERFLOW() {
        expectTranscript(
            #"""
            > BITFIELD a INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1
            [(integer) 1, (integer) 1]
            > BITFIELD a INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1
            [(integer) 2, (integer) 2]
            > BITFIELD a INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1
            [(integer) 3, (integer) 3]
            > BITFIELD a INCRBY u2 100 1 OVERFLOW SAT INCRBY u2 102 1
            [(integer) 0, (integer) 3]
            > BITFIELD a OVERFLOW FAIL INCRBY u2 102 1
            [(nil)]
            > BITFIELD b SET i8 0 127 INCRBY i8 0 1 INCRBY i8 0 -1
            [(integer) 0, (integer) -128, (integer) 127]
            > BITFIELD b SET i8 0 127 OVERFLOW SAT INCRBY i8 0 1 INCRBY i8 0 -300
            [(integer) 127, (integer) 127, (integer) -128]
            > BITFIELD b SET i8 0 127 OVERFLOW FAIL INCRBY i8 0 1 INCRBY i8 0 -1 INCRBY i8 0 -255
            [(integer) -128, (nil), (integer) 126, (nil)]
            > BITFIELD b SET i64 0 9223372036854775807 INCRBY i64 0 1
            [(integer) 9079256848778919936, (integer) -9223372036854775808]
            > BITFIELD b SET i64 0 9223372036854775807 OVERFLOW SAT INCRBY i64 0 1
            [(integer) -9223372036854775808, (integer) 9223372036854775807]
            > BITFIELD b SET i64 0 -9223372036854775808 OVERFLOW SAT INCRBY i64 0 -1
            [(integer) 9223372036854775807, (integer) -9223372036854775808]
            > BITFIELD b SET i64 0 -9223372036854775808 OVERFLOW FAIL INCRBY i64 0 -1 GET i64 0
            [(integer) -9223372036854775808, (nil), (integer) -9223372036854775808]
            > BITFIELD b SET i64 0 -9223372036854775808 INCRBY i64 0 -9223372036854775808
            [(integer) -9223372036854775808, (integer) 0]
            > BITFIELD c SET u8 0 5 INCRBY u8 0 -6
            [(integer) 0, (integer) 255]
            > BITFIELD c SET u8 0 5 OVERFLOW SAT INCRBY u8 0 -6 INCRBY u8 0 300
            [(integer) 255, (integer) 0, (integer) 255]
            > BITFIELD c SET u8 0 5 OVERFLOW FAIL INCRBY u8 0 -6 INCRBY u8 0 250 INCRBY u8 0 1
            [(integer) 255, (nil), (integer) 255, (nil)]
            > BITFIELD d SET u63 0 9223372036854775807 INCRBY u63 0 1
            [(integer) 0, (integer) 0]
            > BITFIELD d SET u63 0 9223372036854775807 OVERFLOW SAT INCRBY u63 0 9223372036854775807 INCRB\#
            Y u63 0 -9223372036854775808
            [(integer) 0, (integer) 9223372036854775807, (integer) 0]
            > BITFIELD e OVERFLOW SAT SET u8 0 300 GET u8 0 SET u8 0 -1 GET u8 0 SET i8 0 300 GET i8 0 SE\#
            T i8 0 -300 GET i8 0
            [(integer) 0, (integer) 255, (integer) 255, (integer) 255, (integer) -1, (integer) 127, (integ\#
            er) 127, (integer) -128]
            > BITFIELD e OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0 SET i8 0 -922337203685477568\#
            0 GET i8 0
            [(integer) -128, (integer) 127, (integer) 127, (integer) -128]
            > BITFIELD e OVERFLOW SAT SET i8 0 -9223372036854775679 GET i8 0 SET i64 0 -922337203685477580\#
            8 GET i64 0
            [(integer) -128, (integer) -128, (integer) -9223372036854775808, (integer) -9223372036854775808]
            > BITFIELD f OVERFLOW FAIL SET u8 0 300 SET u8 0 -1 SET i8 0 300 SET i8 0 -300
            [(nil), (nil), (nil), (nil)]
            > GET f
            "\x00"
            > BITFIELD g OVERFLOW WRAP INCRBY u8 0 300 INCRBY u8 0 -300 INCRBY i5 3 17 INCRBY i5 3 -40
            [(integer) 44, (integer) 0, (integer) -15, (integer) 9]
            > BITFIELD g OVERFLOW SAT OVERFLOW WRAP INCRBY u8 0 300 OVERFLOW FAIL GET u8 0
            [(integer) 53, (integer) 53]
            """#)
    }

    @Test("Errors") func errors() {
        expectTranscript(
            #"""
            > BITFIELD a GET u64 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET i65 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET u0 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET i0 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET I8 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET 8 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET u 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET ux 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET u08 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET "" 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD a GET u8 x
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 -1
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 #-1
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 #
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 4294967296
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 #536870912
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a GET u8 #9223372036854775807
            (error) ERR bit offset is not an integer or out of range
            > BITFIELD a SET u8 0 x
            (error) ERR value is not an integer or out of range
            > BITFIELD a INCRBY u8 0 9223372036854775808
            (error) ERR value is not an integer or out of range
            > BITFIELD a OVERFLOW FOO
            (error) ERR Invalid OVERFLOW type specified
            > BITFIELD a OVERFLOW FOO GET u8
            (error) ERR Invalid OVERFLOW type specified
            > BITFIELD a OVERFLOW
            (error) ERR syntax error
            > BITFIELD a GET u8
            (error) ERR syntax error
            > BITFIELD a SET u8 0
            (error) ERR syntax error
            > BITFIELD a FOO u8 0
            (error) ERR syntax error
            > BITFIELD a SET u8 0 1 GET u8
            (error) ERR syntax error
            > EXISTS a
            (integer) 0
            > RPUSH l x
            (integer) 1
            > BITFIELD l GET u8 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITFIELD l SET u8 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITFIELD l GET u64 0
            (error) ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported b\#
            ut i64 is.
            > BITFIELD l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("BITFIELD RO") func bitfieldRO() {
        expectTranscript(
            #"""
            > SET a x
            OK
            > BITFIELD_RO a GET u8 0 GET u4 4
            [(integer) 120, (integer) 8]
            > BITFIELD_RO a
            []
            > BITFIELD_RO nokey GET u8 0
            [(integer) 0]
            > BITFIELD_RO a SET u8 0 1
            (error) ERR BITFIELD_RO only supports the GET subcommand
            > BITFIELD_RO a INCRBY u8 0 1
            (error) ERR BITFIELD_RO only supports the GET subcommand
            > BITFIELD_RO a OVERFLOW SAT GET u8 0
            [(integer) 120]
            > BITFIELD_RO a SET u8 0 x
            (error) ERR value is not an integer or out of range
            > RPUSH l x
            (integer) 1
            > BITFIELD_RO l SET u8 0 1
            (error) ERR BITFIELD_RO only supports the GET subcommand
            > BITFIELD_RO l GET u8 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > GET a
            "x"
            """#)
    }

    @Test func offsetsNeverOverflowWhateverTheLimit() {
        expectTranscript(
            """
            > CONFIG SET proto-max-bulk-len 9223372036854775807
            OK
            > BITFIELD k SET u63 9223372036854775807 1
            (error) ERR bit offset is not an integer or out of range
            """)
    }
}
