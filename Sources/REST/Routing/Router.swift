internal import Bytes
internal import Engine
internal import MicroHTTP

/// Finds the route of a path: a tree over path segments. Paths are split on `/` before anything is decoded,
/// so an encoded slash is part of a name.
///
/// The tree is built once and lives in memory of its own, so that walking it counts no references.
/// Invariant: nodes and literals are initialised in `init` and never change until `deinit`; that is also why
/// it may be shared between threads.
final class Router<E: CommandEngine>: @unchecked Sendable {
    /// A route ready to run: its commands resolved.
    final class Target: Sendable {
        let route: Route<E>
        /// The route's commands, in memory of their own, which lives as long as the target: going through an
        /// array counts references.
        nonisolated(unsafe) let commands: UnsafeMutableBufferPointer<NamedCommand>
        let probe: CommandID?
        /// Whether the path and the query are a command.
        let isPathForm: Bool

        init(route: Route<E>, commands: [NamedCommand], probe: CommandID?) {
            self.route = route
            self.commands = .allocate(capacity: commands.count)
            _ = self.commands.initialize(from: commands)
            self.probe = probe
            isPathForm = ByteView(route.template).starts(with: ByteView("/{"))
        }

        deinit { commands.deallocate() }
    }

    /// A command as a route names it: `GET`, or `OBJECT ENCODING` with its first argument.
    struct NamedCommand: BitwiseCopyable {
        let name: ByteView
        let id: CommandID
        let argument: ByteView?

        init(_ name: StaticString, _ engine: E) {
            self.name = ByteView(name)
            let space = self.name.firstIndex(of: UInt8(ascii: " "))
            guard let id = engine.find(self.name[0..<(space ?? self.name.count)]) else {
                preconditionFailure("no command \(name)")
            }
            self.id = id
            argument = space.map { [name = self.name] in name.dropFirst($0 + 1) }
        }
    }

    private struct Literal {
        let name: ByteView
        let node: UnsafeMutablePointer<Node>
    }

    private struct Node {
        var literals: UnsafeMutableBufferPointer<Literal>
        var argument: UnsafeMutablePointer<Node>?
        /// By `HTTPMethod`'s raw value.
        var targets: UnsafeMutableBufferPointer<Unmanaged<Target>?>
    }

    /// What a path leads to.
    enum Match {
        /// Lives as long as the router.
        case target(Unmanaged<Target>)
        /// The path is known, but not with this method; these are.
        case otherMethods([HTTPMethod])
        case none
    }

    private typealias Rule = (segments: [Substring], target: Target)

    private let root: UnsafeMutablePointer<Node>

    /// - Precondition: every command that a route names is one of the engine's.
    init(_ routes: [Route<E>], engine: E) {
        let rules = routes.map { route -> Rule in
            (
                route.template.description.split(separator: "/"),
                Target(
                    route: route, commands: route.commands.map { NamedCommand($0, engine) },
                    probe: route.resource.probe.map { NamedCommand($0, engine).id })
            )
        }
        root = Router.makeNode(rules, depth: 0)
    }

    deinit { Router.free(root) }

    // MARK: The tree

    private static func makeNode(_ rules: [Rule], depth: Int) -> UnsafeMutablePointer<Node> {
        let longer = rules.filter { $0.segments.count > depth }
        var names: [Substring] = []
        for rule in longer where !rule.segments[depth].hasPrefix("{") && !names.contains(rule.segments[depth])
        {
            names.append(rule.segments[depth])
        }
        let literals = UnsafeMutableBufferPointer<Literal>.allocate(capacity: names.count)
        for (index, name) in names.enumerated() {
            literals.initializeElement(
                at: index,
                to: Literal(
                    name: immortal(name),
                    node: makeNode(longer.filter { $0.segments[depth] == name }, depth: depth + 1)))
        }
        let below = longer.filter { $0.segments[depth].hasPrefix("{") }
        let targets = UnsafeMutableBufferPointer<Unmanaged<Target>?>.allocate(
            capacity: Int(HTTPMethod.other.rawValue) + 1)
        targets.initialize(repeating: nil)
        for rule in rules where rule.segments.count == depth {
            let slot = Int(rule.target.route.method.rawValue)
            precondition(targets[slot] == nil, "\(rule.target.route.template) is declared twice")
            targets[slot] = Unmanaged.passRetained(rule.target)
        }
        let node = UnsafeMutablePointer<Node>.allocate(capacity: 1)
        node.initialize(
            to: Node(
                literals: literals, argument: below.isEmpty ? nil : makeNode(below, depth: depth + 1),
                targets: targets))
        return node
    }

