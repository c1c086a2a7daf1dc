public import Bytes

/// Reads the commands of an increment (or of a base that consists of commands), batch by batch, each only once
/// it is known to be whole.
///
/// - A file with Redwing's header: every batch must match the annotation after it. A SELECT, which Redwing never
///   writes, begins what Redis has appended; commands right before it have lost their annotation to Redis's
///   own cutting of a torn tail, as have commands at the very end that are whole.
/// - A file without: Redis's, checked as Redis checks it. A command, or MULTI … EXEC, is a batch.
///
/// A tail that can't be used is left out if the file is the last one, and, of Redwing's batches, if no whole
/// batch follows in it and, where it is no mere end, it is not longer than `IncrementLimits` says, or if the whole
/// batches in it state that the file was not synced so far; of Redis's commands, if the file merely
/// ends too early (`aof-load-truncated`). Any other damage is an error. The file itself is not changed: `cut`
/// does that.
public struct IncrementReader<Files: FileSystem>: ~Copyable {
    /// What has been found so far; of the whole file once `next` has answered false.
    public private(set) var outcome = IncrementOutcome()
    /// Where the current batch begins in the file.
    public private(set) var batchOffset = 0

    private let file: Files.File
    private let isLast: Bool
    private let chunk: Int
    /// The bytes of the file from `windowOffset` on.
    private var window = ByteBuffer()
    private var windowOffset = 0
    private var parser = CommandParser()
    /// The arguments of the current batch, once it is whole.
    private var views = TrivialBuffer<ByteView>()
    private var redisWrites = false
    private var isAtEnd = false

    /// Opens `path`.
    ///
    /// `isLast`: whether it is the last file of the manifest. `expected`: the number that its first batch must
    /// have, where the files before tell. `start`: where the commands begin, after an RDB preamble of Redis's.
    public static func open(
        _ path: String, _ files: Files, isLast: Bool, expecting expected: UInt64? = nil, from start: Int = 0,
        chunk: Int = 1 << 20
    ) throws(IncrementError) -> IncrementReader {
        let opened = try openFile(path, files)
        var reader = IncrementReader(
            opened.file, size: opened.size, isLast: isLast, from: start, chunk: chunk)
        if start == 0 { try reader.readHeader(expected) } else { reader.redisWrites = true }
        return reader
    }

    private static func openFile(
        _ path: String, _ files: Files
    ) throws(IncrementError) -> (file: Files.File, size: Int) {
        do throws(FileError) {
            let file = try files.open(path, .read)
            return (file, try file.size())
        } catch {
            throw .file(error)
        }
    }

    private init(_ file: Files.File, size: Int, isLast: Bool, from start: Int, chunk: Int) {
        self.file = file
        self.isLast = isLast
        self.chunk = max(chunk, 64)
        outcome.fileLength = size
        windowOffset = min(start, size)
        outcome.wholeLength = windowOffset
        batchOffset = windowOffset
    }

    /// How many commands the current batch has.
    public var commandCount: Int { parser.ends.count }

    /// The arguments of command `index` of the current batch, its name first; valid until `next`. O(1).
    public func command(_ index: Int) -> UnsafeBufferPointer<ByteView> {
        let first = index == 0 ? 0 : parser.ends[index - 1]
        return UnsafeBufferPointer(rebasing: views.elements[first..<parser.ends[index]])
    }

    /// Goes on to the next batch; false at the end, where `outcome` says what was left out.
    public mutating func next() throws(IncrementError) -> Bool {
        parser.removeAll()
        batchOffset = outcome.wholeLength
        if isAtEnd { return false }
        views.removeAll(keeping: 1 << 16)
        guard try redisWrites ? nextOfRedis() : nextAnnotated() else {
            parser.removeAll()
            isAtEnd = true
            return false
        }
        outcome.batches += 1
        outcome.commands += commandCount
        let bytes = window.view.dropFirst(batchOffset - windowOffset)
        for place in parser.arguments.elements {
            views.append(bytes[place.offset..<place.offset + place.count])
        }
        return true
    }

    // MARK: Redwing's batches

