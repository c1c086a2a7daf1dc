import Engine
import Testing

@testable import DiskKeyspace

/// What RocksDB says decides what clients are told.
@Suite struct RocksErrorTests {
    @Test(arguments: [
        ("Corruption: block checksum mismatch in /d/000007.sst", RocksError.Kind.corruption, "CORRUPTED"),
        ("IO error: No space left on device: While appending to file: /d/000008.log", .noSpace, "MISCONF"),
        ("IO error: Disk quota exceeded: While appending to file: /d/000008.log", .noSpace, "MISCONF"),
        ("IO error: Input/output error: While fdatasync: /d/000008.log", .io, "MISCONF"),
        ("IO error: lock hold by current process, acquire time 1: /d/LOCK", .locked, "MISCONF"),
        ("IO error: While lock file: /d/LOCK: Resource temporarily unavailable", .locked, "MISCONF"),
        ("Invalid argument: Column families not opened: x", .other, "MISCONF"),
    ])
    func kinds(_ message: String, _ kind: RocksError.Kind, _ code: String) {
        let error = RocksError(message: message)
        #expect(error.kind == kind)
        let failure = StorageFailure(error)
        #expect(failure.message.hasPrefix(code + " "))
        #expect(failure.message.contains(message))
    }

    /// The same trouble with a file is another matter where it comes up in reading.
    @Test func ofReading() {
        let error = RocksError(message: "IO error: Input/output error: While pread: /d/000007.sst").ofReading
        #expect(error.kind == .unreadable)
        #expect(StorageFailure(error).message.hasPrefix("IOERR "))
        #expect(RocksError.damagedRecord.ofReading.kind == .corruption)
    }
}