    private static func immortal(_ name: Substring) -> ByteView {
        let bytes = Array(name.utf8)
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        return ByteView(UnsafeBufferPointer(copy))
    }

    private static func free(_ node: UnsafeMutablePointer<Node>) {
        for literal in node.pointee.literals {
            literal.name.pointer.deallocate()
            free(literal.node)
        }
        node.pointee.literals.deallocate()
        if let argument = node.pointee.argument { free(argument) }
        for target in node.pointee.targets { target?.release() }
        node.pointee.targets.deallocate()
        node.deallocate()
    }

    // MARK: Finding

    /// The route of `method` and `path`; the raw segments that are arguments go to `arguments`. Several slashes
    /// at the start count as one. Where the first segment is no resource the path is a command, whatever follows:
    /// that route reads the path itself. O(segments).
    func find(_ method: HTTPMethod, _ path: ByteView, _ arguments: inout PathArguments) -> Match {
        var node = root
        guard path.count > 0, path[0] == UInt8(ascii: "/") else { return .none }
        var start = Router.firstSegment(of: path)
        if path.count > start {
            while true {
                let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
                let segment = path[start..<end]
                if let next = Router.child(of: node, segment) {
                    node = next
                } else if let next = node.pointee.argument {
                    let isCommand = node == root
                    node = next
                    if isCommand { break }
                    guard arguments.append(segment) else { return .none }
                } else {
                    return .none
                }
                if end == path.count { break }
                start = end + 1
            }
        }
        let asked = method == .head ? HTTPMethod.get : method
        if let target = node.pointee.targets[Int(asked.rawValue)] {
            return .target(target)
        }
        let known = node.pointee.targets.compactMap { $0?.takeUnretainedValue().route.method }
        return known.isEmpty ? .none : .otherMethods(known)
    }

    /// Whether the route of `method` and `path` answers without a token.
    func isPublic(_ method: HTTPMethod, _ path: ByteView) -> Bool {
        var arguments = PathArguments()
        guard case .target(let target) = find(method, path, &arguments) else { return false }
        return target.takeUnretainedValue().route.isPublic
    }

    /// Whose conventions the errors of a path follow; its first segment decides.
    func dialect(of path: ByteView) -> RouteDialect {
        let start = Router.firstSegment(of: path)
        var node = root
        if path.count > start {
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
            node = Router.child(of: root, path[start..<end]) ?? root.pointee.argument ?? root
        }
        // Of `/subscribe` there is only what is below it.
        for node in [node, node.pointee.argument ?? node] {
            for target in node.pointee.targets {
                if let target { return target.takeUnretainedValue().route.dialect }
            }
        }
        return .native
    }

    /// Where the first segment begins.
    @inline(__always)
    private static func firstSegment(of path: ByteView) -> Int {
        var start = 0
        while start < path.count, path[start] == UInt8(ascii: "/") { start += 1 }
        return start
    }

    @inline(__always)
    private static func child(
        of node: UnsafeMutablePointer<Node>, _ segment: ByteView
    ) -> UnsafeMutablePointer<Node>? {
        for literal in node.pointee.literals where literal.name == segment { return literal.node }
        return nil
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
