internal import Bytes

/// What is remembered of channels that have no ring: up to which sequence number messages may be missing. In a fixed
/// number of places, by the hash of the name: others of the same place are announced as missing too, now and then.
struct ForgottenChannels {
    private static let count = 1024

    /// Channels of one sort.
    private struct Places {
        private var sequences: [UInt64] = []
        private(set) var last: UInt64 = 0

        mutating func note(_ hash: UInt64, _ sequence: UInt64) {
            if sequences.isEmpty { sequences = Array(repeating: 0, count: ForgottenChannels.count) }
            let place = Int(truncatingIfNeeded: hash) & (ForgottenChannels.count - 1)
            sequences[place] = max(sequences[place], sequence)
        }

        mutating func drop(_ hash: UInt64, _ sequence: UInt64) {
            note(hash, sequence)
            last = max(last, sequence)
        }

        func sequence(_ hash: UInt64) -> UInt64 {
            sequences.isEmpty
                ? 0 : sequences[Int(truncatingIfNeeded: hash) & (ForgottenChannels.count - 1)]
        }
    }

    private var published = Places()
    private var keyEvents = Places()
    /// The last message of a channel of key events that its ring has not kept, for want of anybody who listened.
    private(set) var lastSkipped: UInt64 = 0

    /// Whether that is a channel of key events: there is one for each key, so they are many.
    private static func isOfKeyEvents(_ channel: ByteView) -> Bool { channel.starts(with: ByteView("__key")) }

    /// Notes that messages of the channel up to that one are gone.
    mutating func drop(_ channel: ByteView, upTo sequence: UInt64) {
        if ForgottenChannels.isOfKeyEvents(channel) {
            keyEvents.drop(KeyHash.of(channel), sequence)
        } else {
            published.drop(KeyHash.of(channel), sequence)
        }
    }

    /// Notes that the channel of a key event has not kept it.
    mutating func skip(_ channel: ByteView, _ sequence: UInt64) {
        keyEvents.note(KeyHash.of(channel), sequence)
        lastSkipped = sequence
    }

    /// Up to which message the channel may have had some that are gone.
    func forgotten(of channel: ByteView) -> UInt64 {
        (ForgottenChannels.isOfKeyEvents(channel) ? keyEvents : published).sequence(KeyHash.of(channel))
    }

    /// The last message that went with its channel, of those that a pattern may match.
    func lastDropped(withKeyEvents: Bool) -> UInt64 {
        withKeyEvents ? max(published.last, keyEvents.last) : published.last
    }
}
