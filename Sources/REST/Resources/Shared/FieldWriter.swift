internal import Bytes

/// Writes names with their values: as a JSON object, or as `[[name, value], …]`.
struct FieldWriter {
    private let asPairs: Bool
    private var isFirst = true

    init(asPairs: Bool) { self.asPairs = asPairs }

    /// Opens the object or array.
    func begin(_ body: inout ByteBuffer) { body.append(asPairs ? "[" : "{") }

    /// Writes a name with its value, nil as null.
    /// - Throws: 409 where the name is not valid UTF-8 and can not be a member's.
    mutating func append(_ name: ByteView, _ value: ByteView?, _ body: inout ByteBuffer) throws(Problem) {
        if !isFirst { body.append(",") }
        isFirst = false
        if asPairs {
            body.append("[")
            body.appendJSONString(name)
            body.append(",")
        } else {
            guard isValidUTF8(name) else {
                throw .encoding(
                    "A name is not valid UTF-8 and can not be a JSON member's: use ?pairs, [[name, value], …]."
                )
            }
            body.appendJSONString(name)
            body.append(":")
        }
        if let value { body.appendJSONString(value) } else { body.append("null") }
        if asPairs { body.append("]") }
    }

    /// Closes the object or array.
    func end(_ body: inout ByteBuffer) { body.append(asPairs ? "]" : "}") }
}
