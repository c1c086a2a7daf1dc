internal import Bytes
internal import Engine

/// Makes of a request's commands what is asked of the nodes. On the request's thread.
struct Planning {
    /// Executes what is no matter of keys: PING, INFO, CONFIG … are this process's own.
    let local: MemoryEngine
    /// By `CommandID.number`.
    let commands: [RemoteCommand]
    let request: Request

    func plan(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) {
        if form == .atomic, transaction.count > 1 { return planAtomically(transaction) }
        transaction.forEachCommand { command, arguments in request.answers.append(answer(command, arguments))
        }
    }

    /// Nil of a command that no engine has.
    private func find(_ command: CommandID) -> RemoteCommand? {
        guard command.number >= 0 else { return nil }
        let found = commands[command.number]
        if found.info.flags.contains(.write) { request.writes = true }
        return found
    }

    // MARK: One command

    private func answer(_ id: CommandID, _ arguments: borrowing Arguments) -> Answer {
        guard let command = find(id), command.info.accepts(argumentCount: arguments.count) else {
            return local(id, arguments)
        }
        switch command.place {
        case .here: return local(id, arguments)
        case .nowhere(let reason): return error(reason)
        case .primaries(let joining): return onAll(joining, command, arguments)
        case .cursor: return scan(command, arguments)
        case .owner: break
        }
        var slot: Int?
        var isOneSlot = true
        command.info.keys.forEach(in: arguments) { index in
            let found = KeySlot.of(arguments[index])
            isOneSlot = isOneSlot && slot ?? found == found
            slot = slot ?? found
        }
        // The command itself is wrong, as it will say.
        guard let slot else { return local(id, arguments) }
        if isOneSlot { return single(command, arguments, slot) }
        guard let division = command.division else { return error(Planning.crossSlot) }
        return divide(command, division, arguments)
    }

    private func single(_ command: RemoteCommand, _ arguments: borrowing Arguments, _ slot: Int) -> Answer {
        let answer = Answer(.one(command.shape(arguments)))
        var text = ByteBuffer(capacity: 64)
        text.append(command: ByteView(command.info.name), arguments)
        answer.works = [Work(text, slot: slot, isRepeatable: command.isRepeatable, request)]
        return answer
    }

    private func local(_ command: CommandID, _ arguments: borrowing Arguments) -> Answer {
        let answer = Answer(.known)
        local.execute(command, arguments, into: &answer.known)
        return answer
    }

    private func error(_ message: String) -> Answer {
        let answer = Answer(.known)
        answer.known.error(message)
        return answer
    }

    private static let crossSlot = """
        CROSSSLOT the keys lie in different slots of the cluster: give those that belong together the same tag, \
        as in {user:1}:name and {user:1}:mail
        """

    // MARK: Several keys

    /// A work for each slot, with those of the keys that lie in it.
    private func divide(
        _ command: RemoteCommand, _ division: RemoteCommand.Division, _ arguments: borrowing Arguments
    ) -> Answer {
        let width = division == .pairs ? 2 : 1
        guard arguments.count % width == 0 else {
            return error("ERR wrong number of arguments for 'mset' command")
        }
        var parts: [(slot: Int, keys: [Int])] = []
        var places: [Int: Int] = [:]
        var owners: [Int] = []
        for key in 0..<arguments.count / width {
            let slot = KeySlot.of(arguments[key * width])
            let place = places[slot] ?? parts.count
            if place == parts.count {
                places[slot] = place
                parts.append((slot, []))
            }
            parts[place].keys.append(key)
            owners.append(place)
        }
        let answer: Answer
        switch division {
        case .values: answer = Answer(.values(owners))
        case .sum: answer = Answer(.sum)
        case .pairs: answer = Answer(.ok)
        }
        for part in parts {
            var text = ByteBuffer()
            text.begin(command: ByteView(command.info.name), arguments: part.keys.count * width)
            for key in part.keys {
                for offset in 0..<width { text.append(bulk: arguments[key * width + offset]) }
            }
            answer.works.append(Work(text, slot: part.slot, isRepeatable: command.isRepeatable, request))
        }
        return answer
    }

    // MARK: All keys

    private func onAll(
        _ joining: Answer.Joining, _ command: RemoteCommand, _ arguments: borrowing Arguments
    ) -> Answer {
        let answer = Answer(joining)
        answer.spread = .all
        answer.text.append(command: ByteView(command.info.name), arguments)
        answer.isRepeatable = command.isRepeatable
        return answer
    }

    private func scan(_ command: RemoteCommand, _ arguments: borrowing Arguments) -> Answer {
        guard let value = UInt64(arguments[0].string), let cursor = ScanCursor(value) else {
            return error("ERR invalid cursor")
        }
        let answer = Answer(.page(cursor, next: nil))
        answer.spread = .scan(cursor)
        answer.text.begin(command: ByteView(command.info.name), arguments: arguments.count)
        // The node's own cursor comes first of what follows.
        for index in 1..<arguments.count { answer.scanOptions.append(bulk: arguments[index]) }
        return answer
    }

    // MARK: Transactions

    private func planAtomically(_ transaction: borrowing Transaction) {
        var slot: Int?
        var problem: String?
        var shapes: [ReplyShape] = []
        var isRepeatable = true
        var text = ByteBuffer()
        text.append(command: "MULTI")
        transaction.forEachCommand { id, arguments in
            guard let command = find(id) else { return }
            problem = problem ?? Planning.problem(inTransaction: command)
            command.info.keys.forEach(in: arguments) { index in
                let found = KeySlot.of(arguments[index])
                if slot ?? found != found { problem = problem ?? Planning.crossSlot }
                slot = found
            }
            shapes.append(command.shape(arguments))
            isRepeatable = isRepeatable && command.isRepeatable
            text.append(command: ByteView(command.info.name), arguments)
        }
        text.append(command: "EXEC")
        if let problem { return request.answers = [error(problem)] }
        guard let slot else {
            let answer = Answer(.known)
            local.execute(transaction, into: &answer.known)
            return request.answers = [answer]
        }
        let answer = Answer(.transaction(shapes))
        answer.works = [
            Work(text, replies: shapes.count + 2, slot: slot, isRepeatable: isRepeatable, request)
        ]
        request.answers = [answer]
    }

    /// Why a command can't be one of a transaction's; nil: nothing is against it. What waits does not wait there.
    private static func problem(inTransaction command: RemoteCommand) -> String? {
        if command.info.keys == .none, !command.isHarmless {
            return
                "ERR \(command.info.name) has no key: over a cluster a transaction takes commands of one slot"
        }
        if case .nowhere(let reason) = command.place, !command.info.flags.contains(.blocking) {
            return reason
        }
        return nil
    }
}
