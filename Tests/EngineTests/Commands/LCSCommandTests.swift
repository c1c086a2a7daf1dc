import TestSupport
import Testing

/// LCS. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct LCSCommandTests {
    @Test("The subsequence") func theSubsequence() {
        expectTranscript(
            #"""
            > LCS a b
            ""
            > MSET a ohmytext b mynewtext
            OK
            > LCS a b
            "mytext"
            > LCS a a
            "ohmytext"
            > LCS a nokey
            ""
            > LCS nokey a
            ""
            > MSET c abc d xyz
            OK
            > LCS c d
            ""
            > LCS c d LEN
            (integer) 0
            > MSET e 1234512345 f 5432154321
            OK
            > LCS e f
            "545"
            > LCS f e
            "121"
            > SET n 12345
            OK
            > LCS n e
            "12345"
            """#)
    }

    @Test("LEN and IDX") func lenAndIDX() {
        expectTranscript(
            #"""
            > MSET a ohmytext b mynewtext
            OK
            > LCS a b LEN
            (integer) 6
            > LCS a b IDX
            ["matches", [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8]], [[(integer) 2, (integer\#
            ) 3], [(integer) 0, (integer) 1]]], "len", (integer) 6]
            > LCS a b IDX MINMATCHLEN 4
            ["matches", [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8]]], "len", (integer) 6]
            > LCS a b IDX MINMATCHLEN 5
            ["matches", [], "len", (integer) 6]
            > LCS a b IDX MINMATCHLEN -5
            ["matches", [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8]], [[(integer) 2, (integer\#
            ) 3], [(integer) 0, (integer) 1]]], "len", (integer) 6]
            > LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
            ["matches", [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8], (integer) 4]], "len", (i\#
            nteger) 6]
            > LCS a b IDX WITHMATCHLEN
            ["matches", [[[(integer) 4, (integer) 7], [(integer) 5, (integer) 8], (integer) 4], [[(integer\#
            ) 2, (integer) 3], [(integer) 0, (integer) 1], (integer) 2]], "len", (integer) 6]
            > LCS a b WITHMATCHLEN
            "mytext"
            > LCS a b MINMATCHLEN 3
            "mytext"
            > LCS a b LEN MINMATCHLEN 3 WITHMATCHLEN
            (integer) 6
            > LCS a nokey IDX
            ["matches", [], "len", (integer) 0]
            > LCS a nokey LEN
            (integer) 0
            > MSET e abababab f babaabb
            OK
            > LCS e f IDX WITHMATCHLEN
            ["matches", [[[(integer) 7, (integer) 7], [(integer) 6, (integer) 6], (integer) 1], [[(integer\#
            ) 6, (integer) 6], [(integer) 4, (integer) 4], (integer) 1], [[(integer) 1, (integer) 4], [(in\#
            teger) 0, (integer) 3], (integer) 4]], "len", (integer) 6]
            > LCS f e IDX WITHMATCHLEN
            ["matches", [[[(integer) 6, (integer) 6], [(integer) 7, (integer) 7], (integer) 1], [[(integer\#
            ) 4, (integer) 5], [(integer) 4, (integer) 5], (integer) 2], [[(integer) 1, (integer) 3], [(in\#
            teger) 0, (integer) 2], (integer) 3]], "len", (integer) 6]
            > LCS e e IDX
            ["matches", [[[(integer) 0, (integer) 7], [(integer) 0, (integer) 7]]], "len", (integer) 8]
            > MSET g aXbXc h abc
            OK
            > LCS g h IDX WITHMATCHLEN
            ["matches", [[[(integer) 4, (integer) 4], [(integer) 2, (integer) 2], (integer) 1], [[(integer\#
            ) 2, (integer) 2], [(integer) 1, (integer) 1], (integer) 1], [[(integer) 0, (integer) 0], [(in\#
            teger) 0, (integer) 0], (integer) 1]], "len", (integer) 3]
            > LCS h g IDX WITHMATCHLEN
            ["matches", [[[(integer) 2, (integer) 2], [(integer) 4, (integer) 4], (integer) 1], [[(integer\#
            ) 1, (integer) 1], [(integer) 2, (integer) 2], (integer) 1], [[(integer) 0, (integer) 0], [(in\#
            teger) 0, (integer) 0], (integer) 1]], "len", (integer) 3]
            """#)
    }

    @Test("Errors") func errors() {
        expectTranscript(
            #"""
            > SET a x
            OK
            > LCS a
            (error) ERR wrong number of arguments for 'lcs' command
            > LCS a a FOO
            (error) ERR syntax error
            > LCS a a MINMATCHLEN
            (error) ERR syntax error
            > LCS a a MINMATCHLEN x
            (error) ERR value is not an integer or out of range
            > LCS a a LEN IDX
            (error) ERR If you want both the length and indexes, please just use IDX.
            > LCS a a IDX LEN FOO
            (error) ERR syntax error
            > RPUSH l x
            (integer) 1
            > LCS a l
            (error) ERR The specified keys must contain string values
            > LCS l a FOO
            (error) ERR The specified keys must contain string values
            > SETRANGE big 20000 x
            (integer) 20001
            > LCS big big LEN
            (error) ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len
            """#)
    }
}
