internal import Bytes

/// Reads commands and comment lines of an append-only file from a window of it, without a copy and without
/// I/O: the arguments are kept as places relative to the batch's start.
struct CommandParser: ~Copyable {
    /// Where an argument lies.
    struct Place: BitwiseCopyable {
        var offset: Int
        var count: Int
    }

    /// What there is at some place of the window.
    enum Item: Equatable {
        /// A command, which ends before the given place.
        case command(end: Int)
        /// A line that begins with `#`; it ends before the given place, its line feed included.
        case comment(end: Int)
        /// The window ends too early; it must reach at least to the given place.
        case more(upTo: Int)
        /// Neither.
        case malformed
    }

    /// The arguments of all commands of the batch.
    var arguments = TrivialBuffer<Place>()
    /// For each command, how many arguments there are up to its end.
    var ends = TrivialBuffer<Int>()

    /// The longest comment that Redis takes for one line, its line feed included.
    static let commentLimit = 1023

    /// Begins a new batch.
    mutating func removeAll() {
        arguments.removeAll(keeping: 1 << 16)
        ends.removeAll(keeping: 1 << 16)
    }

    /// Takes back all commands after the first `count`.
    mutating func removeCommands(after count: Int) {
        ends.truncate(to: count)
        arguments.truncate(to: ends.isEmpty ? 0 : ends[ends.count - 1])
    }

    /// Reads what begins at `start`; `remaining` says how many bytes the file has from there on, so that a
    /// length beyond them is known for what it is. Arguments of a command that is not whole are taken back.
    mutating func next(_ window: ByteView, at start: Int, batchStart: Int, remaining: Int) -> Item {
        guard start < window.count else { return .more(upTo: start + 1) }
        if window[start] == UInt8(ascii: "#") { return comment(window, start) }
        let before = arguments.count
        let item = command(window, start, batchStart, fileEnd: start + remaining)
        if case .command = item {
            ends.append(arguments.count)
        } else {
            arguments.truncate(to: before)
        }
        return item
    }

    private func comment(_ window: ByteView, _ start: Int) -> Item {
        let limit = min(window.count, start + CommandParser.commentLimit)
        if let end = window[start..<limit].firstIndex(of: UInt8(ascii: "\n")) {
            return .comment(end: start + end + 1)
        }
        return limit < window.count || limit == start + CommandParser.commentLimit
            ? .malformed : .more(upTo: window.count + 1)
    }

    private mutating func command(
        _ window: ByteView, _ start: Int, _ batchStart: Int, fileEnd: Int
    ) -> Item {
        let header = count(window, start, UInt8(ascii: "*"))
        guard case .value(var missing, var place) = header else { return header.item(window.count) }
        guard missing > 0 else { return .malformed }
        while missing > 0 {
            let header = count(window, place, UInt8(ascii: "$"))
            guard case .value(let length, let begin) = header else { return header.item(window.count) }
            // No overflow: a count has at most 18 digits, a place is inside of memory.
            let end = begin + length
            guard window.count >= end + 2 else { return .more(upTo: min(end + 2, fileEnd + 1)) }
            guard window[end] == 0x0D, window[end + 1] == 0x0A else { return .malformed }
            arguments.append(Place(offset: begin - batchStart, count: length))
            place = end + 2
            missing -= 1
        }
        return .command(end: place)
    }

    private enum Count {
        case value(Int, end: Int)
        case more
        case malformed

        func item(_ windowEnd: Int) -> Item {
            if case .more = self { .more(upTo: windowEnd + 1) } else { .malformed }
        }
    }

    /// Reads `letter`, a number and the line's end: CR LF, or as Redis also takes it, LF alone.
    private func count(_ window: ByteView, _ start: Int, _ letter: UInt8) -> Count {
        guard start < window.count else { return .more }
        guard window[start] == letter else { return .malformed }
        var value = 0
        var i = start + 1
        while i < window.count, window[i] &- 0x30 < 10 {
            guard i - start <= 18 else { return .malformed }
            value = value * 10 + Int(window[i] - 0x30)
            i += 1
        }
        guard i < window.count else { return .more }
        guard i > start + 1 else { return .malformed }
        if window[i] == 0x0D {
            i += 1
            guard i < window.count else { return .more }
        }
        return window[i] == 0x0A ? .value(value, end: i + 1) : .malformed
    }
}
