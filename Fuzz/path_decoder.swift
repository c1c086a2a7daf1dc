/// Fuzzes percent-decoding: what decodes must encode and decode back to itself, in the canonical form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPathDecoder(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = ByteView(data, count: count)
    var decoded = ByteBuffer()
    decoded.append("kept")
    guard decoded.append(percentDecoding: input) else {
        precondition(decoded.view == ByteView("kept"), "a failed decoding left something behind")
        precondition(needsPercentDecoding(input), "text without '%' must decode")
        return 0
    }
    let plain = decoded.view.dropFirst(4)
    precondition(plain.count <= input.count)
    if !needsPercentDecoding(input) { precondition(plain == input, "text without '%' must decode to itself") }

    var encoded = ByteBuffer()
    encoded.append(percentEncoding: plain)
    var again = ByteBuffer()
    precondition(again.append(percentDecoding: encoded.view), "what was encoded must decode")
    precondition(again.view == plain, "decode(encode(x)) must be x")
    return 0
}
