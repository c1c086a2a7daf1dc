internal import Bytes
internal import Engine
internal import Logging

// Which nodes there are, and which slots they have.
extension ClusterLoop {
    /// How often the map is asked for while nothing tells that it is old, in milliseconds.
    private static let period: Int64 = 10_000

    /// Asks one of the nodes that are known: connected ones first, then all in turn.
    func askForMap() {
        // Not again at once, whatever comes of it.
        mapDue = now + 100
        let connected = connections.values.filter(\.isConnected)
        var candidates = connected.map(\.address)
        if candidates.isEmpty || turn % 2 == 1 {
            candidates = (map?.shards.map(\.primary) ?? []) + options.seeds
        }
        turn += 1
        let address = candidates[turn % candidates.count]
        guard let connection = connection(to: address) else {
            problem = "\(address) can't be reached"
            return
        }
        var text = ByteBuffer()
        text.append(command: "CLUSTER", "INFO")
        connection.send(.state, text.view, now: now)
        text.clear()
        text.append(command: "CLUSTER", "SLOTS")
        isAskingForMap = true
        connection.send(.slots, text.view, now: now)
        note(connection)
    }

    /// Notes whether a node is up to date. One that has just started again may take itself for the primary that it was,
    /// and answer what names no key, as FLUSHALL and DBSIZE, as if it were.
    func takeState(_ reply: borrowing Reply) {
        guard case .bytes(let text) = reply.reader.peek() else { return isTrusted = false }
        var fields: [Substring: Substring] = [:]
        for line in text.string.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        let told = fields["cluster_current_epoch"].flatMap { Int64($0) } ?? 0
        let isNew = fields["cluster_state"] == "ok" && told >= epoch
        // A cluster may have been made anew, with lower epochs.
        isTrusted = map == nil || isNew || now - mapTime > 2 * ClusterLoop.period
        if isTrusted { epoch = told }
    }

    /// Has the map asked for soon: something tells that it is old.
    func refreshMap() { mapDue = min(mapDue, now + 20) }

    func takeMap(_ reply: borrowing Reply, from connection: NodeConnection) {
        isAskingForMap = false
        var reader = reply.reader
        if case .error(let text) = reader.next() {
            problem = "\(connection.address) has answered: \(text.string)"
            logger.error("the cluster's slots are not known: \(problem)")
            mapDue = now + 1000
            return
        }
        guard let new = SlotMap(reply, from: connection.address) else {
            problem = "\(connection.address) knows of no node with slots"
            mapDue = now + 500
            return
        }
        guard isTrusted else {
            mapDue = now + 100
            return
        }
        if map == nil { logger.info("the cluster has \(new.shards.count) primaries with slots") }
        map = new
        mapTime = now
        mapDue = now + ClusterLoop.period
        leaveFormerOwners()
        review(after: 0)
        let ready = waiting
        waiting = []
        for request in ready { start(request) }
    }

    /// The connection to a node, which may be about to be made; nil where that fails at once.
    func connection(to address: NodeAddress) -> NodeConnection? {
        if let connection = connections[address] { return connection }
        let connection = open(address)
        connections[address] = connection
        return connection
    }

    /// Begins to connect, and to log in; nil where that fails at once.
    func open(_ address: NodeAddress) -> NodeConnection? {
        guard let connection = NodeConnection(address, now: now) else { return nil }
        watch(new: connection)
        if let password = options.password {
            var text = ByteBuffer()
            text.begin(command: ByteView("AUTH"), arguments: options.user == nil ? 1 : 2)
            for word in [options.user, password].compactMap(\.self) { text.append(bulk: word) }
            connection.send(.login, text.view, now: now)
        }
        if options.readsReplicas {
            // Of a primary it changes nothing.
            var text = ByteBuffer()
            text.append(command: "READONLY")
            connection.send(.nothing, text.view, now: now)
        }
        return connection
    }

    /// Gives a connection up, and sends again elsewhere what may be.
    func lose(_ connection: NodeConnection, _ reason: String) {
        if connections[connection.address] === connection {
            connections[connection.address] = nil
            for other in idle.removeValue(forKey: connection.address) ?? [] { drop(other) }
        } else if exclusive.removeValue(forKey: ObjectIdentifier(connection)) != nil {
            idle[connection.address]?.removeAll { $0 === connection }
        } else if !loseListener(connection) {
            return
        }
        forget(connection)
        // Once, until it is back.
        if lost.insert(connection.address).inserted {
            logger.warning("the connection to node \(connection.address) is lost: \(reason)")
        }
        refreshMap()
        problem = "\(connection.address): \(reason)"
        for (purpose, mayHaveArrived) in connection.end() {
            switch purpose {
            case .slots:
                isAskingForMap = false
            case .login, .nothing, .state, .identity, .push: break
            case .unblocking(let other): lose(other, reason)
            case .step(let work):
                guard work.connection === connection else { continue }
                work.connection = nil
                retry(work, "CLUSTERDOWN node \(connection.address) is lost: \(reason)")
            case .work(let work):
                work.connection = nil
                if mayHaveArrived, !work.isRepeatable {
                    fail(
                        work,
                        """
                        UNKNOWNOUTCOME node \(connection.address) was lost before it has answered (\(reason)): the command \
                        was executed, or was not; read before you repeat it
                        """)
                } else {
                    retry(work, "CLUSTERDOWN node \(connection.address) is lost: \(reason)")
                }
            }
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func append(bulk text: String) {
        var text = text
        text.withUTF8 { append(bulk: ByteView($0)) }
    }
}
