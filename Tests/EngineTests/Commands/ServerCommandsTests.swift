import Bytes
import TestSupport
import Testing

@testable import Engine

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct ServerCommandsTests {
    @Test func memoryErrors() {
        expectTranscript(
            #"""
            > MEMORY USAGE none
            (nil)
            > MEMORY USAGE none FOO
            (error) ERR syntax error
            > MEMORY USAGE
            (error) ERR wrong number of arguments for 'memory|usage' command
            > MEMORY USAGE z SAMPLES
            (error) ERR syntax error
            > MEMORY USAGE z SAMPLES -1
            (error) ERR syntax error
            > MEMORY USAGE z SAMPLES a
            (error) ERR value is not an integer or out of range
            > MEMORY USAGE z SAMPLES 99999999999999999999
            (error) ERR value is not an integer or out of range
            > MEMORY FOO
            (error) ERR unknown subcommand 'FOO'. Try MEMORY HELP.
            > MEMORY HELP x
            (error) ERR wrong number of arguments for 'memory|help' command
            > MEMORY
            (error) ERR wrong number of arguments for 'memory' command
            """#)
    }

    @Test func memoryUsage() {
        let engine = TestEngine()
        _ = run(engine, "ZADD z 1 a")
        let small = Int(run(engine, "MEMORY USAGE z").dropFirst("(integer) ".count))
        for n in 0..<1000 { _ = run(engine, "ZADD z 1 member\(n)") }
        let large = Int(run(engine, "MEMORY USAGE z SAMPLES 0").dropFirst("(integer) ".count))
        #expect(small.map { $0 > 0 && $0 < 200 } == true)
        #expect(large.map { $0 > 10_000 && $0 < 200_000 } == true)
        #expect(run(engine, "MEMORY HELP").hasPrefix("[MEMORY <subcommand>"))
    }

    @Test func time() {
        let engine = TestEngine()
        let before = Clock.microseconds()
        let parts = run(engine, "TIME").split { !$0.isNumber }.compactMap { Int64($0) }
        let after = Clock.microseconds()
        #expect(parts.count == 2)
        let answered = parts[0] * 1_000_000 + parts[1]
        #expect(before <= answered && answered <= after)
    }

    @Test func infoSections() {
        let engine = TestEngine()
        let headers = [
            "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Cluster",
            "Keyspace",
        ]
        for line in ["INFO", "INFO all", "INFO DEFAULT", "info everything", "INFO nonsense all"] {
            let text = run(engine, line)
            for header in headers { #expect(text.contains("# \(header)\\r\\n"), "\(line)") }
        }
        let two = run(engine, "INFO keyspace SERVER")
        #expect(two.hasPrefix("\"# Server\\r\\nredis_version:7.0.15\\r\\n"))
        #expect(two.hasSuffix("\\r\\n\\r\\n# Keyspace\\r\\n\""))
        #expect(!two.contains("# Memory"))
        #expect(run(engine, "INFO nonsense") == "\"\"")
    }

    @Test func infoOfTheDisk() {
        let engine = TestEngine()
        let isOnDisk = TestKeyspace.current == .disk
        #expect(run(engine, "INFO disk").hasPrefix("\"# Disk\\r\\ndisk_bytes:") == isOnDisk)
        #expect(run(engine, "INFO").contains("# Disk\\r\\ndisk_bytes:") == isOnDisk)
    }

    @Test func infoCounts() {
        let engine = TestEngine()
        _ = run(engine, "ZADD a 1 x")
        _ = run(engine, "ZADD b 1 x")
        _ = run(engine, "CONFIG RESETSTAT")
        _ = run(engine, "ZSCORE a x")
        _ = run(engine, "ZSCORE none x")
        #expect(run(engine, "INFO keyspace").contains("db0:keys=2,expires=0,avg_ttl=0"))
        #expect(run(engine, "INFO stats").contains("keyspace_misses:1"))
        #expect(run(engine, "INFO cpu").contains("used_cpu_user:"))
        #expect(run(engine, "INFO replication").contains("role:master"))
    }

    /// What only the process around the engine knows.
    @Test func infoOfTheHost() {
        var host = HostInfo()
        host.version = "1.2.3"
        host.port = { 8080 }
        host.maxClients = { 20_000 }
        host.connectedClients = { 7 }
        host.residentMemory = { 1 << 20 }
        host.executable = "/bin/redwing"
        let engine = TestEngine(host: host)
        let text = run(engine, "INFO")
        for line in [
            "redwing_version:1.2.3", "tcp_port:8080", "maxclients:20000", "connected_clients:7",
            "used_memory_rss:1048576", "used_memory_rss_human:1.00M", "executable:/bin/redwing",
        ] {
            #expect(text.contains("\\n\(line)\\r"), "\(line)")
        }
        #expect(run(engine, "CONFIG GET port maxclients") == #"["maxclients", "20000", "port", "8080"]"#)
    }

    @Test(arguments: [
        (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1536, "1.50K"), (2_128_064, "2.03M"),
        (25_276_510_208, "23.54G"), (5 << 40, "5.00T"), (3 << 50, "3.00P"),
    ])
    func humanSizes(bytes: Int, text: String) {
        #expect(InfoReport.human(bytes) == text)
    }

    @Test func fixedDecimals() {
        #expect(InfoReport.fixed(0.0049, digits: 2) == "0.00")
        #expect(InfoReport.fixed(1.005678, digits: 6) == "1.005678")
        #expect(InfoReport.fixed(12.5, digits: 2) == "12.50")
    }
}
