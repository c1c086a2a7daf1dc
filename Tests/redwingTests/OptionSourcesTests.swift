import ArgumentParser
import Testing

@testable import redwing

struct OptionSourcesTests {
    /// `serve`'s options after merging.
    private func serve(_ given: [String], _ environment: [String: String] = [:]) throws -> Serve {
        let merged = try OptionSources.merge(["serve"] + given) { environment[$0] }
        #expect(merged.first == "serve")
        return try Serve.parse(Array(merged.dropFirst()))
    }

    private func failure(_ given: [String], _ environment: [String: String] = [:]) -> String? {
        do {
            _ = try OptionSources.merge(["serve"] + given) { environment[$0] }
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func defaultsWithoutSources() throws {
        let serve = try serve([])
        #expect(serve.port == 8080)
        #expect(serve.bind == "127.0.0.1")
        #expect(serve.maxBody.bytes == 64 << 20)
        #expect(!serve.keeping.ephemeral)
        #expect(!serve.enableDebugCommand)
        #expect(serve.corsOrigin == [])
    }

    @Test func flagBeforeEnvironmentBeforeFile() throws {
        let file = try TemporaryFile("port 1\nmax-connections 11\nthreads 3\n")
        let environment = ["REDWING_PORT": "2", "REDWING_MAX_CONNECTIONS": "22", "REDWING_CONFIG": file.path]
        let serve = try serve(["--port", "3"], environment)
        #expect(serve.port == 3)
        #expect(serve.maxConnections == 22)
        #expect(serve.threads == 3)
        #expect(serve.config == file.path)
    }

    @Test func theNamedFileWinsOverTheEnvironments() throws {
        let first = try TemporaryFile("port 1\n")
        let second = try TemporaryFile("port 2\n")
        for given in [["--config", first.path], ["--config=\(first.path)"]] {
            let serve = try serve(given, ["REDWING_CONFIG": second.path])
            #expect(serve.port == 1)
            #expect(serve.config == first.path)
        }
    }

    @Test func theFilesForm() throws {
        let file = try TemporaryFile(
            "# a comment\n\n  port \t 7 \r\nephemeral\nenable-debug-command no\n"
                + "cors-origin http://a\ncors-origin http://b\n   # port 8\nmax-body 1mb")
        let serve = try serve(["--config", file.path])
        #expect(serve.port == 7)
        #expect(serve.keeping.ephemeral)
        #expect(!serve.enableDebugCommand)
        #expect(serve.corsOrigin == ["http://a", "http://b"])
        #expect(serve.maxBody.bytes == 1 << 20)
    }

    @Test func aListOnTheCommandLineReplacesTheFiles() throws {
        let file = try TemporaryFile("cors-origin http://a\n")
        #expect(try serve(["--config", file.path, "--cors-origin", "http://b"]).corsOrigin == ["http://b"])
    }

    @Test(arguments: [
        ("yes", true), ("TRUE", true), ("1", true), ("no", false), ("false", false), ("0", false),
    ])
    func flagsInTheEnvironment(_ value: String, _ expected: Bool) throws {
        #expect(try serve([], ["REDWING_EPHEMERAL": value]).keeping.ephemeral == expected)
    }

    @Test func aValueThatLooksLikeAnOption() throws {
        #expect(try serve([], ["REDWING_CORS_ORIGIN": "--port"]).corsOrigin == ["--port"])
    }

    @Test(arguments: [
        (["REDWING_PORT": "abc"], "REDWING_PORT"), (["REDWING_PORT": "65536"], "REDWING_PORT"),
        (["REDWING_PORT": ""], "REDWING_PORT"), (["REDWING_EPHEMERAL": "maybe"], "REDWING_EPHEMERAL"),
        (["REDWING_THREADS": "0"], "REDWING_THREADS"), (["REDWING_MAX_BODY": "-1"], "REDWING_MAX_BODY"),
        (["REDWING_IDLE_TIMEOUT": "nan"], "REDWING_IDLE_TIMEOUT"),
        (["REDWING_LOG_LEVEL": "loud"], "REDWING_LOG_LEVEL"),
        (["REDWING_CONFIG": "/nonexistent/file"], "/nonexistent/file"),
    ])
    func namesTheVariable(_ environment: [String: String], _ name: String) {
        let message = failure([], environment)
        #expect(message?.contains(name) == true, "\(message ?? "accepted")")
        #expect(message?.contains("\n") == false)
    }

    @Test(arguments: [
        ("port 1\nnonsense 2\n", "line 2: there is no option 'nonsense'"),
        ("config /other\n", "line 1: there is no option 'config'"),
        ("# fine\nport\n", "line 2"), ("port 1 2\n", "line 1"), ("ephemeral perhaps\n", "line 1"),
        ("--port 1\n", "line 1: there is no option '--port'"), ("help\n", "there is no option 'help'"),
    ])
    func namesTheLine(_ text: String, _ expected: String) throws {
        let file = try TemporaryFile(text)
        let message = failure(["--config", file.path])
        #expect(message?.contains(expected) == true, "\(message ?? "accepted")")
        #expect(message?.contains(file.path) == true)
    }

    @Test func tokensFromEverySource() throws {
        let file = try TemporaryFile("token a\ntoken b\nallowed-host redwing.example\ntoken-file /secret\n")
        #expect(try serve(["--token", "x", "--token=y"]).token == ["x", "y"])
        #expect(try serve([], ["REDWING_TOKEN": "x"]).token == ["x"])
        let fromFile = try serve(["--config", file.path])
        #expect(fromFile.token == ["a", "b"])
        #expect(fromFile.tokenFile == "/secret")
        #expect(fromFile.allowedHost == ["redwing.example"])
        let variables = [
            "REDWING_TOKEN": "x", "REDWING_TOKEN_FILE": "/other", "REDWING_ALLOWED_HOST": "a.test",
        ]
        let merged = try serve(["--config", file.path], variables)
        #expect(merged.token == ["x"])
        #expect(merged.tokenFile == "/other")
        #expect(merged.allowedHost == ["a.test"])
    }

    /// An empty variable (of a template, say) must not open the server.
    @Test(arguments: ["", "hush hush", "hush\n", "hüsh"])
    func aBadTokenIsNotQuoted(_ token: String) throws {
        let file = try TemporaryFile("token \(token)\n")
        var messages = [failure([], ["REDWING_TOKEN": token])]
        // The file's lines hold no line ends and trim blanks.
        if !token.hasSuffix("\n") { messages.append(failure(["--config", file.path])) }
        for message in messages {
            let message = try #require(message)
            #expect(message.contains("--token"))
            #expect(message.contains("visible ASCII"))
            #expect(!message.contains("sh hu") && !message.contains("hush"))
            #expect(!message.contains("\n"))
        }
        #expect(throws: (any Error).self) { try Serve.parse(["--token", token]) }
    }

    @Test(arguments: ["http://a.test", "a.test:80", "*", ""])
    func badHosts(_ host: String) {
        #expect(failure([], ["REDWING_ALLOWED_HOST": host])?.contains("--allowed-host") == true)
    }

    /// Whoever asks for help may have a broken environment to mend.
    @Test(arguments: ["--help", "-h", "--version"])
    func helpAsksNoSource(_ option: String) throws {
        let merged = try OptionSources.merge(["serve", option]) { _ in "nonsense" }
        #expect(merged == ["serve", option])
    }

    @Test(arguments: [[], ["--help"], ["--version"], ["help", "serve"]])
    func leavesOtherCommandsAlone(_ given: [String]) throws {
        #expect(try OptionSources.merge(given) { _ in "nonsense" } == given)
    }
}
