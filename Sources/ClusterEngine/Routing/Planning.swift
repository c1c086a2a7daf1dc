internal import Bytes
internal import Engine

/// Makes of a request's commands what is asked of the nodes. On the request's thread.
struct Planning {
    /// Executes what is no matter of keys: PING, INFO, CONFIG … are this process's own.
    let local: MemoryEngine
    let request: Request

    func plan(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) {
        if form == .atomic, transaction.count > 1 { return planAtomically(transaction) }
        transaction.forEachCommand { command, arguments in request.answers.append(answer(command, arguments))
        }
    }

    // MARK: One command

    private func answer(_ command: CommandID, _ arguments: borrowing Arguments) -> Answer {
        guard let info = local.info(command), info.accepts(argumentCount: arguments.count) else {
            return local(command, arguments)
        }
        if let refusal = Planning.refusal(of: info) { return error(refusal) }
        if info.keys == .none { return spread(info, arguments) ?? local(command, arguments) }
        var slots: [Int] = []
        info.keys.forEach(in: arguments) { slots.append(KeySlot.of(arguments[$0])) }
        // The command itself is wrong, as it will say.
        guard let first = slots.first else { return local(command, arguments) }
        if slots.allSatisfy({ $0 == first }) { return single(info, arguments, first) }
        return split(info, arguments, slots) ?? error(Planning.crossSlot)
    }

    private func single(_ info: CommandInfo, _ arguments: borrowing Arguments, _ slot: Int) -> Answer {
        let answer = Answer(.one(ReplyShape(info, arguments)))
        var text = ByteBuffer(capacity: 64)
        text.append(command: ByteView(info.name), arguments)
        answer.works = [Work(text, slot: slot, isRepeatable: info.isRepeatable, request)]
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

    /// What can't be done over a cluster; nil: nothing is against it.
    private static func refusal(of info: CommandInfo) -> String? {
        if info.flags.contains(.blocking) {
            return "ERR \(info.name) waits, which is not offered over a cluster: ask again, without waiting"
        }
        if info.family == .pubsub { return "ERR \(info.name) is not offered over a cluster" }
        return nil
    }

    // MARK: Several keys

    /// The commands that are the same key by key; nil for others.
    private func split(_ info: CommandInfo, _ arguments: borrowing Arguments, _ slots: [Int]) -> Answer? {
        let width = info.name.description == "MSET" ? 2 : 1
        let joining: Answer.Joining
        switch info.name.description {
        case "MGET": joining = .values([])
        case "MSET":
            guard arguments.count % 2 == 0 else {
                return error("ERR wrong number of arguments for 'mset' command")
            }
            joining = .ok
        case "DEL", "UNLINK", "EXISTS", "TOUCH": joining = .sum
        default: return nil
        }
        var owners: [Int] = []
        var order: [Int: Int] = [:]
        for slot in slots {
            owners.append(order[slot] ?? order.count)
            if order[slot] == nil { order[slot] = order.count }
        }
        let answer = Answer(joining)
        if case .values = joining { answer.joining = .values(owners) }
        var parts: [[Int]] = Array(repeating: [], count: order.count)
        for (index, owner) in owners.enumerated() { parts[owner].append(index) }
        for part in parts {
            var text = ByteBuffer()
            text.begin(command: ByteView(info.name), arguments: part.count * width)
            for index in part {
                for offset in 0..<width { text.append(bulk: arguments[index * width + offset]) }
            }
            answer.works.append(Work(text, slot: slots[part[0]], isRepeatable: info.isRepeatable, request))
        }
        return answer
    }

    // MARK: All keys

    private func spread(_ info: CommandInfo, _ arguments: borrowing Arguments) -> Answer? {
        switch info.name.description {
        case "KEYS": onAll(.concatenated, info, arguments)
        case "DBSIZE": onAll(.sum, info, arguments)
        case "FLUSHALL", "FLUSHDB": onAll(.ok, info, arguments)
        case "RANDOMKEY": onAll(.random, info, arguments)
        case "SCAN": scan(info, arguments)
        default: nil
        }
    }

    private func onAll(_ joining: Answer.Joining, _ info: CommandInfo, _ arguments: borrowing Arguments)
        -> Answer
    {
        let answer = Answer(joining)
        answer.spread = .all
        answer.text.append(command: ByteView(info.name), arguments)
        answer.isRepeatable = info.isRepeatable
        return answer
    }

    private func scan(_ info: CommandInfo, _ arguments: borrowing Arguments) -> Answer {
        guard let value = UInt64(arguments[0].string), let cursor = ScanCursor(value) else {
            return error("ERR invalid cursor")
        }
        let answer = Answer(.page(cursor, next: nil))
        answer.spread = .scan(cursor)
        answer.text.begin(command: ByteView(info.name), arguments: arguments.count)
        // The node's own cursor comes first of what follows.
        for index in 1..<arguments.count { answer.scanOptions.append(bulk: arguments[index]) }
        return answer
    }

    // MARK: Transactions

    private func planAtomically(_ transaction: borrowing Transaction) {
        request.isAtomic = true
        var slot: Int?
        var problem: String?
        var shapes: [ReplyShape] = []
        var isRepeatable = true
        var text = ByteBuffer()
        text.append(command: "MULTI")
        transaction.forEachCommand { command, arguments in
            guard let info = local.info(command) else { return }
            if info.keys == .none, !["PING", "ECHO", "TIME"].contains(info.name.description) {
                problem =
                    problem
                    ?? "ERR \(info.name) has no key: over a cluster a transaction takes commands of one slot"
            }
            if info.family == .pubsub {
                problem = problem ?? "ERR \(info.name) is not offered over a cluster"
            }
            info.keys.forEach(in: arguments) { index in
                let found = KeySlot.of(arguments[index])
                if slot ?? found != found { problem = problem ?? Planning.crossSlot }
                slot = found
            }
            shapes.append(ReplyShape(info, arguments))
            isRepeatable = isRepeatable && info.isRepeatable
            text.append(command: ByteView(info.name), arguments)
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
}

extension CommandInfo {
    /// Whether it may be executed twice for once.
    var isRepeatable: Bool { flags.contains(.readonly) && !flags.contains(.write) }
}
