import ArgumentParser
import ClusterEngine
import Server

/// Options for the engine whose data is in a Redis Cluster.
struct ClusterFlags: ParsableArguments {
    @Option(
        help: """
            With --engine cluster: nodes to ask for the others, as host:port,host:port; those that answer are enough.
            """)
    var clusterNodes = ""

    @Option(help: "With --engine cluster: the user to log in to the nodes as (default: 'default').")
    var clusterUser: String?

    @Option(
        help: """
            With --engine cluster: the nodes' password. Others on this machine can read the command line: better in the \
            environment.
            """)
    var clusterPassword: String?

    @Option(
        help:
            "With --engine cluster: seconds that a command may take with all its attempts, and a node be silent."
    )
    var clusterTimeout = 5.0

    @Option(
        help: """
            With --engine cluster: who is asked what only reads: primary, or replica, which may be behind.
            """)
    var readFrom = ReadFrom.primary

    @Option(
        help: """
            With --engine cluster: which channels are used: sharded, each on the nodes of its slot, or classic, on all \
            nodes, which patterns need.
            """)
    var clusterPubsub = Channels.sharded

    /// Checks each option by itself: those of the environment and the file are checked one by one.
    func check() throws {
        guard clusterNodes.isEmpty || !seeds.contains(nil) else {
            throw ValidationError("--cluster-nodes takes host:port,host:port, not '\(clusterNodes)'")
        }
        guard clusterTimeout >= 0.1, clusterTimeout <= 3600 else {
            throw ValidationError("--cluster-timeout takes seconds, 0.1 to 3600")
        }
    }

    private var seeds: [NodeAddress?] {
        clusterNodes.split(separator: ",", omittingEmptySubsequences: false).map { name in
            NodeAddress(String(name.drop { $0 == " " }))
        }
    }

    /// How the cluster is reached.
    func options() throws -> ClusterOptions {
        if clusterNodes.isEmpty {
            throw Failure("--engine cluster needs --cluster-nodes host:port,host:port")
        }
        if clusterUser != nil, clusterPassword == nil {
            throw Failure("--cluster-user needs --cluster-password")
        }
        var options = ClusterOptions(seeds: seeds.compactMap(\.self))
        options.user = clusterUser
        options.password = clusterPassword
        options.timeout = clusterTimeout
        options.pubSub = clusterPubsub == .sharded ? .sharded : .classic
        options.readsReplicas = readFrom == .replica
        return options
    }
}

/// Which nodes are asked what only reads.
enum ReadFrom: String, ExpressibleByArgument, CaseIterable {
    case primary, replica
}

/// Which kind of channels is used.
enum Channels: String, ExpressibleByArgument, CaseIterable {
    case sharded, classic
}
