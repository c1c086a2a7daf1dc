import Bytes
import Persistence
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A directory that goes with the value.
final class TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/redwing-aof-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
        path = String(cString: try #require(made))
    }

    deinit { removeTree(path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        let file = try SystemFiles().open(file(name), .createEmpty)
        try bytes.withByteView { bytes throws(FileError) in try file.write(bytes, at: 0) }
    }

    func read(_ name: String) throws -> [UInt8] {
        try #require(try SystemFiles().contents(of: file(name), limit: 1 << 30))
    }
}

private func removeTree(_ path: String) {
    for name in (try? SystemFiles().names(in: path)) ?? [] {
        if unlink("\(path)/\(name)") != 0 { removeTree("\(path)/\(name)") }
    }
    rmdir(path)
}
