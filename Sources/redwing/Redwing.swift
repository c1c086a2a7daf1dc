import ArgumentParser
import Server

/// The program.
@main
struct RedwingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redwing",
        abstract: "A key-value service with Redis's data model over HTTP and JSON.",
        version: Redwing.version,
        subcommands: [Serve.self])

    static func main() {
        let given = Array(CommandLine.arguments.dropFirst())
        do {
            main(try OptionSources.merge(given))
        } catch {
            exit(withError: error)
        }
    }
}
