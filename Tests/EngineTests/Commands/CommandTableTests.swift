import Bytes
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@testable import Engine

@Suite struct CommandTableTests {
    private let table = CommandTable<MemoryKeyspace>()

    /// The commands, family by family.
    static let names = """
        APPEND DECR DECRBY GET GETDEL GETEX GETRANGE GETSET INCR INCRBY INCRBYFLOAT LCS MGET MSET MSETNX PSETEX SET \
        SETEX SETNX SETRANGE STRLEN SUBSTR BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT COPY DBSIZE DEL \
        EXISTS EXPIRE EXPIREAT EXPIRETIME FLUSHALL FLUSHDB KEYS OBJECT PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PTTL \
        RANDOMKEY RENAME RENAMENX SCAN SORT SORT_RO TOUCH TTL TYPE UNLINK HDEL HEXISTS HGET HGETALL HINCRBY \
        HINCRBYFLOAT HKEYS HLEN HMGET HMSET HRANDFIELD HSCAN HSET HSETNX HSTRLEN HVALS HEXPIRE HEXPIREAT \
        HEXPIRETIME HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HTTL HGETDEL HGETEX HSETEX LINDEX LINSERT LLEN LMOVE \
        LMPOP LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM RPOP RPOPLPUSH RPUSH RPUSHX SADD SCARD SDIFF SDIFFSTORE \
        SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SPOP SRANDMEMBER SREM SSCAN SUNION \
        SUNIONSTORE ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE \
        ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX \
        ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNION \
        ZUNIONSTORE PING ECHO TIME COMMAND INFO DEBUG CONFIG MEMORY CLIENT HELLO \
        QUIT RESET SELECT BGREWRITEAOF BGSAVE LASTSAVE SAVE DUMP RESTORE PUBLISH PUBSUB SPUBLISH \
        BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN
        """.split(separator: " ").map(String.init)

    @Test func hasEveryCommandOnce() {
        let declared = table.commands.map { $0.info.name.description }
        #expect(declared.sorted() == CommandTableTests.names.sorted())
    }

    @Test func findsNamesInAnyCase() {
        for name in CommandTableTests.names {
            for spelling in [name, name.lowercased(), String(name.prefix(1) + name.dropFirst().lowercased())]
            {
                Array(spelling.utf8).withByteView { view in
                    #expect(table.find(view).map { table[$0].info.name.description } == name)
                }
            }
        }
        for name in ["", "GETT", "GE", String(repeating: "X", count: 100)] {
            Array(name.utf8).withByteView { #expect(table.find($0) == nil) }
        }
    }

    /// Handlers capture nothing: each `run:` names a static function, which can't; a closure might. (The
    /// stored closures' contexts can't be asked: unoptimised code carries the keyspace's type there.)
    @Test func handlersAreStaticFunctions() throws {
        let folder = #filePath.replacing(
            "Tests/EngineTests/Commands/CommandTableTests.swift", with: "Sources/Engine/Commands/")
        var handlers = 0
        for file in try #require(sourceFiles(in: folder)) {
            let text = try #require(contents(of: folder + file))
            for line in text.split(separator: "\n") {
                for part in line.split(separator: "run: ", omittingEmptySubsequences: false).dropFirst() {
                    // Declarations of the parameter itself are no handlers.
                    if part.hasPrefix("@escaping") || part.hasPrefix("(") { continue }
                    #expect(part.first?.isLetter == true || part.hasPrefix("."), "\(file): \(line)")
                    handlers += 1
                }
            }
        }
        #expect(handlers >= table.commands.count)
    }

    @Test func everyCommandIsDescribed() {
        for command in table.commands {
            let info = command.info
            #expect(
                info.summary.utf8CodeUnitCount > 0 && info.complexity.utf8CodeUnitCount > 0, "\(info.name)")
            #expect(info.since.utf8CodeUnitCount > 0 && info.arity != 0, "\(info.name)")
            // A write and a read exclude each other; whatever locks keys names or locks all.
            #expect(!info.flags.contains([.write, .readonly]), "\(info.name)")
        }
    }
}

private func sourceFiles(in folder: String) -> [String]? {
    guard let directory = opendir(folder) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(".swift") { names.append(name) }
    }
    return names
}

private func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
}
