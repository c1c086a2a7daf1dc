import Glibc
import MicroHTTP
import Synchronization
import Testing

/// Requests that wait for what is expected in a moment.
@Suite struct PausedRequestTests {
    private func pause(_ server: StreamServer) throws -> (Client, TestWork) {
        let client = server.connect()
        let before = server.handler.works.count
        client.send(get("/soon"))
        try #require(eventually { server.handler.works.count == before + 1 })
        return (client, server.handler.works[before])
    }

    @Test func isAnsweredWhenItsWorkIsDone() throws {
        let server = try StreamServer()
        for _ in 0..<20 {
            let (client, work) = try pause(server)
            work.complete("done")
            #expect(client.response()?.body == "done")
            #expect(client.request("GET /next")?.body == "/next")
            #expect(work.abandonings == 0)
        }
        #expect(server.handler.handled.load(ordering: .relaxed) == 60)
    }

    @Test func isSuspendedWhereThatTakesLonger() throws {
        let server = try StreamServer()
        let all = try (0..<10).map { _ in try pause(server) }
        #expect(server.waits(for: 10) && all.allSatisfy { $0.0.isSilent })
        for (client, work) in all.reversed() {
            work.complete("done")
            #expect(client.response()?.body == "done")
        }
    }

    @Test func othersAreAnsweredMeanwhile() throws {
        let server = try StreamServer()
        let other = server.connect()
        let (client, work) = try pause(server)
        for _ in 0..<100 { #expect(other.request("GET /next")?.body == "/next") }
        work.complete("done")
        #expect(client.response()?.body == "done")
    }

    @Test func aClientThatHangsUpAbandonsIt() throws {
        let server = try StreamServer { $0.threads = 2 }
        for _ in 0..<50 { _ = try pause(server) }
        #expect(eventually { server.handler.works.allSatisfy { $0.abandonings == 1 } })
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.waits(for: 0))
    }

    @Test func isHandledOnceMoreWhenTheServerStops() throws {
        let server = try StreamServer { $0.threads = 2 }
        let all = try (0..<10).map { _ in try pause(server) }
        server.server.stop(grace: 10)
        for (client, _) in all { #expect(client.response()?.body == "stopping") }
    }

    @Test(arguments: [1, 2]) func noneIsForgotten(threads: Int) throws {
        let server = try StreamServer { $0.threads = threads }
        let (isOver, handler) = (Flag(), server.handler)
        // Completes each at once, or a little later: while its thread goes round, while it naps, once it is suspended.
        let join = inBackground {
            var next = 0
            while !isOver.isSet {
                let works = handler.works
                if next == works.count { usleep(UInt32.random(in: 0...3000)) }
                for work in works[next...] { work.complete("done") }
                next = works.count
            }
        }
        let clients = (0..<40).map { _ in server.connect() }
        for _ in 0..<100 {
            for client in clients { client.send(get("/soon")) }
            for client in clients { #expect(client.response()?.body == "done") }
        }
        isOver.set()
        join()
    }
}
