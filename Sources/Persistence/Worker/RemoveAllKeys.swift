internal import Bytes
internal import Engine

extension MemoryEngine {
    /// Empties the keyspace while the gate is shut, and writes nothing down.
    func removeAllKeys() {
        let name = ByteView("FLUSHALL")
        guard let command = find(name) else { preconditionFailure("there is FLUSHALL") }
        var transaction = Transaction()
        transaction.add(command)
        var reply = Reply()
        _ = replaySome(of: transaction, from: 0, into: &reply)
    }
}
