internal import Bytes
internal import Engine
internal import MicroHTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The body of a response that is made while it is sent, by a thread of its own, which waits where the client is slower.
///
/// Unchecked Sendable: everything but the constants is only touched under `lock`.
final class DownloadStream: BodyStream, @unchecked Sendable {
    private let export: any SnapshotExport
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    /// There is room, or nobody wants more.
    private let drained: UnsafeMutablePointer<pthread_cond_t>
    private var pending = ByteBuffer()
    /// How much of `pending` was sent.
    private var sent = 0
    private var waker: Waker?
    private var isUnwanted = false
    private var isOver = false
    /// What was sent is not all.
    private var isBroken = false

    /// What is made ahead of the client, in bytes.
    private static let limit = 1 << 20

    init(_ export: any SnapshotExport) {
        self.export = export
        lock = .allocate(capacity: 1)
        drained = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(drained, nil)
    }

    deinit {
        pthread_cond_destroy(drained)
        pthread_mutex_destroy(lock)
        drained.deallocate()
        lock.deallocate()
    }

    private func withLock<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    // MARK: The maker

    private func make() {
        var isWhole = true
        do throws(PersistenceRefusal) {
            try export.write { put($0) }
        } catch {
            isWhole = false
        }
        withLock {
            isOver = true
            if !isWhole { isBroken = true }
            if !isUnwanted { waker?.wake() }
        }
    }

    /// Takes a piece when there is room; false where nobody wants it.
    private func put(_ bytes: ByteView) -> Bool {
        withLock {
            while !isUnwanted, pending.count > DownloadStream.limit { pthread_cond_wait(drained, lock) }
            if isUnwanted { return false }
            pending.append(bytes)
            waker?.wake()
            return true
        }
    }

    // MARK: The body

    func opened(_ waker: Waker) {
        withLock { self.waker = waker }
        if Thread.detached({ [self] in make() }) { return }
        withLock {
            isOver = true
            isBroken = true
        }
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> BodyStreamStep {
        withLock {
            let rest = pending.view[sent..<pending.count]
            if rest.isEmpty { return isBroken ? .broken : isOver ? .end : .idle }
            let count = min(rest.count, room.count)
            room.copyMemory(from: UnsafeRawBufferPointer(start: rest.pointer, count: count))
            sent += count
            if sent == pending.count {
                pending.clear(keeping: 2 * DownloadStream.limit)
                sent = 0
                pthread_cond_signal(drained)
            }
            return .bytes(count)
        }
    }

    func finish() {
        withLock {
            isBroken = true
            isUnwanted = true
            pthread_cond_signal(drained)
        }
    }

    func closed() {
        withLock {
            isUnwanted = true
            waker = nil
            pthread_cond_signal(drained)
        }
    }
}
