internal import Bytes
internal import CMalloc

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The text that INFO answers: sections of `name:value` lines, with Redis's names.
struct InfoReport: ~Copyable {
    /// The sections, in the order of the text.
    enum Section: CaseIterable {
        case server, clients, memory, persistence, disk, stats, replication, cpu, cluster, keyspace

        /// The name as an argument.
        var name: StaticString {
            switch self {
            case .server: "SERVER"
            case .clients: "CLIENTS"
            case .memory: "MEMORY"
            case .persistence: "PERSISTENCE"
            case .disk: "DISK"
            case .stats: "STATS"
            case .replication: "REPLICATION"
            case .cpu: "CPU"
            case .cluster: "CLUSTER"
            case .keyspace: "KEYSPACE"
            }
        }

        var header: StaticString {
            switch self {
            case .server: "# Server\r\n"
            case .clients: "# Clients\r\n"
            case .memory: "# Memory\r\n"
            case .persistence: "# Persistence\r\n"
            case .disk: "# Disk\r\n"
            case .stats: "# Stats\r\n"
            case .replication: "# Replication\r\n"
            case .cpu: "# CPU\r\n"
            case .cluster: "# Cluster\r\n"
            case .keyspace: "# Keyspace\r\n"
            }
        }
    }

    private(set) var text = ByteBuffer()

    /// Whether INFO's arguments ask for the section; without any they ask for all, as do the collective names.
    static func selects(_ section: Section, _ a: borrowing Arguments) -> Bool {
        if a.count == 0 { return true }
        for index in 0..<a.count {
            if a.matches(index, section.name) || a.matches(index, "ALL") || a.matches(index, "DEFAULT")
                || a.matches(index, "EVERYTHING")
            {
                return true
            }
        }
        return false
    }

    mutating func write(
        _ section: Section, _ context: EngineContext, _ statistics: Statistics, storage: [InfoLine],
        keyCount: Int, now: Int64
    ) {
        if !text.isEmpty { text.append("\r\n") }
        text.append(section.header)
        switch section {
        case .disk: for line in storage { self.line(line.name, line.value) }
        case .server: server(context, now: now)
        case .clients:
            line("connected_clients", context.host.connectedClients())
            line("maxclients", context.host.maxClients())
            line("blocked_clients", statistics.blocked)
        case .memory: memory(context)
        case .persistence:
            persistence(context.host.persistence?.status ?? PersistenceStatus(), now: now)
        case .stats:
            line("total_commands_processed", statistics.commands)
            line("expired_keys", statistics.expired)
            line("evicted_keys", 0)
            line("keyspace_hits", statistics.hits)
            line("keyspace_misses", statistics.misses)
            let counts = context.pubSub.counts
            line("pubsub_channels", counts.channels)
            line("pubsub_patterns", counts.patterns)
            // One namespace: the same channels.
            line("pubsubshard_channels", counts.channels)
        case .replication:
            line("role", "master")
            line("connected_slaves", 0)
        case .cpu: cpu()
        case .cluster: line("cluster_enabled", 0)
        case .keyspace:
            if keyCount > 0 {
                line("db0", "keys=\(keyCount),expires=\(statistics.volatileKeys),avg_ttl=0")
            }
        }
    }

    // MARK: Sections

    private mutating func server(_ context: EngineContext, now: Int64) {
        var system = utsname()
        uname(&system)
        let host = context.host
        let uptime = max(0, now - context.startedAt) / 1000
        line("redis_version", "\(EngineContext.redisVersion)")
        line("redwing_version", host.version)
        line("redis_mode", "standalone")
        line("os", "\(Self.text(system.sysname)) \(Self.text(system.release)) \(Self.text(system.machine))")
        line("arch_bits", Int.bitWidth)
        line("process_id", Int(getpid()))
        line("run_id", context.runID)
        line("tcp_port", host.port())
        line("server_time_usec", Int(Clock.microseconds()))
        line("uptime_in_seconds", Int(uptime))
        line("uptime_in_days", Int(uptime / 86400))
        line("executable", host.executable)
        line("config_file", host.configurationFile)
    }

    private mutating func memory(_ context: EngineContext) {
        let resident = context.host.residentMemory()
        let used = Self.usedMemory()
        line("used_memory", used)
        line("used_memory_human", Self.human(used))
        line("used_memory_rss", resident)
        line("used_memory_rss_human", Self.human(resident))
        var usage = rusage()
        getrusage(Self.rusageSelf, &usage)
        let peak = max(resident, usage.ru_maxrss << 10)
        line("used_memory_peak", peak)
        line("used_memory_peak_human", Self.human(peak))
        line("maxmemory", 0)
        line("maxmemory_human", "0B")
        line("maxmemory_policy", "noeviction")
        let ratio = used > 0 ? Double(resident) / Double(used) : 0
        line("mem_fragmentation_ratio", Self.fixed(ratio, digits: 2))
        line("mem_allocator", "libc")
    }

