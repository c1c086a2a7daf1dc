internal import Bytes

internal import Persistence

/// Fuzzes the manifest: what is read is written to be read alike.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzManifest(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard let manifest = try? Manifest(parsing: ByteView(data, count: count)) else { return 0 }
    var written = ByteBuffer()
    manifest.write(to: &written)
    let isLong = written.view.buffer.split(separator: 0x0A).contains { $0.count > 1023 }
    // Escapes may make a line longer than one is read.
    if isLong { return 0 }
    if manifest.dataFiles.isEmpty && manifest.history.isEmpty { return 0 }
    guard let again = try? Manifest(parsing: written.view) else { preconditionFailure("not readable again") }
    precondition(again == manifest, "another manifest")
    return 0
}
