import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct FileBodyTests {
    /// A file of `count` bytes that differ from block to block, removed when the test is over.
    private final class File {
        let path: String
        let content: [UInt8]

        init(count: Int) throws {
            var template = Array("/tmp/FileBodyTests.XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // The period is a prime, so that no two blocks of the transfer are alike.
            let period = (0..<65_521).map { UInt8(ascii: "a") + UInt8($0 % 26) }
            var content: [UInt8] = []
            content.reserveCapacity(count)
            while content.count + period.count <= count { content += period }
            content += period[0..<count - content.count]
            self.content = content
            #expect(write(descriptor, content, count) == count)
            close(descriptor)
        }

        deinit { unlink(path) }

        /// How many descriptors of this process are open on it.
        var openCount: Int {
            var name = [CChar](repeating: 0, count: 256)
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return (0..<min(Int32(clamping: limit.rlim_cur), 5000)).count { descriptor in
                let count = readlink("/proc/self/fd/\(descriptor)", &name, name.count)
                return count > 0
                    && name[0..<count].elementsEqual(path.utf8.lazy.map { CChar(bitPattern: $0) })
            }
        }

        func headers(_ more: [String] = []) -> [String] {
            ["X-File: \(path)", "X-Count: \(content.count)"] + more
        }

        /// A request for it.
        func get(_ path: String, count: Int? = nil) -> String {
            "GET \(path) HTTP/1.1\r\nHost: x\r\nX-File: \(self.path)\r\nX-Count: \(count ?? content.count)\r\n\r\n"
        }
    }

    @Test(arguments: [0, 1, 4096, 200_000, 100 << 20]) func arrivesWhole(count: Int) throws {
        let file = try File(count: count)
        let server = try WaitingServer()
        let client = server.connect()
        for _ in 0..<2 {
            let response = client.request("GET /file", headers: file.headers())
            #expect(response?.status == 200 && response?["content-length"] == String(count))
            #expect(response.map { Array($0.body.utf8) == file.content } == true)
        }
        #expect(client.request("GET /next")?.body == "/next ")
        #expect(file.openCount == 0)
    }

    @Test func headHasItsLengthAlone() throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let client = server.connect()
        let response = client.request("HEAD /file", headers: file.headers())
        #expect(response?["content-length"] == "1000" && response?.body == "")
        #expect(client.request("GET /next")?.body == "/next ")
        #expect(file.openCount == 0)
    }

    @Test func onlyTheFirstBytesMayBeSent() throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let client = server.connect()
        client.send(file.get("/file", count: 10) + file.get("/file", count: -1) + get("/next"))
        #expect(client.response()?.body == "abcdefghij")
        #expect(client.response()?.body == "")
        #expect(client.response()?.body == "/next ")
        #expect(file.openCount == 0)
    }

    @Test func ofAShorterFileAllIsSent() throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let client = server.connect()
        client.send(file.get("/file", count: .max) + get("/next"))
        #expect(client.response().map { Array($0.body.utf8) == file.content } == true)
        #expect(client.response()?.body == "/next ")
        #expect(file.openCount == 0)
    }

    @Test(arguments: ["again", "constant"]) func theLastBodyCounts(instead: String) throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let client = server.connect()
        let response = client.request("GET /file", headers: file.headers(["X-Instead: \(instead)"]))
        #expect(response?.body == (instead == "again" ? "a" : "constant"))
        #expect(client.request("GET /next")?.body == "/next ")
        #expect(file.openCount == 0)
    }

    @Test func mayBeHeld() throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let client = server.connect()
        client.send(file.get("/file/1"))
        #expect(server.waits(for: 1))
        #expect(client.isSilent && file.openCount == 1)
        server.server.release(upTo: 1)
        #expect(client.response().map { Array($0.body.utf8) == file.content } == true)
        #expect(eventually { file.openCount == 0 })
    }

    @Test func isClosedWhereSomethingElseIsSent() throws {
        let file = try File(count: 1000)
        let server = try WaitingServer()
        let clients = (0..<3).map { _ in server.connect() }
        for client in clients { client.send(file.get("/file/1")) }
        #expect(server.waits(for: 3))
        server.server.setFailing(true)
        for client in clients { #expect(client.response()?.status == 503) }
        #expect(file.openCount == 0)
        server.server.setFailing(false)
        // Nor does a stop leave any.
        for client in clients { client.send(file.get("/file/1")) }
        #expect(server.waits(for: 3))
        server.server.stop(grace: 0)
        #expect(file.openCount == 0)
    }

    @Test func isClosedWhenTheClientGoes() throws {
        let file = try File(count: 50 << 20)
        let server = try WaitingServer()
        for isReset in [false, true] {
            let client = server.connect()
            if isReset { client.resetWhenClosed() }
            client.send(file.get("/file"))
            #expect(eventually { !client.isSilent && file.openCount == 1 })
        }
        #expect(eventually { file.openCount == 0 && server.server.connectionCount == 0 })
    }

    @Test func aClientThatDoesNotReadIsCut() throws {
        let file = try File(count: 50 << 20)
        let server = try WaitingServer { $0.bodyTimeout = 0.3 }
        let client = server.connect()
        client.send(file.get("/file"))
        #expect(eventually { !client.isSilent && file.openCount == 1 })
        #expect(eventually { file.openCount == 0 })
        withExtendedLifetime(client) {}
    }
}
