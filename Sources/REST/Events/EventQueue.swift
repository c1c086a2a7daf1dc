internal import Bytes
internal import Engine

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What a stream has to send, in order: the state machine behind it. It does no I/O, keeps no time and takes no
/// lock.
struct EventQueue: ~Copyable {
    /// What has come of a message that was to be queued.
    enum Effect {
        /// It waits to be read, or is missing.
        case none
        /// The reader, who had found nothing, is to read again.
        case wake
        /// There was no room: the stream is over, as it is to be then.
        case close
    }

    /// What a reading has come to.
    enum Step: Equatable {
        case bytes(Int)
        case idle
        case end
    }

    private enum State {
        /// Nothing can be read yet.
        case opening
        case open
        /// Ends once everything is read.
        case ending
        case ended
    }

    let form: EventForm
    private let limit: Int
    private let overflow: EventOptions.Overflow
    private var state = State.opening
    /// The items, of which those before `head` are read.
    private var items: [QueuedEvent] = []
    private var head = 0
    /// Bytes read of the first item.
    private var offset = 0
    /// Bytes that wait, but for those of the first `uncounted` items.
    private var waiting = 0
    private var uncounted = 0
    /// Messages that found no room since the last gap was told of: how many, and between which they lie.
    private var dropped: (count: Int, after: UInt64, last: UInt64) = (0, 0, 0)
    /// The last message that was queued.
    private var lastQueued: UInt64
    /// Whether the reader rests.
    private var isIdle = false

    /// - Parameters:
    ///   - limit: bytes that may wait.
    ///   - position: the last message that the client has.
    init(_ form: EventForm, limit: Int, overflow: EventOptions.Overflow, after position: UInt64 = 0) {
        self.form = form
        self.limit = limit
        self.overflow = overflow
        lastQueued = position
    }

    /// Bytes that count against the limit.
    var bytesWaiting: Int { waiting }

    /// Whether the stream will send no messages any more.
    var isOver: Bool { state == .ending || state == .ended }

    // MARK: What comes

    /// Queues a message that was missed, and is kept; it counts for nothing. Before `open`.
    mutating func replay(_ message: Message, topic: Int) {
        if isOver { return }
        items.append(QueuedEvent(message, topic: topic))
        uncounted += 1
        lastQueued = message.sequence
    }

    /// Queues that messages are missing. Before `open`.
    mutating func missed(_ gap: EventGap) {
        if isOver { return }
        items.append(QueuedEvent(form.gap(gap)))
        uncounted += 1
    }

    /// Lets the reader begin, with these frames before all that is queued.
    mutating func open(_ first: [Frame]) -> Effect {
        guard state == .opening else { return .none }
        state = .open
        items.insert(contentsOf: first.map { QueuedEvent($0) }, at: 0)
        uncounted += first.count
        return wake()
    }

    /// Queues a message. O(1).
    /// - Parameter sequence: the message's.
    mutating func append(_ frame: Unmanaged<Frame>, _ sequence: UInt64) -> Effect {
        let size = frame._withUnsafeGuaranteedRef { QueuedEvent.size(of: $0.bytes) }
        if let effect = drop(sequence, size: size) { return effect }
        return append(QueuedEvent(retaining: frame), sequence, size: size)
    }

    /// Queues messages that are written in one frame. O(1).
    /// - Returns: nil where there is no room for all of them: nothing is queued then.
    mutating func append(_ frame: Unmanaged<Frame>, of run: MessageRun) -> Effect? {
        let size = frame._withUnsafeGuaranteedRef { QueuedEvent.size(of: $0.bytes) }
        guard !isOver, dropped.count == 0, waiting + size <= limit, let last = run.messages.last else {
            return nil
        }
        return append(QueuedEvent(retaining: frame, messages: run.messages.count), last.sequence, size: size)
    }

    /// Queues a message that is formatted when it is read. O(1).
    mutating func append(_ message: Message, topic: Int) -> Effect {
        if let effect = drop(message.sequence, size: message.size) { return effect }
        return append(
            QueuedEvent(message, topic: topic, counted: message.size), message.sequence, size: message.size)
    }

    private mutating func append(_ item: QueuedEvent, _ sequence: UInt64, size: Int) -> Effect {
        items.append(item)
        waiting += size
        lastQueued = sequence
        return wake()
    }

