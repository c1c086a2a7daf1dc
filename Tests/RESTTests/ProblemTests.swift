import Bytes
import Engine
import MicroHTTP
import Testing

@testable import REST

@Suite struct ProblemTests {
    @Test(arguments: [
        ("WRONGTYPE Operation against a key holding the wrong kind of value", 409, "WRONGTYPE"),
        ("OOM command not allowed when used memory > 'maxmemory'.", 507, "OOM"),
        ("LOADING Redis is loading the dataset in memory", 503, "LOADING"),
        ("CORRUPTED What is on disk is damaged", 500, "CORRUPTED"),
        ("IOERR The disk does not give what is on it", 503, "IOERR"),
        ("CROSSSLOT Keys in request don't hash to the same slot", 409, "CROSSSLOT"),
        ("ERR value is not an integer or out of range", 409, "ERR"),
        ("ERR increment or decrement would overflow", 409, "ERR"),
        ("ERR no such key", 404, "NOTFOUND"),
        ("ERR string exceeds maximum allowed size (proto-max-bulk-len)", 413, "TOOLARGE"),
        ("ERR syntax error", 400, "ERR"),
        ("ERR", 400, "ERR"),
    ])
    func statusesOfReplies(_ reply: String, _ status: Int, _ code: String) {
        let problem = Array(reply.utf8).withByteView { Problem(reply: $0) }
        #expect(problem.status == status)
        #expect(problem.code == code)
        #expect(problem.detail.isEmpty || problem.detail.hasSuffix("."))
    }

    /// No error of a command may end as a success, or as one that the contract does not know.
    @Test(arguments: CommandError.allCases)
    func everyErrorHasAStatus(_ error: CommandError) {
        let problem = Problem(reply: ByteView(error.message))
        #expect([400, 404, 409, 413, 507].contains(problem.status))
        #expect(!problem.detail.isEmpty)
    }

    /// What is quoted may be as long as a body.
    @Test func aLongDetailIsCut() {
        var response = HTTPResponse(status: 200)
        Problem(400, "ERR", "not '\(String(repeating: "é", count: 1_000_000))'.").write(to: &response)
        #expect(response.body.count < 3000)
        #expect(response.body.view.string.hasSuffix("é…\"}"))
    }
}
