import Engine
import TestSupport
import Testing

// What redis-server 7.0.15 answered (8.0 for SETINFO and NO-TOUCH), but that every request is client 1.

@Suite(.keyspaces) struct ClientCommandsTests {
    private func line(_ subcommand: String) -> String {
        #""id=1 addr=?:0 laddr=?:0 name= age=0 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 events=r "#
            + "cmd=client|\(subcommand) user=default redir=-1 resp=2\\n\""
    }

    @Test func namesAreCheckedAndNotKept() {
        expectTranscript(
            #"""
            > CLIENT ID
            (integer) 1
            > CLIENT GETNAME
            (nil)
            > CLIENT SETNAME foo
            OK
            > CLIENT GETNAME
            (nil)
            > CLIENT SETNAME ""
            OK
            > CLIENT SETNAME "a b"
            (error) ERR Client names cannot contain spaces, newlines or special characters.
            > CLIENT SETNAME "\x80"
            (error) ERR Client names cannot contain spaces, newlines or special characters.
            > CLIENT SETNAME
            (error) ERR wrong number of arguments for 'client|setname' command
            > CLIENT SETINFO lib-name redis-py
            OK
            > CLIENT SETINFO LIB-VER 5.0.1
            OK
            > CLIENT SETINFO LIB-NAME "a b"
            (error) ERR lib-name cannot contain spaces, newlines or special characters.
            > CLIENT SETINFO lib-ver "1\n"
            (error) ERR lib-ver cannot contain spaces, newlines or special characters.
            > CLIENT SETINFO foo bar
            (error) ERR Unrecognized option 'foo'
            > CLIENT SETINFO lib-name
            (error) ERR wrong number of arguments for 'client|setinfo' command
            > CLIENT NO-EVICT on
            OK
            > CLIENT NO-EVICT foo
            (error) ERR syntax error
            > CLIENT NO-TOUCH OFF
            OK
            > CLIENT
            (error) ERR wrong number of arguments for 'client' command
            > CLIENT FOO
            (error) ERR unknown subcommand 'FOO'. Try CLIENT HELP.
            """#)
    }

    @Test func listsTheOneClient() {
        expectTranscript(
            #"""
            > CLIENT INFO
            \#(line("info"))
            > CLIENT LIST
            \#(line("list"))
            > CLIENT LIST TYPE normal
            \#(line("list"))
            > CLIENT LIST TYPE master
            ""
            > CLIENT LIST TYPE foo
            (error) ERR Unknown client type 'foo'
            > CLIENT LIST TYPE replica x
            (error) ERR syntax error
            > CLIENT LIST TYPE
            (error) ERR syntax error
            > CLIENT LIST ID 3 1
            \#(line("list"))
            > CLIENT LIST ID 0
            ""
            > CLIENT LIST ID x
            (error) ERR Invalid client ID
            > CLIENT LIST ID
            (error) ERR syntax error
            > CLIENT LIST FOO
            (error) ERR syntax error
            > CLIENT INFO x
            (error) ERR wrong number of arguments for 'client|info' command
            """#)
    }

    @Test func findsNobodyToKill() {
        expectTranscript(
            """
            > CLIENT KILL 1.2.3.4:5
            (error) ERR No such client
            > CLIENT KILL ID 999
            (integer) 0
            > CLIENT KILL ID 0
            (error) ERR client-id should be greater than 0
            > CLIENT KILL TYPE foo
            (error) ERR Unknown client type 'foo'
            > CLIENT KILL USER x
            (error) ERR No such user 'x'
            > CLIENT KILL USER default TYPE master
            (integer) 0
            > CLIENT KILL LADDR 1:2 SKIPME no
            (integer) 0
            > CLIENT KILL ADDR 1:2 SKIPME maybe
            (error) ERR syntax error
            > CLIENT KILL FOO x
            (error) ERR syntax error
            > CLIENT KILL ID 5 TYPE
            (error) ERR syntax error
            > CLIENT KILL
            (error) ERR wrong number of arguments for 'client|kill' command
            """)
    }

    @Test func helpNamesEverySubcommand() {
        let help = run(TestEngine(), "CLIENT HELP")
        for name in ["GETNAME", "ID", "INFO", "KILL", "LIST", "NO-EVICT", "NO-TOUCH", "SETINFO", "SETNAME"] {
            #expect(help.contains(", \(name)"), "\(name)")
        }
    }
}
