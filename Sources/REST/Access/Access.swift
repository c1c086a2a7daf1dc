internal import Bytes
internal import MicroHTTP

/// Whether a request may be answered. With tokens: whoever shows one. Without: whoever is on this machine and
/// no web page of another origin. Not to be copied, so that lending it counts no references.
struct Access: ~Copyable, Sendable {
    private let tokens: [AccessToken]
    private let hosts: HostGuard
    let cors: CORS

    init(_ options: AccessOptions) {
        tokens = options.tokens
        hosts = HostGuard(names: options.allowedHosts)
        cors = CORS(origins: options.corsOrigins)
    }

    /// - Parameter router: tells whether the request's route needs no token; asked only where none was shown.
    /// - Throws: 401 where the token is missing or wrong, 403 where a page made the request that may not.
    ///
    /// It hands on single fields: lending all of `headers` would copy them.
    @inline(__always)
    func check<E>(
        _ request: HTTPRequest, _ headers: borrowing RequestHeaders, _ router: Router<E>
    ) throws(Problem) {
        if !tokens.isEmpty {
            let isPreflight =
                request.method == .options && headers.origin != nil && headers.requestMethod != nil
            return try checkToken(request, headers.authorization, isPreflight: isPreflight, router)
        }
        // No Host at all is no browser's doing: those speak HTTP/1.1.
        if let host = headers.host, !hosts.admits(host) { throw foreignHost() }
        if let authority = request.authority, !hosts.admits(authority) { throw foreignHost() }
        let (origin, site, referer) = (headers.origin, headers.fetchSite, headers.referer)
        if origin == nil, site == nil, referer == nil { return }
        if let refusal = OriginGuard.refusal(
            origin: origin, site: site, referer: referer, host: headers.host, cors)
        {
            throw refusal
        }
    }

    private func checkToken<E>(
        _ request: HTTPRequest, _ authorization: ByteView?, isPreflight: Bool, _ router: Router<E>
    ) throws(Problem) {
        let given = authorization.flatMap(Access.bearer)
        let inQuery = given == nil ? QueryParts(request.query).token : nil
        if let given, matches(given) { return }
        if let inQuery, matches(percentEncoded: inQuery) { return }
        // A browser asks for leave before it shows anything.
        if isPreflight { return }
        if router.isPublic(request.method, request.path) { return }
        guard given != nil || inQuery != nil else {
            throw Problem(
                401, "NOAUTH",
                "Send the token: Authorization: Bearer, or the query parameter '_token'.")
        }
        throw Problem(401, "WRONGPASS", "The token is not one of this server's.")
    }

    private func foreignHost() -> Problem {
        Problem(
            403, "FORBIDDEN",
            "The Host of this request is not this machine; start the server with --allowed-host to be called so, or with --token."
        )
    }

    /// The credentials of the scheme `Bearer`; nil where the field has another one.
    private static func bearer(_ authorization: ByteView) -> ByteView? {
        guard authorization.count > 6, authorization[0..<6].equalsIgnoringCase("BEARER"),
            authorization[6] == 0x20
        else { return nil }
        return trimmed(authorization.dropFirst(7))
    }

    /// Compares with every token, so that the time does not tell which one it was.
    private func matches(_ given: ByteView) -> Bool {
        var found = false
        for token in tokens where token.matches(given) { found = true }
        return found
    }

    /// In a token `+` is a plus: it holds no spaces, which forms would write so.
    private func matches(percentEncoded given: ByteView) -> Bool {
        guard needsPercentDecoding(given) else { return matches(given) }
        var decoded = ByteBuffer()
        return decoded.append(percentDecoding: given) && matches(decoded.view)
    }
}
