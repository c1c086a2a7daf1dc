internal import CMalloc

/// How the process's allocator treats memory.
public enum Allocator {
    /// Has memory of large bodies, replies and values go back to the system as soon as it is freed, from now
    /// on and for the whole process. By itself glibc raises its thresholds to the largest block ever freed, and
    /// then keeps up to 64 MiB (mallopt(3)).
    public static func returnLargeMemory() { cmalloc_return_large_memory() }
}
