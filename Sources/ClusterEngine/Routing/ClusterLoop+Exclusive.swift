internal import Bytes
internal import Engine

// Works that have a connection for themselves: what waits for a key, or watches some.
extension ClusterLoop {
    /// How many connections to a node are kept when nobody has them.
    private static let idleLimit = 16

    /// Sends a work on a connection of its own.
    func sendExclusively(_ work: Work, to node: NodeAddress, asking: Bool) {
        guard let connection = idle[node]?.popLast() ?? openExclusive(to: node) else {
            refreshMap()
            return retry(work, "CLUSTERDOWN node \(node) can't be reached")
        }
        work.connection = connection
        if asking { sendAsking(connection) }
        if let watch = work.watch {
            watch.begin(work, on: connection, now)
        } else if let pause = work.pause {
            let text = pause.text(at: now)
            connection.send(.work(work), text.view, now: pause.end ?? .max / 2)
        }
        note(connection)
    }

    private func openExclusive(to node: NodeAddress) -> NodeConnection? {
        guard let connection = open(node) else { return nil }
        exclusive[ObjectIdentifier(connection)] = connection
        var text = ByteBuffer()
        text.append(command: "CLIENT", "ID")
        connection.send(.identity, text.view, now: now)
        return connection
    }

    /// Takes the connection back from a work that is answered.
    func giveBack(_ work: Work) {
        guard let connection = work.connection else { return }
        work.connection = nil
        guard exclusive[ObjectIdentifier(connection)] != nil else { return }
        if idle[connection.address, default: []].count < ClusterLoop.idleLimit {
            idle[connection.address, default: []].append(connection)
        } else {
            drop(connection)
        }
    }

    /// Takes a reply to what a work watches.
    func takeStep(_ work: Work, _ reply: inout Reply, from connection: NodeConnection) {
        // Of a round that is over.
        guard work.connection === connection, let watch = work.watch else { return }
        if case .error = reply.reader.peek() {
            // What else is under way on it is of no use: another one is taken.
            work.connection = nil
            drop(connection)
            if !redirect(work, nil, reply, from: connection) {
                swap(&work.reply, &reply)
                complete(work)
            }
            return
        }
        switch watch.take(reply) {
        case .wait: break
        case .send(let text, let replies):
            connection.send(eachOf: replies, .step(work), text.view, now: now)
            note(connection)
        case .decide: decide(work, watch, connection)
        }
    }

    private func decide(_ work: Work, _ watch: Watch, _ connection: NodeConnection) {
        if watch.holds(&work.reply) {
            connection.send(.work(work), work.text.view, replies: work.replies, now: now)
        } else {
            var text = ByteBuffer()
            text.append(command: "UNWATCH")
            connection.send(.nothing, text.view, now: now)
            work.isRefused = true
            complete(work)
        }
        note(connection)
    }

    /// Begins again, where a watched key has changed before EXEC.
    /// - Returns: false where EXEC was executed.
    func watchesAgain(_ work: Work, _ reply: borrowing Reply) -> Bool {
        guard let watch = work.watch, case .nullArray = reply.reader.peek(), let connection = work.connection
        else { return false }
        if now >= work.request.deadline {
            fail(work, "TRYAGAIN the keys of the conditions keep changing; ask again")
        } else {
            watch.begin(work, on: connection, now)
            note(connection)
        }
        return true
    }

    /// Has a request answered that waits for a key.
    func endWaiting(_ request: Request) {
        for work in request.answers.flatMap(\.works) where work.pause != nil {
            work.isCancelled = true
            guard let connection = work.connection else {
                delayed.removeAll { $0.work === work }
                waiting.removeAll { $0 === request }
                request.left = 1
                endWaiting(work)
                continue
            }
            guard let identity = connection.identity, let other = self.connection(to: connection.address)
            else {
                lose(connection, "the client has gone")
                continue
            }
            // Its answer comes then, as if its time were over; or it was served just now.
            var text = ByteBuffer()
            text.begin(command: ByteView("CLIENT"), arguments: 2)
            text.append(bulk: ByteView("UNBLOCK"))
            Array(String(identity).utf8).withByteView { text.append(bulk: $0) }
            other.send(.unblocking(connection), text.view, now: now)
            note(other)
        }
    }

    /// Answers as if its time were over.
    func endWaiting(_ work: Work) {
        work.reply.clear()
        work.reply.nullArray()
        complete(work)
    }

    /// Ends a connection of its own that nobody has, or whose work begins anew.
    func drop(_ connection: NodeConnection) {
        exclusive[ObjectIdentifier(connection)] = nil
        idle[connection.address]?.removeAll { $0 === connection }
        forget(connection)
        _ = connection.end()
    }

    /// Gives up who waits at a node that has lost the slot, and did not say so: it may never answer.
    func leaveFormerOwners() {
        for connection in Array(exclusive.values) {
            guard let work = connection.waitingWork, let slot = work.slot, let owner = map?.owners[slot],
                owner != connection.address
            else {
                connection.isFormer = false
                continue
            }
            if connection.isFormer { lose(connection, "its slot is another node's now") }
            connection.isFormer = true
        }
    }
}

extension Watch {
    fileprivate func begin(_ work: Work, on connection: NodeConnection, _ now: Int64) {
        guard case .send(let text, let replies) = begin() else { return }
        connection.send(eachOf: replies, .step(work), text.view, now: now)
    }
}
