internal import Bytes
internal import CMalloc
internal import CPrefetch

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// One key with its value: a single block of memory, so that a small string costs one allocation. It is from
/// the `EntryPool` (flag `pooled`), which knows its capacity by its size, or where it is long from `malloc`.
///
///     offset 0   UInt32   type 3 bits, flags 5 bits, access clock 24 bits (seconds)
///            4   UInt32   key length 16 bits (0xFFFF: a long one follows), inline value length 15 bits, stamp 1 bit
///            8   Int64    expiry in Unix ms          if flag `expires`
///            …   UInt64   key length                 if it is 0xFFFF or more
///            …   UInt64   payload: a `StringBlob` or a collection's body, unless the string is inline
///            …   key bytes, then the inline string's bytes
///
/// Invariants: an entry belongs to exactly one slot of one segment, or to whoever just took it out; all
/// accesses happen under that segment's shard lock. Fields before the key are 8-byte aligned, since both
/// allocators align to 16. This file and `Segment.swift` are the only ones that touch the layout.
struct Entry {
    let raw: UnsafeMutableRawPointer

    /// Strings from this length on live in a reference-counted blob, which COPY and readers share.
    static let blobThreshold = 16 << 10
    private static let longKey = 0xFFFF

    private enum Flag {
        static let expires: UInt32 = 1 << 3
        static let blob: UInt32 = 1 << 4
        /// The string was changed in place: OBJECT ENCODING says raw, whatever its length.
        static let raw: UInt32 = 1 << 5
        /// A hash of which a field expires; brought up to date at the end of each command.
        static let fieldsExpire: UInt32 = 1 << 6
        /// The memory is the pool's.
        static let pooled: UInt32 = 1 << 7
        /// What speaks of the value, and goes where it goes.
        static let kept = blob | raw | fieldsExpire
    }

    // MARK: Layout

    private var word: UnsafeMutablePointer<UInt32> { raw.assumingMemoryBound(to: UInt32.self) }
    private func has(_ flag: UInt32) -> Bool { word[0] & flag != 0 }

    var type: KeyType { KeyType(rawValue: UInt8(truncatingIfNeeded: word[0] & 7)).unsafelyUnwrapped }
    private var shortKeyLength: Int { Int(word[1] & 0xFFFF) }
    private var inlineLength: Int {
        get { Int(word[1] >> 16 & 0x7FFF) }
        nonmutating set { word[1] = (word[1] & 0x8000_FFFF) | (UInt32(newValue) << 16) }
    }

    /// Which side of a snapshot's instant it is on: 0 or 1, as its shard's `stamp` or not (`MemorySnapshot`).
    var stamp: UInt32 {
        @inline(__always) get { word[1] >> 31 }
        nonmutating set { word[1] = (word[1] & 0x7FFF_FFFF) | (newValue << 31) }
    }
    private var isInline: Bool { type == .string && !has(Flag.blob) }
    /// Whether it is a string whose bytes stand in the entry.
    var isInlineString: Bool { isInline }

    private var longKeyOffset: Int { has(Flag.expires) ? 16 : 8 }
    private var payloadOffset: Int { longKeyOffset + (shortKeyLength == Entry.longKey ? 8 : 0) }
    private var keyOffset: Int { payloadOffset + (isInline ? 0 : 8) }

    private var keyLength: Int {
        let short = shortKeyLength
        guard short == Entry.longKey else { return short }
        return Int(raw.load(fromByteOffset: longKeyOffset, as: UInt64.self))
    }

    /// The key's bytes; valid until the entry is freed or moves.
    var key: ByteView {
        ByteView((raw + keyOffset).assumingMemoryBound(to: UInt8.self), count: keyLength)
    }

    /// Where a collection's body or a blob's pointer stands. Not for inline strings.
    var payload: UnsafeMutableRawPointer {
        assert(!isInline)
        return raw + payloadOffset
    }

    /// A collection's body, to be used in place while the entry is open.
    func body<Body>(as: Body.Type) -> UnsafeMutablePointer<Body> {
        payload.assumingMemoryBound(to: Body.self)
    }

    private var blob: StringBlob {
        get { payload.assumingMemoryBound(to: StringBlob.self).pointee }
        nonmutating set { payload.assumingMemoryBound(to: StringBlob.self).pointee = newValue }
    }

    /// Fetches the entry's first two cache lines: few short strings lie within one.
    @inline(__always)
    func prefetch() {
        rw_prefetch(raw)
        rw_prefetch(raw + 64)
    }

