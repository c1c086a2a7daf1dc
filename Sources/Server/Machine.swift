#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What the program runs on.
public enum Machine {
    /// Cores that this process may use.
    public static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Bytes of its memory.
    public static var memory: Int { sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) }
}
