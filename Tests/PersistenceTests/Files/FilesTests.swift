import Bytes
import Persistence
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite struct FilesTests {
    @Test func whatIsWrittenIsReadAndErrorsNameCallAndPath() throws {
        let directory = try TemporaryDirectory()
        let files = SystemFiles()
        let path = directory.file("a")
        let file = try files.open(path, .createNew)
        try file.write(ByteView("hello world"), at: 0)
        try file.write(ByteView("W"), at: 6)
        try file.sync()
        try file.syncData()
        #expect(try file.size() == 11)
        try file.truncate(to: 8)
        #expect(try files.contents(of: path, limit: 8) == Array("hello Wo".utf8))
        #expect(try files.contents(of: path, limit: 7) == nil)
        try files.rename(path, to: directory.file("b"))
        try files.syncDirectory(directory.path)
        #expect(try files.names(in: directory.path) == ["b"])
        #expect(throws: FileError(.open, path, 2)) { _ = try files.open(path, .read) }
        #expect(throws: FileError(.open, directory.file("b"), 17)) {
            _ = try files.open(directory.file("b"), .createNew)
        }
        #expect(throws: FileError(.unlink, path, 2)) { try files.unlink(path) }
        #expect(throws: FileError(.readdir, path, 2)) { _ = try files.names(in: path) }
        let reader = try files.open(directory.file("b"), .read)
        #expect(throws: FileError(.write, directory.file("b"), 9)) { try reader.write(ByteView("x"), at: 0) }
        #expect(FileError(.write, "data/x", 28).description == "write data/x: No space left on device")
        try files.makeDirectory(directory.file("d"))
        try files.makeDirectory(directory.file("d"))
        #expect(throws: FileError(.mkdir, directory.file("b"), 17)) {
            try files.makeDirectory(directory.file("b"))
        }
        try files.unlink(directory.file("b"))
    }

    @Test func fullDeviceIsALackOfSpace() throws {
        let full = try SystemFiles().open("/dev/full", .update)
        let error = #expect(throws: FileError.self) { try full.write(ByteView("x"), at: 0) }
        #expect(error == FileError(.write, "/dev/full", 28))
        #expect(error?.isLackOfSpace == true)
    }

    @Test func theLockFallsAlthoughAChildIsBeingStarted() throws {
        let directory = try TemporaryDirectory()
        let files = SystemFiles()
        var file: SystemFile? = try files.open(directory.file("lock"), .createNew)
        #expect(try file?.tryLock() == true)
        // What fork does to every descriptor.
        let other = try files.open(directory.file("lock"), .update)
        #expect(try other.tryLock() == false)
        // First all, then the copies: those take numbers that others have just let go.
        let descriptors = try files.names(in: "/proc/self/fd").compactMap { name -> Int32? in
            var target = [CChar](repeating: 0, count: 4096)
            let count = readlink("/proc/self/fd/\(name)", &target, target.count)
            guard count > 0, let descriptor = Int32(name) else { return nil }
            let path = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return path == directory.file("lock") ? descriptor : nil
        }
        let copies = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }
        defer { for copy in copies { close(copy) } }
        #expect(copies.count == 2)
        file = nil
        #expect(try other.tryLock())
    }

    @Test func aDirectoryIsLockedOnce() throws {
        let directory = try TemporaryDirectory()
        var lock: DirectoryLock<SystemFiles>? = try DirectoryLock(directory.path, SystemFiles())
        let error = #expect(throws: DirectoryLockError.self) {
            _ = try DirectoryLock(directory.path, SystemFiles())
        }
        #expect(error?.description.contains("in use by another server (process ") == true, "\(error as Any)")
        withExtendedLifetime(lock) {}
        lock = nil
        lock = try DirectoryLock(directory.path, SystemFiles())
        withExtendedLifetime(lock) {}
        #expect(throws: DirectoryLockError.file(FileError(.open, "/nowhere/redwing.lock", 2))) {
            _ = try DirectoryLock("/nowhere", SystemFiles())
        }
    }
}
