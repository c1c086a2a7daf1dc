package import Bytes

/// A keyspace of this process, as its engine sees it: the data is its own, what else a command's execution needs is in
/// its `scope`.
package protocol LocalKeyspace: Keyspace, ~Copyable {
    /// What it is a view of.
    associatedtype Table: LocalTable

    /// A view, as of `now` (Unix ms), for whoever holds a set of locks of which `home` is the lowest.
    /// - Parameter replays: whether a journal, or a snapshot, is read in: nothing expires, and nothing is written down.
    init(_ table: Table, home: Int, now: Int64, replays: Bool)

    /// Where and when the commands are executed, and what they have said.
    var scope: CommandScope { get set }

    /// Ends a command: removes the collections that it has left empty, and the like.
    mutating func finish()

    /// Makes what was executed since the last time permanent as one, before any lock is released.
    /// - Returns: whether there was anything to be written to disk.
    /// - Throws: why that could not be done; nothing of it has happened then.
    mutating func store() throws(StorageFailure) -> Bool
}

/// Why what was executed has not happened.
public struct StorageFailure: Error {
    /// Redis's error; begins with its code.
    public var message: String
    /// Whether nothing was tried to be written, since something could not be read: the same may be executed again.
    public var isUnwritten = false

    /// A failure in those words.
    public init(_ message: String) { self.message = message }
}

// What of the protocol does not depend on where the data is.
extension LocalKeyspace where Self: ~Copyable {
    package var now: Int64 { scope.now }
    package var expiryLimit: Int64 { scope.expiryLimit }
    package var context: EngineContext { scope.table.context }
    package var isJournalled: Bool { scope.isJournalled }

    @inline(__always)
    package var isReading: Bool {
        get { scope.isReading }
        set { scope.isReading = newValue }
    }

    package mutating func effect(_ count: Int, _ write: (inout CommandBatch) -> Void) {
        scope.effect(count, write)
    }

    @inline(__always)
    package mutating func event(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView) {
        scope.event(classes, event, key)
    }

    package mutating func publish(_ channel: ByteView, _ payload: ByteView, isSharded: Bool) {
        scope.publish(channel, payload, isSharded: isSharded)
    }

    package mutating func afterwards(_ action: AfterUnlocking) -> Bool {
        if scope.mayWait { scope.waiting = action }
        return scope.mayWait
    }

    package mutating func resetStatistics() { scope.table.resetCounted() }

    package mutating func wait(for type: KeyType, milliseconds: Int64?) {
        if scope.mayWaitForKeys { scope.awaited = (type, milliseconds) }
    }
}
