import Bytes
import Persistence
import Synchronization

/// Files in memory that fail or stall where a test says so, and that on a crash forget what was never synced: contents
/// as well as names.
///
/// `@unchecked Sendable`: all state is only touched under `lock`, but for what tests set before anyone else has it.
final class FaultyFiles: FileSystem, @unchecked Sendable {
    /// What a directory holds after a crash, by path.
    typealias Image = [String: [UInt8]]

    final class Node {
        var bytes: [UInt8] = []
        var durable: [UInt8] = []
        var isLocked = false

        init(_ bytes: [UInt8] = []) {
            self.bytes = bytes
            durable = bytes
        }
    }

    final class File: OpenFile {
        let path: String
        let node: Node
        let files: FaultyFiles
        private var hasLock = false

        init(_ path: String, _ node: Node, _ files: FaultyFiles) {
            self.path = path
            self.node = node
            self.files = files
        }

        deinit { if hasLock { files.lock.withLock { _ in node.isLocked = false } } }

        func size() throws(FileError) -> Int { files.lock.withLock { _ in node.bytes.count } }

        func read(into room: UnsafeMutableBufferPointer<UInt8>, at offset: Int) throws(FileError) -> Int {
            try files.step(.read, path)
            let part = files.lock.withLock { _ in Array(node.bytes.dropFirst(offset).prefix(room.count)) }
            _ = room.update(fromContentsOf: part)
            return part.count
        }

        func write(_ bytes: ByteView, at offset: Int) throws(FileError) {
            let copy = bytes.array
            do throws(FileError) {
                try files.step(.write, path)
            } catch {
                put(Array(copy[0..<copy.count / 2]), offset)
                throw error
            }
            put(copy, offset)
        }

        private func put(_ bytes: [UInt8], _ offset: Int) {
            files.lock.withLock { _ in
                let missing = offset + bytes.count - node.bytes.count
                if missing > 0 { node.bytes += [UInt8](repeating: 0, count: missing) }
                node.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            }
        }

        func sync() throws(FileError) {
            try files.step(.fsync, path)
            files.lock.withLock { _ in node.durable = node.bytes }
        }

        func syncData() throws(FileError) {
            try files.step(.fdatasync, path)
            files.lock.withLock { _ in node.durable = node.bytes }
        }

        func truncate(to size: Int) throws(FileError) {
            try files.step(.ftruncate, path)
            files.lock.withLock { _ in node.bytes = Array(node.bytes.prefix(size)) }
        }

        func tryLock() throws(FileError) -> Bool {
            files.lock.withLock { _ in
                if node.isLocked { return false }
                hasLock = true
                node.isLocked = true
                return true
            }
        }
    }

    /// What a test has said is to fail.
    struct Plan: Sendable {
        /// The error number of an operation on a path, nil where it succeeds.
        var fault: @Sendable (FileError.Operation, String) -> Int32? = { _, _ in nil }
        /// Whether an operation does not return for now.
        var stalls: @Sendable (FileError.Operation, String) -> Bool = { _, _ in false }
        /// Called before each operation that changes something.
        var observe: (@Sendable (FileError.Operation, String) -> Void)?
    }

    fileprivate let lock = Mutex(())
    private let plan = Mutex(Plan())
    var nodes: [String: Node] = [:]
    private var durable: [String: Node] = [:]
    /// How many steps succeed before one fails with `errorNumber`; nil: all.
    var stepsToFailure: Int?
    var errorNumber: Int32 = 28
    private var taken: [FileError.Operation] = []
    var steps: [FileError.Operation] { lock.withLock { _ in taken } }

    init() {}

    /// The files of `image`, all durable.
    init(_ image: Image) {
        for (path, bytes) in image { nodes[path] = Node(bytes) }
        durable = nodes
    }

    /// Changes what is to fail from now on.
    func set(_ change: (inout Plan) -> Void) { plan.withLock { change(&$0) } }

    func step(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        var plan = self.plan.withLock { $0 }
        if operation != .read, operation != .readdir { plan.observe?(operation, path) }
        while plan.stalls(operation, path) {
            pauseBriefly()
            plan = self.plan.withLock { $0 }
        }
        if let number = plan.fault(operation, path) { throw FileError(operation, path, number) }
        let fails = lock.withLock { _ in
            taken.append(operation)
            guard let left = stepsToFailure else { return false }
            stepsToFailure = left - 1
            return left == 0
        }
        if fails { throw FileError(operation, path, errorNumber) }
    }

    /// What a crash at this moment may leave: of the process alone; of the system, which forgets what was not synced;
    /// of a system that has kept all names but not the contents, or all contents but not the names.
    func images() -> [Image] {
        lock.withLock { _ in
            [
                nodes.mapValues(\.bytes), durable.mapValues(\.durable), nodes.mapValues(\.durable),
                durable.mapValues(\.bytes),
            ]
        }
    }

    /// The machine stops: what was not synced is gone.
    func crash() {
        lock.withLock { _ in
            nodes = durable
            for node in nodes.values { node.bytes = node.durable }
            stepsToFailure = nil
        }
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> File {
        try step(.open, path)
        let (node, number): (Node, Int32) = lock.withLock { _ in
            let node: Node
            switch (nodes[path], mode) {
            case (nil, .read), (nil, .update): return (Node(), 2)
            case (.some(let old), .createNew): return (old, 17)
            case (nil, _): node = Node()
            case (.some(let old), .createEmpty):
                node = old
                node.bytes = []
            case (.some(let old), _): node = old
            }
            nodes[path] = node
            return (node, 0)
        }
        if number != 0 { throw FileError(.open, path, number) }
        return File(path, node, self)
    }

    func rename(_ from: String, to: String) throws(FileError) {
        try step(.rename, from)
        let found = lock.withLock { _ in
            guard let node = nodes.removeValue(forKey: from) else { return false }
            nodes[to] = node
            return true
        }
        if !found { throw FileError(.rename, from, 2) }
    }

    func unlink(_ path: String) throws(FileError) {
        try step(.unlink, path)
        if lock.withLock({ _ in nodes.removeValue(forKey: path) == nil }) {
            throw FileError(.unlink, path, 2)
        }
    }

    func names(in path: String) throws(FileError) -> [String] {
        try step(.readdir, path)
        return try lock.withLock { (_) throws(FileError) in
            // ENOTDIR.
            if nodes[path] != nil { throw FileError(.readdir, path, 20) }
            return nodes.keys.filter { isChild($0, of: path) }.map { String($0.dropFirst(path.count + 1)) }
                .sorted()
        }
    }

    func makeDirectory(_ path: String) throws(FileError) { try step(.mkdir, path) }

    func syncDirectory(_ path: String) throws(FileError) {
        try step(.fsync, path)
        lock.withLock { _ in
            for name in Set(nodes.keys).union(durable.keys) where isChild(name, of: path) {
                durable[name] = nodes[name]
            }
        }
    }

    private func isChild(_ name: String, of path: String) -> Bool {
        name.hasPrefix(path + "/") && !name.dropFirst(path.count + 1).contains("/")
    }
}
