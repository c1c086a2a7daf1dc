internal import Bytes

/// Which web pages a server without a token answers: those of its own origin, and those that CORS names. Since
/// a GET can write and a plain POST needs no leave, CORS alone would not keep the others out.
enum OriginGuard {
    /// Why a request with these fields is that of a page that may not call; nil where it is not.
    /// - Parameter site: `Sec-Fetch-Site`.
    static func refusal(
        origin: ByteView?, site: ByteView?, referer: ByteView?, host: ByteView?, _ cors: borrowing CORS
    ) -> Problem? {
        if let origin {
            // A page that may call is of another site, too: Sec-Fetch-Site has no more to say.
            return isWelcome(origin, host, cors) ? nil : foreignOrigin()
        }
        // Of the server's own page, or of a person: the address bar, a bookmark.
        if let site, site != ByteView("same-origin"), site != ByteView("none") {
            return Problem(
                403, "FORBIDDEN",
                "A page of another origin made this request; start the server with --token to let it.")
        }
        // With plain HTTP, under names that are not loopback ones, an image or a link has this alone.
        if let referer, !isWelcome(self.origin(referer), host, cors) {
            return foreignOrigin()
        }
        return nil
    }

    private static func foreignOrigin() -> Problem {
        Problem(
            403, "FORBIDDEN",
            "Pages of this origin may not call; start the server with --cors-origin to let them, or with --token."
        )
    }

    /// The scheme, host and port of a URL; of what is none, what stands before its path.
    private static func origin(_ url: ByteView) -> ByteView {
        var index = 0
        // Behind the two slashes of `https://`.
        if let colon = url.firstIndex(of: UInt8(ascii: ":")),
            url.dropFirst(colon + 1).starts(with: ByteView("//"))
        {
            index = colon + 3
        }
        while index < url.count, !"/?#".utf8.contains(url[index]) { index += 1 }
        return url[0..<index]
    }

    private static func isWelcome(_ origin: ByteView, _ host: ByteView?, _ cors: borrowing CORS) -> Bool {
        cors.allows(origin) || isOwn(origin, host)
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
