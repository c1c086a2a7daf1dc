internal import Bytes

/// What is remembered of channels that have no ring: up to which sequence number messages may be missing. In a fixed
/// number of places, by the hash of the name: others of the same place are announced as missing too, now and then.
struct ForgottenChannels {
    private static let count = 1024

    /// Channels of one sort.
    private struct Places {
        private var sequences: [UInt64] = []
        /// The names of those of which something was dropped last, for patterns: others' messages are no gap to them.
        private var names: [(name: [UInt8], sequence: UInt64)] = []
        /// The last message dropped of a channel whose name is not known any more.
        private var unnamed: UInt64 = 0

        private static let mostNames = 64
        private static let longestName = 256

        mutating func note(_ hash: UInt64, _ sequence: UInt64) {
            if sequences.isEmpty { sequences = Array(repeating: 0, count: ForgottenChannels.count) }
            let place = Int(truncatingIfNeeded: hash) & (ForgottenChannels.count - 1)
            sequences[place] = max(sequences[place], sequence)
        }

        mutating func drop(_ channel: ByteView, _ sequence: UInt64) {
            note(KeyHash.of(channel), sequence)
            if channel.count > Places.longestName { return unnamed = max(unnamed, sequence) }
            if let index = names.firstIndex(where: { $0.name.withByteView { $0 == channel } }) {
                return names[index].sequence = max(names[index].sequence, sequence)
            }
            if names.count == Places.mostNames {
                // The one dropped first: its sequence is the least harm.
                let oldest = names.indices.min { names[$0].sequence < names[$1].sequence } ?? 0
                unnamed = max(unnamed, names.remove(at: oldest).sequence)
            }
            names.append((channel.array, sequence))
        }

        func last(matching pattern: Feed) -> UInt64 {
            names.reduce(unnamed) { last, entry in
                entry.sequence > last && entry.name.withByteView { pattern.matches($0) }
                    ? entry.sequence : last
            }
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
    static func isOfKeyEvents(_ channel: ByteView) -> Bool { channel.starts(with: ByteView("__key")) }

    /// Notes that messages of the channel up to that one are gone.
    mutating func drop(_ channel: ByteView, upTo sequence: UInt64) {
        if ForgottenChannels.isOfKeyEvents(channel) {
            keyEvents.drop(channel, sequence)
        } else {
            published.drop(channel, sequence)
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

    /// The last message that went with its channel, of those that a pattern matches, or may match.
    func lastDropped(matching pattern: Feed) -> UInt64 {
        let last = published.last(matching: pattern)
        return pattern.mayMatchKeyEvents ? max(last, keyEvents.last(matching: pattern)) : last
    }
}
