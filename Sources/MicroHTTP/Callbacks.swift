#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Bytes
internal import CMicrohttpd
internal import Synchronization

// The functions libmicrohttpd calls. Their context is the server's core; a connection's own is its
// `Connection`, which the registry's entry and one retain here keep alive until it is closed.

/// Starts one daemon, whose connections belong to `core`. The core must outlive it.
func startDaemon(_ core: ServerCore, connectionLimit: Int, connectionMemory: Int) -> OpaquePointer? {
    var callbacks = cmicrohttpd_callbacks()
    callbacks.context = Unmanaged.passUnretained(core).toOpaque()
    callbacks.target = { _, target, handle in
        guard let handle, let context = cmicrohttpd_socket_context(handle) else { return nil }
        withConnection(context) { $0.begin(target: ByteView(cString: target), handle: handle) }
        cmicrohttpd_hide_query(target)
        return context
    }
    callbacks.access = { _, _, url, method, version, upload, uploadCount, request in
        guard let context = request?.pointee else { return cmicrohttpd_result(false) }
        let call = AccessCall(
            url: url, method: method, version: version, uploadBytes: upload,
            uploadCount: uploadCount)
        return cmicrohttpd_result(withConnection(context) { $0.access(call) })
    }
    callbacks.completed = { _, _, request, _ in
        guard let context = request?.pointee else { return }
        withConnection(context) { $0.finish() }
    }
    callbacks.connection = { core, handle, context, code in
        guard let core, let handle, let context else { return }
        if cmicrohttpd_is_started(code) {
            connectionStarted(core, handle, context)
        } else {
            connectionClosed(core, context)
        }
    }
    return cmicrohttpd_start(&callbacks, UInt32(clamping: connectionLimit), connectionMemory)
}

private func connectionStarted(
    _ core: UnsafeMutableRawPointer, _ handle: OpaquePointer,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) {
    let core = Unmanaged<ServerCore>.fromOpaque(core).takeUnretainedValue()
    let descriptor = cmicrohttpd_descriptor(handle)
    // Accepting registered it before handing it over.
    context.pointee = core.registry.withLock {
        $0.registry[descriptor].map { Unmanaged.passRetained($0).toOpaque() }
    }
}

private func connectionClosed(
    _ core: UnsafeMutableRawPointer, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
) {
    guard let connection = context.pointee else { return }
    context.pointee = nil
    let core = Unmanaged<ServerCore>.fromOpaque(core).takeUnretainedValue()
    let owned = Unmanaged<Connection>.fromOpaque(connection)
    // The descriptor is closed only after this call, so that the registry never names a foreign one.
    core.registry.withLock { $0.registry.remove(owned.takeUnretainedValue()) }
    owned.release()
}

/// Calls `body` with the connection behind a context that `connectionStarted` made; without counting
/// references, as the context itself owns one.
@inline(__always)
private func withConnection<R>(_ context: UnsafeMutableRawPointer, _ body: (Connection) -> R) -> R {
    Unmanaged<Connection>.fromOpaque(context)._withUnsafeGuaranteedRef(body)
}

extension ByteView {
    /// The view of a C string, without its NUL.
    init(cString: UnsafePointer<CChar>?) {
        self.init(chars: cString, count: cString.map { strlen($0) } ?? 0)
    }
}
