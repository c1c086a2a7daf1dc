internal import Bytes
internal import MicroHTTP

/// Cross-origin requests of web pages (the Fetch standard's CORS protocol), for the origins configured.
struct CORS: ~Copyable, Sendable {
    private let origins: [[UInt8]]
    private let any: Bool

    init(origins: [String]) {
        self.origins = origins.map { Array($0.utf8) }
        any = origins.contains("*")
    }

    /// Whether pages of that origin may call.
    func allows(_ origin: ByteView) -> Bool {
        any || origins.contains { $0.withByteView { $0 == origin } }
    }

    /// Lets the page read the response, if its origin may.
    func allow(_ origin: ByteView, _ response: inout HTTPResponse) {
        if origins.isEmpty { return }
        if !any { response.addHeader("Vary", "Origin") }
        guard allows(origin) else { return }
        response.addHeader("Access-Control-Allow-Origin", any ? ByteView("*") : origin)
        response.addHeader(
            "Access-Control-Expose-Headers",
            """
            ETag, Content-Range, Accept-Ranges, Allow, Retry-After, Upstash-Sync-Token, WWW-Authenticate
            """)
    }

    /// Answers a preflight.
    func preflight(_ origin: ByteView, _ methods: ByteView, _ response: inout HTTPResponse) {
        guard allows(origin) else { return }
        response.addHeader("Access-Control-Allow-Methods", methods)
        response.addHeader(
            "Access-Control-Allow-Headers",
            """
            Accept, Authorization, Cache-Control, Content-Range, Content-Type, If-Match, If-None-Match, If-Range, \
            Last-Event-ID, Range, Upstash-Encoding, Upstash-Response-Format, Upstash-Sync-Token, \
            Upstash-Telemetry-Platform, Upstash-Telemetry-Runtime, Upstash-Telemetry-Sdk
            """)
        response.addHeader("Access-Control-Max-Age", "86400")
    }
}
