import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A file in the temporary folder, for as long as the value lives.
final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        var template = Array("/tmp/redwing-options-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let written = text.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
        try #require(written == text.utf8.count)
    }

    deinit { unlink(path) }
}