    // MARK: Making and freeing

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer {
        if size <= EntryPool.largest { return EntryPool.allocate(size) }
        guard let raw = malloc(size) else { fatalError("out of memory: \(size) bytes for a key") }
        return raw
    }

    /// Bytes in use; the pool knows a block's capacity by them.
    private var size: Int { keyOffset + keyLength + (isInline ? inlineLength : 0) }

    private static func size(keyLength: Int, inline: Int, expires: Bool, payload: Bool) -> Int {
        8 + (expires ? 8 : 0) + (keyLength >= longKey ? 8 : 0) + (payload ? 8 : 0) + keyLength + inline
    }

    /// Writes the header and the key into fresh memory; the payload or inline bytes are the caller's.
    private static func begin(
        _ raw: UnsafeMutableRawPointer, key: ByteView, type: KeyType, flags: UInt32, clock: UInt32,
        inline: Int, expiry: Int64?
    ) -> Entry {
        let entry = Entry(raw: raw)
        entry.word[0] = UInt32(type.rawValue) | flags | (expiry == nil ? 0 : Flag.expires) | (clock << 8)
        entry.word[1] = UInt32(min(key.count, longKey)) | (UInt32(inline) << 16)
        if let expiry { raw.storeBytes(of: expiry, toByteOffset: 8, as: Int64.self) }
        if key.count >= longKey {
            raw.storeBytes(of: UInt64(key.count), toByteOffset: entry.longKeyOffset, as: UInt64.self)
        }
        // As `allocate` has decided.
        if entry.size <= EntryPool.largest { entry.word[0] |= Flag.pooled }
        memmove(raw + entry.keyOffset, key.pointer, key.count)
        return entry
    }

    /// A string entry; `value` is copied, into a blob where it is long.
    static func string(
        key: ByteView, value: ByteView, expiry: Int64?, clock: UInt32
    ) -> Entry {
        let inline = value.count < blobThreshold
        let raw = allocate(
            size(
                keyLength: key.count, inline: inline ? value.count : 0, expires: expiry != nil,
                payload: !inline))
        let entry = begin(
            raw, key: key, type: .string, flags: inline ? 0 : Flag.blob, clock: clock,
            inline: inline ? value.count : 0, expiry: expiry)
        if inline {
            memcpy(raw + entry.keyOffset + key.count, value.pointer, value.count)
        } else {
            entry.blob = StringBlob(copying: value)
        }
        return entry
    }

    /// An entry whose payload word the caller fills in: a collection, or a string in a blob.
    private static func withPayload(
        key: ByteView, type: KeyType, flags: UInt32, expiry: Int64?, clock: UInt32
    ) -> Entry {
        let raw = allocate(size(keyLength: key.count, inline: 0, expires: expiry != nil, payload: true))
        return begin(
            raw, key: key, type: type, flags: flags, clock: clock, inline: 0, expiry: expiry)
    }

    /// An entry for a collection, empty.
    static func collection(key: ByteView, type: KeyType, clock: UInt32) -> Entry {
        let entry = withPayload(key: key, type: type, flags: 0, expiry: nil, clock: clock)
        switch type {
        case .list: entry.body(as: ListBody.self).initialize(to: ListBody())
        case .set: entry.body(as: SetBody.self).initialize(to: SetBody())
        case .sortedSet: entry.body(as: SortedSetBody.self).initialize(to: SortedSetBody())
        case .hash: entry.body(as: HashBody.self).initialize(to: HashBody())
        case .string: preconditionFailure("a string is not a collection")
        }
        return entry
    }

    /// The same value under another key or expiry: large values are shared, copy-on-write.
    func copy(key: ByteView, expiry: Int64?, clock: UInt32) -> Entry {
        if isInline {
            let entry = Entry.string(key: key, value: string, expiry: expiry, clock: clock)
            entry.word[0] |= word[0] & Flag.raw
            return entry
        }
        let entry = Entry.withPayload(
            key: key, type: type, flags: word[0] & Flag.kept, expiry: expiry, clock: clock)
        switch type {
        case .string: entry.blob = blob.share()
        case .list: entry.body(as: ListBody.self).initialize(to: body(as: ListBody.self).pointee.share())
        case .set: entry.body(as: SetBody.self).initialize(to: body(as: SetBody.self).pointee.share())
        case .sortedSet:
            entry.body(as: SortedSetBody.self).initialize(to: body(as: SortedSetBody.self).pointee.share())
        case .hash: entry.body(as: HashBody.self).initialize(to: body(as: HashBody.self).pointee.share())
        }
        return entry
    }

