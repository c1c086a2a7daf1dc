import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct PostponedRequestTests {
    /// The housekeeper looks at deadlines about every 50 ms.
    private func watchful(_ options: inout HTTPOptions) { options.headerTimeout = 0.2 }

    @Test func isHandledAgainWhenThereIsRoom() throws {
        let server = try WaitingServer { $0.threads = 2 }
        let clients = (0..<20).map { _ in server.connect() }
        for client in clients {
            client.send("PUT /postpone/60 HTTP/1.1\r\nHost: x\r\nX-Kept: y\r\nContent-Length: 4\r\n\r\nbody")
        }
        #expect(server.waits(for: 20))
        #expect(clients.allSatisfy { $0.isSilent })
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        for client in clients {
            let response = client.response()
            #expect(response?.status == 200 && response?.body == "/postpone/60 body")
            // The response is a fresh one.
            #expect(response?["x-attempt"] == nil && response?["connection"] == nil)
            #expect(client.request("GET /next")?.body == "/next ")
        }
        #expect(server.handler.handled.load(ordering: .relaxed) == 60)
    }

    @Test(arguments: ["0", "-1", "nan", "0.3"]) func isAnsweredAsItIsInTheEnd(seconds: String) throws {
        let server = try WaitingServer(watchful)
        let client = server.connect()
        let response = client.request("GET /postpone/\(seconds)")
        #expect(response?.status == 503 && response?.body == "full" && response?["x-attempt"] == "failed")
        #expect(client.request("GET /next")?.body == "/next ")
        #expect(server.handler.handled.load(ordering: .relaxed) == 2)
    }

    @Test(arguments: ["1e300", "inf"]) func mayWaitLong(seconds: String) throws {
        let server = try WaitingServer(watchful)
        let client = server.connect()
        client.send(get("/postpone/\(seconds)"))
        #expect(server.waits(for: 1))
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        #expect(client.response()?.status == 200)
    }

    @Test func theFirstDeadlineStays() throws {
        let server = try WaitingServer(watchful)
        let client = server.connect()
        client.send(get("/postpone/0.6"))
        #expect(server.waits(for: 1))
        // Each time it is put off again; were the deadline too, it would never be answered.
        #expect(
            eventually {
                server.server.resumePostponed()
                usleep(20_000)
                return !client.isSilent
            })
        let response = client.response()
        #expect(response?.status == 503 && response?.body == "full")
        #expect(server.handler.handled.load(ordering: .relaxed) > 2)
    }

    @Test func aRequestHasItsOwnDeadline() throws {
        let server = try WaitingServer(watchful)
        let client = server.connect()
        #expect(client.request("GET /postpone/0.1")?.status == 503)
        client.send(get("/postpone/60"))
        #expect(server.waits(for: 1))
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        #expect(client.response()?.status == 200)
    }

    @Test func roomThatComesWhileItIsHandledIsNotMissed() throws {
        let server = try WaitingServer()
        let (resuming, handler) = (server.server, server.handler)
        handler.interruption.withLock {
            $0 = {
                handler.hasRoom.store(true, ordering: .relaxed)
                resuming.resumePostponed()
            }
        }
        #expect(server.connect().request("GET /postpone/60")?.body == "/postpone/60 ")
        #expect(handler.handled.load(ordering: .relaxed) == 2)
        handler.interruption.withLock { $0 = nil }
    }

    /// Requests put off on many connections while room comes and goes: all are handled in the end.
    @Test func noneIsForgotten() throws {
        let server = try WaitingServer { $0.threads = 2 }
        let (resuming, handler) = (server.server, server.handler)
        let isOver = Flag()
        let join = inBackground {
            while !isOver.value.load(ordering: .relaxed) {
                handler.hasRoom.store(true, ordering: .relaxed)
                resuming.resumePostponed()
                usleep(200)
                handler.hasRoom.store(false, ordering: .relaxed)
                usleep(200)
            }
        }
        let clients = (0..<20).map { _ in server.connect() }
        for _ in 0..<50 {
            for client in clients { client.send(get("/postpone/60") + get("/postpone/60")) }
            for client in clients {
                #expect(client.response()?.status == 200)
                #expect(client.response()?.status == 200)
            }
        }
        isOver.value.store(true, ordering: .relaxed)
        join()
        #expect(server.waits(for: 0))
    }

    private final class Flag: Sendable { let value = Atomic(false) }

    @Test(arguments: [false, true]) func aClientThatHangsUpIsForgotten(isReset: Bool) throws {
        let server = try WaitingServer(watchful)
        var clients = (0..<20).map { _ in server.connect() }
        for (index, client) in clients.enumerated() {
            client.send(get("/postpone/\(index % 2 == 0 ? "60" : "0.5")"))
            if isReset { client.resetWhenClosed() }
        }
        #expect(server.waits(for: 20))
        clients.removeAll()
        // Half of them by the deadline, the others now.
        #expect(server.waits(for: 10))
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        #expect(eventually { server.server.connectionCount == 0 })
    }

    @Test func timeoutsRestMeanwhile() throws {
        let server = try WaitingServer {
            $0.headerTimeout = 0.2
            $0.bodyTimeout = 0.2
            $0.idleTimeout = 0.2
        }
        let client = server.connect()
        client.send(get("/postpone/60"))
        #expect(server.waits(for: 1))
        usleep(900_000)
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        #expect(client.response()?.status == 200)
    }

    @Test func failingDoesNotConcernIt() throws {
        let server = try WaitingServer()
        let client = server.connect()
        client.send(get("/postpone/60"))
        #expect(server.waits(for: 1))
        server.server.setFailing(true)
        server.server.release(upTo: 100)
        #expect(server.server.waitingCount == 1 && client.isSilent)
        server.handler.hasRoom.store(true, ordering: .relaxed)
        server.server.resumePostponed()
        #expect(client.response()?.status == 200)
    }
}
