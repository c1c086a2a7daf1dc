internal import Bytes
internal import Engine

/// Makes of a request's commands what is asked of the nodes. On the request's thread.
struct Planning {
    /// Executes what is no matter of keys: PING, INFO, CONFIG … are this process's own.
    let local: MemoryEngine
    /// By `CommandID.number`.
    let commands: [RemoteCommand]
    let request: Request
    /// Who is told that what waits is not to.
    let loop: ClusterLoop

    private var options: ClusterOptions { loop.options }

    func plan(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) {
        noteVersion(transaction)
        let isAtomic = form == .atomic && transaction.count > 1
        if isAtomic || transaction.hasConditions || transaction.wantsCreated && form != .waiting {
            return planAtomically(transaction)
        }
        transaction.forEachCommand { command, arguments in
            request.answers.append(answer(command, arguments, waits: form == .waiting))
        }
    }

    /// Notes which of the commands reads the whole value of the first key, where its version is wanted.
    private func noteVersion(_ transaction: borrowing Transaction) {
        guard transaction.wantsVersion else { return }
        var first: [UInt8]?
        var index = 0
        transaction.forEachCommand { id, arguments in
            if let command = find(id), arguments.count > 0 {
                let isFirst = first.map { $0.withByteView { arguments[0] == $0 } } ?? true
                if first == nil, command.info.keys != .none { first = arguments[0].array }
                if isFirst, request.versioned == nil, let value = WholeValue(command.info.name, arguments) {
                    request.versioned = (index, value)
                }
            }
            index += 1
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

    private func answer(_ id: CommandID, _ arguments: borrowing Arguments, waits: Bool) -> Answer {
        guard let command = find(id), command.info.accepts(argumentCount: arguments.count) else {
            return local(id, arguments)
        }
        switch command.place {
        case .here: return local(id, arguments)
        case .nowhere(let reason): return error(reason)
        case .primaries(let joining): return onAll(joining, command, arguments)
        case .cursor: return scan(command, arguments)
        case .publisher:
            let answer = single(command, arguments, KeySlot.of(arguments[0]))
            answer.works[0].channel = arguments[0].array
            return answer
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
        if isOneSlot, command.timeout != nil { return pop(id, command, arguments, slot, waits: waits) }
        if isOneSlot { return single(command, arguments, slot) }
        guard let division = command.division else { return error(Planning.crossSlot) }
        return divide(command, division, arguments)
    }

    private func single(_ command: RemoteCommand, _ arguments: borrowing Arguments, _ slot: Int) -> Answer {
        let answer = Answer(.one(command.shape(arguments)))
        var text = ByteBuffer(capacity: 64)
        text.append(command: ByteView(command.name), arguments)
        answer.works = [Work(text, slot: slot, isRepeatable: command.isRepeatable, request)]
        return answer
    }

    /// A command that may wait for a key. Where it must not, it is a transaction of one: there nothing waits.
    private func pop(
        _ id: CommandID, _ command: RemoteCommand, _ arguments: borrowing Arguments, _ slot: Int, waits: Bool
    ) -> Answer {
        guard waits else { return transaction(of: command, arguments, slot) }
        let place = command.timeout == 0 ? 0 : arguments.count - 1
        let answer = single(command, arguments, slot)
        // What is no number, the node refuses.
        guard let seconds = parseDouble(arguments[place]), seconds >= 0, seconds < 1e9 else { return answer }
        var before = ByteBuffer()
        var after = ByteBuffer()
        before.begin(command: ByteView(command.name), arguments: arguments.count)
        for index in 0..<place { before.append(bulk: arguments[index]) }
        for index in place + 1..<max(arguments.count, place + 1) { after.append(bulk: arguments[index]) }
        let milliseconds = Int64((seconds * 1000).rounded(.up))
        let end = milliseconds > 0 ? Clock.tick() + milliseconds : nil
        answer.works[0].pause = Pause(before: before, after: after, end: end)
        request.deadline = end.map { max(request.deadline, $0) } ?? .max
        let work = answer.works[0]
        request.execution.onCancel { [loop, request = work.request] in loop.cancel(request) }
        return answer
    }

    private func transaction(
        of command: RemoteCommand, _ arguments: borrowing Arguments, _ slot: Int
    ) -> Answer {
        let answer = Answer(.transaction([command.shape(arguments)], counted: false))
        var text = ByteBuffer()
        text.append(command: "MULTI")
        text.append(command: ByteView(command.name), arguments)
        text.append(command: "EXEC")
        answer.works = [
            Work(text, replies: 3, slot: slot, isRepeatable: command.isRepeatable, request)
        ]
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
            text.begin(command: ByteView(command.name), arguments: part.keys.count * width)
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
        answer.text.append(command: ByteView(command.name), arguments)
        answer.isRepeatable = command.isRepeatable
        return answer
    }

    private func scan(_ command: RemoteCommand, _ arguments: borrowing Arguments) -> Answer {
        guard let value = UInt64(arguments[0].string), let cursor = ScanCursor(value) else {
            return error("ERR invalid cursor")
        }
        let answer = Answer(.page(cursor, next: nil))
        answer.spread = .scan(cursor)
        answer.text.begin(command: ByteView(command.name), arguments: arguments.count)
        // The node's own cursor comes first of what follows.
        for index in 1..<arguments.count { answer.scanOptions.append(bulk: arguments[index]) }
        return answer
    }

    // MARK: Transactions

    private func planAtomically(_ transaction: borrowing Transaction) {
        var steps = Steps()
        if let precondition = transaction.precondition { steps.add(precondition.key) }
        for condition in transaction.conditions.elements { steps.add(condition.key) }
        transaction.forEachCommand { id, arguments in
            guard let command = find(id) else { return }
            steps.add(command)
            command.info.keys.forEach(in: arguments) { steps.add(arguments[$0]) }
            if case .publisher = command.place { steps.add(channel: arguments[0], options.pubSub) }
            steps.shapes.append(command.shape(arguments))
            steps.isRepeatable = steps.isRepeatable && command.isRepeatable
            steps.text.append(command: ByteView(command.name), arguments)
        }
        let problem = steps.problem ?? (steps.isLocal ? nil : steps.keylessProblem)
        if let problem { return request.answers = [error(problem)] }
        guard let slot = steps.slot ?? steps.channelSlot else {
            let answer = Answer(.known)
            local.execute(transaction, into: &answer.known)
            return request.answers = [answer]
        }
        let countedKey = transaction.wantsCreated ? steps.key : nil
        let counted = countedKey != nil
        var text = ByteBuffer(capacity: steps.text.count + 128)
        text.append(command: "MULTI")
        if let countedKey { Planning.appendCount(of: countedKey, to: &text) }
        text.append(steps.text.view)
        if let countedKey { Planning.appendCount(of: countedKey, to: &text) }
        text.append(command: "EXEC")
        let answer = Answer(.transaction(steps.shapes, counted: counted))
        let work = Work(
            text, replies: steps.shapes.count + (counted ? 4 : 2), slot: slot,
            isRepeatable: steps.isRepeatable, request)
        if steps.shapes.count == 1, !transaction.hasConditions { work.plain.append(steps.text.view) }
        if transaction.hasConditions { work.watch = watch(transaction) }
        answer.works = [work]
        request.answers = [answer]
    }

    /// What the commands of a transaction come to.
    private struct Steps: ~Copyable {
        var text = ByteBuffer()
        var shapes: [ReplyShape] = []
        var isRepeatable = true
        var slot: Int?
        /// Of a channel that is published to.
        var channelSlot: Int?
        /// The first key.
        var key: [UInt8]?
        /// Why it can't be executed.
        var problem: String?
        /// Why it can't be executed where one of its commands names keys.
        var keylessProblem: String?
        private var isHere = true

        /// Whether nobody else is asked.
        var isLocal: Bool { slot == nil && isHere }

        mutating func add(_ command: RemoteCommand) {
            if case .here = command.place {} else { isHere = false }
            if case .nowhere(let reason) = command.place { problem = problem ?? reason }
            if command.info.keys == .none, !command.isHarmless, !command.isPublishing {
                keylessProblem =
                    "ERR \(command.info.name) has no key: over a cluster a transaction takes commands of one slot"
            }
        }

        mutating func add(_ key: ByteView) {
            let found = KeySlot.of(key)
            if slot ?? found != found { problem = problem ?? Planning.crossSlot }
            if self.key == nil { self.key = key.array }
            slot = found
        }

        /// A channel of the sharded kind lies in a slot, as a key; others may be published to anywhere.
        mutating func add(channel: ByteView, _ kind: PubSubKind) {
            let found = KeySlot.of(channel)
            channelSlot = found
            guard kind == .sharded else { return }
            if slot ?? found != found { problem = problem ?? Planning.crossSlot }
            slot = found
        }
    }

    private static func appendCount(of key: [UInt8], to text: inout ByteBuffer) {
        text.begin(command: ByteView("EXISTS"), arguments: 1)
        key.withByteView { text.append(bulk: $0) }
    }

    private func watch(_ transaction: borrowing Transaction) -> Watch {
        var probe = ByteBuffer()
        transaction.withProbe { id, arguments in
            guard let command = find(id) else { return }
            probe.append(command: ByteView(command.name), arguments)
        }
        return Watch(transaction, probe: probe)
    }
}
