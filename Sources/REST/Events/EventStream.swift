internal import Engine
internal import MicroHTTP
internal import Synchronization

/// One client's stream of events: a subscriber of the engine on one side, the body of a response on the other.
///
/// Locks, outer to inner: that of `PubSub`, under which messages come; the stream's; that of whoever wakes
/// connections. So nothing here calls `PubSub` under the stream's lock, but what takes no lock.
final class EventStream: Subscriber, BodyStream {
    private struct State: ~Copyable {
        var queue: EventQueue
        var waker: Waker?
        var subscription: Subscription?
        /// Whether what comes was missed before.
        var isReplaying = true
        /// The beat at which bytes were read last.
        var lastRead: UInt64
        /// Its place among all streams.
        var position = 0
    }

    /// Up to how many bytes of memory a message is formatted once for all who are to get it, before it is known whether
    /// they have room. A larger one is formatted by each when it is read: in many forms at a time it would take many
    /// times its size.
    private static let sharedSize = 64 << 10

    private let form: EventForm
    private let pubSub: PubSub
    private let streams: EventStreams
    private let state: Mutex<State>

    private init(_ form: EventForm, _ pubSub: PubSub, _ streams: EventStreams) {
        self.form = form
        self.pubSub = pubSub
        self.streams = streams
        state = Mutex(
            State(
                queue: EventQueue(
                    form, limit: streams.options.clientBuffer, overflow: streams.options.overflow),
                lastRead: streams.beat))
    }

    /// Subscribes: what is published from now on comes.
    /// - Parameter last: the id of the last event that the client has seen; nil: it has seen none. What came after it
    ///   is sent first, or a gap. An id that is none of this run's (`foreign`) is a gap, whatever came since.
    static func start(
        _ form: EventForm, _ pubSub: PubSub, _ streams: EventStreams, after last: ResumePoint?
    ) -> EventStream {
        let stream = EventStream(form, pubSub, streams)
        stream.start(after: last)
        return stream
    }

    private func start(after last: ResumePoint?) {
        var position: EventID?
        if case .position(let id) = last { position = id }
        let subscription = pubSub.subscribe(
            self, to: form.topics, after: position?.sequence, through: position?.topic ?? .max)
        let start = EventID(boot: form.boot, sequence: subscription.start)
        var first: [Frame] = []
        if case .foreign = last {
            first.append(
                form.gap(
                    EventGap(
                        reason: .unknown, topic: nil, count: nil, after: nil,
                        before: subscription.start + 1)))
        }
        // An id that was not given out yet would pass by what comes until it is.
        if let id = position, id.sequence > start.sequence { position = nil }
        first.append(form.opening(after: position ?? start))
        let isOver = state.withLock { state in
            state.subscription = subscription
            state.isReplaying = false
            _ = state.queue.open(first)
            return state.queue.isOver
        }
        streams.add(self)
        if isOver { pubSub.unsubscribe(subscription) }
    }

    // MARK: The subscriber

    func receive(_ message: Message, topic: Int) {
        state.withLock { state in
            if state.isReplaying { return state.queue.replay(message, topic: topic) }
            if state.queue.isOver { return }
            let effect =
                message.size > EventStream.sharedSize
                ? state.queue.append(message, topic: topic)
                : state.queue.append(form.frame(message, topic: topic), message.sequence)
            if effect == .wake { state.waker?.wake() }
            if effect == .close, let subscription = state.subscription {
                pubSub.unsubscribeAfterDelivery(subscription)
            }
        }
    }

    func receive(_ run: MessageRun, topic: Int) {
        let isTaken = state.withLock { state -> Bool in
            if state.isReplaying { return false }
            let frame = form.frame(run, topic: topic)
            guard let effect = state.queue.append(frame, of: run) else { return false }
            if effect == .wake { state.waker?.wake() }
            return true
        }
        // One by one, as many as there is room for.
        if !isTaken { for message in run.messages { receive(message, topic: topic) } }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {
        // A number that was not given out yet is no id of ours; all topics say so.
        if after == nil, topic > 0 { return }
        let gap = EventGap(
            reason: after == nil ? .unknown : .forgotten, topic: after == nil ? nil : form.topics[topic],
            count: nil, after: after, before: before)
        state.withLock { $0.queue.missed(gap) }
    }

    func interrupted(topic: Int, before: UInt64) {
        let gap = EventGap(
            reason: .disconnected, topic: form.topics[topic], count: nil, after: nil, before: before)
        state.withLock { state in
            if state.queue.interrupted(gap) == .wake { state.waker?.wake() }
        }
    }

    // MARK: The body

    func opened(_ waker: Waker) {
        state.withLock { $0.waker = waker }
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> BodyStreamStep {
        let beat = streams.beat
        return state.withLock { state in
            switch state.queue.read(into: room) {
            case .bytes(let count):
                state.lastRead = beat
                return .bytes(count)
            case .idle: return .idle
            case .end: return .end
            }
        }
    }

    func finish() {
        state.withLock { state in
            if state.queue.finish() == .wake { state.waker?.wake() }
        }
    }

    func closed() {
        state.withLock { state in
            state.queue.end()
            state.waker = nil
        }
        streams.remove(self)
        unsubscribe()
    }

    // MARK: The streams' keeper

    /// Its place among all streams; the keeper's, under its lock.
    var position: Int {
        get { state.withLock { $0.position } }
        set { state.withLock { $0.position = newValue } }
    }

    /// Sends a comment, if nothing was sent since `beat`.
    func heartbeat(since beat: UInt64) {
        state.withLock { state in
            guard state.lastRead <= beat else { return }
            if state.queue.beat() == .wake { state.waker?.wake() }
        }
    }

    /// Ends the subscription.
    func unsubscribe() {
        if let subscription = state.withLock({ $0.subscription }) { pubSub.unsubscribe(subscription) }
    }
}

/// Where a client wants to go on.
enum ResumePoint {
    /// After that event of this run of the server.
    case position(EventID)
    /// After an event that this run does not know.
    case foreign

    /// - Parameter text: an event's id as the client knows it.
    init(_ id: EventID?, boot: UInt32) {
        if let id, id.boot == boot { self = .position(id) } else { self = .foreign }
    }
}
