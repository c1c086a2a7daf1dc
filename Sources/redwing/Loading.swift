import Engine
import Persistence
import Server
import Synchronization

/// Watches a server load its data, on a thread of its own; a failure ends the main thread's wait for a signal.
final class Loading: Sendable {
    private let server: RedwingServer
    private let result = Mutex<LoadError?>(nil)

    init(_ server: RedwingServer) {
        self.server = server
        precondition(Thread.detached { [self] in watch() }, "cannot start a thread")
    }

    private func watch() {
        do throws(LoadError) {
            try server.waitUntilLoaded()
        } catch {
            result.withLock { $0 = error }
            StopSignals.raise()
        }
    }

    /// Why the data could not be loaded; nil where it could, or is being loaded.
    var failure: LoadError? { result.withLock { $0 } }
}
