import ArgumentParser
import Engine
import REST

/// Options for streams of server-sent events.
struct EventFlags: ParsableArguments {
    @Option(
        help: """
            Seconds without an event after which a stream sends a comment, by which dead clients are noticed; 0: never.
            """)
    var sseHeartbeat = 30.0

    @Option(help: "Messages of each channel that are kept for clients that come back; 0: none.")
    var sseReplayMessages = 1000

    @Option(help: "Bytes of each channel that are kept for clients that come back.")
    var sseReplayBytes = ByteSize(1 << 20)

    @Option(help: "Bytes of all channels that are kept for clients that come back.")
    var sseReplayTotal = ByteSize(64 << 20)

    @Option(help: "Bytes that may wait for a client that reads slowly.")
    var sseClientBuffer = ByteSize(1 << 20)

    @Option(
        help: """
            What becomes of a client for which more would have to wait: gap (it is told what it misses, and goes on) \
            or close.
            """)
    var sseOverflow = SlowClients.gap

    func check() throws {
        guard sseHeartbeat >= 0, sseHeartbeat <= 86_400 else {
            throw ValidationError("--sse-heartbeat takes seconds, 0 (never) to 86400")
        }
        guard sseReplayMessages >= 0 else {
            throw ValidationError("--sse-replay-messages takes 0 (none) or more")
        }
    }

    /// How streams are kept.
    var options: EventOptions {
        var options = EventOptions()
        options.heartbeat = sseHeartbeat
        options.clientBuffer = sseClientBuffer.bytes
        options.overflow = sseOverflow == .close ? .close : .gap
        return options
    }

    /// How much is kept for clients that come back.
    var replay: ReplayLimits {
        var limits = ReplayLimits()
        limits.messages = sseReplayMessages
        limits.bytes = sseReplayBytes.bytes
        limits.totalBytes = sseReplayTotal.bytes
        return limits
    }
}

/// What becomes of clients that read too slowly.
enum SlowClients: String, ExpressibleByArgument, CaseIterable {
    case gap, close
}
