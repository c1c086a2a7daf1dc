import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct HeldResponseTests {
    @Test func isSentOnceItsTicketIsReleased() throws {
        let server = try WaitingServer()
        let client = server.connect()
        client.send("PUT /hold/7 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")
        #expect(server.waits(for: 1))
        server.server.release(upTo: 6)
        #expect(server.server.waitingCount == 1 && client.isSilent)
        server.server.release(upTo: 7)
        let response = client.response()
        #expect(response?.body == "/hold/7 body" && response?["connection"] == nil)
        #expect(client.request("GET /next")?.body == "/next ")
        #expect(server.waits(for: 0))
        #expect(server.handler.handled.load(ordering: .relaxed) == 2)
    }

    @Test func isNotHeldForWhatIsReleased() throws {
        let server = try WaitingServer()
        server.server.release(upTo: 10)
        server.server.release(upTo: 3)
        let client = server.connect()
        #expect(client.request("GET /hold/10")?.body == "/hold/10 ")
        client.send(get("/hold/11"))
        #expect(server.waits(for: 1))
        server.server.release(upTo: 12)
        #expect(client.response()?.body == "/hold/11 ")
    }

    @Test(arguments: [1, 2]) func manyGoWithOneRelease(threads: Int) throws {
        let server = try WaitingServer { $0.threads = threads }
        let clients = server.holding(1...500)
        #expect(server.waits(for: 500))
        #expect(clients.allSatisfy { $0.isSilent })
        server.server.release(upTo: 500)
        for (index, client) in clients.enumerated() {
            #expect(client.response()?.body == "/hold/\(index + 1) ")
        }
        #expect(server.waits(for: 0))
    }

    @Test(arguments: [UInt64.random(in: 1...1_000_000)]) func ticketsMayComeInAnyOrder(seed: UInt64) throws {
        let server = try WaitingServer { $0.threads = 2 }
        var random = SeededGenerator(state: seed)
        let tickets = (1...100).map { UInt64($0) }.shuffled(using: &random)
        let clients = server.holding(tickets)
        #expect(server.waits(for: 100))
        for limit in stride(from: UInt64(9), through: 109, by: 10) {
            server.server.release(upTo: limit)
            for (ticket, client) in zip(tickets, clients) {
                if ticket > limit {
                    #expect(client.isSilent, "seed \(seed), ticket \(ticket), limit \(limit)")
                } else if ticket + 10 > limit {
                    #expect(client.response()?.body == "/hold/\(ticket) ", "seed \(seed)")
                }
            }
        }
    }

    @Test func pipelinedRequestsWaitTheirTurn() throws {
        let server = try WaitingServer()
        let client = server.connect()
        let put = "PUT /hold/2 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
        client.send(get("/a") + get("/hold/1") + get("/b") + put + get("/hold/2") + get("/c"))
        #expect(client.response()?.body == "/a ")
        #expect(server.waits(for: 1))
        #expect(client.isSilent)
        server.server.release(upTo: 1)
        #expect(client.response()?.body == "/hold/1 ")
        #expect(client.response()?.body == "/b ")
        #expect(server.waits(for: 1))
        #expect(client.isSilent)
        server.server.release(upTo: 2)
        #expect(client.response()?.body == "/hold/2 body")
        #expect(client.response()?.body == "/hold/2 ")
        #expect(client.response()?.body == "/c ")
    }

    @Test func othersAreServedMeanwhile() throws {
        let server = try WaitingServer()
        let held = server.holding([1])
        #expect(server.waits(for: 1))
        #expect(server.connect().request("GET /now")?.body == "/now ")
        server.server.release(upTo: 1)
        #expect(held[0].response()?.status == 200)
    }

    @Test func headIsHeldToo() throws {
        let server = try WaitingServer()
        let client = server.connect()
        client.send("HEAD /hold/1 HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(server.waits(for: 1))
        server.server.release(upTo: 1)
        #expect(client.response(isHead: true)?["content-length"] == "8")
        #expect(client.request("GET /next")?.body == "/next ")
    }

    @Test func timeoutsRestMeanwhile() throws {
        let server = try WaitingServer {
            $0.headerTimeout = 0.2
            $0.bodyTimeout = 0.2
            $0.idleTimeout = 0.2
        }
        let clients = server.holding([1])
        #expect(server.waits(for: 1))
        // Several times any time-out, and a few looks of the housekeeper.
        usleep(900_000)
        server.server.release(upTo: 1)
        #expect(clients[0].response()?.body == "/hold/1 ")
    }

    // MARK: Failing

    @Test func whatWaitsIsRefusedWhileFailing() throws {
        let server = try WaitingServer { $0.threads = 2 }
        let clients = server.holding(1...20)
        #expect(server.waits(for: 20))
        server.server.release(upTo: 10)
        server.server.setFailing(true)
        for (index, client) in clients.enumerated() {
            let response = client.response()
            #expect(response?.status == (index < 10 ? 200 : 503))
            #expect(response?["connection"] == nil)
            if index >= 10 { #expect(response?.body.hasPrefix("The outcome is unknown:") == true) }
        }
        let read = clients[0].request("GET /read/21")
        #expect(read?.status == 503 && read?["connection"] == nil)
        #expect(read?.body.contains("Nothing was changed") == true)
        // New ones too, but for what is released.
        #expect(clients[0].request("GET /hold/21")?.status == 503)
        #expect(clients[0].request("HEAD /hold/21")?.status == 503)
        #expect(clients[0].request("GET /hold/10")?.status == 200)
        #expect(clients[0].request("GET /now")?.status == 200)
        server.server.setFailing(false)
        clients[0].send(get("/hold/22"))
        #expect(server.waits(for: 1))
        server.server.release(upTo: 22)
        #expect(clients[0].response()?.body == "/hold/22 ")
    }

    // MARK: Clients that go

    @Test(arguments: [false, true]) func aClientThatHangsUpIsForgotten(isReset: Bool) throws {
        let server = try WaitingServer { $0.threads = 2 }
        var clients = server.holding(1...50)
        #expect(server.waits(for: 50))
        if isReset { for client in clients { client.resetWhenClosed() } }
        clients.removeAll()
        server.server.release(upTo: 50)
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.server.waitingCount == 0)
        #expect(server.connect().request("GET /now")?.status == 200)
    }

    @Test func aClientThatHasEndedItsDirectionIsAnswered() throws {
        let server = try WaitingServer()
        let client = server.connect()
        client.send(get("/now") + get("/hold/1"))
        client.endSending()
        #expect(client.response()?.body == "/now ")
        #expect(server.waits(for: 1))
        server.server.release(upTo: 1)
        #expect(client.response()?.body == "/hold/1 ")
    }

    // MARK: Stopping

    @Test func aStopWaitsForTheRelease() throws {
        let server = try WaitingServer()
        let client = server.holding([1])[0]
        #expect(server.waits(for: 1))
        let stopping = server.server
        let join = inBackground { stopping.stop(grace: 30) }
        #expect(eventually { !canConnect(to: stopping.port) })
        #expect(client.isSilent)
        stopping.release(upTo: 1)
        let response = client.response()
        #expect(response?.body == "/hold/1 " && response?["connection"] == "close")
        join()
    }

    @Test func aStopClosesWhatStillWaits() throws {
        let server = try WaitingServer { $0.threads = 2 }
        let held = server.holding(1...100)
        let postponed = (0..<20).map { _ in server.connect() }
        for client in postponed { client.send(get("/postpone/60")) }
        #expect(server.waits(for: 120))
        server.server.stop(grace: 0.1)
        for client in held + postponed { #expect(client.isClosed()) }
        #expect(server.server.waitingCount == 0)
        // Without effect, and without harm.
        server.server.release(upTo: 100)
        server.server.resumePostponed()
        server.server.setFailing(true)
    }

    /// libmicrohttpd aborts the process if it is stopped with a suspended connection.
    @Test func aStopAndAReleaseMayMeet() throws {
        for _ in 0..<20 {
            let server = try WaitingServer { $0.threads = 2 }
            let clients = server.holding(1...40)
            #expect(server.waits(for: 40))
            let releasing = server.server
            let joins = (0..<2).map { part in
                inBackground {
                    for ticket in 1...UInt64(20) { releasing.release(upTo: ticket * 2 - UInt64(part)) }
                }
            }
            releasing.stop(grace: 0)
            for join in joins { join() }
            withExtendedLifetime(clients) {}
        }
    }

    // MARK: Storms

    /// Writers on many connections, releases from several threads: no response is lost, and none comes before
    /// somebody set about to release its ticket.
    @Test(arguments: [UInt64.random(in: 1...1_000_000)]) func noneIsLostAndNoneEarly(seed: UInt64) throws {
        let server = try WaitingServer { $0.threads = 3 }
        let storm = Storm(server.server, server.handler)
        let releasers = (0..<3).map { number in
            inBackground { storm.release(SeededGenerator(state: seed &+ UInt64(number))) }
        }
        let writers = (0..<3).map { number in
            inBackground { storm.write(SeededGenerator(state: seed &+ 100 &+ UInt64(number))) }
        }
        for join in writers { join() }
        storm.isOver.store(true, ordering: .relaxed)
        for join in releasers { join() }
        #expect(storm.early.load(ordering: .relaxed) == 0, "seed \(seed)")
        #expect(storm.lost.load(ordering: .relaxed) == 0, "seed \(seed)")
        #expect(storm.answered.load(ordering: .relaxed) == 3 * 10 * 60, "seed \(seed)")
        #expect(server.waits(for: 0))
    }

    private final class Storm: Sendable {
        let server: HTTPServer<WaitingHandler>
        let handler: WaitingHandler
        /// The latest ticket that somebody is about to release.
        let promised = Atomic<UInt64>(0)
        let isOver = Atomic(false)
        let early = Atomic(0)
        let lost = Atomic(0)
        let answered = Atomic(0)

        init(_ server: HTTPServer<WaitingHandler>, _ handler: WaitingHandler) {
            self.server = server
            self.handler = handler
        }

        func release(_ generator: SeededGenerator) {
            var random = generator
            while !isOver.load(ordering: .relaxed) {
                let taken = handler.tickets.load(ordering: .relaxed)
                let ticket = taken - min(taken, UInt64.random(in: 0...8, using: &random))
                promised.max(ticket, ordering: .sequentiallyConsistent)
                server.release(upTo: ticket)
                if Bool.random(using: &random) { usleep(.random(in: 0...300, using: &random)) }
            }
        }

        func write(_ generator: SeededGenerator) {
            var random = generator
            let clients = (0..<10).map { _ in Client(port: server.port) }
            var sent = 0
            while sent < 60 {
                let count = min(60 - sent, Int.random(in: 1...3, using: &random))
                for client in clients { client.send((0..<count).map { _ in get("/ticket") }.joined()) }
                for client in clients {
                    for _ in 0..<count {
                        guard let ticket = client.response().flatMap({ UInt64($0.body) }) else {
                            lost.add(1, ordering: .relaxed)
                            return
                        }
                        answered.add(1, ordering: .relaxed)
                        if ticket > promised.load(ordering: .sequentiallyConsistent) {
                            early.add(1, ordering: .relaxed)
                        }
                    }
                }
                sent += count
            }
        }
    }
}
