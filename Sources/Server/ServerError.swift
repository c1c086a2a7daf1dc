public import ClusterEngine
public import MicroHTTP
public import Persistence

/// Why Redwing did not start.
public enum ServerError: Error, CustomStringConvertible {
    /// It can't listen.
    case http(HTTPServerError)
    /// It can't use the data directory.
    case persistence(PersistenceError)
    /// It can't use a cluster.
    case cluster(ClusterFailure)
    /// Others than this machine could reach the address, and there is no token to keep them out.
    case needsToken(address: String)

    /// One sentence that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .http(let error): "\(error); choose another with --bind or --port"
        case .persistence(let error): error.description
        case .cluster(let error): error.description
        case .needsToken(let address):
            """
            without a token only this machine may connect, and '\(address)' is open to others; \
            set one with --token or --token-file, or --bind a loopback address such as 127.0.0.1
            """
        }
    }
}