    private mutating func persistence(_ status: PersistenceStatus, now: Int64) {
        func seconds(since start: Int64?) -> Int { start.map { max(0, Int(now - $0) / 1000) } ?? -1 }
        func seconds(_ attempt: PersistenceStatus.Attempt?) -> Int {
            attempt.map { $0.duration / 1000 } ?? -1
        }
        line("loading", status.isLoading ? 1 : 0)
        line("async_loading", 0)
        line("rdb_changes_since_last_save", Int(clamping: status.changesSinceSave))
        line("rdb_bgsave_in_progress", status.snapshotStart == nil ? 0 : 1)
        line("rdb_last_save_time", Int(status.lastSave))
        line("rdb_last_bgsave_status", status.lastSnapshot?.failure == nil ? "ok" : "err")
        line("rdb_last_bgsave_time_sec", seconds(status.lastSnapshot))
        line("rdb_current_bgsave_time_sec", seconds(since: status.snapshotStart))
        line("aof_enabled", status.isAppendOnly ? 1 : 0)
        line("aof_rewrite_in_progress", status.rewriteStart == nil ? 0 : 1)
        line("aof_last_rewrite_time_sec", seconds(status.lastRewrite))
        line("aof_current_rewrite_time_sec", seconds(since: status.rewriteStart))
        line("aof_last_bgrewrite_status", status.lastRewrite?.failure == nil ? "ok" : "err")
        line("aof_last_write_status", status.writeFailure == nil ? "ok" : "err")
        if status.isAppendOnly {
            line("aof_current_size", status.appendOnlySize)
            line("aof_base_size", status.appendOnlyBaseSize)
            line("aof_fsyncs", status.syncs)
        }
        if status.isLoading {
            let part = status.loadingTotal > 0 ? Double(status.loaded) / Double(status.loadingTotal) : 0
            line("loading_start_time", Int(status.loadingStart))
            line("loading_total_bytes", status.loadingTotal)
            line("loading_loaded_bytes", status.loaded)
            line("loading_loaded_perc", Self.fixed(part * 100, digits: 2))
        }
    }

    private mutating func cpu() {
        var own = rusage()
        getrusage(Self.rusageSelf, &own)
        line("used_cpu_sys", Self.seconds(own.ru_stime))
        line("used_cpu_user", Self.seconds(own.ru_utime))
        var children = rusage()
        getrusage(Self.rusageChildren, &children)
        line("used_cpu_sys_children", Self.seconds(children.ru_stime))
        line("used_cpu_user_children", Self.seconds(children.ru_utime))
    }

    // MARK: Lines

    private mutating func line(_ name: StaticString, _ value: Int) {
        text.append(name)
        text.append(UInt8(ascii: ":"))
        text.append(decimal: value)
        text.append("\r\n")
    }

    private mutating func line(_ name: StaticString, _ value: String) {
        text.append(name)
        text.append(UInt8(ascii: ":"))
        text.append(value)
        text.append("\r\n")
    }

    #if canImport(Glibc)
        private static let rusageSelf = __rusage_who_t(RUSAGE_SELF.rawValue)
        private static let rusageChildren = __rusage_who_t(RUSAGE_CHILDREN.rawValue)

        /// Bytes that the allocator has handed out, in arenas and by `mmap`. O(arenas).
        private static func usedMemory() -> Int {
            let info = mallinfo2()
            return Int(info.uordblks + info.hblkhd)
        }
    #else
        private static let rusageSelf = Int32(0)
        private static let rusageChildren = Int32(-1)

        /// Musl's allocator doesn't count.
        private static func usedMemory() -> Int { 0 }
    #endif

    /// A C array of characters, up to its NUL.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static func seconds(_ time: timeval) -> String {
        fixed(Double(time.tv_sec) + Double(time.tv_usec) / 1e6, digits: 6)
    }

    /// A number that is not negative, with a fixed number of decimals.
    static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }

    /// Bytes as Redis shortens them: `512B`, `1.50K`, `2.03M`.
    static func human(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes)B" }
        var value = Double(bytes) / 1024
        for unit in ["K", "M", "G", "T"] {
            if value < 1024 { return fixed(value, digits: 2) + unit }
            value /= 1024
        }
        return fixed(value, digits: 2) + "P"
    }
}
