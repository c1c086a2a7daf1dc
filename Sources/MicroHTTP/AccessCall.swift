internal import Bytes

/// The arguments of one call of libmicrohttpd's access handler.
struct AccessCall {
    let url: UnsafePointer<CChar>?
    let method: UnsafePointer<CChar>?
    let version: UnsafePointer<CChar>?
    let uploadBytes: UnsafePointer<CChar>?
    let uploadCount: UnsafeMutablePointer<Int>?

    /// The method's name; measured anew each time.
    var methodName: ByteView { ByteView(cString: method) }

    /// The part of the body handed over; empty at the first call and at the last.
    var upload: ByteView { ByteView(chars: uploadBytes, count: uploadCount?.pointee ?? 0) }

    /// Tells libmicrohttpd that the whole part has been taken.
    func consume() { uploadCount?.pointee = 0 }

    /// Whether the request is HTTP/1.0's.
    var isHTTP10: Bool {
        // libmicrohttpd has checked that the version is `HTTP/1.` and a digit.
        guard let version else { return true }
        return version[5] == 0x31 && version[7] == 0x30
    }

    /// Whether the request line has a NUL inside its method or target. As C strings the method then seems to
    /// end early, the target at `count`; but the next word follows in the same buffer, one space further.
    func hidesNul(after method: ByteView, targetCount count: Int) -> Bool {
        guard let url, let version, version > url, version - url > count else { return false }
        let start = UnsafeRawPointer(method.pointer)
        let gap = UnsafeRawPointer(url) - start - method.count
        for offset in 0..<max(0, gap) {
            let byte = method.pointer[method.count + offset]
            if byte != 0 && byte != 0x20 && byte != 0x09 { return true }
        }
        // One byte is the space libmicrohttpd overwrote; of any further ones only white space is innocent.
        for offset in count..<(version - url) where offset > count {
            if url[offset] != 0x20 && url[offset] != 0x09 { return true }
        }
        return false
    }
}
