import TestSupport
import Testing

/// INCR, DECR and kin. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct StringCountersTests {
    @Test("INCR and DECR") func incrAndDECR() {
        expectTranscript(
            #"""
            > INCR a
            (integer) 1
            > INCR a
            (integer) 2
            > DECR a
            (integer) 1
            > DECR b
            (integer) -1
            > GET b
            "-1"
            > SET a 9223372036854775806
            OK
            > INCR a
            (integer) 9223372036854775807
            > INCR a
            (error) ERR increment or decrement would overflow
            > GET a
            "9223372036854775807"
            > SET a -9223372036854775807
            OK
            > DECR a
            (integer) -9223372036854775808
            > DECR a
            (error) ERR increment or decrement would overflow
            > GET a
            "-9223372036854775808"
            > SET a x
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a ""
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a " 1"
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a "1 "
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a 01
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a +1
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a -0
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a 1.0
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > SET a 9223372036854775808
            OK
            > INCR a
            (error) ERR value is not an integer or out of range
            > DECR a
            (error) ERR value is not an integer or out of range
            > SET t 1 EXAT 4102444800
            OK
            > INCR t
            (integer) 2
            > EXPIRETIME t
            (integer) 4102444800
            > RPUSH l 1
            (integer) 1
            > INCR l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > DECR l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("INCRBY and DECRBY") func incrbyAndDECRBY() {
        expectTranscript(
            #"""
            > INCRBY a 10
            (integer) 10
            > INCRBY a -20
            (integer) -10
            > DECRBY a 5
            (integer) -15
            > DECRBY a -5
            (integer) -10
            > INCRBY a x
            (error) ERR value is not an integer or out of range
            > INCRBY a 1.5
            (error) ERR value is not an integer or out of range
            > INCRBY a 9223372036854775808
            (error) ERR value is not an integer or out of range
            > DECRBY a x
            (error) ERR value is not an integer or out of range
            > DECRBY a -9223372036854775808
            (error) ERR decrement would overflow
            > INCRBY a -9223372036854775808
            (error) ERR increment or decrement would overflow
            > SET a -1
            OK
            > INCRBY a -9223372036854775808
            (error) ERR increment or decrement would overflow
            > SET a 1
            OK
            > INCRBY a 9223372036854775807
            (error) ERR increment or decrement would overflow
            > DECRBY a 9223372036854775807
            (integer) -9223372036854775806
            > GET a
            "-9223372036854775806"
            > RPUSH l 1
            (integer) 1
            > INCRBY l x
            (error) ERR value is not an integer or out of range
            > INCRBY l 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > DECRBY l 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("INCRBYFLOAT") func incrbyfloat() {
        expectTranscript(
            #"""
            > INCRBYFLOAT a 10.5
            "10.5"
            > INCRBYFLOAT a 0.1
            "10.6"
            > INCRBYFLOAT a -5
            "5.6"
            > GET a
            "5.6"
            > SET a 5.0e3
            OK
            > INCRBYFLOAT a 2.0e2
            "5200"
            > SET a 3
            OK
            > INCRBYFLOAT a 1.0
            "4"
            > INCRBYFLOAT a 1e17
            "100000000000000004"
            > INCRBYFLOAT b 0.1
            "0.1"
            > INCRBYFLOAT b 0.2
            "0.3"
            > INCRBYFLOAT c 0
            "0"
            > INCRBYFLOAT c -0.0
            "0"
            > INCRBYFLOAT c 1e-17
            "0.00000000000000001"
            > INCRBYFLOAT c 1e-20
            "0.00000000000000001"
            > INCRBYFLOAT a x
            (error) ERR value is not a valid float
            > INCRBYFLOAT a ""
            (error) ERR value is not a valid float
            > INCRBYFLOAT a " 1"
            (error) ERR value is not a valid float
            > INCRBYFLOAT a "1 "
            (error) ERR value is not a valid float
            > INCRBYFLOAT a nan
            (error) ERR value is not a valid float
            > INCRBYFLOAT a inf
            (error) ERR increment would produce NaN or Infinity
            > INCRBYFLOAT a -inf
            (error) ERR increment would produce NaN or Infinity
            > INCRBYFLOAT a 1e5000
            (error) ERR value is not a valid float
            > SET s x
            OK
            > INCRBYFLOAT s 1
            (error) ERR value is not a valid float
            > SET s ""
            OK
            > INCRBYFLOAT s 1
            (error) ERR value is not a valid float
            > SET s " 1"
            OK
            > INCRBYFLOAT s 1
            (error) ERR value is not a valid float
            > SET s inf
            OK
            > INCRBYFLOAT s 1
            (error) ERR increment would produce NaN or Infinity
            > INCRBYFLOAT s -inf
            (error) ERR increment would produce NaN or Infinity
            > SET t 1 EXAT 4102444800
            OK
            > INCRBYFLOAT t 1.5
            "2.5"
            > EXPIRETIME t
            (integer) 4102444800
            > RPUSH l 1
            (integer) 1
            > INCRBYFLOAT l x
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }
}
