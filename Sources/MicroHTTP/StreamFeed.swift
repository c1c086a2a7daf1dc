internal import CMicrohttpd
internal import Synchronization

/// What libmicrohttpd reads a streamed body from: the stream and the connection that it rests on.
///
/// Used by the connection's daemon thread alone, and held by libmicrohttpd's response.
final class StreamFeed {
    private let stream: any BodyStream
    private let connection: Connection
    private let waker: Waker

    init(_ stream: any BodyStream, _ connection: Connection, _ waker: Waker) {
        self.stream = stream
        self.connection = connection
        self.waker = waker
    }

    /// Reads what there is; suspends the connection where there is nothing.
    /// - Returns: a number of bytes, or what libmicrohttpd has for an end.
    private func read(_ room: UnsafeMutableRawBufferPointer) -> Int {
        connection.core.waiting.cameBack(connection)
        while true {
            // Not with an error: libmicrohttpd 0.9.75 then closes the connection in mind, and keeps its descriptor until
            // all those that were active before it are gone. This way it writes the end, or fails to, and reads
            // the client's.
            if waker.isHungUp.load(ordering: .acquiring) { return cmicrohttpd_end_of_stream }
            waker.state.store(.awake, ordering: .sequentiallyConsistent)
            switch stream.read(into: room) {
            case .bytes(let count): return count
            case .end: return cmicrohttpd_end_of_stream
            case .broken: return cmicrohttpd_end_with_error
            case .idle: break
            }
            switch connection.core.waiting.sleep(waker) {
            case .suspended: return 0
            // The daemon is about to stop, which closes everything.
            case .close: return cmicrohttpd_end_with_error
            default: continue
            }
        }
    }

    /// The response that is read from this. Nil without memory for it.
    func makeHandle() -> OpaquePointer? {
        let context = Unmanaged.passRetained(self)
        let handle = cmicrohttpd_stream_response(
            { context, _, buffer, count in
                guard let context, let buffer else { return cmicrohttpd_end_with_error }
                let room = UnsafeMutableRawBufferPointer(start: buffer, count: count)
                return Unmanaged<StreamFeed>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.read(room) }
            },
            context.toOpaque(),
            { context in
                guard let context else { return }
                Unmanaged<StreamFeed>.fromOpaque(context).release()
            })
        if handle == nil { context.release() }
        return handle
    }
}
