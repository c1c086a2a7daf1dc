#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What the kernel counts on a TCP socket: some fields of `struct tcp_info` (linux/tcp.h), read by their
/// offsets because the C library's declaration ends before them. The layout is the kernel's stable interface.
struct TransferCounters {
    /// Milliseconds since the last data came.
    let sinceReceived: UInt64
    /// Bytes sent and acknowledged since the connection began.
    let acknowledged: UInt64
    /// Whether bytes were sent, or are to be, that are not acknowledged.
    let hasUnacknowledged: Bool

    /// Whether the client has ended its direction.
    let isHalfClosed: Bool

    /// Nil where the system does not tell.
    init?(_ descriptor: Int32) {
        // tcpi_state at 0, tcpi_unacked (segments) at 24, tcpi_last_data_recv at 52, tcpi_bytes_acked (Linux 4.1)
        // at 120, tcpi_notsent_bytes (Linux 4.6) at 144.
        var info: [UInt64] = Array(repeating: 0, count: 32)
        var length = socklen_t(info.count * 8)
        guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0, length >= 128 else {
            return nil
        }
        let closeWait = 8
        isHalfClosed = Int(UInt8(truncatingIfNeeded: info[0].littleEndian)) == closeWait
        let all = length >= 148
        (sinceReceived, acknowledged, hasUnacknowledged) = info.withUnsafeBytes {
            (
                UInt64($0.load(fromByteOffset: 52, as: UInt32.self)),
                $0.load(fromByteOffset: 120, as: UInt64.self),
                $0.load(fromByteOffset: 24, as: UInt32.self) > 0
                    || all && $0.load(fromByteOffset: 144, as: UInt32.self) > 0
            )
        }
    }
}
