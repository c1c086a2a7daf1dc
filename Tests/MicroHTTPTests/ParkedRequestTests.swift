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
        server.handler.parksAgain.store(true, ordering: .relaxed)
        let (client, work) = try park(server)
        let (other, stays) = try park(server)
        #expect(server.waits(for: 2))
        server.server.stop(grace: 0.1)
        // Handled again: it says that it is stopping.
        #expect(client.response()?.body == "stopping" && other.response()?.body == "stopping")
        #expect(work.abandonings + stays.abandonings == 0)
    }

    @Test func manyAtOnce() throws {
        let server = try StreamServer { $0.threads = 2 }
        let all = try (0..<50).map { _ in try park(server, "/park/60") }
        #expect(server.waits(for: 50))
        for (index, (_, work)) in all.enumerated() { work.complete("\(index)") }
        for (index, (client, _)) in all.enumerated() { #expect(client.response()?.body == "\(index)") }
    }
}