    private mutating func nextAnnotated() throws(IncrementError) -> Bool {
        var place = batchOffset
        /// How many commands come before the MULTI of a transaction that has not ended.
        var beforeTransaction: Int?
        var hasComment = false
        while true {
            switch try item(at: place) {
            case .comment(let end):
                let line = view(place, end)
                if line.starts(with: ByteView(Annotation.marker)) { return try endBatch(at: place, line) }
                if !line.starts(with: ByteView("#TS:")) { hasComment = true }
                place = end
            case .command(let end):
                let last = commandCount - 1
                if isCommand(last, "SELECT") {
                    return try handOver(at: place, keeping: beforeTransaction ?? last)
                }
                if isCommand(last, "MULTI") { beforeTransaction = last }
                if isCommand(last, "EXEC") { beforeTransaction = nil }
                place = end
            case .more where place == outcome.fileLength && beforeTransaction == nil && !hasComment:
                // The end, between commands: those that are there have lost their annotation to Redis.
                outcome.wholeLength = place
                if commandCount > 0 { outcome.wasTouchedByRedis = true }
                return commandCount > 0
            case .more: return try giveUp(beforeTransaction != nil ? .tornTransaction : .torn, at: place)
            case .malformed: return try giveUp(.malformed, at: place)
            }
        }
    }

    /// Compares the batch before `place` with its annotation, `line`.
    private mutating func endBatch(at place: Int, _ line: ByteView) throws(IncrementError) -> Bool {
        guard let annotation = Annotation(line: line), let salt = outcome.salt,
            annotation.matches(view(batchOffset, place), line: line, salt: salt)
        else { return try giveUp(.checksum, at: batchOffset) }
        guard annotation.sequence == outcome.nextSequence, annotation.sequence < .max else {
            return try giveUp(.sequence, at: batchOffset)
        }
        outcome.nextSequence = annotation.sequence + 1
        outcome.wholeLength = place + line.count
        outcome.statedLength = max(outcome.statedLength, annotation.synced)
        if annotation.length > 0 { outcome.contentLength = outcome.wholeLength }
        return true
    }

    /// A SELECT at `place`: from there on Redis has written. The first `count` commands before it, whose
    /// annotation Redis has cut off, are one batch.
    ///
    /// Where a crash tore a transaction, Redis 7.0 executes none of it, but leaves its MULTI and what is whole
    /// after it in the file, and appends. That is left out here.
    private mutating func handOver(at place: Int, keeping count: Int) throws(IncrementError) -> Bool {
        redisWrites = true
        outcome.wasTouchedByRedis = true
        outcome.wholeLength = place
        parser.removeCommands(after: count)
        guard count == 0 else { return true }
        batchOffset = place
        return try nextOfRedis()
    }

    // MARK: Redis's commands

    private mutating func nextOfRedis() throws(IncrementError) -> Bool {
        var place = batchOffset
        var inTransaction = false
        while true {
            switch try item(at: place) {
            case .comment(let end):
                if view(place, end).starts(with: ByteView(Annotation.marker)) {
                    throw damaged(.strayAnnotation, at: place)
                }
                place = end
                if !inTransaction {
                    outcome.wholeLength = end
                    batchOffset = end
                }
            case .command(let end):
                let last = commandCount - 1
                if isCommand(last, "MULTI") { inTransaction = true }
                if isCommand(last, "EXEC") { inTransaction = false }
                place = end
                if !inTransaction {
                    outcome.wholeLength = end
                    return true
                }
            case .more where place == outcome.fileLength && !inTransaction: return false
            case .more:
                let damage: IncrementDamage = inTransaction ? .tornTransaction : .torn
                guard isLast else { throw damaged(damage, at: place) }
                outcome.damage = damage
                return false
            case .malformed: throw damaged(.malformed, at: place)
            }
        }
    }

    // MARK: Damage

    /// Leaves out the rest of the file from the current batch on, or throws where that would be wrong.
    private mutating func giveUp(_ damage: IncrementDamage, at place: Int) throws(IncrementError) -> Bool {
        let tail = TailScan(file, from: batchOffset, to: outcome.fileLength)
        var damage = damage
        let isTail: Bool
        do throws(FileError) {
            if try tail.isZero(from: place) { damage = .zeros }
            if isLast && damage != .sequence {
                switch try batches(in: tail) {
                case .none: isTail = isTorn(damage) || outcome.excess <= IncrementLimits.garbage
                // The system has crashed, and of what was not synced a later part is there, an earlier one not.
                case .unsynced: isTail = true
                case .synced: isTail = false
                }
            } else {
                isTail = false
            }
        } catch {
            throw .file(error)
        }
        guard isTail else { throw damaged(damage, at: place) }
        outcome.damage = damage
        return false
    }

    private func isTorn(_ damage: IncrementDamage) -> Bool { damage == .torn || damage == .tornTransaction }

    private func batches(in tail: TailScan<Files.File>) throws(FileError) -> TailScan<Files.File>.Batches {
        guard let salt = outcome.salt, let next = outcome.nextSequence else { return .none }
        return try tail.wholeBatches(from: next, salt: salt)
    }

    private func damaged(_ damage: IncrementDamage, at place: Int) -> IncrementError {
        .damaged(path: file.path, offset: place, damage)
    }

