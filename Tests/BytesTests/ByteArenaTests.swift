import Bytes
import Testing

@Suite struct ByteArenaTests {
    @Test func viewsStayWhereTheyAreWhileTheArenaGrows() {
        var arena = ByteArena()
        var views: [ByteView] = []
        for index in 0..<2000 { views.append(arena.decimal(Int64(index))) }
        for (index, view) in views.enumerated() { #expect(view.string == "\(index)") }
        let large = Array(repeating: UInt8(7), count: 100_000).withByteView { arena.copy($0) }
        #expect(large.array == Array(repeating: 7, count: 100_000))
        #expect(views[1999].string == "1999")
    }

    @Test func resetStartsOver() {
        var arena = ByteArena()
        for _ in 0..<3 {
            #expect(arena.copy(ByteView("abc")).string == "abc")
            #expect(arena.copy(.empty).isEmpty)
            arena.reset()
        }
    }
}
