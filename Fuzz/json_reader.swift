/// Fuzzes the JSON reader: what parses, written anew and parsed again, must be written the same, and keep
/// its kinds, counts, numbers and strings.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSONReader(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = ByteView(data, count: count)
    do throws(JSONError) {
        let document = try JSONDocument(parsing: input)
        precondition(isValidUTF8(input), "a document must be valid UTF-8")
        var first = ByteBuffer()
        serialise(document.root, into: &first)
        do throws(JSONError) {
            let again = try JSONDocument(parsing: first.view)
            precondition(equal(document.root, again.root), "a document changed on its way")
            var second = ByteBuffer()
            serialise(again.root, into: &second)
            precondition(first.view == second.view, "a document was written in two ways")
        } catch {
            preconditionFailure("what was written must parse: \(error)")
        }
    } catch {
        precondition(error.offset >= 0 && error.offset <= count, "an error outside of the text")
        precondition(!error.description.isEmpty)
    }
    return 0
}

private func serialise(_ value: JSONValue, into out: inout ByteBuffer) {
    switch value.kind {
    case .null: out.append("null")
    case .bool: out.appendJSON(value.bool!)
    case .number: out.append(value.number!)
    case .string: out.appendJSONString(value.string!)
    case .array:
        out.append("[")
        for (i, element) in value.elements.enumerated() {
            if i > 0 { out.append(",") }
            serialise(element, into: &out)
        }
        out.append("]")
    case .object:
        out.append("{")
        for (i, member) in value.members.enumerated() {
            if i > 0 { out.append(",") }
            out.appendJSONString(member.name)
            out.append(":")
            serialise(member.value, into: &out)
        }
        out.append("}")
    }
}

private func equal(_ a: JSONValue, _ b: JSONValue) -> Bool {
    guard a.kind == b.kind, a.count == b.count, a.bool == b.bool, a.number == b.number, a.string == b.string,
        a.binaryString == b.binaryString, a.int64 == b.int64
    else { return false }
    var others = b.elements
    for element in a.elements {
        guard let other = others.next(), equal(element, other) else { return false }
    }
    var otherMembers = b.members
    for member in a.members {
        guard let other = otherMembers.next(), member.name == other.name, equal(member.value, other.value)
        else { return false }
    }
    return true
}
