internal import Bytes

/// LCS: the longest common subsequence of two strings.
enum LCSCommand<K: Keyspace & ~Copyable> {
    private struct Options {
        var index = false
        var length = false
        var withMatchLength = false
        var minimum: Int64 = 0

        init(_ a: borrowing Arguments) throws(CommandError) {
            var i = 2
            while i < a.count {
                if a.matches(i, "IDX") {
                    index = true
                } else if a.matches(i, "LEN") {
                    length = true
                } else if a.matches(i, "WITHMATCHLEN") {
                    withMatchLength = true
                } else if a.matches(i, "MINMATCHLEN") && i + 1 < a.count {
                    minimum = try a.integer(i + 1)
                    i += 1
                } else {
                    throw .syntax
                }
                i += 1
            }
            if index && length { throw .lcsBoth }
        }
    }

    @Sendable static func lcs(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let types = (keys.type(of: a[0]), keys.type(of: a[1]))
        guard types.0 ?? .string == .string, types.1 ?? .string == .string else { throw .lcsNotStrings }
        // The accesses have been counted.
        keys.isReading = false
        let options = try Options(a)
        // The second look-up may end the first view.
        var first = ByteBuffer()
        if let value = try keys.string(a[0]) { first.append(value) }
        let second = try keys.string(a[1]) ?? .empty
        try answer(first.view, second, options, keys.context.settings.maxStringLength, &reply)
    }

    private static func answer(
        _ x: ByteView, _ y: ByteView, _ options: Options, _ limit: Int, _ reply: inout Reply
    ) throws(CommandError) {
        let longest = Int(UInt32.max) - 1
        if x.count >= longest || y.count >= longest { throw .lcsTooLong }
        let (cells, overflow) = (x.count + 1).multipliedReportingOverflow(by: y.count + 1)
        if overflow || cells > limit / MemoryLayout<UInt32>.size { throw .lcsMemory }
        let table = LCSTable(x, y)
        if options.length {
            reply.integer(table.length)
        } else if options.index {
            reply.map(2)
            reply.bytes("matches")
            let mark = reply.beginArray()
            var matches = 0
            table.forEachMatch { start, otherStart, count in
                guard Int64(count) >= options.minimum else { return }
                matches += 1
                reply.array(options.withMatchLength ? 3 : 2)
                for first in [start, otherStart] {
                    reply.array(2)
                    reply.integer(first)
                    reply.integer(first + count - 1)
                }
                if options.withMatchLength { reply.integer(count) }
            }
            reply.endArray(mark, count: matches)
            reply.bytes("len")
            reply.integer(table.length)
        } else {
            let subsequence = table.subsequence()
            reply.bytes(subsequence.view)
        }
    }
}

/// The dynamic programming table of the longest common subsequence: cell (i, j) is its length for the
/// first i bytes of one string and the first j of the other. O(n·m) time and space.
private struct LCSTable {
    let x: ByteView
    let y: ByteView
    private let cells: [UInt32]
    private let width: Int

    init(_ x: ByteView, _ y: ByteView) {
        self.x = x
        self.y = y
        let width = y.count + 1
        self.width = width
        var cells = [UInt32](repeating: 0, count: (x.count + 1) * width)
        cells.withUnsafeMutableBufferPointer { cells in
            for i in 0..<x.count {
                let byte = x[i]
                let above = i * width
                let row = above + width
                for j in 0..<y.count {
                    cells[row + j + 1] =
                        byte == y[j]
                        ? cells[above + j] + 1 : max(cells[above + j + 1], cells[row + j])
                }
            }
        }
        self.cells = cells
    }

    /// How long the subsequence is.
    var length: Int { Int(cells[cells.count - 1]) }

    /// Walks the table backwards, as Redis does (which of several subsequences is found depends on it), and
    /// calls `visit` for each byte in common, the last first.
    private func walk(_ visit: (_ i: Int, _ j: Int) -> Void) {
        var i = x.count
        var j = y.count
        while i > 0 && j > 0 {
            if x[i - 1] == y[j - 1] {
                i -= 1
                j -= 1
                visit(i, j)
            } else if cells[(i - 1) * width + j] > cells[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
    }

    /// The subsequence itself.
    func subsequence() -> ByteBuffer {
        var bytes = ByteBuffer()
        if length == 0 { return bytes }
        bytes.append(upTo: length) { room in
            var left = room.count
            walk { i, _ in
                left -= 1
                room[left] = x[i]
            }
            return room.count
        }
        return bytes
    }

    /// Visits the runs in common, the last first: where they start in either string, and their length.
    func forEachMatch(_ visit: (_ start: Int, _ otherStart: Int, _ count: Int) -> Void) {
        var run: (i: Int, j: Int, count: Int)?
        walk { i, j in
            if let open = run, open.i == i + 1, open.j == j + 1 {
                run = (i, j, open.count + 1)
            } else {
                if let done = run { visit(done.i, done.j, done.count) }
                run = (i, j, 1)
            }
        }
        if let done = run { visit(done.i, done.j, done.count) }
    }
}

extension LCSCommand where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "LCS", arity: -3, [.readonly], keys: .firstTwo, family: .string,
                syntax: "key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]",
                summary: "Find longest common substring",
                complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
                since: "7.0.0", run: lcs)
        ]
    }
}
