internal import Bytes

/// PUBLISH, SPUBLISH and PUBSUB. Subscribing is not a command here: a subscriber is a stream of events.
///
/// There is one namespace of channels: what Redis keeps apart as shard channels are the same channels, whose patterns
/// SPUBLISH passes by.
enum PubSubCommands<K: Keyspace & ~Copyable> {
    @Sendable static func publish(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard accepts(keys, &reply) else { return }
        keys.publish(a[0], a[1], isSharded: false)
        reply.integer(keys.context.pubSub.receivers(of: a[0]))
    }

    @Sendable static func shardPublish(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard accepts(keys, &reply) else { return }
        keys.publish(a[0], a[1], isSharded: true)
        reply.integer(keys.context.pubSub.subscribers(of: a[0]))
    }

    /// Answers an error while too much waits for the disk already.
    private static func accepts(_ keys: borrowing K, _ reply: inout Reply) -> Bool {
        guard keys.context.pubSub.isFull else { return true }
        reply.error(WriteGate.Refusal.full.message)
        return false
    }

    // MARK: PUBSUB

    @Sendable static func pubsub(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        // Redis counts these arguments late, and repeats the subcommand as it came.
        if a.count > 2, a.matches(0, "CHANNELS") || a.matches(0, "SHARDCHANNELS") {
            return reply.error(
                """
                ERR unknown subcommand or wrong number of arguments for '\(a[0].excerpt())'. Try PUBSUB HELP.
                """)
        }
        try Subcommand.dispatch(subcommands, of: "PUBSUB", a, &keys, &reply)
    }

    private static var subcommands: [Subcommand<K>] {
        [
            Subcommand("CHANNELS", arity: -2, run: channels),
            Subcommand("NUMPAT", arity: 2, run: patternCount),
            Subcommand("NUMSUB", arity: -2, run: subscriberCounts),
            Subcommand("SHARDCHANNELS", arity: -2, run: channels),
            Subcommand("SHARDNUMSUB", arity: -2, run: subscriberCounts),
            Subcommand("HELP", arity: 2, run: help),
        ]
    }

    @Sendable private static func channels(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let active = keys.context.pubSub.activeChannels(matching: a.count > 0 ? a[0] : nil)
        reply.array(active.count)
        for channel in active { channel.name.withByteView { reply.bytes($0) } }
    }

    @Sendable private static func patternCount(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(keys.context.pubSub.counts.patterns)
    }

    @Sendable private static func subscriberCounts(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.array(2 * a.count)
        for index in 0..<a.count {
            reply.bytes(a[index])
            reply.integer(keys.context.pubSub.subscribers(of: a[index]))
        }
    }

    @Sendable private static func help(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "PUBSUB",
            [
                "CHANNELS [<pattern>]",
                "    Return the currently active channels matching a <pattern> (default: '*').",
                "NUMPAT",
                "    Return number of subscriptions to patterns.",
                "NUMSUB [<channel> ...]",
                "    Return the number of subscribers for the specified channels, excluding",
                "    pattern subscriptions(default: no channels).",
                "SHARDCHANNELS [<pattern>]",
                "    Return the same as CHANNELS: there is one namespace of channels.",
                "SHARDNUMSUB [<shardchannel> ...]",
                "    Return the same as NUMSUB.",
            ])
    }

    static var table: [Command<K>] {
        [
            Command(
                "PUBLISH", arity: 3, [.pubsub, .fast, .loading], family: .pubsub,
                syntax: "channel message", summary: "Post a message to a channel",
                complexity: "O(N+M), N subscribers of the channel, M patterns subscribed to", since: "2.0.0",
                run: publish),
            Command(
                "PUBSUB", arity: -2, [.loading], family: .pubsub,
                syntax: """
                    CHANNELS [pattern] | NUMPAT | NUMSUB [channel …] | SHARDCHANNELS [pattern] | \
                    SHARDNUMSUB [channel …] | HELP
                    """,
                summary: "A container for commands that tell of channels",
                complexity: "Depends on subcommand.", since: "2.8.0",
                subcommands: subcommands.map(\.info), run: pubsub),
            Command(
                "SPUBLISH", arity: 3, [.pubsub, .fast, .loading], keys: .first, family: .pubsub,
                syntax: "shardchannel message",
                summary: "Post a message to a channel, passing by who is subscribed to patterns",
                complexity: "O(N), N subscribers of the channel", since: "7.0.0", run: shardPublish),
        ]
    }
}
