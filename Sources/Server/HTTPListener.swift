internal import MicroHTTP

/// The HTTP server, whatever engine it serves.
protocol HTTPListener: Sendable {
    var port: UInt16 { get }
    var connectionLimit: Int { get }
    var connectionCount: Int { get }
    func stop(grace: Double)
    func release(upTo ticket: UInt64)
    func setFailing(_ failing: Bool)
    func resumePostponed()
}

extension HTTPServer: HTTPListener {}
