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
            if cors.allows(origin) || isSame(origin, host) { return nil }
            return Problem(
                403, "FORBIDDEN",
                "Pages of this origin may not call; start the server with --cors-origin to let them, or with --token."
            )
        }
        guard let site else { return nil }
        // Fetch Metadata, section 2.3: what is none of the known values is to be ignored.
        if site.equalsIgnoringCase("CROSS-SITE") || site.equalsIgnoringCase("SAME-SITE") {
            return Problem(
                403, "FORBIDDEN",
                "A page of another origin made this request; start the server with --token to let it.")
        }
        return nil
    }

    /// Whether `origin` is the server's own, as the client addressed it: `http://` or `https://` and the Host.
    /// `null` is nobody's.
    private static func isSame(_ origin: ByteView, _ host: ByteView?) -> Bool {
        guard let host, !host.isEmpty else { return false }
        for scheme in [ByteView("http://"), ByteView("https://")] where origin.starts(with: scheme) {
            let rest = origin.dropFirst(scheme.count)
            return rest.count == host.count
                && zip(rest.buffer, host.buffer).allSatisfy { asciiUppercased($0) == asciiUppercased($1) }
        }
        return false
    }
}
