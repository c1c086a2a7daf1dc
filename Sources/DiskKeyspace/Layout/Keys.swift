internal import Bytes

// The keys of each column family. Nothing but these functions knows how they are made up.

/// `metadata`: epoch (4), hash (8), key. FLUSHALL begins a new epoch; the hash's order is that of SCAN.
enum MetadataKey {
    static let prefix = 12

    static func write(_ epoch: UInt32, _ hash: UInt64, _ key: ByteView, to buffer: inout ByteBuffer) {
        buffer.append(bigEndian: epoch)
        buffer.append(bigEndian: hash)
        buffer.append(key)
    }

    /// The bound below which all keys of the epoch with lower hashes are.
    static func bound(_ epoch: UInt32, _ hash: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: prefix)
        write(epoch, hash, .empty, to: &buffer)
        return buffer
    }

    /// The bound below which the epoch, and all before it, are. There is never a last one: at a flush a second it is
    /// 136 years away.
    static func end(_ epoch: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 4)
        buffer.append(bigEndian: epoch + 1)
        return buffer
    }
}

/// `elements`: version (8), hash (8), field or member.
enum ElementKey {
    static let prefix = 16

    static func write(_ version: UInt64, _ hash: UInt64, _ name: ByteView, to buffer: inout ByteBuffer) {
        buffer.append(bigEndian: version)
        buffer.append(bigEndian: hash)
        buffer.append(name)
    }

    /// The bound below which all elements of the version with lower hashes are.
    static func bound(_ version: UInt64, _ hash: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: prefix)
        write(version, hash, .empty, to: &buffer)
        return buffer
    }
}

/// What all that is filed under a version begins with.
enum VersionKey {
    static func start(_ version: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append(bigEndian: version)
        return buffer
    }

    /// The bound below which the version, and all before it, are. Versions are far from the last one.
    static func end(_ version: UInt64) -> ByteBuffer { start(version + 1) }
}

/// `order`: version (8), level (1), position.
enum OrderKey {
    static let prefix = 9
    /// The level of the times at which fields of a hash expire.
    static let fieldLevel: UInt8 = 255

    /// `tail` (a zero byte, to stand right behind the position) comes last.
    static func make(_ version: UInt64, _ level: UInt8, _ position: ByteView, tail: Bool = false)
        -> ByteBuffer
    {
        var buffer = ByteBuffer(capacity: 10 + position.count)
        buffer.append(bigEndian: version)
        buffer.append(level)
        buffer.append(position)
        if tail { buffer.append(0) }
        return buffer
    }

    static func make(_ version: UInt64, _ level: UInt8, _ position: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 9 + position.count)
        buffer.append(bigEndian: version)
        buffer.append(level)
        buffer.append(position)
        return buffer
    }

    /// The bound below which the level is.
    static func end(_ version: UInt64, _ level: UInt8) -> ByteBuffer {
        level == fieldLevel ? VersionKey.end(version) : make(version, level + 1, .empty)
    }
}

/// `expiry`: epoch (4), deadline (8), key. A key is there once: when it, or its first field, expires.
enum ExpiryKey {
    static let prefix = 12

    static func make(_ epoch: UInt32, _ deadline: Int64, _ key: ByteView) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 12 + key.count)
        buffer.append(bigEndian: epoch)
        buffer.append(instant: deadline)
        buffer.append(key)
        return buffer
    }

    /// The bound below which the epoch's keys are that expire at `deadline` or before.
    static func end(_ epoch: UInt32, _ deadline: Int64) -> ByteBuffer { make(epoch, deadline + 1, .empty) }
}

/// `system`: a letter, and what it is of.
enum SystemKey {
    /// The layout's number (4), the secret of the hashes (16).
    static func identity() -> ByteBuffer { make("i") }
    /// Versions below this one (8) may have been used.
    static func version() -> ByteBuffer { make("v") }
    /// The epoch (4).
    static func epoch() -> ByteBuffer { make("e") }

    /// Keys (8) and those that expire (8) counted under a shard's lock. Hashes differ between runs: only the sums
    /// say anything, and one of them may be negative.
    static func counts(_ shard: Int) -> ByteBuffer {
        var buffer = make("c")
        buffer.append(UInt8(shard))
        return buffer
    }

    /// What was a collection: its type (1), count (LEB128). All under its version is to be swept.
    static func garbage(_ version: UInt64) -> ByteBuffer {
        var buffer = make("g")
        buffer.append(bigEndian: version)
        return buffer
    }

    /// An epoch that has ended: all versions below this one (8) are to be swept, and its keys.
    static func ended(_ epoch: UInt32) -> ByteBuffer {
        var buffer = make("f")
        buffer.append(bigEndian: epoch)
        return buffer
    }

    private static func make(_ letter: StaticString) -> ByteBuffer {
        var buffer = ByteBuffer(capacity: 16)
        buffer.append(letter)
        return buffer
    }
}
