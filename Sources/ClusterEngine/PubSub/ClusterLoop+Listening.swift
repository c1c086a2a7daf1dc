internal import Bytes
internal import Engine
internal import Logging

/// Who waits until topics are subscribed to.
struct ListeningRequest: Sendable {
    var topics: [Topic]
    let execution: RemoteExecution
    let deadline: Int64

    func finish(error: String? = nil) {
        if let error { execution.reply.error(error) } else { execution.reply.ok() }
        execution.outcome.failed = error != nil
        execution.complete()
    }
}

/// What is subscribed to at the nodes, for those who are subscribed here.
struct Listening {
    /// Each with when it was last of use.
    var topics: [Topic: Int64] = [:]
    /// Those whose messages come, from all nodes that have some.
    var whole: Set<Topic> = []
    var listeners: [NodeAddress: Listener] = [:]
    var waiting: [ListeningRequest] = []
    /// Who is asked for what all nodes know.
    var hub: NodeAddress?
    /// When it is looked next whether all is subscribed to where it should be; and what is of no use any more.
    var reviewDue = Int64.max
    var pruneDue: Int64 = 0
}

// Publish and subscribe.
extension ClusterLoop {
    /// How long what nobody is subscribed to any more is kept, in milliseconds: clients that come back miss nothing then.
    private static let linger: Int64 = 60_000

    func listen(_ request: ListeningRequest) {
        for topic in request.topics {
            if let problem = problem(of: topic) { return request.finish(error: problem) }
        }
        var request = request
        for topic in request.topics {
            if listening.topics.updateValue(now, forKey: topic) == nil { subscribe(topic) }
        }
        request.topics.removeAll(where: listening.whole.contains)
        if request.topics.isEmpty { return request.finish() }
        listening.waiting.append(request)
    }

    /// Why a topic can't be subscribed to; nil: it can.
    private func problem(of topic: Topic) -> String? {
        switch topic {
        case .monitor: "ERR a node's commands can't be watched over a cluster"
        case .pattern(let glob)
        where options.pubSub == .sharded && !SubscribedName(.pattern, glob).isOfKeyEvents:
            "ERR sharded channels have no patterns: name the channels, or start Redwing with --cluster-pubsub classic"
        default: nil
        }
    }

    /// Where a topic is to be subscribed to, and as what.
    private func places(of topic: Topic) -> [(NodeAddress, SubscribedName)] {
        guard let map else { return [] }
        func everywhere(_ name: SubscribedName) -> [(NodeAddress, SubscribedName)] {
            map.shards.map { ($0.primary, name) }
        }
        switch topic {
        case .monitor: return []
        case .keys(let glob): return everywhere(SubscribedName(keys: glob))
        case .pattern(let glob):
            let name = SubscribedName(.pattern, glob)
            if name.mayBeOfKeyEvents { return everywhere(name) }
            return listening.hub.map { [($0, name)] } ?? []
        case .channel(let text):
            let name = SubscribedName(.channel, text)
            if name.isOfKeyEvents { return everywhere(name) }
            if options.pubSub == .classic { return listening.hub.map { [($0, name)] } ?? [] }
            let slot = text.withByteView { KeySlot.of($0) }
            return map.owners[slot].map { [($0, SubscribedName(.shard, text))] } ?? []
        }
    }

    private func subscribe(_ topic: Topic) {
        chooseHub()
        let places = places(of: topic)
        if places.isEmpty { return review(after: 100) }
        for (node, name) in places {
            guard let listener = listener(at: node) else {
                refreshMap()
                review(after: 100)
                continue
            }
            listener.subscribe(name)
            note(listener.connection)
        }
        check(topic)
    }

    private func listener(at node: NodeAddress) -> Listener? {
        if let listener = listening.listeners[node] { return listener }
        guard let connection = open(node) else { return nil }
        let listener = Listener(connection, now)
        listening.listeners[node] = listener
        return listener
    }

    /// Keeps who has it, as long as that is a primary that answers.
    private func chooseHub() {
        guard let map else { return }
        let candidates = map.shards.map(\.primary).filter { !lost.contains($0) }
        if let hub = listening.hub, candidates.contains(hub) { return }
        listening.hub = candidates.first
    }

    func review(after milliseconds: Int64) {
        listening.reviewDue = min(listening.reviewDue, now + milliseconds)
    }

    /// Has all subscribed to where it should be by now, and no more than that. O(topics).
    private func review() {
        listening.reviewDue = .max
        if listening.topics.isEmpty, listening.listeners.isEmpty { return }
        chooseHub()
        var wanted: [NodeAddress: Set<SubscribedName>] = [:]
        for topic in listening.topics.keys {
            for (node, name) in places(of: topic) { wanted[node, default: []].insert(name) }
        }
        for (node, listener) in listening.listeners {
            guard let names = wanted[node] else {
                listening.listeners[node] = nil
                forget(listener.connection)
                _ = listener.connection.end()
                continue
            }
            for name in listener.names.keys where !names.contains(name) { listener.unsubscribe(name) }
            note(listener.connection)
        }
        for topic in listening.topics.keys { subscribe(topic) }
    }

