internal import Bytes
internal import Engine

/// What must hold of keys for a transaction to be executed. They are watched (WATCH) and read, on a connection of its own; then
/// MULTI … EXEC is answered nil if one has changed meanwhile, and all begins again.
///
/// The loop's own, once it is handed over.
final class Watch {
    /// A key, and what is known of it in this round.
    struct Key {
        let key: [UInt8]
        /// Whether its whole value is to be read.
        var wantsVersion: Bool
        /// Whether it is there.
        var exists = false
        var value: WholeValue?
        var version: UInt64 = 0
    }

    private(set) var keys: [Key] = []
    private let conditions: [(key: Int, state: KeyCondition.State)]
    private let ifMatch: Precondition.Versions?
    private let ifNoneMatch: Precondition.Versions?
    /// The command that tells whether the resource is there, as it is sent; of HTTP's conditions.
    private let probe: ByteBuffer
    private var isProbed = false
    /// Whether versions are being read; before that, types.
    private var readsValues = false
    /// Which replies are still to come.
    private var awaited: [Step] = []
    private var next = 0

    /// What a reply is.
    private enum Step {
        case watch
        case type(Int)
        case probe
        case value(Int)
    }

    /// What comes after a reply.
    enum Advance: ~Copyable {
        /// Other replies.
        case wait
        /// This is to be sent, which so many replies answer.
        case send(ByteBuffer, replies: Int)
        /// All that was to be known is.
        case decide
    }

    /// - Parameter probe: the precondition's, as it is sent.
    init(_ transaction: borrowing Transaction, probe: consuming ByteBuffer) {
        var keys: [Key] = []
        func place(_ key: ByteView, wantsVersion: Bool) -> Int {
            let bytes = key.array
            let place = keys.firstIndex { $0.key == bytes } ?? keys.count
            if place == keys.count { keys.append(Key(key: bytes, wantsVersion: false)) }
            if wantsVersion { keys[place].wantsVersion = true }
            return place
        }
        ifMatch = transaction.precondition?.ifMatch
        ifNoneMatch = transaction.precondition?.ifNoneMatch
        if let precondition = transaction.precondition {
            let wants = [precondition.ifMatch, precondition.ifNoneMatch].contains {
                if case .of = $0 { true } else { false }
            }
            _ = place(precondition.key, wantsVersion: wants)
        }
        var conditions: [(key: Int, state: KeyCondition.State)] = []
        for condition in transaction.conditions.elements {
            let wants = if case .version = condition.state { true } else { false }
            conditions.append((place(condition.key, wantsVersion: wants), condition.state))
        }
        self.conditions = conditions
        self.probe = probe
        self.keys = keys
    }

    /// Begins, or begins again.
    func begin() -> Advance {
        readsValues = false
        awaited = [.watch]
        next = 0
        var text = ByteBuffer()
        text.begin(command: ByteView("WATCH"), arguments: keys.count)
        for key in keys { key.key.withByteView { text.append(bulk: $0) } }
        for index in keys.indices {
            keys[index].exists = false
            keys[index].value = nil
            keys[index].version = 0
            awaited.append(.type(index))
            text.begin(command: ByteView("TYPE"), arguments: 1)
            keys[index].key.withByteView { text.append(bulk: $0) }
        }
        if probe.count > 0 {
            awaited.append(.probe)
            text.append(probe.view)
        }
        return .send(text, replies: awaited.count)
    }

    /// Takes a reply that is no error.
    func take(_ reply: borrowing Reply) -> Advance {
        var reader = reply.reader
        switch awaited[next] {
        case .watch: break
        case .type(let index):
            guard case .status(let type) = reader.next() else { break }
            keys[index].exists = type != ByteView("none")
            keys[index].value = WholeValue(type: type)
        case .probe: isProbed = reply.saysPresent
        case .value(let index):
            guard let value = keys[index].value else { break }
            var shaped = Reply()
            value.shape.copy(&reader, to: &shaped)
            keys[index].version = value.digest(shaped.reader)
        }
        next += 1
        if next < awaited.count { return .wait }
        if readsValues { return .decide }
        return readValues()
    }

    private func readValues() -> Advance {
        readsValues = true
        awaited = []
        next = 0
        var text = ByteBuffer()
        for index in keys.indices where keys[index].wantsVersion {
            guard let value = keys[index].value else { continue }
            awaited.append(.value(index))
            keys[index].key.withByteView { value.appendRead(of: $0, to: &text) }
        }
        return awaited.isEmpty ? .decide : .send(text, replies: awaited.count)
    }

    /// Whether all holds; if not, writes the indices of the conditions that don't.
    func holds(_ reply: inout Reply) -> Bool {
        if let key = keys.first, ifMatch != nil || ifNoneMatch != nil {
            let exists = probe.count > 0 ? isProbed : key.exists
            var precondition = Precondition(key: .empty, ifMatch: ifMatch, ifNoneMatch: ifNoneMatch)
            precondition.key = .empty
            if !precondition.holds(version: key.version, exists: exists) { return false }
        }
        let failed = conditions.indices.filter { index in
            let key = keys[conditions[index].key]
            return !KeyCondition(key: .empty, state: conditions[index].state)
                .holds(version: key.version, exists: key.exists)
        }
        if failed.isEmpty { return true }
        reply.array(failed.count)
        for index in failed { reply.integer(index) }
        return false
    }
}
