#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The bytes of the file at `path`.
/// - Throws: `Failure`, in one sentence that names the path.
func fileContents(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else {
        throw Failure("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    if ferror(file) != 0 { throw Failure("cannot read \(path): \(String(cString: strerror(errno)))") }
    return bytes
}