    /// Gives back the entry and its value.
    func free() {
        switch type {
        case .string: if has(Flag.blob) { blob.release() }
        case .list: body(as: ListBody.self).pointee.release()
        case .set: body(as: SetBody.self).pointee.release()
        case .sortedSet: body(as: SortedSetBody.self).pointee.release()
        case .hash: body(as: HashBody.self).pointee.release()
        }
        freeShell()
    }

    /// Gives back the entry alone, after its payload has been taken over by another.
    private func freeShell() {
        if has(Flag.pooled) { return EntryPool.free(raw) }
        #if canImport(Glibc)
            Glibc.free(raw)
        #else
            Musl.free(raw)
        #endif
    }

    /// Whether freeing it is long work that belongs in the background.
    var isLarge: Bool { type != .string && elementCount > 64 }

    /// Elements of a collection, 1 for a string.
    var elementCount: Int {
        switch type {
        case .string: 1
        case .list: body(as: ListBody.self).pointee.count
        case .set: body(as: SetBody.self).pointee.count
        case .sortedSet: body(as: SortedSetBody.self).pointee.count
        case .hash: body(as: HashBody.self).pointee.count
        }
    }

    // MARK: Expiry and access

    /// Unix ms, nil where it has none.
    var expiry: Int64? { has(Flag.expires) ? raw.load(fromByteOffset: 8, as: Int64.self) : nil }

    /// Whether the key's time has come, or that of every field of a hash.
    func isExpired(at now: Int64) -> Bool {
        if let expiry, expiry <= now { return true }
        return has(Flag.fieldsExpire) && body(as: HashBody.self).pointee.isExpired(at: now)
    }

    /// When there is something to reclaim: the key or the first field of a hash; nil where never.
    var deadline: Int64? {
        guard has(Flag.fieldsExpire), let first = body(as: HashBody.self).pointee.earliestExpiry else {
            return expiry
        }
        return min(first, expiry ?? .max)
    }

    /// Whether there is something to reclaim. Costs one test where nothing expires.
    @inline(__always)
    func isDue(at now: Int64) -> Bool {
        guard has(Flag.expires | Flag.fieldsExpire), let deadline else { return false }
        return deadline <= now
    }

    /// Whether a field of a hash expires, as of the last command on it.
    var fieldsExpire: Bool { has(Flag.fieldsExpire) }

    /// Brings up to date whether a field of a hash expires, and answers it.
    func noteFieldExpiry() -> Bool {
        guard type == .hash else { return false }
        let expires = body(as: HashBody.self).pointee.earliestExpiry != nil
        if expires != has(Flag.fieldsExpire) { word[0] ^= Flag.fieldsExpire }
        return expires
    }

    /// Removes fields whose time has come from a hash that keeps others, `limit` at most; how many.
    func removeExpiredFields(at now: Int64, limit: Int = .max) -> Int {
        guard has(Flag.fieldsExpire) else { return 0 }
        let removed = body(as: HashBody.self).pointee.removeExpired(at: now, limit: limit)
        _ = noteFieldExpiry()
        return removed
    }

    /// The entry with another expiry. The result replaces `self` in its slot; `self` is gone where it moved.
    func settingExpiry(_ expiry: Int64?) -> Entry {
        if let expiry, has(Flag.expires) {
            raw.storeBytes(of: expiry, toByteOffset: 8, as: Int64.self)
            return self
        }
        if expiry == nil, !has(Flag.expires) { return self }
        let inline = inlineLength
        let moved = Entry.allocate(
            Entry.size(keyLength: keyLength, inline: inline, expires: expiry != nil, payload: !isInline))
        let entry = Entry.begin(
            moved, key: key, type: type, flags: word[0] & Flag.kept, clock: word[0] >> 8, inline: inline,
            expiry: expiry)
        if isInline {
            memcpy(moved + entry.keyOffset + entry.keyLength, string.pointer, inline)
        } else {
            entry.payload.copyMemory(from: payload, byteCount: 8)
        }
        freeShell()
        return entry
    }

    /// Notes an access at `clock` (seconds, 24 bits count).
    func touch(_ clock: UInt32) {
        // A store only where the second has changed: reads of hot keys leave the line clean.
        if word[0] >> 8 != clock & 0xFF_FFFF { word[0] = (word[0] & 0xFF) | (clock << 8) }
    }

