/// The engine in memory.
package typealias MemoryEngine = LocalEngine<MemoryKeyspace>

extension LocalEngine where View == MemoryKeyspace {
    /// Starts the background thread that reclaims expired keys.
    /// - Parameter makeJournal: makes what the effects of commands go to, in the order in which they are made; nil:
    ///   nothing is kept of them.
    package convenience init(
        settings: Settings = Settings(), host: HostInfo = HostInfo(), pubSub: PubSub = PubSub(),
        journal makeJournal: (WriteGate) -> Journal? = { _ in nil }
    ) {
        self.init(settings: settings, host: host, pubSub: pubSub) { context in
            MemoryTable(context: context, journal: makeJournal(context.gate))
        }
    }
}
