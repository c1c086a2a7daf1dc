#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

import Testing

@testable import Bytes

@Suite struct ByteBufferTests {
    @Test func growsAndKeepsContents() {
        var buffer = ByteBuffer()
        for i in 0..<10_000 { buffer.append(UInt8(truncatingIfNeeded: i)) }
        #expect(buffer.count == 10_000)
        #expect(buffer.view.array == (0..<10_000).map { UInt8(truncatingIfNeeded: $0) })
    }

    @Test func truncatesClearsAndDetaches() {
        var buffer = ByteBuffer(capacity: 10)
        buffer.append("hello")
        buffer.truncate(to: 4)
        #expect(buffer.view == ByteView("hell"))
        buffer.append([1, 2])
        buffer.append(String("é"))
        #expect(buffer.count == 8)
        buffer.clear(keeping: 0)
        #expect(buffer.count == 0 && buffer.capacity == 0)
        buffer.append("x")
        let (base, count) = buffer.detach()
        #expect(count == 1 && base?.pointee == UInt8(ascii: "x"))
        #expect(buffer.count == 0)
        free(base)
    }

    @Test func writesInPlace() {
        var buffer = ByteBuffer()
        buffer.append(upTo: 0) { $0.count }
        buffer.append(upTo: 8) { free in
            free[0] = 65
            free[1] = 66
            return 2
        }
        buffer.withMutableBytes { $0[0] = 97 }
        #expect(buffer.view == ByteView("aB"))
    }
}
