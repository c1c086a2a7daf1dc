@testable import REST

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// What `openapi.yaml` says of the operations, read by its fixed layout: paths, methods and their members
/// are two spaces further in each.
struct Contract {
    struct Parameter: Equatable {
        var name = ""
        var place = ""
        var repeats = false
    }

    struct Operation {
        let method: String
        let path: String
        var commands: [String] = []
        var parameters: [Parameter] = []
        var body = RouteBody.none
        /// Whether some answer has an ETag.
        var hasTag = false
        /// Whether it says of itself that it needs no token.
        var isPublic = false
        /// The statuses documented by number.
        var statuses: Set<Int> = []

        var query: [Parameter] { parameters.filter { $0.place == "query" } }

        func declares(_ name: String, in place: String) -> Bool {
            parameters.contains { $0.name == name && $0.place == place }
        }
    }

    private(set) var operations: [Operation] = []
    private var components: [String: Parameter] = [:]

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        readComponents(lines)
        var path = ""
        var open = ""
        var isInPaths = false
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indent)
            if indent == 0, !content.isEmpty { isInPaths = content == "paths:" }
            guard isInPaths else { continue }
            switch indent {
            case 2 where content.hasPrefix("/"): path = String(content.dropLast())
            case 4 where content.hasSuffix(":"):
                operations.append(Operation(method: content.dropLast().uppercased(), path: path))
            case 6:
                open = String(content.prefix { $0 != ":" })
                readMember(open, content)
            default:
                if indent > 6 { readDetail(of: open, content) }
            }
        }
    }

    private mutating func readMember(_ name: String, _ content: Substring) {
        let last = operations.count - 1
        if name == "security" { operations[last].isPublic = content.hasSuffix(" []") }
        if name == "requestBody" { operations[last].body = .document }
        if name == "x-redis-commands", let start = content.firstIndex(of: "[") {
            operations[last].commands = content[start...].dropFirst().prefix { $0 != "]" }
                .split(separator: ",").map { String($0.drop { $0 == " " }) }
        }
    }

    private mutating func readDetail(of member: String, _ content: Substring) {
        let last = operations.count - 1
        if member == "requestBody", content.hasPrefix("'*/*'") { operations[last].body = .value }
        if member == "responses", content.contains("headers/ETag") { operations[last].hasTag = true }
        if member == "responses", content.hasPrefix("\""), let status = Int(content.dropFirst().prefix(3)) {
            operations[last].statuses.insert(status)
        }
        if member == "parameters", let reference = Contract.reference(content),
            let found = components[reference]
        {
            operations[last].parameters.append(found)
        }
    }

    private static func reference(_ content: Substring) -> String? {
        content.ranges(of: "#/components/parameters/").first.map { range in
            String(content[range.upperBound...].prefix { $0 != "\"" })
        }
    }

    private mutating func readComponents(_ lines: [Substring]) {
        var isInParameters = false
        var name = ""
        for line in lines {
            let indent = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indent)
            if indent <= 2, !content.isEmpty { isInParameters = line == "  parameters:" }
            guard isInParameters else { continue }
            if indent == 4 { name = String(content.dropLast()) }
            guard indent == 6 else { continue }
            let value = String(content.drop { $0 != " " }.dropFirst())
            if content.hasPrefix("name: ") { components[name, default: Parameter()].name = value }
            if content.hasPrefix("in: ") { components[name, default: Parameter()].place = value }
            if content.hasPrefix("schema: {type: array") {
                components[name, default: Parameter()].repeats = true
            }
        }
    }
}

/// A file of the repository, by its path in it.
func repositoryFile(_ path: String) -> String {
    guard let file = fopen(repositoryPath(path), "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Where a file of the repository lies.
func repositoryPath(_ path: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/" + path
}
