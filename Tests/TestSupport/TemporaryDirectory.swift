#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A directory that is gone when this is.
public final class TemporaryDirectory {
    /// Its absolute path.
    public let path: String

    /// Makes it.
    public init() throws {
        var template = Array("/tmp/redwing-persistence.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ShellFailure(output: "mkdtemp: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? shell("rm -r '\(path)'") }

    /// Writes a file of it.
    public func write(_ name: String, _ bytes: [UInt8]) throws {
        guard let file = fopen("\(path)/\(name)", "w") else { throw ShellFailure(output: "fopen: \(errno)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw ShellFailure(output: "fwrite") }
    }

    /// A file's contents.
    public func read(_ name: String) throws -> [UInt8] {
        guard let file = fopen("\(path)/\(name)", "r") else { throw ShellFailure(output: "fopen: \(errno)") }
        defer { fclose(file) }
        var result: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&part, 1, part.count, file)
            if count == 0 { return result }
            result += part[..<count]
        }
    }

    /// Starts a redis-server here that loads `dump.rdb`, runs `script`, in which `cli` talks to it, and ends
    /// the server. Answers what the script printed.
    @discardableResult
    public func withRedis(_ options: String = "", _ script: String) throws -> String {
        try shell(
            """
            set -e
            cd '\(path)'
            redis-server --port 0 --unixsocket s --dir . --save '' --appendonly no \
                --enable-debug-command yes \(options) >log 2>&1 &
            server=$!
            trap 'kill -9 $server 2>/dev/null || true' EXIT
            cli() { redis-cli -e -s s "$@"; }
            until [ "$(cli ping 2>/dev/null)" = PONG ]; do
                kill -0 $server || { cat log; exit 1; }
                sleep 0.02
            done
            \(script)
            """)
    }
}

/// A script that failed.
public struct ShellFailure: Error {
    /// What it printed.
    public let output: String
}

/// Runs `script` by `sh` and answers what it printed; a failure of it is thrown.
@discardableResult
public func shell(_ script: String) throws -> String {
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
        throw ShellFailure(output: "socketpair: errno \(errno)")
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    // Libdispatch's threads block every signal, and the mask is inherited.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let words = ["sh", "-c", script]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process = pid_t()
    let failed = posix_spawnp(&process, "sh", &actions, &attributes, arguments, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard failed == 0 else { throw ShellFailure(output: "sh did not start: errno \(failed)") }
    var output: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 12)
    while true {
        let count = read(ends[0], &part, part.count)
        if count <= 0 { break }
        output += part[..<count]
    }
    var status: Int32 = 0
    waitpid(process, &status, 0)
    let text = String(decoding: output, as: UTF8.self)
    guard status == 0 else { throw ShellFailure(output: text) }
    return text
}
