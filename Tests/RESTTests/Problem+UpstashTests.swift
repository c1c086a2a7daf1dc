import Bytes
import MicroHTTP
import Testing

@testable import REST

@Suite struct ProblemUpstashTests {
    private func body(_ problem: Problem) -> String {
        var response = HTTPResponse(status: 200)
        response.body.append("left over")
        problem.writeUpstash(to: &response)
        #expect(response.status == problem.status)
        return response.body.view.string
    }

    @Test func codeAndText() {
        #expect(body(Problem(403, "FORBIDDEN", "Not \"you\".")) == #"{"error":"FORBIDDEN Not \"you\"."}"#)
    }

    @Test(arguments: ["NOAUTH", "WRONGPASS"])
    func withoutAToken(_ code: String) {
        #expect(body(Problem(401, code, "…")) == #"{"error":"WRONGPASS invalid or missing auth token"}"#)
    }
}
