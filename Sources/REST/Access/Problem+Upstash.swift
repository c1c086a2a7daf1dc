internal import Bytes
internal import MicroHTTP

extension Problem {
    /// Writes the problem as the Upstash protocol has errors: `{"error":"CODE text"}`, with the same status.
    func writeUpstash(to response: inout HTTPResponse) {
        response.reset()
        response.status = status
        response.addHeader("Content-Type", "application/json")
        response.body.append("{\"error\":")
        // Upstash's own text, which its clients' users search for.
        let text = status == 401 ? "WRONGPASS invalid or missing auth token" : "\(code) \(shortenedDetail)"
        response.body.append(jsonString: text)
        response.body.append("}")
    }
}
