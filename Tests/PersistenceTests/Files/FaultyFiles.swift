import Bytes
import Persistence

/// Files in memory that fail where a test says so, and that on a crash forget what was never synced: contents
/// as well as names. One thread.
final class FaultyFiles: FileSystem, @unchecked Sendable {
    final class Node {
        var bytes: [UInt8] = []
        var durable: [UInt8] = []
        var isLocked = false
    }

    final class File: OpenFile {
        let path: String
        let node: Node
        let files: FaultyFiles

        init(_ path: String, _ node: Node, _ files: FaultyFiles) {
            self.path = path
            self.node = node
            self.files = files
        }

        func size() throws(FileError) -> Int { node.bytes.count }

        func read(into room: UnsafeMutableBufferPointer<UInt8>, at offset: Int) throws(FileError) -> Int {
            try files.step(.read, path)
            let part = node.bytes.dropFirst(offset).prefix(room.count)
            _ = room.update(fromContentsOf: part)
            return part.count
        }

        func write(_ bytes: ByteView, at offset: Int) throws(FileError) {
            do throws(FileError) {
                try files.step(.write, path)
            } catch {
                put(bytes[0..<bytes.count / 2], offset)
                throw error
            }
            put(bytes, offset)
        }

        private func put(_ bytes: ByteView, _ offset: Int) {
            let missing = offset + bytes.count - node.bytes.count
            if missing > 0 { node.bytes += [UInt8](repeating: 0, count: missing) }
            node.bytes.replaceSubrange(offset..<offset + bytes.count, with: bytes.array)
        }

        func sync() throws(FileError) {
            try files.step(.fsync, path)
            node.durable = node.bytes
        }

        func syncData() throws(FileError) {
            try files.step(.fdatasync, path)
            node.durable = node.bytes
        }

        func truncate(to size: Int) throws(FileError) {
            try files.step(.ftruncate, path)
            node.bytes = Array(node.bytes.prefix(size))
        }

        func tryLock() throws(FileError) -> Bool {
            defer { node.isLocked = true }
            return !node.isLocked
        }
    }

    var nodes: [String: Node] = [:]
    private var durable: [String: Node] = [:]
    /// How many steps succeed before one fails with `errorNumber`; nil: all.
    var stepsToFailure: Int?
    var errorNumber: Int32 = 28
    private(set) var steps: [FileError.Operation] = []

    func step(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        steps.append(operation)
        guard let left = stepsToFailure else { return }
        stepsToFailure = left - 1
        if left == 0 { throw FileError(operation, path, errorNumber) }
    }

    /// The machine stops: what was not synced is gone.
    func crash() {
        nodes = durable
        for node in nodes.values { node.bytes = node.durable }
        stepsToFailure = nil
    }

    func open(_ path: String, _ mode: OpenMode) throws(FileError) -> File {
        try step(.open, path)
        let node: Node
        switch (nodes[path], mode) {
        case (nil, .read), (nil, .update): throw FileError(.open, path, 2)
        case (.some, .createNew): throw FileError(.open, path, 17)
        case (nil, _): node = Node()
        case (.some(let old), .createEmpty):
            node = old
            node.bytes = []
        case (.some(let old), _): node = old
        }
        nodes[path] = node
        return File(path, node, self)
    }

    func rename(_ from: String, to: String) throws(FileError) {
        try step(.rename, from)
        guard let node = nodes.removeValue(forKey: from) else { throw FileError(.rename, from, 2) }
        nodes[to] = node
    }

    func unlink(_ path: String) throws(FileError) {
        try step(.unlink, path)
        guard nodes.removeValue(forKey: path) != nil else { throw FileError(.unlink, path, 2) }
    }

    func names(in path: String) throws(FileError) -> [String] {
        try step(.readdir, path)
        // ENOTDIR.
        if nodes[path] != nil { throw FileError(.readdir, path, 20) }
        return nodes.keys.filter { $0.hasPrefix(path + "/") }.map { String($0.dropFirst(path.count + 1)) }
            .sorted()
    }

    func makeDirectory(_ path: String) throws(FileError) { try step(.mkdir, path) }

    func syncDirectory(_ path: String) throws(FileError) {
        try step(.fsync, path)
        for name in Set(nodes.keys).union(durable.keys) where name.hasPrefix(path + "/") {
            durable[name] = nodes[name]
        }
    }
}