    /// Notes whether the messages of a topic come, from all nodes that have some.
    private func check(_ topic: Topic) {
        let places = places(of: topic)
        let isWhole =
            !places.isEmpty && places.allSatisfy { listening.listeners[$0.0]?.isConfirmed($0.1) ?? false }
        if !isWhole {
            listening.whole.remove(topic)
        } else if listening.whole.insert(topic).inserted {
            // Who was subscribed before, or comes back, may have missed some.
            pubSub.miss(topic)
            for index in listening.waiting.indices {
                listening.waiting[index].topics.removeAll { $0 == topic }
            }
            let served = listening.waiting.filter(\.topics.isEmpty)
            listening.waiting.removeAll(where: \.topics.isEmpty)
            for request in served { request.finish() }
        }
    }

    private func check(_ name: SubscribedName) {
        for topic in name.topics where listening.topics[topic] != nil { check(topic) }
    }

    /// Makes of how many connections a node has sent a message to, how many have got it: this process is one of those, but
    /// those who are subscribed here are counted.
    func countReceivers(of channel: [UInt8], at node: NodeAddress, _ reply: inout Reply) {
        guard case .integer(let connections) = reply.reader.peek() else { return }
        channel.withByteView { name in
            let own = listening.listeners[node]?.count(of: name) ?? 0
            let here = options.pubSub == .sharded ? pubSub.subscribers(of: name) : pubSub.receivers(of: name)
            reply.clear()
            reply.integer(max(Int(connections) - own, 0) + here)
        }
    }

    // MARK: What comes

    /// Takes what a node tells.
    func takePush(_ reply: borrowing Reply, from connection: NodeConnection) {
        guard let listener = listening.listeners[connection.address], listener.connection === connection
        else {
            return
        }
        listener.hear(now)
        switch Listener.Push(reply) {
        case .message(let channel, let payload, let isSharded):
            if isSharded || listener.takes(channel, by: nil) {
                pubSub.receive(payload, on: channel, isSharded: isSharded)
            }
        case .matched(let pattern, let channel, let payload):
            guard listener.takes(channel, by: pattern) else { return }
            let isKeyEvent = channel.starts(with: ByteView("__key"))
            guard isKeyEvent || connection.address == listening.hub else { return }
            let prefix = ByteView("__keyspace@0__:")
            if channel.starts(with: prefix) { pubSub.receive(payload, of: channel.dropFirst(prefix.count)) }
            pubSub.receive(payload, on: channel, isSharded: false)
        case .subscribed: if let name = listener.answered(true) { check(name) }
        case .ended(let channel):
            let name = SubscribedName(.shard, channel.array)
            guard listener.names[name] != nil else { return }
            listener.forget(name)
            check(name)
            refreshMap()
            review(after: 100)
        case .refused(let text): refused(text.string, Redirection(text, from: connection.address), listener)
        case .other: break
        }
    }

    private func refused(_ error: String, _ redirection: Redirection?, _ listener: Listener) {
        guard let name = listener.answered(false) else { return }
        check(name)
        guard redirection == nil else {
            refreshMap()
            return review(after: 100)
        }
        logger.warning("node \(listener.connection.address) refuses a subscription: \(error)")
        let topics = name.topics
        let refused = listening.waiting.filter { $0.topics.contains(where: topics.contains) }
        listening.waiting.removeAll { $0.topics.contains(where: topics.contains) }
        for request in refused { request.finish(error: error) }
        // Asked for again by who needs it.
        for topic in topics { listening.topics[topic] = nil }
    }

    /// A node is lost that messages came from.
    /// - Returns: false where none did by that connection.
    func loseListener(_ connection: NodeConnection) -> Bool {
        guard let listener = listening.listeners[connection.address], listener.connection === connection
        else {
            return false
        }
        listening.listeners[connection.address] = nil
        for name in listener.names.keys { check(name) }
        review(after: 100)
        return true
    }

    // MARK: Time

    /// Sees to what is due: called some times a second.
    func attendToListening() {
        if now >= listening.reviewDue { review() }
        for listener in Array(listening.listeners.values) {
            if now - listener.heard >= timeout {
                lose(listener.connection, "the node has not answered for \(options.timeout) s")
            } else if listener.ping(now, every: timeout / 3) {
                note(listener.connection)
            }
        }
        let late = listening.waiting.filter { $0.deadline <= now }
        listening.waiting.removeAll { $0.deadline <= now }
        for request in late { request.finish(error: "CLUSTERDOWN the nodes don't answer; ask again") }
        if now >= listening.pruneDue {
            listening.pruneDue = now + 1000
            prune()
        }
    }

    private func prune() {
        var hasUnused = false
        for (topic, used) in listening.topics {
            if pubSub.hasSubscribers(topic) {
                listening.topics[topic] = now
            } else if now - used > ClusterLoop.linger {
                listening.topics[topic] = nil
                listening.whole.remove(topic)
                hasUnused = true
            }
        }
        if hasUnused { review(after: 0) }
    }

    func endListening() {
        for request in listening.waiting { request.finish(error: "CLUSTERDOWN the server is stopping") }
        listening.waiting = []
    }
}
