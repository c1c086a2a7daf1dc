internal import Bytes

/// SAVE, BGSAVE, BGREWRITEAOF and LASTSAVE: what clients ask of the persistence worker.
enum PersistenceCommands<K: Keyspace & ~Copyable> {
    /// The worker, or the error that there is none.
    private static func service(
        _ keys: borrowing K, _ reply: inout Reply
    ) -> (any PersistenceService)? {
        if let service = keys.context.host.persistence { return service }
        reply.error("ERR nothing is kept on disk; start the server without --ephemeral")
        return nil
    }

    @Sendable static func save(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let service = service(keys, &reply) else { return }
        if service.status.snapshotStart != nil {
            return reply.error("ERR Background save already in progress")
        }
        guard keys.afterwards(.save) else {
            return reply.error("ERR Command not allowed inside a transaction")
        }
        reply.ok()
    }

    @Sendable static func backgroundSave(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let schedules = a.count == 1 && a.matches(0, "SCHEDULE")
        if a.count > 0, !schedules { throw .syntax }
        guard let service = service(keys, &reply) else { return }
        let isRewriting = service.status.rewriteStart != nil
        if isRewriting, !schedules {
            return reply.error(
                "ERR Another background job is active (AOF?): can't BGSAVE right now. "
                    + "Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.")
        }
        answer(isRewriting ? "Background saving scheduled" : "Background saving started", &reply) {
            () throws(PersistenceRefusal) in try service.startSnapshot()
        }
    }

    @Sendable static func rewrite(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let service = service(keys, &reply) else { return }
        let isSaving = service.status.snapshotStart != nil
        let verb: StaticString =
            isSaving
            ? "Background append only file rewriting scheduled"
            : "Background append only file rewriting started"
        answer(verb, &reply) { () throws(PersistenceRefusal) in try service.startRewrite() }
    }

    private static func answer(
        _ text: StaticString, _ reply: inout Reply, _ start: () throws(PersistenceRefusal) -> Void
    ) {
        do throws(PersistenceRefusal) {
            try start()
            reply.status(text)
        } catch {
            reply.error(error.message)
        }
    }

    @Sendable static func lastSave(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        // As in Redis the start counts as a save: nothing is lost that was there then.
        reply.integer(keys.context.host.persistence?.status.lastSave ?? keys.context.startedAt / 1000)
    }

    /// The whole family.
    static var table: [Command<K>] {
        [
            Command(
                "BGREWRITEAOF", arity: 1, [.admin, .dangerous], family: .server,
                summary: "Asynchronously rewrite the append-only file", complexity: "O(1)",
                since: "1.0.0", run: rewrite),
            Command(
                "BGSAVE", arity: -1, [.admin, .dangerous], family: .server, syntax: "[SCHEDULE]",
                summary: "Asynchronously save the dataset to disk", complexity: "O(1)",
                since: "1.0.0", run: backgroundSave),
            Command(
                "LASTSAVE", arity: 1, [.admin, .dangerous, .fast, .loading, .random], family: .server,
                summary: "Get the UNIX time stamp of the last successful save to disk",
                complexity: "O(1)", since: "1.0.0", run: lastSave),
            Command(
                "SAVE", arity: 1, [.admin, .dangerous, .allKeys], family: .server,
                summary: "Synchronously save the dataset to disk",
                complexity: "O(N) where N is the total number of keys in all databases",
                since: "1.0.0", run: save),
        ]
    }
}
