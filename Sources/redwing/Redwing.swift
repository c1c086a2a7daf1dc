import ArgumentParser
import Server

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The program.
@main
struct RedwingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redwing",
        abstract: "A key-value service with Redis's data model over HTTP and JSON.",
        version: Redwing.version,
        subcommands: [Serve.self, Check.self, Import.self, Export.self])

    static func main() {
        do {
            let arguments = try OptionSources.merge(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch {
            end(error)
        }
    }

    /// Ends the program as `exit(withError:)` does, but tells what is wrong in one sentence, without the usage.
    private static func end(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        // Help and the version are "errors" that succeed.
        if code.isSuccess { exit(withError: error) }
        let text = "Error: \(oneLine(message(for: error)))\n"
        _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(withError: code)
    }
}
