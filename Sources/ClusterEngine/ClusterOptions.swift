/// How a cluster is reached.
public struct ClusterOptions: Sendable {
    /// Nodes to ask for the others, in this order.
    public var seeds: [NodeAddress]
    /// The user to log in as; nil: `default`.
    public var user: String?
    /// The password; nil: none is asked for.
    public var password: String?
    /// Whether what only reads may be asked of replicas, which may be behind.
    public var readsReplicas = false
    /// Which kind of channels the cluster is used with.
    public var pubSub = PubSubKind.sharded
    /// How long a command may take with all its attempts, and how long a node may be silent, in seconds.
    public var timeout = 5.0

    /// The defaults, for these seeds.
    public init(seeds: [NodeAddress]) { self.seeds = seeds }
}

/// The two kinds of channels that a cluster has.
public enum PubSubKind: String, Sendable, CaseIterable {
    /// A message goes to the nodes that have the channel's slot (Redis 7's SPUBLISH): it scales with the nodes.
    case sharded
    /// A message goes to all nodes (PUBLISH): patterns are to be had, and more traffic between the nodes.
    case classic
}
