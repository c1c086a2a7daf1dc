internal import Engine

/// Every route of the API: the resources' lists, concatenated.
enum RouteTable<E: CommandEngine> {
    static var routes: [Route<E>] {
        var all: [Route<E>] = []
        all += KeyCollectionResources<E>.routes
        all += StringResources<E>.routes
        all += StringActionResources<E>.routes
        all += KeyResources<E>.routes
        all += DumpResources<E>.routes
        all += ExpiryResources<E>.routes
        all += SortResources<E>.routes
        all += BitResources<E>.routes
        all += BitfieldResources<E>.routes
        all += InfoResources<E>.routes
        all += ConfigResources<E>.routes
        all += CommandDocsResources<E>.routes
        all += ServerResources<E>.routes
        all += SnapshotResources<E>.routes
        all += HashResources<E>.routes
        all += HashFieldResources<E>.routes
        all += HashFieldExpiryResources<E>.routes
        all += ListResources<E>.routes
        all += ListItemResources<E>.routes
        all += SetResources<E>.routes
        all += SetMemberResources<E>.routes
        all += SetAlgebraResources<E>.routes
        all += SortedSetResources<E>.routes
        all += SortedSetWriteResources<E>.routes
        all += SortedSetMemberResources<E>.routes
        all += SortedSetAlgebraResources<E>.routes
        all += ChannelResources<E>.routes
        all += EventResources<E>.routes
        all += TransactionResources<E>.routes
        all += CommandEndpoint<E>.routes
        return all
    }
}
