import Bytes
import TestSupport
import Testing

@testable import REST

@Suite(.keyspaces) struct InfoResourcesTests {
    @Test(arguments: [
        ("", "{}"),
        ("# Server\r\n", #"{"server":{}}"#),
        ("# Server\r\nversion:7.0.15\r\nport:6379\r\n", #"{"server":{"version":"7.0.15","port":6379}}"#),
        ("# A\r\na:1\r\n\r\n# CPU\r\nb:\r\n", #"{"a":{"a":1},"cpu":{"b":""}}"#),
        (
            "# Keyspace\r\ndb0:keys=2,expires=1,avg_ttl=59000\r\n",
            #"{"keyspace":{"db0":{"keys":2,"expires":1,"avg_ttl":59000}}}"#
        ),
        (
            "# A\nid:0012\nf:1.50\npath:/a=b,c\nq:a\"b\n",
            #"{"a":{"id":"0012","f":"1.50","path":"/a=b,c","q":"a\"b"}}"#
        ),
        ("# A\nx:a=b,c\ny:a=1.5,b=x=y\n", #"{"a":{"x":"a=b,c","y":{"a":"1.5","b":"x=y"}}}"#),
    ])
    func turnsTextIntoJSON(_ text: String, _ json: String) {
        var buffer = ByteBuffer()
        Array(text.utf8).withByteView { buffer.append(infoJSON: $0) }
        #expect(buffer.view.string == json)
    }

    @Test func tellsOfTheServer() throws {
        try play(
            """
            PUT /keys/k 1 => 201
            GET /info => 200 ~"redis_version":
            GET /info?section=keyspace => 200 ~{"keyspace":{"db0":{"keys":1,
            GET /info?section=keyspace&section=server => 200 ~"server":{
            GET /info?section=none => 200 {}
            GET /info?section=keyspace&raw => 200 ~# Keyspace
            GET /info?sections=x => 400 ERR
            POST /info/reset => 204
            POST /info/reset [If-Match: *] => 400 ERR
            GET /info/reset => 405 METHOD
            """)
    }
}
