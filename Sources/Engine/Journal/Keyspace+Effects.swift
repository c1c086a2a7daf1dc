internal import Bytes

// What handlers call where a command as it came would not do the same again: each changes something and tells it
// in the form in which Redis writes it down.
extension Keyspace where Self: ~Copyable {
    /// Whether a journal is replayed: what it tells has happened, and is not refused.
    var replays: Bool { expiryLimit == .min }

    /// The longest string that a command may make, in bytes. A replay takes what was allowed at its time.
    var longestString: Int { replays ? .max : context.settings.maxStringLength }

    /// Removes a key and tells so, as an effect and as an event; false where it was missing.
    @discardableResult
    mutating func removeTelling(_ key: ByteView) -> Bool {
        guard remove(key) else { return false }
        effect("DEL", key)
        event(.generic, "del", key)
        return true
    }

    /// Stores a string, as `setString`, and tells what that does without a condition and at whatever time.
    mutating func setStringTelling(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange) {
        if case .at(let instant) = expiry, instant <= expiryLimit {
            // Stored, it would be gone at once.
            if remove(key) { effect("DEL", key) }
            return
        }
        setString(key, value, expiry: expiry)
        switch expiry {
        case .clear: effect("SET", key, value)
        case .keep: effect("SET", key, value, ByteView("KEEPTTL"))
        case .at(let instant):
            effect(5) { batch in
                batch.append("SET")
                batch.append(key)
                batch.append(value)
                batch.append("PXAT")
                batch.append(decimal: instant)
            }
        }
    }

    /// Sets, moves or (nil) removes the expiry of a present key, as `setExpiry`, and tells the instant, and the event.
    mutating func setExpiryTelling(of key: ByteView, at instant: Int64?) {
        if let instant, instant <= expiryLimit {
            removeTelling(key)
            return
        }
        let before = expiry(of: key)
        if instant != nil {
            event(.generic, "expire", key)
        } else if case .at = before {
            event(.generic, "persist", key)
        }
        guard before != (instant.map { .at($0) } ?? .never), setExpiry(of: key, at: instant) else { return }
        guard let instant else { return effect("PERSIST", key) }
        effect(3) { batch in
            batch.append("PEXPIREAT")
            batch.append(key)
            batch.append(decimal: instant)
        }
    }

    /// Tells an effect on many elements of a key, in as many commands as keep each of them short: `element`
    /// answers the elements from 0 to before `count`. They are replayed together.
    mutating func effect(
        _ name: StaticString, _ key: ByteView, count: Int, _ element: (Int) -> ByteView
    ) {
        guard isJournalled else { return }
        for first in stride(from: 0, to: count, by: CommandBatch.elementsPerCommand) {
            let end = min(first + CommandBatch.elementsPerCommand, count)
            effect(end - first + 2) { batch in
                batch.append(name)
                batch.append(key)
                for index in first..<end { batch.append(element(index)) }
            }
        }
    }

    /// Tells an effect on `count` fields of a hash: `name key [instant] FIELDS count field …`. None where there are none.
    mutating func effect(
        _ name: StaticString, _ key: ByteView, at instant: Int64? = nil, fields count: Int,
        _ field: (Int) -> ByteView
    ) {
        guard isJournalled, count > 0 else { return }
        effect(count + (instant == nil ? 4 : 5)) { batch in
            batch.append(name)
            batch.append(key)
            if let instant { batch.append(decimal: instant) }
            batch.append("FIELDS")
            batch.append(decimal: Int64(count))
            for index in 0..<count { batch.append(field(index)) }
        }
    }
}