    /// Seconds since the last access; the clock wraps after 194 days, as Redis's does.
    func idleSeconds(at clock: UInt32) -> Int { Int((clock &- (word[0] >> 8)) & 0xFF_FFFF) }

    // MARK: Strings

    /// The string's bytes; valid until the entry changes.
    var string: ByteView {
        assert(type == .string)
        if has(Flag.blob) { return blob.bytes }
        let key = key
        return ByteView(key.pointer + key.count, count: inlineLength)
    }

    /// Overwrites a string of the same key in place where its block has room and little waste; false where
    /// the caller must make a new entry. Keeps the expiry if `keepingExpiry`, else there must be none.
    func overwrite(_ value: ByteView, clock: UInt32) -> Bool {
        guard isInline, value.count < Entry.blobThreshold else { return false }
        let needed = keyOffset + keyLength + value.count
        guard fits(needed) else { return false }
        memmove(raw + keyOffset + keyLength, value.pointer, value.count)
        word[0] = (word[0] & 0xFF & ~Flag.raw) | (clock << 8)
        inlineLength = value.count
        return true
    }

    /// Whether the block is of the right size for `needed` bytes.
    private func fits(_ needed: Int) -> Bool {
        if has(Flag.pooled) {
            return needed <= EntryPool.largest && EntryPool.capacity(needed) == EntryPool.capacity(size)
        }
        let usable = malloc_usable_size(raw)
        return needed <= usable && usable - needed < 64
    }

    /// The string resized to `count` bytes, new ones zero, and marked raw. The result replaces `self`.
    func resizingString(to count: Int) -> Entry {
        var entry = self
        if has(Flag.blob) {
            blob = blob.resized(to: count)
        } else if count < Entry.blobThreshold {
            let old = inlineLength
            let size = keyOffset + keyLength + count
            if has(Flag.pooled) ? !fits(size) : size > malloc_usable_size(raw) {
                // Room to grow: a string that is appended to is likely to be appended to again.
                entry = Entry(raw: reallocated(size + min(count, 4096)))
            }
            entry.inlineLength = count
            if count > old { memset(entry.raw + entry.keyOffset + entry.keyLength + old, 0, count - old) }
        } else {
            let old = string
            entry = Entry.withPayload(
                key: key, type: .string, flags: Flag.blob, expiry: expiry, clock: word[0] >> 8)
            entry.blob = StringBlob(copying: old).resized(to: count)
            freeShell()
        }
        entry.word[0] |= Flag.raw
        return entry
    }

    /// The entry's bytes, as many as fit, in a block of `malloc`'s of `capacity` bytes; `self` is gone.
    private func reallocated(_ capacity: Int) -> UnsafeMutableRawPointer {
        let wasPooled = has(Flag.pooled)
        let moved = wasPooled ? malloc(capacity) : realloc(raw, capacity)
        guard let moved else { fatalError("out of memory: \(capacity) bytes for a key") }
        if wasPooled {
            memcpy(moved, raw, min(size, capacity))
            EntryPool.free(raw)
            Entry(raw: moved).word[0] &= ~Flag.pooled
        }
        return moved
    }

    /// The string's bytes, to change in place; a shared blob has been made unique by `resizingString`.
    var mutableString: UnsafeMutableBufferPointer<UInt8> {
        let view = string
        return UnsafeMutableBufferPointer(
            start: UnsafeMutablePointer(mutating: view.pointer), count: view.count)
    }

    // MARK: Telling about it

    /// Redis's name for the encoding.
    var encoding: StaticString {
        switch type {
        case .string: return StringEncoding.name(of: string, isRaw: has(Flag.raw))
        case .list: return body(as: ListBody.self).pointee.encoding
        case .set: return body(as: SetBody.self).pointee.encoding
        case .sortedSet: return body(as: SortedSetBody.self).pointee.encoding
        case .hash: return body(as: HashBody.self).pointee.encoding
        }
    }

    /// Bytes of memory that the entry and its value take.
    var memory: Int {
        let own = has(Flag.pooled) ? EntryPool.capacity(size) : malloc_usable_size(raw) + 8
        switch type {
        case .string: return own + (has(Flag.blob) ? blob.memory : 0)
        case .list: return own + body(as: ListBody.self).pointee.memoryUsage
        case .set: return own + body(as: SetBody.self).pointee.memoryUsage
        case .sortedSet: return own + body(as: SortedSetBody.self).pointee.memoryUsage
        case .hash: return own + body(as: HashBody.self).pointee.memoryUsage
        }
    }
}
