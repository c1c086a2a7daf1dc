#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Raises the soft limit of open files as far as `connections` and `others` need and the hard limit allows.
/// Returns how many connections fit: `connections` or fewer, at least one.
/// - Parameter others: descriptors that the rest of the process is granted beside the connections.
func raiseOpenFileLimit(for connections: Int, beside others: Int) -> Int {
    #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        let resource = RLIMIT_NOFILE
    #endif
    // Far more than there are ports, and far from overflow.
    let connections = min(connections, 1 << 30)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return connections }
    let needed = rlim_t(connections + others)
    if limit.rlim_cur < needed {
        limit.rlim_cur = min(needed, limit.rlim_max)
        guard setrlimit(resource, &limit) == 0, getrlimit(resource, &limit) == 0 else { return 1 }
    }
    return max(1, min(connections, Int(clamping: limit.rlim_cur) - others))
}