    /// What becomes of a message that finds no room, or comes too late; nil where it is to be queued.
    @inline(__always)
    private mutating func drop(_ sequence: UInt64, size: Int) -> Effect? {
        if isOver { return Effect.none }
        // One message alone is always taken: it is there already, and others hold it too.
        guard dropped.count > 0 || (waiting > 0 && waiting + size > limit) else { return nil }
        if dropped.count == 0 { dropped.after = lastQueued }
        dropped.count += 1
        dropped.last = sequence
        return overflow == .close ? closeForSlowness() : Effect.none
    }

    /// Queues that messages are missing which never came here.
    mutating func interrupted(_ gap: EventGap) -> Effect {
        if isOver { return .none }
        if dropped.count > 0 {
            dropped.last = gap.before - 1
            return .none
        }
        let frame = form.gap(gap)
        return append(QueuedEvent(frame), gap.before - 1, size: QueuedEvent.size(of: frame.bytes))
    }

    /// Queues a comment, if the reader has read everything and rests.
    mutating func beat() -> Effect {
        guard isIdle, state == .open, head == items.count else { return .none }
        items.append(QueuedEvent(EventForm.heartbeat))
        waiting += QueuedEvent.size(of: EventForm.heartbeat.bytes)
        return wake()
    }

    /// Ends the stream with a comment, after what is queued.
    mutating func finish() -> Effect {
        if isOver { return .none }
        tellOfDropped()
        items.append(QueuedEvent(EventForm.stopping))
        uncounted = items.count - head
        waiting = 0
        state = .ending
        return wake()
    }

    /// Ends it with what was dropped, and lets go of what waits: nobody knows when it would be read.
    private mutating func closeForSlowness() -> Effect {
        // What is half read goes on to its end.
        let keepsFirst = offset > 0
        let first = keepsFirst ? head + 1 : head
        for index in first..<items.count { dropped.count += items[index].messages }
        forget(from: first)
        items.append(QueuedEvent(form.gap(gapOfDropped(isAfterKnown: false))))
        dropped.count = 0
        items.append(QueuedEvent(EventForm.tooSlow))
        uncounted = items.count
        state = .ending
        _ = wake()
        return .close
    }

    /// Lets go of everything: nothing is read any more.
    mutating func end() {
        state = .ended
        forget(from: head)
    }

    /// Lets go of the items from `start` on; those before it stay, where they are not read.
    private mutating func forget(from start: Int) {
        for index in start..<items.count { items[index].release() }
        items = Array(items[head..<start])
        head = 0
        uncounted = 0
        waiting = 0
    }

    private mutating func wake() -> Effect {
        guard isIdle, state != .opening else { return .none }
        isIdle = false
        return .wake
    }

    private mutating func tellOfDropped() {
        if dropped.count == 0 { return }
        items.append(QueuedEvent(form.gap(gapOfDropped(isAfterKnown: true))))
        uncounted = items.count - head
        waiting = 0
        lastQueued = dropped.last
        dropped.count = 0
    }

    private func gapOfDropped(isAfterKnown: Bool) -> EventGap {
        EventGap(
            reason: .overflow, topic: nil, count: dropped.count, after: isAfterKnown ? dropped.after : nil,
            before: dropped.last + 1)
    }

    // MARK: What is read

    /// Copies what there is, as much as fits; whole events where they do. O(bytes).
    mutating func read(into room: UnsafeMutableRawBufferPointer) -> Step {
        var written = 0
        while state == .open || state == .ending {
            if head == items.count {
                items.removeAll(keepingCapacity: items.capacity <= 64)
                head = 0
                if dropped.count == 0 { break }
                tellOfDropped()
            }
            let bytes = items[head].bytes(form)
            let left = bytes.count - offset
            let space = room.count - written
            // Some clients read no further than to the end of what has come at once.
            if left > space, written > 0 || space == 0 { return .bytes(written) }
            let count = min(left, space)
            if count > 0, let base = room.baseAddress {
                memcpy(base + written, bytes.pointer + offset, count)
            }
            written += count
            offset += count
            if offset == bytes.count { removeFirst(bytes) }
            if written == room.count { return .bytes(written) }
        }
        if written > 0 { return .bytes(written) }
        if state == .ending {
            state = .ended
            return .end
        }
        if state == .ended { return .end }
        isIdle = true
        return .idle
    }

    private mutating func removeFirst(_ bytes: ByteView) {
        if uncounted > 0 { uncounted -= 1 } else { waiting -= items[head].size(of: bytes) }
        offset = 0
        // What is read is let go of at once, its place later, with others.
        items[head].release()
        head += 1
        if head >= 64, head * 2 >= items.count {
            items.removeFirst(head)
            head = 0
        }
    }

    deinit { for index in head..<items.count { items[index].release() } }
}
