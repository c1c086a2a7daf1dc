internal import Bytes
internal import CHiredis
internal import Engine

/// Reads what a node sends, by hiredis's parser, onto a reply's tape.
///
/// The parser calls back with each value in the order in which it came, a container before what it holds, which is the
/// tape's own order: nothing is built in between.
final class NodeReplies {
    /// What was read of the reply under way; whole once `next` has said so.
    var tape = Reply()
    // Made by `init`, freed by `deinit`. Its `privdata` is this object, which outlives it.
    private let reader: UnsafeMutablePointer<redisReader>

    init() {
        guard let reader = redisReaderCreateWithFunctions(NodeReplies.functions) else {
            fatalError("out of memory")
        }
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { redisReaderFree(reader) }

    /// Takes bytes that have come.
    func feed(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        // Where it fails, `next` says so.
        _ = redisReaderFeed(reader, base.assumingMemoryBound(to: CChar.self), bytes.count)
    }

    /// Whether another whole reply is on the tape.
    func next() -> Bool {
        var root: UnsafeMutableRawPointer?
        return redisReaderGetReply(reader, &root) == REDIS_OK && root != nil
    }

    /// Puts an error in place of a reply that is larger than any may be.
    func endOverflow() { tape.endOverflow(since: start) }

    private let start = Reply().mark

    /// Whether what came is no reply: nothing more can be read.
    var isBroken: Bool { reader.pointee.err != 0 }

    // MARK: What the parser calls

    private static func replies(_ task: UnsafePointer<redisReadTask>?) -> NodeReplies? {
        task?.pointee.privdata.map { Unmanaged<NodeReplies>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What the parser takes for an object that was made.
    private static var made: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    // Never written to, and never freed: readers refer to it.
    private nonisolated(unsafe) static let functions: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        functions.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, bytes, count in
                    guard let task, let bytes else { return nil }
                    let view = ByteView(
                        UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: count)
                    guard let replies = NodeReplies.replies(task) else { return nil }
                    switch task.pointee.type {
                    case REDIS_REPLY_ERROR: replies.tape.error(view)
                    case REDIS_REPLY_STATUS: replies.tape.status(view)
                    default: replies.tape.bytes(view)
                    }
                    return NodeReplies.made
                },
                createArray: { task, count in
                    NodeReplies.replies(task)?.tape.array(Int(count))
                    return NodeReplies.made
                },
                createInteger: { task, value in
                    NodeReplies.replies(task)?.tape.integer(Int64(value))
                    return NodeReplies.made
                },
                createNil: { task in
                    let isArray = task?.pointee.type == REDIS_REPLY_ARRAY
                    if isArray {
                        NodeReplies.replies(task)?.tape.nullArray()
                    } else {
                        NodeReplies.replies(task)?.tape.null()
                    }
                    return NodeReplies.made
                },
                freeObject: { _ in }))
        return functions
    }()
}
