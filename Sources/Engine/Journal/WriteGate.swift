internal import Synchronization

/// Why commands are not executed at the moment: none of the reasons is the usual case, and costs one load.
public final class WriteGate: Sendable {
    /// The reasons; all but `loading` and `unloaded` speak of writes alone.
    public enum Reason: UInt8, Sendable {
        /// The data is being loaded: nothing can be read or written.
        case loading = 1
        /// What is to be written to disk has piled up.
        case full = 2
        /// The disk does not take what is to be written.
        case failing = 4
        /// What is in memory is not whole: nothing can be read or written any more.
        case unloaded = 8
    }

    private let reasons = Atomic<UInt8>(0)
    private let message = Mutex("")

    /// An open gate.
    public init() {}

    /// Whether there is any reason.
    @inline(__always)
    var isShut: Bool { reasons.load(ordering: .relaxed) != 0 }

    /// Whether that reason is there.
    public func isShut(_ reason: Reason) -> Bool {
        reasons.load(ordering: .acquiring) & reason.rawValue != 0
    }

    /// Adds a reason.
    public func shut(_ reason: Reason) { reasons.bitwiseOr(reason.rawValue, ordering: .releasing) }

    /// Adds the reason `failing`; `why` is for clients: what failed, and what to do.
    public func shut(failing why: String) {
        message.withLock { $0 = why }
        shut(.failing)
    }

    /// Adds the reason `unloaded`; `why` is for clients: what has failed, and what to do.
    public func shut(unloaded why: String) {
        message.withLock { $0 = why }
        shut(.unloaded)
    }

    /// Takes a reason back.
    public func open(_ reason: Reason) { reasons.bitwiseAnd(~reason.rawValue, ordering: .releasing) }

    /// The error for a command, nil where it may be executed.
    func refusal(of flags: CommandFlags) -> Refusal? {
        if isShut(.unloaded) {
            return flags.contains(.loading) ? nil : .unloaded(message.withLock { $0 })
        }
        if isShut(.loading) { return flags.contains(.loading) ? nil : .loading }
        guard flags.contains(.write) else { return nil }
        if isShut(.failing) { return .failing(message.withLock { $0 }) }
        return isShut(.full) ? .full : nil
    }

    /// What a command is told.
    enum Refusal {
        case loading
        case unloaded(String)
        case failing(String)
        case full

        /// The error; begins with its code.
        var message: String {
            switch self {
            case .loading: "LOADING Redwing is loading the dataset in memory"
            case .unloaded(let why): "LOADING \(why)"
            case .failing(let why): "MISCONF \(why)"
            case .full:
                "BUSY The disk does not keep up with the writes; try again in a moment."
            }
        }
    }
}
