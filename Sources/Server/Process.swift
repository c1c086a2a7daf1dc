#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What Linux tells of this process (proc(5)).
enum Process {
    /// Path of the running program; empty where it can't be told.
    static var executable: String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { path in
            guard let start = path.baseAddress else { return "" }
            let length = readlink("/proc/self/exe", start, path.count)
            return length > 0 ? String(decoding: path[..<length], as: UTF8.self) : ""
        }
    }

    /// Bytes of memory that are resident; 0 where it can't be told.
    static var residentMemory: Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { text in
            let length = read(file, text.baseAddress, text.count)
            guard length > 0 else { return 0 }
            // size resident shared …, all in pages.
            let fields = text[..<length].split(separator: UInt8(ascii: " "))
            guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else {
                return 0
            }
            return pages * sysconf(Int32(_SC_PAGESIZE))
        }
    }
}
