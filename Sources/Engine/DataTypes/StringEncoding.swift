package import Bytes

/// Redis's names for how strings are kept.
package enum StringEncoding {
    /// That of a string: read off the value, unless it is raw since it was changed in place (APPEND, SETRANGE, SETBIT).
    package static func name(of value: ByteView, isRaw: Bool) -> StaticString {
        if isRaw { return "raw" }
        if value.count <= 20, parseInt64(value) != nil { return "int" }
        return value.count <= 44 ? "embstr" : "raw"
    }
}
