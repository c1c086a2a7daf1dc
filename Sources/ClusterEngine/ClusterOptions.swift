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
    /// How long a command may take with all its attempts, and how long a node may be silent, in seconds.
    public var timeout = 5.0

    /// The defaults, for these seeds.
    public init(seeds: [NodeAddress]) { self.seeds = seeds }
}