    // MARK: The header

    private mutating func readHeader(_ expected: UInt64?) throws(IncrementError) {
        try fill(upTo: min(IncrementHeader.longest, outcome.fileLength))
        let start = window.view[0..<min(window.count, IncrementHeader.longest)]
        let marker = ByteView(IncrementHeader.marker)
        if start.starts(with: ByteView("REDIS")) { throw damaged(.rdb, at: 0) }
        let isOurs = start.count < marker.count ? marker.starts(with: start) : start.starts(with: marker)
        guard isOurs && !start.isEmpty else {
            // A marker with some wrong bytes is one: else all batches would pass as Redis's up to an annotation.
            let wrong = zip(start.buffer, marker.buffer).count { $0 != $1 }
            if start.count >= marker.count && wrong <= 3 { throw damaged(.header, at: 0) }
            redisWrites = true
            // Nothing in it: the next one goes on from the one before.
            if start.isEmpty { outcome.nextSequence = expected }
            // A header that never reached the disk: the file was not in use yet.
            if !start.isEmpty, start[0] == 0 { try withoutHeader(.zeros, expected) }
            return
        }
        guard let end = start.firstIndex(of: UInt8(ascii: "\n")),
            let header = IncrementHeader(line: start[0..<end + 1])
        else {
            let isTorn = start.firstIndex(of: UInt8(ascii: "\n")) == nil && start.count == outcome.fileLength
            return try withoutHeader(isTorn ? .torn : .header, expected)
        }
        if let expected, header.firstSequence != expected { throw damaged(.sequence, at: 0) }
        outcome.salt = header.salt
        outcome.nextSequence = header.firstSequence
        outcome.wholeLength = end + 1
        outcome.contentLength = end + 1
    }

    private mutating func withoutHeader(
        _ damage: IncrementDamage, _ expected: UInt64?
    ) throws(IncrementError) {
        var isUnused = damage == .torn
        if damage == .zeros && outcome.fileLength <= IncrementLimits.garbage {
            do throws(FileError) {
                isUnused = try TailScan(file, from: 0, to: outcome.fileLength).isZero(from: 0)
            } catch {
                throw .file(error)
            }
        }
        guard isLast, isUnused else { throw damaged(damage == .zeros ? .malformed : damage, at: 0) }
        outcome.damage = damage
        outcome.nextSequence = expected
        isAtEnd = true
    }

    // MARK: The window

    /// The bytes from `place` to `end` of the file, which are in the window.
    private func view(_ place: Int, _ end: Int) -> ByteView {
        window.view[place - windowOffset..<end - windowOffset]
    }

    private func isCommand(_ index: Int, _ name: StaticString) -> Bool {
        let place = parser.arguments[index == 0 ? 0 : parser.ends[index - 1]]
        let start = batchOffset - windowOffset + place.offset
        return window.view[start..<start + place.count].equalsIgnoringCase(name)
    }

    /// What is at `place`, with places of the file; `.more` only where the file ends.
    private mutating func item(at place: Int) throws(IncrementError) -> CommandParser.Item {
        while true {
            let item = parser.next(
                window.view, at: place - windowOffset, batchStart: batchOffset - windowOffset,
                remaining: outcome.fileLength - place)
            switch item {
            case .command(let end): return .command(end: end + windowOffset)
            case .comment(let end): return .comment(end: end + windowOffset)
            case .malformed: return .malformed
            case .more(let end):
                let needed = end + windowOffset
                guard needed <= outcome.fileLength else { return .more(upTo: needed) }
                // Twice as much each time, as the command is read anew from its start.
                try fill(upTo: max(needed, place + 2 * (windowOffset + window.count - place)))
            }
        }
    }

    /// Makes the window reach to `end` at least, or to the file's end; forgets what lies before the batch.
    private mutating func fill(upTo end: Int) throws(IncrementError) {
        let keep = windowOffset + window.count - batchOffset
        if keep >= 0 && batchOffset > windowOffset {
            let from = batchOffset - windowOffset
            window.withMutableBytes { bytes in
                // The two may overlap, which `update` allows.
                if let base = bytes.baseAddress { base.update(from: base + from, count: keep) }
            }
            window.truncate(to: keep)
            windowOffset = batchOffset
        }
        let have = windowOffset + window.count
        let count = min(max(end - have, chunk), outcome.fileLength - have)
        guard count > 0 else { return }
        do throws(FileError) {
            let read = try file.read(upTo: count, at: have, into: &window)
            // A file that has become shorter meanwhile.
            if read < count { outcome.fileLength = have + read }
        } catch {
            throw .file(error)
        }
    }
}
