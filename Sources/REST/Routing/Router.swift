internal import Bytes
internal import Engine
internal import MicroHTTP

/// Finds the route of a path: a tree over path segments. Paths are split on `/` before anything is decoded,
/// so an encoded slash is part of a name.
struct Router<E: CommandEngine>: Sendable {
    /// A route ready to run: its commands resolved. A class, so that taking one up is a single retain.
    final class Target: Sendable {
        let route: Route<E>
        let commands: [CommandID]
        /// The command that tells whether the route's resource is there.
        let probe: CommandID?

        init(route: Route<E>, commands: [CommandID], probe: CommandID?) {
            self.route = route
            self.commands = commands
            self.probe = probe
        }
    }

    private final class Node: Sendable {
        let literals: [(name: [UInt8], node: Node)]
        let argument: Node?
        /// By `HTTPMethod`'s raw value.
        let targets: [Target?]

        init(_ routes: [(segments: [Substring], target: Target)], depth: Int) {
            var names: [Substring] = []
            for route in routes where route.segments.count > depth {
                let name = route.segments[depth]
                if !name.hasPrefix("{"), !names.contains(name) { names.append(name) }
            }
            literals = names.map { name in
                (
                    Array(name.utf8),
                    Node(
                        routes.filter { $0.segments.count > depth && $0.segments[depth] == name },
                        depth: depth + 1)
                )
            }
            let below = routes.filter { $0.segments.count > depth && $0.segments[depth].hasPrefix("{") }
            argument = below.isEmpty ? nil : Node(below, depth: depth + 1)
            var targets = [Target?](repeating: nil, count: Int(HTTPMethod.other.rawValue) + 1)
            for route in routes where route.segments.count == depth {
                let slot = Int(route.target.route.method.rawValue)
                precondition(targets[slot] == nil, "\(route.target.route.template) is declared twice")
                targets[slot] = route.target
            }
            self.targets = targets
        }

        func child(_ segment: ByteView) -> Node? {
            for literal in literals where literal.name.withByteView({ $0 == segment }) { return literal.node }
            return nil
        }
    }

    private let root: Node

    /// - Precondition: every command that a route names is one of the engine's.
    init(_ routes: [Route<E>], engine: E) {
        func resolve(_ name: StaticString) -> CommandID {
            let text = ByteView(name)
            // OBJECT ENCODING is OBJECT with an argument.
            let word = text[0..<(text.firstIndex(of: UInt8(ascii: " ")) ?? text.count)]
            guard let id = engine.find(word) else { preconditionFailure("no command \(name)") }
            return id
        }
        root = Node(
            routes.map { route in
                (
                    route.template.description.split(separator: "/", omittingEmptySubsequences: true),
                    Target(
                        route: route, commands: route.commands.map(resolve),
                        probe: route.resource.probe.map(resolve))
                )
            }, depth: 0)
    }

    /// What a path leads to.
    enum Match {
        case target(Target)
        /// The path is known, but not with this method; these are.
        case otherMethods([HTTPMethod])
        case none
    }

    /// The route of `method` and `path`; the raw segments that are arguments go to `arguments`. O(segments).
    func find(_ method: HTTPMethod, _ path: ByteView, _ arguments: inout PathArguments) -> Match {
        var node = root
        guard path.count > 0, path[0] == UInt8(ascii: "/") else { return .none }
        var start = 1
        if path.count > 1 {
            while true {
                let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
                let segment = path[start..<end]
                if let next = node.child(segment) {
                    node = next
                } else if let next = node.argument {
                    guard arguments.append(segment) else { return .none }
                    node = next
                } else {
                    return .none
                }
                if end == path.count { break }
                start = end + 1
            }
        }
        let asked = method == .head ? HTTPMethod.get : method
        if let target = node.targets[Int(asked.rawValue)] { return .target(target) }
        let known = node.targets.compactMap { $0?.route.method }
        return known.isEmpty ? .none : .otherMethods(known)
    }
}

/// A path's arguments, raw; no route has more than two.
struct PathArguments {
    private var storage: (ByteView, ByteView) = (.empty, .empty)
    private(set) var count = 0

    mutating func append(_ segment: ByteView) -> Bool {
        switch count {
        case 0: storage.0 = segment
        case 1: storage.1 = segment
        default: return false
        }
        count += 1
        return true
    }

    subscript(index: Int) -> ByteView {
        get {
            precondition(index < count)
            return index == 0 ? storage.0 : storage.1
        }
        set {
            precondition(index < count)
            if index == 0 { storage.0 = newValue } else { storage.1 = newValue }
        }
    }
}
