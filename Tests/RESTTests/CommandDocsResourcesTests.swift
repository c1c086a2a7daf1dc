import TestSupport
import Testing

@Suite(.keyspaces) struct CommandDocsResourcesTests {
    @Test func listsAndDescribes() throws {
        try play(
            """
            GET /commands => 200 ~"append"
            GET /commands?match=bitf* => 200 {"commands":["bitfield","bitfield_ro"]}
            GET /commands?match=none => 200 {"commands":[]}
            GET /commands/get => 200 {"name":"get","summary":"Get the value of a key","since":"1.0.0","group":"string","complexity":"O(1)","arity":2,"flags":["readonly","fast"],"first_key":1,"last_key":1,"step":1}
            GET /commands/GET => 200 ~{"name":"get","summary":"Get the value of a key"
            GET /commands/object%7Cencoding => 200 ~{"name":"object|encoding","summary":"
            GET /commands/none => 404 NOTFOUND
            GET /commands/ => 404 NOTFOUND
            GET /commands/get?raw => 400 ERR
            """)
    }
}
