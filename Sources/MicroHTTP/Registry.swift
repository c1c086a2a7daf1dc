/// The open connections, by descriptor. Guarded by `ServerCore`'s lock, which is taken when a connection
/// comes or goes and by the housekeeper, never for a request.
struct Registry {
    private(set) var connections: [Connection?] = []
    private(set) var count = 0
    private var perWorker: [Int]
    private var perHost: [SocketAddress.Host: Int] = [:]

    init(workers: Int) {
        perWorker = Array(repeating: 0, count: workers)
    }

    /// The worker with the fewest connections.
    var leastBusyWorker: Int {
        var best = 0
        for worker in perWorker.indices where perWorker[worker] < perWorker[best] { best = worker }
        return best
    }

    /// How many connections that host has.
    func count(of host: SocketAddress.Host) -> Int { perHost[host] ?? 0 }

    subscript(descriptor: Int32) -> Connection? {
        let index = Int(descriptor)
        return connections.indices.contains(index) ? connections[index] : nil
    }

    mutating func insert(_ connection: Connection) {
        let index = Int(connection.descriptor)
        if index >= connections.count {
            connections += Array(
                repeating: nil, count: max(64, index + 1, connections.count * 2) - connections.count)
        }
        // A descriptor comes again only after it was closed: what is registered under it is gone, though
        // libmicrohttpd did not say so (it dropped the connection before it had begun).
        if let stale = connections[index] { remove(stale) }
        connections[index] = connection
        count += 1
        perWorker[connection.worker] += 1
        perHost[connection.request.remoteAddress.host, default: 0] += 1
    }

    /// Forgets a connection; no effect where it has been forgotten already.
    mutating func remove(_ connection: Connection) {
        let index = Int(connection.descriptor)
        guard connections.indices.contains(index), connections[index] === connection else { return }
        connections[index] = nil
        count -= 1
        perWorker[connection.worker] -= 1
        let host = connection.request.remoteAddress.host
        if let left = perHost[host], left > 1 { perHost[host] = left - 1 } else { perHost[host] = nil }
    }
}
