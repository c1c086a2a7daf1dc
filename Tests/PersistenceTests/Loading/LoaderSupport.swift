import Engine
import Persistence

import TestSupport

/// Loading a directory into a new engine.
struct Loaded {
    let engine: MemoryEngine
    let outcome: LoadOutcome
    let progress = LoadingProgress()

    /// - Parameter change: sets options beyond the directory.
    init<Files: FileSystem>(
        _ path: String, _ files: Files = SystemFiles(), threads: Int = 1,
        _ change: (inout PersistenceOptions) -> Void = { _ in }
    ) throws {
        var options = PersistenceOptions()
        options.directory = path
        options.loadingThreads = threads
        change(&options)
        var settings = Settings()
        // What has expired is looked at here.
        settings.activeExpire = false
        engine = MemoryEngine(settings: settings)
        engine.gate.shut(.loading)
        let loader = Loader(engine, options, files, progress: progress)
        outcome = try loader.load()
        engine.gate.open(.loading)
    }

    /// The error that loading ends with; nil: none.
    static func error<Files: FileSystem>(
        _ path: String, _ files: Files = SystemFiles(), threads: Int = 1,
        _ change: (inout PersistenceOptions) -> Void = { _ in }
    ) -> String? {
        do {
            _ = try Loaded(path, files, threads: threads, change)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

/// Data of every type and, with the settings below, encoding.
enum SampleData {
    static let packed = """
        --hash-max-listpack-entries 100000 --hash-max-listpack-value 100000 \
        --zset-max-listpack-entries 100000 --zset-max-listpack-value 100000 --set-max-intset-entries 100000 \
        --list-max-listpack-size -5
        """
    static let unpacked = """
        --hash-max-listpack-entries 0 --zset-max-listpack-entries 0 --set-max-intset-entries 0 \
        --list-max-listpack-size 1
        """

    /// Shell lines that fill a redis-server.
    static let script = #"""
        cli eval '
        for i = 1, 2000 do redis.call("set", "s:" .. i, "value " .. i) end
        for i = 1, 300 do redis.call("set", "n:" .. i, i * i * i * 7919 - 5000) end
        for i = 1, 50 do redis.call("set", "e:" .. i, i, "pxat", 4000000000000 + i) end
        redis.call("set", "long", string.rep("abcdefgh", 100000))
        redis.call("set", "zeros", string.rep("0", 70000))
        redis.call("set", "", "empty key")
        for i = 1, 3000 do redis.call("rpush", "list", "item " .. i, i) end
        redis.call("rpush", "list:long", string.rep("x", 70000), "y", string.rep("z", 20))
        redis.call("pexpireat", "list:long", 4000000000000)
        for i = 1, 2000 do redis.call("sadd", "set", "member " .. i) end
        for i = 1, 700 do redis.call("sadd", "intset", i * 1000000007) end
        for i = 1, 1500 do redis.call("hset", "hash", "field " .. i, "value " .. i) end
        redis.call("hset", "hash:small", "a", "1", "b", "2")
        redis.call("expireat", "hash:small", 4000000000)
        for i = 1, 1500 do redis.call("zadd", "zset", i / 7, "m" .. i) end
        redis.call("zadd", "zset:ends", "inf", "a", "-inf", "b", "0.1", "c", "0", "d", "1e300", "e", "3", "f")
        ' 0 >/dev/null
        """#
}
