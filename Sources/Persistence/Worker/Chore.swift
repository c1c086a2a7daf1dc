internal import Engine

/// Work that may take long and need not be done between two writes of the append-only file: the sync of a large file,
/// the removal of large files. It is done on a thread of its own, so that the worker goes on.
///
/// `@unchecked Sendable` (`Handover`): from `init` until there is a result, nobody else touches what the work touches.
final class Chore<Value: Sendable>: Sendable {
    private let completion = Completion<Value>()

    /// Begins to do `work`, and wakes `alarm` at its end. Where the system has no thread left, it is done at once.
    init(waking alarm: Journal, _ work: @escaping () -> Value) {
        let handover = Handover(work: work)
        let completion = completion
        let hasStarted = Thread.detached {
            completion.complete(handover.work())
            alarm.wake()
        }
        if !hasStarted { completion.complete(work()) }
    }

    /// What came of it; nil while it is being done.
    var result: Value? { completion.result }

    /// Waits for its end.
    func wait() { _ = completion.wait() }

    private struct Handover: @unchecked Sendable {
        let work: () -> Value
    }
}
