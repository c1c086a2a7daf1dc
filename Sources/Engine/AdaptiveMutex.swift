#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Makes a lock that is held for microseconds as a rule: who finds it taken waits awake for a moment before being put to
/// sleep, which is cheaper then; and a lock's owner that is asleep itself ends the patience soon.
func initializeAdaptive(_ lock: UnsafeMutablePointer<pthread_mutex_t>) {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    #if canImport(Glibc)
        pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
    #endif
    pthread_mutex_init(lock, &attributes)
    pthread_mutexattr_destroy(&attributes)
}
