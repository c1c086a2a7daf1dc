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

    /// How the cluster is reached.
    func options() throws -> ClusterOptions {
        let names = clusterNodes.split(separator: ",", omittingEmptySubsequences: false)
        let seeds = names.map { NodeAddress($0.drop { $0 == " " }.description) }
        guard !clusterNodes.isEmpty, !seeds.contains(nil) else {
            throw ValidationError(
                "--engine cluster needs --cluster-nodes host:port,host:port, not '\(clusterNodes)'")
        }
        guard clusterTimeout >= 0.1, clusterTimeout <= 3600 else {
            throw ValidationError("--cluster-timeout takes seconds, 0.1 to 3600")
        }
        if clusterUser != nil, clusterPassword == nil {
            throw ValidationError("--cluster-user needs --cluster-password")
        }
        var options = ClusterOptions(seeds: seeds.compactMap(\.self))
        options.user = clusterUser
        options.password = clusterPassword
        options.timeout = clusterTimeout
        return options
    }
}
