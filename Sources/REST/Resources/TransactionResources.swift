internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/transactions`: several commands as one, if the keys named still are as they were.
enum TransactionResources<E: CommandEngine> {
    @Sendable static func run(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let format = try ReplyFormat(x.headers)
        let root = try x.document()
        try x.checkMembers(of: root, ["if", "commands"])
        guard let commands = root["commands"] else {
            throw .badRequest("The document needs the member 'commands', an array of commands.")
        }
        try x.transaction.add(all: commands, "'commands'", x.engine)
        if let conditions = root["if"] { try TransactionConditions.read(conditions, &x) }
        try CommandEndpoint.execute(transaction: &x, format, &response)
    }

    static var routes: [Route<E>] {
        [Route(.post, "/transactions", [], body: .document, run: run)]
    }
}
