extension AbsentCommands {
    /// Every one, up to Redis 8.0, group by group. A command is here or in `CommandTable`; a test holds that
    /// against the names of redis-server.
    public static let all: [AbsentCommands] = [
        AbsentCommands(
            "transactions of a connection", because: .needsConnection,
            instead:
                "send the commands to /multi-exec, or to /transactions with conditions in place of WATCH",
            ["MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH"]),
        AbsentCommands(
            "subscriptions", because: .needsConnection,
            instead: "over HTTP it is GET /events",
            ["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE"]),
        AbsentCommands(
            "subscriptions", because: .needsConnection,
            instead: "over HTTP it ends with its GET /events",
            ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"]),
        AbsentCommands(
            "watching commands", because: .needsConnection,
            instead: "over HTTP it is GET /monitor; GET /events shows changes of keys",
            ["MONITOR"]),
        AbsentCommands(
            "access by password",
            instead: "access is by token: 'Authorization: Bearer …' or '?_token=…' with every request",
            ["AUTH", "ACL"]),
        AbsentCommands(
            "the state of a connection", because: .needsConnection,
            instead: "every request is answered, once and by itself",
            ["CLIENT REPLY", "CLIENT UNBLOCK"]),
        AbsentCommands(
            "client-side caching", because: .needsConnection,
            instead: "over HTTP a GET of /keys/{key} with If-None-Match tells whether a copy is current",
            ["CLIENT TRACKING", "CLIENT TRACKINGINFO", "CLIENT CACHING", "CLIENT GETREDIR"]),
        AbsentCommands("pausing clients", ["CLIENT PAUSE", "CLIENT UNPAUSE"]),
        AbsentCommands(
            "several databases",
            instead: "there is one database, 0; start another server for another", ["MOVE", "SWAPDB"]),
        // What clients take as "send the script itself".
        AbsentCommands(
            "Lua scripts by their digest", because: .says("NOSCRIPT No matching script. Please use EVAL."),
            ["EVALSHA", "EVALSHA_RO"]),
        AbsentCommands(
            "Lua scripting",
            instead: "/multi-exec runs several commands as one, /transactions only if keys are as they were",
            ["EVAL", "EVAL_RO", "SCRIPT", "FCALL", "FCALL_RO", "FUNCTION"]),
        AbsentCommands(
            "streams",
            [
                "XADD", "XLEN", "XRANGE", "XREVRANGE", "XREAD", "XDEL", "XTRIM", "XSETID", "XINFO", "XGROUP",
                "XREADGROUP", "XACK", "XPENDING", "XCLAIM", "XAUTOCLAIM",
            ]),
        AbsentCommands(
            "geo",
            [
                "GEOADD", "GEODIST", "GEOHASH", "GEOPOS", "GEOSEARCH", "GEOSEARCHSTORE", "GEORADIUS",
                "GEORADIUS_RO", "GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO",
            ]),
        AbsentCommands("HyperLogLog", ["PFADD", "PFCOUNT", "PFMERGE", "PFDEBUG", "PFSELFTEST"]),
        AbsentCommands("JSON", ["JSON.*"]),
        AbsentCommands("search", ["FT.*"]),
        AbsentCommands("time series", ["TS.*"]),
        AbsentCommands("probabilistic structures", ["BF.*", "CF.*", "CMS.*", "TOPK.*", "TDIGEST.*"]),
        AbsentCommands(
            "vector sets",
            [
                "VADD", "VCARD", "VDIM", "VEMB", "VGETATTR", "VINFO", "VISMEMBER", "VLINKS", "VRANDMEMBER",
                "VREM", "VSETATTR", "VSIM",
            ]),
        AbsentCommands(
            "moving keys between servers", instead: "use DUMP there and RESTORE here",
            ["RESTORE-ASKING", "MIGRATE"]),
        AbsentCommands(
            "replication", instead: "there are no replicas: a write is done once it is answered",
            ["WAIT", "WAITAOF"]),
        AbsentCommands(
            "replication", instead: "every server stands by itself",
            ["REPLICAOF", "SLAVEOF", "ROLE", "FAILOVER", "SYNC", "PSYNC", "REPLCONF"]),
        AbsentCommands(
            "Redis Cluster", because: .says("ERR This instance has cluster support disabled"),
            ["CLUSTER", "ASKING", "READONLY", "READWRITE"]),
        AbsentCommands("modules", ["MODULE"]),
        AbsentCommands(
            "the operator's commands",
            [
                "SHUTDOWN", "SLOWLOG", "LATENCY", "LOLWUT", "CONFIG REWRITE", "COMMAND GETKEYSANDFLAGS",
                "MEMORY DOCTOR", "MEMORY MALLOC-STATS", "MEMORY PURGE", "MEMORY STATS",
            ]),
    ]
}
