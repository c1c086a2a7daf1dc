#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A redis-server of this process's own, on a socket in a directory of its own; both are gone when the
/// process ends, however it ends.
final class RedisServer: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let socketPath: String
    /// The shell that watches over the server holds the other end: it ends the server when this one closes.
    private let lifeline: Int32
    private let process: pid_t

    /// Starts it, empty or with the contents of an append-only file, which it then loads.
    init(appendOnlyFile: [UInt8]? = nil) throws {
        guard RedisServer.isInstalled else {
            throw Failure(description: "redis-server is not in PATH: apt-get install redis-server")
        }
        var template = Array("/tmp/redwing-differential.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: errno \(errno)") }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        socketPath = directory + "/socket"
        if let appendOnlyFile {
            let files = directory + "/appendonlydir"
            mkdir(files, 0o700)
            try RedisServer.write(appendOnlyFile, to: files + "/appendonly.aof.1.incr.aof")
            try RedisServer.write(
                Array("file appendonly.aof.1.incr.aof seq 1 type i\n".utf8),
                to: files + "/appendonly.aof.manifest")
        }
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw Failure(description: "socketpair: errno \(errno)")
        }
        lifeline = ends[1]
        // The strings of DEBUG and of collation are those of the C locale.
        let script = """
            export LC_ALL=C
            redis-server --port 0 --unixsocket "$1/socket" --dir "$1" --save '' --appendonly "$2" \
                --enable-debug-command yes --databases 1 --daemonize no >"$1/log" 2>&1 &
            read nothing
            kill -9 $!; wait; rm -r "$1"
            """
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        // Libdispatch's threads block every signal, and the mask is inherited.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = ["sh", "-c", script, "sh", directory, appendOnlyFile == nil ? "no" : "yes"]
        let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var process = pid_t()
        let failed = posix_spawnp(&process, "sh", &actions, &attributes, arguments, environ)
        close(ends[0])
        guard failed == 0 else { throw Failure(description: "sh did not start: errno \(failed)") }
        self.process = process
    }

    deinit {
        close(lifeline)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(description: "fopen: errno \(errno)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw Failure(description: "fwrite: errno \(errno)")
        }
    }

    private static var isInstalled: Bool {
        guard let path = getenv("PATH") else { return false }
        return String(cString: path).split(separator: ":").contains {
            access("\($0)/redis-server", X_OK) == 0
        }
    }

    /// A connection, made as soon as the server listens.
    func connect() throws -> RedisConnection {
        for _ in 0..<500 {
            if let connection = RedisConnection(socketPath: socketPath) { return connection }
            usleep(20_000)
        }
        throw Failure(description: "redis-server does not answer on \(socketPath)")
    }
}
