#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Bytes
internal import CMicrohttpd

extension HTTPResponse {
    /// The response in libmicrohttpd's form, which reads the body where it lies: that must neither change nor
    /// go until the request is over. Nil without memory for it.
    /// - Parameter body: a body that is made already.
    mutating func makeHandle(body: OpaquePointer?) -> OpaquePointer? {
        guard let handle = body ?? (file == nil ? makeBodyHandle() : makeFileHandle()) else { return nil }
        headers.forEach { name, value in
            // Each is followed by a NUL (HeaderList's promise).
            _ = cmicrohttpd_add_header(handle, name.cString, value.cString)
        }
        if closesConnection { _ = cmicrohttpd_add_header(handle, "Connection", "close") }
        return handle
    }

    private func makeBodyHandle() -> OpaquePointer? {
        let content = content
        return cmicrohttpd_response(content.pointer, content.count)
    }

    /// The file is libmicrohttpd's from here on; where it can't take it, it is still ours.
    private mutating func makeFileHandle() -> OpaquePointer? {
        guard let file, let handle = MHD_create_response_from_fd64(UInt64(file.count), file.descriptor)
        else { return nil }
        _ = takeFile()
        return handle
    }

    /// Writes the whole response to a socket of which nothing else is being sent, and ends that direction.
    /// False where it does not fit into the socket's buffer: then all that is left is to close.
    func writeAndShutDown(_ descriptor: Int32, isHead: Bool) -> Bool {
        var message = ByteBuffer(capacity: 512 + content.count)
        message.append("HTTP/1.1 ")
        message.append(String(status))
        message.append(0x20)
        message.append(String(cString: MHD_get_reason_phrase_for(UInt32(clamping: status))))
        message.append("\r\nDate: ")
        message.append(httpDate())
        message.append("\r\nConnection: close\r\nContent-Length: ")
        message.append(String(content.count))
        message.append("\r\n")
        headers.forEach { name, value in
            message.append(name)
            message.append(": ")
            message.append(value)
            message.append("\r\n")
        }
        message.append("\r\n")
        if !isHead { message.append(content) }
        let sent = send(descriptor, message.view.pointer, message.count, sendFlags)
        return sent == message.count && shutdown(descriptor, Int32(SHUT_WR)) == 0
    }
}

extension ByteView {
    /// The bytes as a C string. Only for views that a NUL follows.
    fileprivate var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self)
    }
}

/// Neither a signal nor a wait: errors show in the result.
let sendFlags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

/// Now, as RFC 9110, section 5.6.7 writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
private func httpDate() -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let date = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
    return
        "\(date) \(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
}
