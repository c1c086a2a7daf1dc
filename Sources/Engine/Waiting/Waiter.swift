internal import Bytes
internal import Synchronization

/// A command that has found nothing and waits for one of its keys: it is executed again, for the key that has become
/// ready, by whoever makes that ready.
///
/// Unchecked Sendable: what the command is, is constant; `reply` and `outcome` belong to whoever serves it until
/// `progress` says that it is served, and to the waiting client from then on; the rest is under `client`'s lock.
public final class Waiter: @unchecked Sendable {
    /// How far it is. Changed under the lock of `Waiters`, but for the last step.
    enum Progress: UInt8, AtomicRepresentable {
        /// It waits.
        case waiting
        /// Somebody executes it.
        case serving
        /// Its reply is there.
        case served
        /// It waits no more, and was not served.
        case ended
    }

    /// Who waits.
    private struct Client: Sendable {
        var wake: (@Sendable () -> Void)?
        var isConnected: @Sendable () -> Bool = { true }
    }

    let command: CommandID
    /// What it waits for.
    let type: KeyType
    /// How long the client wants to wait, in milliseconds; nil: for ever.
    public let milliseconds: Int64?
    /// The keys it waits for, each once, in the command's order.
    let keys: [[UInt8]]
    /// A key that it writes to when it is served; nil where there is none.
    let destination: [UInt8]?
    private let positions: KeyPositions
    private let text: ByteBuffer
    private let ends: [Int]
    let progress = Atomic(Progress.waiting)
    private let client = Mutex(Client())
    var reply = Reply()
    var outcome = Outcome()

    init(
        _ command: CommandID, _ info: borrowing CommandInfo, _ arguments: borrowing Arguments,
        for type: KeyType,
        milliseconds: Int64?
    ) {
        self.command = command
        self.type = type
        self.milliseconds = milliseconds
        positions = info.keys
        var named: [[UInt8]] = []
        var seen = Set<[UInt8]>()
        info.keys.forEach(in: arguments) { index in
            let key = Array(arguments[index].buffer)
            if seen.insert(key).inserted || info.keys == .firstTwo { named.append(key) }
        }
        if case .firstTwo = info.keys {
            destination = named[1]
            keys = [named[0]]
        } else {
            destination = nil
            keys = named
        }
        var text = ByteBuffer()
        var ends: [Int] = []
        for index in 0..<arguments.count {
            text.append(arguments[index])
            ends.append(text.count)
        }
        self.text = text
        self.ends = ends
    }

    // MARK: The client

    /// Says how its client is reached: `wake` once it is served, which may be so already; `isConnected` asks whether the
    /// client is still there, just before it is served. Neither may call the engine.
    public func attach(wake: @escaping @Sendable () -> Void, isConnected: @escaping @Sendable () -> Bool) {
        client.withLock {
            $0.wake = wake
            $0.isConnected = isConnected
        }
        if progress.load(ordering: .acquiring) == .served { letGo()?() }
    }

    /// Whether its client is there.
    var isConnected: Bool { client.withLock { $0.isConnected }() }

    /// Its reply is whole.
    func complete() {
        progress.store(.served, ordering: .releasing)
        letGo()?()
    }

    /// It waits no more: lets go of its client, which holds it.
    /// - Returns: what wakes that.
    @discardableResult
    func letGo() -> (@Sendable () -> Void)? {
        client.withLock { client in
            defer { client = Client() }
            return client.wake
        }
    }

    /// Takes the reply of one that was served, in place of what `reply` holds.
    public func takeReply(_ reply: inout Reply) -> Outcome {
        precondition(progress.load(ordering: .acquiring) == .served)
        swap(&self.reply, &reply)
        return outcome
    }

    // MARK: The command

    private func argument(_ index: Int) -> ByteView {
        text.view[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Calls `body` with the arguments as if the command had named that one of its keys alone.
    func withArguments<R>(for key: ByteView, _ body: (borrowing Arguments) -> R) -> R {
        var list: [ByteView] = []
        switch positions {
        case .range(first: 0, last: -2, step: 1): list = [key, argument(ends.count - 1)]
        case .counted(let count, _):
            let number = Int(parseInt64(argument(count)) ?? 0)
            for index in 0..<ends.count {
                if index == count {
                    list.append(ByteView("1"))
                } else if index == count + 1 {
                    list.append(key)
                } else if index <= count || index > count + number {
                    list.append(argument(index))
                }
            }
        default: for index in 0..<ends.count { list.append(argument(index)) }
        }
        return list.withUnsafeBufferPointer { body(Arguments($0)) }
    }
}
