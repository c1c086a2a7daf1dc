import Bytes
import Engine
import MicroHTTP
import TestSupport
import Testing

@testable import REST

/// `openapi.yaml`, `docs/http-api.md` and the route table say the same, in every direction.
@Suite(.keyspaces) struct ContractTests {
    private typealias Routes = RouteTable<MemoryEngine>

    private let contract = Contract(OpenAPI.document.string)
    private let routes = Routes.routes

    private func name<E>(_ route: Route<E>) -> String { "\(route.method.name) \(route.template)" }

    @Test func theServedContractIsTheFile() throws {
        #expect(OpenAPI.document.string == repositoryFile("openapi.yaml"))
        let service = try TestService()
        let answer = try service.connection.request("GET", "/openapi.yaml")
        #expect(answer.status == 200)
        #expect(answer["content-type"] == "application/yaml")
        #expect(answer.text == repositoryFile("openapi.yaml"))
    }

    @Test func thePathsAndMethodsAreTheSame() {
        let declared = Set(routes.map(name))
        let described = Set(contract.operations.map { "\($0.method) \($0.path)" })
        #expect(declared.subtracting(described) == [], "not in openapi.yaml")
        #expect(described.subtracting(declared) == [], "not in the route table")
        #expect(declared.count == routes.count)
        #expect(described.count == contract.operations.count)
    }

    private var both: [(route: Route<MemoryEngine>, operation: Contract.Operation)] {
        routes.compactMap { route in
            contract.operations.first { "\($0.method) \($0.path)" == name(route) }.map { (route, $0) }
        }
    }

    @Test func theCommandsAreTheSame() {
        for (route, operation) in both {
            #expect(route.commands.map(\.description) == operation.commands, "\(name(route))")
        }
    }

    @Test func theQueryParametersAreTheSame() {
        for (route, operation) in both {
            let declared = route.query.map { "\($0.name)\($0.repeats ? "…" : "")" }
            let described = operation.query.map { "\($0.name)\($0.repeats ? "…" : "")" }
            #expect(declared.sorted() == described.sorted(), "\(name(route))")
        }
    }

    @Test func thePathParametersAreTheSame() {
        for operation in contract.operations {
            let named = operation.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            let described = operation.parameters.filter { $0.place == "path" }.map(\.name)
            #expect(named == described, "\(operation.method) \(operation.path)")
        }
    }

    @Test func theBodiesAreTheSame() {
        for (route, operation) in both { #expect(route.body == operation.body, "\(name(route))") }
    }

    @Test func conditionsGoWithETags() {
        for (route, operation) in both {
            let hasResource = route.resource.probe != nil
            #expect(operation.hasTag == hasResource, "\(name(route)): ETag")
            for header in ["If-Match", "If-None-Match"] {
                #expect(operation.declares(header, in: "header") == hasResource, "\(name(route)): \(header)")
            }
        }
    }

    @Test func accessIsTheSame() {
        for (route, operation) in both {
            #expect(route.isPublic == operation.isPublic, "\(name(route)): security")
            #expect(operation.statuses.contains(401) == !route.isPublic, "\(name(route)): 401")
            #expect(operation.statuses.contains(403), "\(name(route)): 403")
        }
    }

    // MARK: The guide

    /// The cells of the rows of docs/http-api.md's tables of routes.
    private var rows: [[String]] {
        repositoryFile("docs/http-api.md").split(separator: "\n").compactMap { line in
            // Names of two words hold a no-break space.
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.split { " \u{A0}".contains($0) }.joined(separator: " ") }
            guard cells.count > 6, ["GET", "PUT", "POST", "PATCH", "DELETE"].contains(cells[1]) else {
                return nil
            }
            return cells
        }
    }

    @Test func theGuideListsEveryRoute() {
        let rows = rows
        #expect(rows.count == routes.count)
        for route in routes {
            guard let row = rows.first(where: { "\($0[1]) \($0[2].filter { $0 != "`" })" == name(route) })
            else {
                Issue.record("\(name(route)) is not in docs/http-api.md")
                continue
            }
            let parameters = row[3].filter { !"`*".contains($0) }.split(separator: ", ").map(String.init)
                .filter { !["Range", "Content-Range"].contains($0) }
            let declared = route.query.map { "\($0.name)\($0.repeats ? "…" : "")" }
            #expect(parameters.sorted() == declared.sorted(), "\(name(route))")
            #expect(row[4] == route.commands.map(\.description).joined(separator: " "), "\(name(route))")
        }
    }

    /// The commands of the guide's table of those without a route.
    private var without: Set<String> {
        let guide = repositoryFile("docs/http-api.md")
        guard let start = guide.ranges(of: "## Commands without a route").first else { return [] }
        var names: Set<String> = []
        for line in guide[start.upperBound...].split(separator: "\n") where line.hasPrefix("| `") {
            let cell = line.split(separator: "|")[0]
            for (index, part) in cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            where index % 2 == 1 { names.insert(String(part)) }
        }
        return names
    }

    @Test func everyCommandHasARouteOrAReason() {
        let engine = MemoryEngine()
        let routed = Set(routes.flatMap { $0.commands.map(\.description) })
        let without = without
        for command in engine.commands {
            let name = command.name.description
            var names = command.subcommands.map { "\(name) \($0.name)" }
            // Of a container that has routes each subcommand needs one, or a reason of its own.
            if names.allSatisfy({ !routed.contains($0) }), without.contains(name) { continue }
            if names.isEmpty { names = [name] }
            for name in names { #expect(routed.contains(name) || without.contains(name), "\(name)") }
        }
        for name in without {
            let word = name.prefix { $0 != " " }
            #expect(Array(word.utf8).withByteView { engine.find($0) } != nil, "\(name) is no command")
        }
    }
}
