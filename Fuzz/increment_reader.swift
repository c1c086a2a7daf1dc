internal import Bytes

@testable internal import Persistence

/// Fuzzes the reader of increments: it must not depend on where reads end, and a file cut to what it says is
/// whole must give the same commands without damage. An odd first byte makes batches of the input, with header
/// and right checksums, which no fuzzer finds; the last part then follows as it is.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIncrementReader(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let input = ByteView(data, count: count)
    let bytes = input[0] & 1 == 0 ? input.dropFirst(1).array : sealed(input.dropFirst(1))
    let whole = read(bytes, isLast: true, chunk: 1 << 20)
    let parts = read(bytes, isLast: true, chunk: 64)
    precondition(whole == parts, "another result of smaller reads")
    guard whole.error == nil else {
        precondition(
            read(bytes, isLast: false, chunk: 64).error != nil, "a bad last file, but a good other one")
        return 0
    }
    precondition(whole.outcome.wholeLength <= bytes.count, "more is whole than there is")
    let cut = read(Array(bytes.prefix(whole.outcome.wholeLength)), isLast: true, chunk: 64)
    precondition(cut.error == nil && cut.outcome.damage == nil, "damage in what is whole")
    precondition(cut.batches == whole.batches, "other commands in what is whole")
    return 0
}

/// A byte of length and so many bytes are a batch, again and again; what a length of 255 begins is left bare.
private func sealed(_ input: ByteView) -> [UInt8] {
    var file = ByteBuffer()
    IncrementHeader(firstSequence: 1, salt: 7).write(to: &file)
    var rest = input
    var sequence: UInt64 = 1
    while !rest.isEmpty, rest[0] != 255 {
        let length = min(Int(rest[0]), rest.count - 1)
        let start = file.count
        file.append(rest[1..<length + 1])
        Annotation.append(to: &file, from: start, sequence: sequence, salt: 7)
        sequence += 1
        rest = rest.dropFirst(length + 1)
    }
    file.append(rest.dropFirst(1))
    return file.view.array
}

private struct Result: Equatable {
    var batches: [[[[UInt8]]]] = []
    var outcome = IncrementOutcome()
    var error: IncrementError?
}

private func read(_ bytes: [UInt8], isLast: Bool, chunk: Int) -> Result {
    var result = Result()
    do throws(IncrementError) {
        var reader = try IncrementReader.open("f", OneFile(bytes: bytes), isLast: isLast, chunk: chunk)
        while try reader.next() {
            var batch: [[[UInt8]]] = []
            for index in 0..<reader.commandCount { batch.append(reader.command(index).map(\.array)) }
            result.batches.append(batch)
        }
        result.outcome = reader.outcome
    } catch {
        result.error = error
    }
    return result
}

/// One file in memory, to read.
private struct OneFile: FileSystem {
    let bytes: [UInt8]

    final class File: OpenFile {
        let path = "f"
        let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func size() -> Int { bytes.count }
        func read(into room: UnsafeMutableBufferPointer<UInt8>, at offset: Int) -> Int {
            let part = bytes[min(offset, bytes.count)..<min(offset + room.count, bytes.count)]
            _ = room.update(fromContentsOf: part)
            return part.count
        }
        func write(_ bytes: ByteView, at offset: Int) { fatalError("the reader writes") }
        func sync() { fatalError("the reader writes") }
        func syncData() { fatalError("the reader writes") }
        func truncate(to size: Int) { fatalError("the reader writes") }
        func tryLock() -> Bool { true }
    }

    func open(_ path: String, _ mode: OpenMode) -> File { File(bytes) }
    func rename(_ from: String, to: String) { fatalError("the reader writes") }
    func unlink(_ path: String) { fatalError("the reader writes") }
    func names(in path: String) -> [String] { [] }
    func makeDirectory(_ path: String) { fatalError("the reader writes") }
    func syncDirectory(_ path: String) { fatalError("the reader writes") }
}
