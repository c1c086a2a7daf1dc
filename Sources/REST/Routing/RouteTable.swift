internal import Engine

/// Every route of the API: the resources' lists, concatenated.
enum RouteTable<E: CommandEngine> {
    static var routes: [Route<E>] {
        var all: [Route<E>] = []
        all += StringResources<E>.routes
        all += HashResources<E>.routes
        all += HashFieldResources<E>.routes
        all += ListResources<E>.routes
        all += ListItemResources<E>.routes
        all += SetResources<E>.routes
        all += SetMemberResources<E>.routes
        all += SetAlgebraResources<E>.routes
        all += SortedSetResources<E>.routes
        all += SortedSetWriteResources<E>.routes
        all += SortedSetMemberResources<E>.routes
        all += SortedSetAlgebraResources<E>.routes
        return all
    }
}
