import TestSupport
import Testing

@testable import REST

@Suite(.keyspaces) struct EventResourcesTests {
    @Test func publishing() throws {
        try play(
            """
            POST /channels/news hello => 200 {"receivers":0}
            POST /channels/news {"message":"hello"} => 200 {"receivers":0}
            POST /channels/news {"message":{"base64":"/w=="}} => 200 {"receivers":0}
            POST /channels/a%2Fb => 200 {"receivers":0}
            POST /channels/news {"value":"x"} => 400 ERR
            POST /channels/news?raw x => 400 ERR
            GET /channels/news => 405
            GET /channels => 200 {"channels":[],"patterns":0}
            GET /channels?match=n* => 200 {"channels":[],"patterns":0}
            GET /channels?count=1 => 400 ERR
            """)
    }

    @Test func whatIsNoSubscription() throws {
        try play(
            """
            GET /events => 400 ERR
            GET /events?raw => 400 ERR
            GET /events?channel => 400 ERR
            GET /events?topic=a => 400 ERR
            GET /events?channel=a&raw=perhaps => 400 ERR
            POST /events?channel=a => 405
            GET /subscribe => 404
            GET /subscribe/a/b => 404
            PUT /subscribe/a => 405 ~{"error":
            DELETE /monitor => 405 ~{"error":
            """)
        let many = (0...256).map { "channel=\($0)" }.joined(separator: "&")
        try play("GET /events?\(many) => 400 ERR")
    }

    @Test(arguments: ["/events?channel=a", "/subscribe/a", "/psubscribe/a", "/monitor"])
    func headStartsNoStream(_ target: String) throws {
        let service = try TestService()
        let answer = try service.connection.request("HEAD", target)
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "text/event-stream")
        #expect(answer["cache-control"] == "no-store")
        #expect(try service.connection.request("GET", "/channels").text == #"{"channels":[],"patterns":0}"#)
    }
}
