internal import Bytes
internal import Engine
internal import Logging

// What becomes of works.
extension ClusterLoop {
    /// Begins a request, once it is known who is to be asked.
    func start(_ request: Request) {
        guard let map else {
            waiting.append(request)
            return
        }
        for answer in request.answers { answer.spread(over: map, request) }
        let works = request.answers.flatMap(\.works)
        request.left = works.count
        if works.isEmpty { return request.finish() }
        for work in works { dispatch(work) }
    }

    /// Sends a work to the owner of its slot.
    func dispatch(_ work: Work) {
        if work.isCancelled { return endWaiting(work) }
        guard let node = work.node ?? work.slot.flatMap({ map?.owners[$0] }) else {
            refreshMap()
            return retry(work, "CLUSTERDOWN nobody has slot \(work.slot ?? 0)")
        }
        work.isPlain = false
        send(work, to: replica(for: work, of: node) ?? node)
    }

    /// Who may be asked in a primary's place, at the first attempt; nil: nobody.
    private func replica(for work: Work, of primary: NodeAddress) -> NodeAddress? {
        guard options.readsReplicas, work.isRepeatable, work.watch == nil, work.node == nil,
            work.attempts == 0
        else {
            return nil
        }
        return map?.replicas[primary]?.filter { !lost.contains($0) }.randomElement()
    }

    private func send(_ work: Work, to node: NodeAddress, asking: Bool = false) {
        if work.isExclusive { return sendExclusively(work, to: node, asking: asking) }
        guard let connection = connection(to: node) else {
            refreshMap()
            return retry(work, "CLUSTERDOWN node \(node) can't be reached")
        }
        if asking { sendAsking(connection) }
        if work.isPlain {
            connection.send(.work(work), work.plain.view, now: now)
        } else {
            connection.send(.work(work), work.text.view, replies: work.replies, now: now)
        }
        note(connection)
    }

    func sendAsking(_ connection: NodeConnection) {
        var text = ByteBuffer()
        text.append(command: "ASKING")
        connection.send(.nothing, text.view, now: now)
    }

    /// Takes a reply.
    func take(
        _ purpose: NodeConnection.Purpose, _ problem: [UInt8]?, _ reply: inout Reply,
        from connection: NodeConnection
    ) {
        switch purpose {
        case .work(let work) where connection.refusal != nil, .step(let work) where connection.refusal != nil:
            guard work.connection == nil || work.connection === connection else { return }
            work.connection = nil
            retry(work, "CLUSTERDOWN \(connection.refusal ?? "")")
        case .slots where connection.refusal != nil: isAskingForMap = false
        case .nothing: break
        case .push: takePush(reply, from: connection)
        case .identity:
            if case .integer(let identity) = reply.reader.peek() { connection.identity = identity }
        case .unblocking(let other):
            if case .error = reply.reader.peek() { lose(other, "it can't be unblocked") }
        case .step(let work): takeStep(work, &reply, from: connection)
        case .login:
            if case .error(let text) = reply.reader.peek() {
                connection.refusal = "the node has refused the login: \(text.string)"
            }
        case .state: takeState(reply)
        case .slots: takeMap(reply, from: connection)
        case .work(let work):
            if watchesAgain(work, reply) { return }
            giveBack(work)
            if !redirect(work, problem, reply, from: connection) {
                swap(&work.reply, &reply)
                if let channel = work.channel {
                    countReceivers(of: channel, at: connection.address, &work.reply)
                }
                // EXEC says no more than that a command before it was refused.
                if let problem, work.reply.isAborted {
                    work.reply.clear()
                    problem.withByteView { work.reply.error($0) }
                }
                complete(work)
            }
        }
    }

    /// Sends a work where, or when, an error says.
    /// - Parameter problem: what a command of a transaction was answered, which EXEC has then refused.
    /// - Returns: false where that is no matter of routing.
    func redirect(
        _ work: Work, _ problem: [UInt8]?, _ reply: borrowing Reply, from connection: NodeConnection
    ) -> Bool {
        guard case .error(let last) = reply.reader.peek() else { return false }
        let error = reply.isAborted ? problem ?? last.array : last.array
        guard let redirection = error.withByteView({ Redirection($0, from: connection.address) }) else {
            return false
        }
        let text = String(decoding: error, as: UTF8.self)
        work.attempts += 1
        switch redirection {
        case .moved(let slot, let node):
            map?.move(slot, to: node)
            refreshMap()
            // Who moves a slot to himself means a new process behind the same address.
            if work.node != nil || node == connection.address || work.attempts > 5 {
                retry(work, "CLUSTERDOWN slot \(slot) keeps moving; ask again")
            } else {
                dispatch(work)
            }
        case .ask(let node):
            // MULTI would ask for the slot before each of its commands: it is left until the slot has moved.
            work.isPlain = work.plain.count > 0
            if work.attempts > 16 || work.replies > 1 && !work.isPlain {
                retry(work, "TRYAGAIN the slot is being moved to \(node); ask again")
            } else {
                send(work, to: node, asking: true)
            }
        case .later:
            if text.hasPrefix("CLUSTERDOWN") { refreshMap() }
            retry(work, text)
        case .replica:
            refreshMap()
            retry(work, "CLUSTERDOWN \(connection.address) is a replica by now; ask again")
        }
        return true
    }

    /// Sends a work again in a moment, longer each time; where its time is over by then it answers `error`.
    func retry(_ work: Work, _ error: String) {
        work.attempts += 1
        let delay: Int64 = min(10 << Int64(min(work.attempts, 5)), 200)
        let due = now + delay + Int64.random(in: 0...delay / 2)
        if due >= work.request.deadline { return fail(work, error) }
        delayed.append((due, work))
    }

    func fail(_ work: Work, _ error: String) {
        work.reply.clear()
        work.reply.error(error)
        complete(work)
    }

    func complete(_ work: Work) {
        giveBack(work)
        work.request.left -= 1
        if work.request.left == 0 { work.request.finish() }
    }
}

extension Request {
    /// Answers an error to all that is asked of nodes.
    func fail(_ error: String) {
        for answer in answers where !answer.isKnown {
            answer.joining = .known
            answer.works = []
            answer.known.error(error)
        }
        finish()
    }
}

extension Reply {
    /// Whether it is EXEC's for a transaction of which a command was refused.
    fileprivate var isAborted: Bool {
        if case .error(let text) = reader.peek() { return text.starts(with: ByteView("EXECABORT")) }
        return false
    }
}
