import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct ParkedRequestTests {
    /// A parked request.
    private func park(_ server: StreamServer, _ path: String = "/park") throws -> (Client, TestWork) {
        let client = server.connect()
        let before = server.handler.works.count
        client.send(get(path))
        try #require(eventually { server.handler.works.count == before + 1 })
        return (client, server.handler.works[before])
    }

    @Test func isAnsweredWhenItsWorkIsDone() throws {
        let server = try StreamServer()
        let (client, work) = try park(server)
        #expect(server.waits(for: 1) && client.isSilent)
        #expect(work.isConnected == true)
        work.complete("done")
        #expect(client.response()?.body == "done")
        #expect(client.request("GET /next")?.body == "/next")
        #expect(work.abandonings == 0)
        #expect(server.handler.handled.load(ordering: .relaxed) == 3)
    }

    @Test(arguments: ["0", "-1", "nan", "0.05", "0.3"]) func isHandledAgainWhenItsTimeIsOver(
        _ seconds: String
    ) throws {
        let server = try StreamServer()
        let others = try (0..<5).map { _ in try park(server, "/park/60") }
        let (client, work) = try park(server, "/park/\(seconds)")
        #expect(client.response()?.body == "nothing")
        #expect(work.abandonings == 0 && others.allSatisfy { $0.0.isSilent })
    }

    @Test func alarmsRingInTheirOrder() throws {
        let server = try StreamServer()
        let clients = try [0.4, 0.1, 0.3, 0.2].map { try park(server, "/park/\($0)").0 }
        for index in [1, 3, 2, 0] { #expect(clients[index].response()?.body == "nothing") }
    }

    @Test func mayParkAgainWithTheSameWork() throws {
        let server = try StreamServer()
        server.handler.parksAgain.store(true, ordering: .relaxed)
        let (client, work) = try park(server)
        for _ in 0..<3 {
            let before = server.handler.handled.load(ordering: .relaxed)
            work.nudge()
            #expect(eventually { server.handler.handled.load(ordering: .relaxed) > before })
        }
        work.complete("at last")
        #expect(client.response()?.body == "at last")
        #expect(server.handler.works.count == 1)
    }

    @Test func aClientThatHangsUpAbandonsIt() throws {
        let server = try StreamServer()
        var (client, work): (Client?, TestWork) = try park(server)
        #expect(server.waits(for: 1))
        client = nil
        #expect(eventually { work.abandonings == 1 })
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(client == nil)
    }

    @Test func isHandledOnceMoreWhenTheServerStops() throws {
        let server = try StreamServer { $0.threads = 2 }
        let all = try (0..<10).map { _ in try park(server) }
        #expect(server.waits(for: 10))
        server.server.stop(grace: 10)
        for (client, work) in all {
            #expect(client.response()?.body == "stopping")
            #expect(work.abandonings == 0)
        }
    }

    @Test func isClosedIfItParksAgainThen() throws {
        let server = try StreamServer()
        server.handler.parksForEver.store(true, ordering: .relaxed)
        let all = try (0..<5).map { _ in try park(server) }
        #expect(server.waits(for: 5))
        server.server.stop(grace: 0.1)
        #expect(all.allSatisfy { $0.0.isClosed() && $0.1.abandonings == 1 })
    }

    @Test func isHandledOnceMoreIfItParksWhileTheServerStops() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send("POST /park HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n: bo")
        let join = server.stopInBackground(grace: 30)
        client.send("dy")
        #expect(client.response()?.body == "stopping: body")
        join()
        #expect(server.handler.works.map(\.abandonings) == [0])
    }

    @Test func keepsItsBody() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send("POST /park HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n, kept")
        #expect(server.waits(for: 1))
        server.handler.works[0].complete("done")
        #expect(client.response()?.body == "done, kept")
    }

    @Test func theRequestsSentBehindItAreAnsweredInTheirOrder() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send(get("/park") + get("/one") + get("/park") + get("/two"))
        for (index, next) in ["/one", "/two"].enumerated() {
            #expect(server.waits(for: 1) && client.isSilent)
            #expect(server.handler.works.count == index + 1)
            // What comes meanwhile is read later.
            client.send(get("/late"))
            server.handler.works[index].complete("done")
            #expect(client.response()?.body == "done")
            #expect(client.response()?.body == next)
        }
        for _ in 0..<2 { #expect(client.response()?.body == "/late") }
    }

    @Test func aClientThatEndsItsDirectionIsNotAnswered() throws {
        let server = try StreamServer { $0.threads = 2 }
        // Noticed before, while or after the connection is suspended.
        for _ in 0..<200 {
            let client = server.connect()
            client.send(get("/park"))
            client.endSending()
            #expect(client.response() == nil)
        }
        #expect(eventually { server.handler.works.allSatisfy { $0.abandonings == 1 } })
        #expect(server.waits(for: 0))
    }

    @Test func clientsMayHangUpWhileItIsWoken() throws {
        let server = try StreamServer { $0.threads = 2 }
        server.handler.parksAgain.store(true, ordering: .relaxed)
        for _ in 0..<10 {
            var all = try (0..<20).map { _ in try park(server) }
            let works = all.map(\.1)
            let isOver = Flag()
            let join = inBackground { while !isOver.isSet { for work in works { work.nudge() } } }
            all = []
            #expect(eventually { works.allSatisfy { $0.abandonings == 1 } })
            isOver.set()
            join()
        }
        #expect(server.waits(for: 0))
        #expect(eventually { server.server.connectionCount == 0 })
    }

    @Test func manyAtOnce() throws {
        let server = try StreamServer { $0.threads = 2 }
        let all = try (0..<50).map { _ in try park(server, "/park/60") }
        #expect(server.waits(for: 50))
        for (index, (_, work)) in all.enumerated() { work.complete("\(index)") }
        for (index, (client, _)) in all.enumerated() { #expect(client.response()?.body == "\(index)") }
    }
}
