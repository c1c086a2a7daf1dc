#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An IPv4 or IPv6 address and a port. IPv4 is kept as the IPv6 address that embeds it (RFC 4291, section
/// 2.5.5.2), so that a client of a dual-stack socket is the same client.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// An address without a port, to count by.
    struct Host: Hashable, Sendable {
        var high: UInt64
        var low: UInt64

        /// Whether this is an IPv4 address.
        var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }
    }

    var host: Host
    /// The port.
    public var port: UInt16

    /// The address in text: IPv4 dotted, or IPv6.
    public init?(_ text: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            host = Host(high: 0, low: 0xFFFF << 32 | UInt64(UInt32(bigEndian: four.s_addr)))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            host = withUnsafeBytes(of: &six) {
                Host(
                    high: UInt64(bigEndian: $0.load(as: UInt64.self)),
                    low: UInt64(bigEndian: $0.load(fromByteOffset: 8, as: UInt64.self)))
            }
        } else {
            return nil
        }
        self.port = port
    }

    /// What the kernel says; an address of another family is `::`, port 0.
    init(_ storage: sockaddr_storage) {
        let four = storage.ss_family == sa_family_t(AF_INET)
        let six = storage.ss_family == sa_family_t(AF_INET6)
        // Both layouts are prefixes of sockaddr_storage: family, port, then (IPv6: flow label and) address.
        (host, port) = withUnsafeBytes(of: storage) { bytes in
            let port = UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
            if four {
                let address = UInt32(bigEndian: bytes.load(fromByteOffset: 4, as: UInt32.self))
                return (Host(high: 0, low: 0xFFFF << 32 | UInt64(address)), port)
            }
            guard six else { return (Host(high: 0, low: 0), 0) }
            return (
                Host(
                    high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))), port
            )
        }
    }

    /// Calls `body` with the address as system calls take it.
    func withSockaddr<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        if host.isIPv4 {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(truncatingIfNeeded: host.low).bigEndian
            return withSockaddr(of: &address, body)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &address.sin6_addr) {
            $0.storeBytes(of: host.high.bigEndian, as: UInt64.self)
            $0.storeBytes(of: host.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return withSockaddr(of: &address, body)
    }

    private func withSockaddr<A, R>(
        of address: inout A, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<A>.size))
            }
        }
    }

    /// Whether only this machine can reach it: 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool {
        host.isIPv4 ? host.low >> 24 & 0xFF == 127 : host.high == 0 && host.low == 1
    }

    /// The address and port in text, such as `127.0.0.1:8080` or `[::1]:8080`.
    public var description: String { host.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }

    /// The address in text, without the port.
    public var address: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if host.isIPv4 {
            var four = in_addr(s_addr: UInt32(truncatingIfNeeded: host.low).bigEndian)
            inet_ntop(AF_INET, &four, &text, socklen_t(text.count))
        } else {
            var six = (host.high.bigEndian, host.low.bigEndian)
            inet_ntop(AF_INET6, &six, &text, socklen_t(text.count))
        }
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) }
    }
}
