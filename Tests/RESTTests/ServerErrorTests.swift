import Engine
import MicroHTTP
import REST
import Testing

/// What an engine answers that can't do its work reaches the client with the same status everywhere.
@Suite struct ServerErrorTests {
    @Test(arguments: [
        ("LOADING Redis is loading the dataset in memory", 503),
        ("MASTERDOWN Link with MASTER is down", 503),
        ("OOM command not allowed when used memory > 'maxmemory'.", 507),
        ("MISCONF Errors writing to the log", 507),
        ("CORRUPTED What is on disk is damaged (Corruption: /data/rocksdb/000012.sst)", 500),
        ("IOERR The disk does not give what is on it (IO error: /data/rocksdb/000012.sst)", 503),
    ])
    func statuses(error: String, status: Int) throws {
        var options = HTTPOptions()
        options.port = 0
        let server = try HTTPServer(
            options, handler: RESTHandler(engine: FailingEngine(error), access: AccessOptions()))
        defer { server.stop(grace: 0) }
        let connection = try TestConnection(port: server.port)
        let json = ["Content-Type: application/json"]
        let retry = status == 503 ? "1" : nil

        let single = try connection.request(
            "POST", "/", headers: json, body: Array(#"["SET","k","v"]"#.utf8))
        #expect(single.status == status && single["retry-after"] == retry)
        #expect(single.text == #"{"error":"\#(error)"}"#)

        let pipeline = try connection.request(
            "POST", "/pipeline", headers: json, body: Array(#"[["SET","k","v"],["GET","k"]]"#.utf8))
        #expect(pipeline.status == 200)
        #expect(pipeline.text == #"[{"error":"\#(error)"},{"error":"\#(error)"}]"#)

        for target in ["/keys/k", "/hashes/k", "/keys/k/ttl"] {
            let resource = try connection.request("GET", target)
            #expect(resource.status == status && resource["retry-after"] == retry, "\(target)")
            #expect(resource["content-type"] == "application/problem+json", "\(target)")
            let code = error.prefix { $0 != " " }
            #expect(resource.text.contains(#""code":"\#(code)""#), "\(target)")
        }
    }
}
