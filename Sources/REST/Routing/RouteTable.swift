internal import Engine

/// Every route of the API: the resources' lists, concatenated.
enum RouteTable<E: CommandEngine> {
    static var routes: [Route<E>] {
        StringResources<E>.routes
    }
}
