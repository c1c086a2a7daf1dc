internal import Bytes
internal import Engine
internal import RDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Makes an RDB file of a snapshot on disk while it is sent.
struct DiskExport: SnapshotExport {
    private let place: SnapshotPlace

    init(_ place: SnapshotPlace) { self.place = place }

    func write(_ take: (ByteView) -> Bool) throws(PersistenceRefusal) {
        let snapshot: DiskSnapshot
        do throws(DiskFailure) {
            snapshot = try place.open()
        } catch {
            throw PersistenceRefusal("ERR \(error)")
        }
        let failure = withoutActuallyEscaping(take) { take -> RDBExportError? in
            do throws(RDBExportError) {
                _ = try snapshot.writeRDB(to: Sink(take: take), time: Clock.milliseconds() / 1000)
                return nil
            } catch {
                return error
            }
        }
        // Where the sink fails, nobody wants it any more.
        if case .storage(let why) = failure { throw PersistenceRefusal(why.message) }
    }

    private struct Sink: RDBSink {
        let take: (ByteView) -> Bool

        mutating func write(_ bytes: ByteView) throws(RDBWriteError) {
            if !take(bytes) { throw RDBWriteError(code: ECANCELED) }
        }
    }
}
