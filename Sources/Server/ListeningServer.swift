internal import Engine
internal import Synchronization

/// What INFO and CONFIG GET ask of the HTTP server: it is started after the engine, which it serves, and
/// can't be told to the engine before.
final class ListeningServer: Sendable {
    // The engine holds this and the HTTP server holds the engine: `RedwingServer` ends the circle.
    private let http = Mutex<(any HTTPListener)?>(nil)

    /// The server that listens from now on; nil: none does any more.
    func set(_ server: (any HTTPListener)?) {
        // Released outside the lock: a server's end takes as long as its threads.
        _ = http.withLock { held in
            let before = held
            held = server
            return before
        }
    }

    /// Lets responses go that show what is on disk by now.
    func release(upTo ticket: UInt64) { http.withLock { $0 }?.release(upTo: ticket) }

    /// Says whether what is not on disk yet can't get there for now.
    func setFailing(_ failing: Bool) { http.withLock { $0 }?.setFailing(failing) }

    /// Has requests tried again for which there was no room.
    func resumePostponed() { http.withLock { $0 }?.resumePostponed() }

    private func ask(_ question: (any HTTPListener) -> Int) -> Int {
        http.withLock { $0 }.map(question) ?? 0
    }

    /// The process as the engine tells of it.
    func hostInfo(_ configuration: ServerConfiguration) -> HostInfo {
        var host = HostInfo()
        host.version = Redwing.version
        host.executable = Process.executable
        host.configurationFile = configuration.configurationFile
        host.residentMemory = { Process.residentMemory }
        host.port = { self.ask { Int($0.port) } }
        host.maxClients = { self.ask { $0.connectionLimit } }
        host.connectedClients = { self.ask { $0.connectionCount } }
        return host
    }
}
