import Engine
import MicroHTTP
import REST
import TestSupport
import Testing

/// The REST API over a fresh engine, on a free port; it stops with its last reference.
final class TestService {
    private let server: HTTPServer<RESTHandler<TestEngine>>
    /// A connection to it.
    let connection: TestConnection
    /// The ETag of the last answer that had one.
    private var etag = ""

    /// - Parameter access: who may call.
    init(access: AccessOptions = AccessOptions()) throws {
        var options = HTTPOptions()
        options.port = 0
        server = try HTTPServer(options, handler: RESTHandler(engine: TestEngine(), access: access))
        connection = try TestConnection(port: server.port)
    }

    deinit { server.stop(grace: 0) }

    /// Another connection to the same service.
    func connect() throws -> TestConnection { try TestConnection(port: server.port) }

    /// Plays a session, a request and what it must answer in each line:
    ///
    ///     METHOD target [Header: value] body => status expectation
    ///
    /// A body that begins with `{` or `[` goes as JSON, any other as it is, without a type. `$etag` in a
    /// header is the last ETag seen. The expectation is JSON (exactly the body), a code in capitals (that of
    /// the problem), `~text` (the body contains it), other text (the raw body), or nothing (whatever the body).
    /// Empty lines and those that begin with `#` are passed over.
    func play(_ session: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        for line in session.split(separator: "\n").map(String.init) where !line.hasPrefix("#") {
            let step = try SessionStep(line)
            let answer = try connection.request(
                step.method, step.target,
                headers: step.headers.map { $0.replacing("$etag", with: etag) }, body: step.body)
            if let tag = answer["etag"] { etag = tag }
            if let complaint = step.complaint(about: answer) {
                Issue.record("\(line)\n\(complaint)", sourceLocation: sourceLocation)
            }
        }
    }
}

/// Plays a session on a service of its own.
func play(_ session: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try TestService().play(session, sourceLocation: sourceLocation)
}

/// One line of a session.
private struct SessionStep {
    let method: String
    let target: String
    private(set) var headers: [String] = []
    private(set) var body: [UInt8]?
    private let status: Int
    private let expectation: String

    init(_ line: String) throws {
        guard let arrow = line.ranges(of: " => ").last else {
            throw TestConnectionError(description: "no => in \(line)")
        }
        let answer = line[arrow.upperBound...].split(separator: " ", maxSplits: 1)
        guard let status = answer.first.flatMap({ Int($0) }) else {
            throw TestConnectionError(description: "no status in \(line)")
        }
        self.status = status
        expectation = answer.count > 1 ? String(answer[1]) : ""
        let request = line[..<arrow.lowerBound].split(separator: " ", maxSplits: 2)
        guard request.count > 1 else { throw TestConnectionError(description: "no target in \(line)") }
        method = String(request[0])
        target = String(request[1])
        var rest = request.count > 2 ? request[2].drop { $0 == " " } : ""
        while rest.hasPrefix("["), let end = rest.firstIndex(of: "]"), rest[..<end].contains(": ") {
            headers.append(String(rest.dropFirst()[..<end]))
            rest = rest[rest.index(after: end)...].drop { $0 == " " }
        }
        if rest.isEmpty { return }
        body = Array(rest.utf8)
        let isTyped = headers.contains { $0.hasPrefix("Content-Type") }
        if !isTyped, rest.hasPrefix("{") || rest.hasPrefix("[") {
            headers.append("Content-Type: application/json")
        }
    }

    /// What is wrong with the answer, if anything.
    func complaint(about answer: TestAnswer) -> String? {
        let got = "got \(answer.status) \(answer.text)"
        guard answer.status == status else { return got }
        if expectation.isEmpty { return nil }
        if expectation.hasPrefix("~") { return answer.text.contains(expectation.dropFirst()) ? nil : got }
        if expectation.allSatisfy({ $0.isASCII && $0.isUppercase }) {
            let isProblem = answer["content-type"] == "application/problem+json"
            return isProblem && answer.text.contains("\"code\":\"\(expectation)\"") ? nil : got
        }
        return answer.text == expectation ? nil : got
    }
}
