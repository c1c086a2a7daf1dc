internal import Bytes

/// Which web pages a server without a token answers: those of its own origin, and those that CORS names. Since
/// a GET can write and a plain POST needs no leave, CORS alone would not keep the others out.
enum OriginGuard {
    /// Why a request with these fields is that of a page that may not call; nil where it is not.
    /// - Parameter site: `Sec-Fetch-Site`.
    static func refusal(
        _ origin: ByteView?, _ site: ByteView?, host: ByteView?, _ cors: borrowing CORS
    ) -> Problem? {
        if let origin {
            // A page that may call is of another site, too: Sec-Fetch-Site has no more to say.
            if cors.allows(origin) || isOwn(origin, host) { return nil }
            return Problem(
                403, "FORBIDDEN",
                "Pages of this origin may not call; start the server with --cors-origin to let them, or with --token."
            )
        }
        guard let site else { return nil }
        // Of the server's own page, or of a person: the address bar, a bookmark.
        if site == ByteView("same-origin") || site == ByteView("none") { return nil }
        return Problem(
            403, "FORBIDDEN",
            "A page of another origin made this request; start the server with --token to let it.")
    }

    /// Whether `origin` is the server's own, as the client addressed it: `http://` and the Host; under a name that
    /// is not the loopback interface's also `https://`, since a proxy may stand before it. `null` is nobody's.
    private static func isOwn(_ origin: ByteView, _ host: ByteView?) -> Bool {
        guard let host, let name = HostGuard.name(host) else { return false }
        if isSame(origin, "http://", host) { return true }
        return isSame(origin, "https://", host) && !HostGuard.isLoopback(name)
    }

    private static func isSame(_ origin: ByteView, _ scheme: StaticString, _ host: ByteView) -> Bool {
        guard origin.starts(with: ByteView(scheme)) else { return false }
        let rest = origin.dropFirst(scheme.utf8CodeUnitCount)
        return rest.count == host.count
            && zip(rest.buffer, host.buffer).allSatisfy { asciiUppercased($0) == asciiUppercased($1) }
    }
}
