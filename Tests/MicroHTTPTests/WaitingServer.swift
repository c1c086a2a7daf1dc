import Bytes
import Glibc
import MicroHTTP
import Synchronization

/// Answers with responses that wait, as the path says.
final class WaitingHandler: HTTPHandler {
    /// How often a request was handled.
    let handled = Atomic(0)
    /// Whether requests to `/postpone` succeed.
    let hasRoom = Atomic(false)
    /// The last ticket that `/ticket` took.
    let tickets = Atomic<UInt64>(0)
    /// Called while `/postpone` is handled, after it has found no room.
    let interruption = Mutex<(@Sendable () -> Void)?>(nil)

    func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        handled.add(1, ordering: .relaxed)
        let parts = request.path.string.split(separator: "/")
        switch parts.first {
        case "hold":
            response.hold(until: UInt64(parts[1])!)
        case "read":
            response.hold(until: UInt64(parts[1])!, ofChange: false)
        case "ticket":
            let ticket = tickets.add(1, ordering: .relaxed).newValue
            response.hold(until: ticket)
            response.body.append(String(ticket))
            return
        case "postpone":
            if hasRoom.load(ordering: .relaxed) { break }
            interruption.withLock { $0 }?()
            response.status = 503
            response.addHeader("X-Attempt", "failed")
            response.body.append("full")
            response.postpone(seconds: Double(parts[1])!)
            return
        case "file":
            let descriptor = open(request.header("X-FILE")!.string, O_RDONLY | O_CLOEXEC)
            response.setBody(file: descriptor, count: Int(request.header("X-COUNT")!.string)!)
            if parts.count > 1 { response.hold(until: UInt64(parts[1])!) }
            if let instead = request.header("X-INSTEAD") {
                if instead.string == "again" {
                    let other = open(request.header("X-FILE")!.string, O_RDONLY | O_CLOEXEC)
                    response.setBody(file: other, count: 1)
                } else {
                    response.setBody("constant")
                }
            }
            return
        default: break
        }
        response.body.append(request.path)
        response.body.append(" ")
        response.body.append(request.body)
    }
}

/// A server of those.
final class WaitingServer: RunningServer<WaitingHandler> {
    init(_ change: (inout HTTPOptions) -> Void = { _ in }) throws { try super.init(WaitingHandler(), change) }

    /// A client for each ticket, whose response waits for it.
    func holding(_ tickets: some Sequence<UInt64>) -> [Client] {
        tickets.map { ticket in
            let client = connect()
            client.send(get("/hold/\(ticket)"))
            return client
        }
    }
}

/// A request for that path.
func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
