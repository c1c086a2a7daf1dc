import Testing

@testable import Server

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

struct ProcessTests {
    @Test func theProgramsPath() {
        #expect(Process.executable.hasPrefix("/"))
        #expect(access(Process.executable, X_OK) == 0)
    }

    @Test func residentMemoryFollowsWhatIsTouched() throws {
        let size = 256 << 20
        let before = Process.residentMemory
        #expect(before > 0)
        let memory = try #require(malloc(size))
        defer { free(memory) }
        memset(memory, 1, size)
        // Other tests free memory meanwhile: half of it is proof enough.
        #expect(Process.residentMemory - before > size / 2)
    }

    @Test func thereIsACore() { #expect(Machine.cores >= 1) }
}
