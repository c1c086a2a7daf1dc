import Glibc

/// A directory that is there as long as this value is used.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/redwing-disk-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove(path) }
}

private func remove(_ path: String) {
    nftw(
        path, { name, _, _, _ in Glibc.remove(name!) }, 16, FTW_DEPTH | FTW_PHYS)
}
