/// Fuzzes glob matching against a plain recursive matcher. The input is a pattern, a line feed, a text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGlob(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = ByteView(data, count: count)
    guard let split = input.firstIndex(of: UInt8(ascii: "\n")) else { return 0 }
    let pattern = input[0..<split]
    let text = input.dropFirst(split + 1)
    let matched = globMatches(pattern: pattern, text: text)
    if !isGlobPattern(pattern) {
        precondition(matched == (pattern == text), "a plain pattern matches itself alone")
    }
    // The reference takes exponential time in the number of stars.
    let stars = pattern.buffer.count { $0 == UInt8(ascii: "*") }
    if stars <= 4 && text.count <= 64 && !text.isEmpty {
        let expected = reference(pattern.array[...], text.array[...])
        precondition(matched == expected, "the matcher and its reference disagree")
    }
    _ = globMatches(pattern: pattern, text: text, ignoringCase: true)
    return 0
}

/// Redis's matcher as it is written there, but on slices and without its short cuts.
private func reference(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == UInt8(ascii: "*") {
        return reference(pattern.dropFirst(), text) || !text.isEmpty && reference(pattern, text.dropFirst())
    }
    guard let byte = text.first else { return false }
    var rest = pattern.dropFirst()
    switch first {
    case UInt8(ascii: "?"): return reference(rest, text.dropFirst())
    case UInt8(ascii: "["):
        let negated = rest.first == UInt8(ascii: "^")
        if negated { rest = rest.dropFirst() }
        var found = false
        while let next = rest.first {
            let left = Array(rest.prefix(3))
            if next == UInt8(ascii: "\\") && left.count >= 2 {
                found = found || left[1] == byte
                rest = rest.dropFirst(2)
            } else if next == UInt8(ascii: "]") {
                rest = rest.dropFirst()
                break
            } else if left.count == 3 && left[1] == UInt8(ascii: "-") {
                let ends = [Int8(bitPattern: left[0]), Int8(bitPattern: left[2])].sorted()
                found = found || (ends[0]...ends[1]).contains(Int8(bitPattern: byte))
                rest = rest.dropFirst(3)
            } else {
                found = found || next == byte
                rest = rest.dropFirst()
            }
        }
        return found != negated && reference(rest, text.dropFirst())
    case UInt8(ascii: "\\") where !rest.isEmpty:
        return rest.first == byte && reference(rest.dropFirst(), text.dropFirst())
    default: return first == byte && reference(rest, text.dropFirst())
    }
}
