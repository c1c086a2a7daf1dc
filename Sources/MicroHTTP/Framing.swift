internal import Bytes
internal import CMicrohttpd

/// How a request's header frames its body (RFC 9112, section 6), checked more strictly than libmicrohttpd
/// does: it takes the first of several fields and knows nothing of white space before the colon.
struct Framing {
    /// The announced length of the body, if any.
    private(set) var contentLength: Int?
    /// Whether the body comes in chunks.
    private(set) var isChunked = false
    /// Whether the client waits for `100 Continue` before it sends the body.
    private(set) var expectsContinue = false
    /// What is wrong with it, if anything.
    private(set) var fault: HTTPRefusal?

    private var lengths = 0
    private var codings = 0
    private var hosts = 0
    /// Where the header field before ended: a NUL inside a field shows as bytes between two fields.
    private var end: UnsafePointer<UInt8>?

    /// Whether a body follows.
    var hasBody: Bool { isChunked || (contentLength ?? 0) > 0 }

    /// Reads the header of the request under way, whose first byte is `start`. `isHTTP11` is false for
    /// HTTP/1.0.
    init(
        _ headers: UnsafeBufferPointer<HeaderField>, _ connection: OpaquePointer, start: UnsafePointer<UInt8>,
        isHTTP11: Bool
    ) {
        for field in headers { take(field.name, field.value) }
        checkGap(before: start + cmicrohttpd_header_size(connection))
        if lengths > 1 || codings > 1 || (lengths > 0 && codings > 0) || (codings > 0 && !isHTTP11) {
            fault = fault ?? .ambiguousLength
        }
        if !isHTTP11 { expectsContinue = false }
    }

    private mutating func take(_ name: ByteView, _ value: ByteView) {
        if name.isEmpty || name.buffer.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            fault = .malformedHeader
        }
        checkGap(before: name.pointer)
        let last = value.isEmpty ? name : value
        end = last.pointer + last.count
        switch name.count {
        case 4 where name.equalsIgnoringCase("HOST"):
            hosts += 1
            // RFC 9112, section 3.2: two servers on the way may each believe another one.
            if hosts > 1 { fault = fault ?? .malformedHeader }
        case 6 where name.equalsIgnoringCase("EXPECT"):
            expectsContinue = value.equalsIgnoringCase("100-CONTINUE")
        case 14 where name.equalsIgnoringCase("CONTENT-LENGTH"):
            lengths += 1
            contentLength = Self.length(value)
            if contentLength == nil { fault = .ambiguousLength }
        case 17 where name.equalsIgnoringCase("TRANSFER-ENCODING"):
            codings += 1
            isChunked = value.equalsIgnoringCase("CHUNKED")
            if !isChunked { fault = fault ?? .unknownTransferCoding }
        default: break
        }
    }

    /// Header fields lie one after another in libmicrohttpd's buffer, their ends overwritten by NULs: any
    /// other byte but white space between two of them, or after the last, followed a NUL that the client
    /// sent, or was folded (obsolete, and to be rejected). All pointers lie in the one block that the
    /// connection has, so that what is between them may be read.
    private mutating func checkGap(before next: UnsafePointer<UInt8>) {
        guard let end, next > end else { return }
        let gap = next - end
        for offset in 0..<gap where end[offset] > 0x20 {
            fault = .malformedHeader
            return
        }
    }

    /// Digits only; nil for anything else. A length beyond `Int` is the largest.
    private static func length(_ text: ByteView) -> Int? {
        guard !text.isEmpty else { return nil }
        var result = 0
        for byte in text.buffer {
            guard byte &- 0x30 < 10 else { return nil }
            let (tens, high) = result.multipliedReportingOverflow(by: 10)
            let (sum, low) = tens.addingReportingOverflow(Int(byte - 0x30))
            result = high || low ? Int.max : sum
        }
        return result
    }
}
