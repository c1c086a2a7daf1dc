internal import Bytes

/// A hash in memory: fields and values.
///
/// Small, it keeps its pairs in the order of insertion and searches them one by one (Redis's `listpack`);
/// past the limits it turns into a tree in the order of (field's hash, field), and stays one
/// (`hashtable`). Bit 0 of the word says which. Once a field was given an expiry the word points, with bit 1, to
/// an `ExpiringFields`, which then holds that word and the times, for good (`listpackex`).
struct HashBody: CollectionBody {
    private var word: UInt

    init() { word = 0 }

    /// What there is once a field was given an expiry; nil costs nothing.
    private var expiring: ExpiringFields? {
        @inline(__always) get { word & 2 == 0 ? nil : ExpiringFields(word: word & ~2) }
        set { word = newValue.map { $0.word | 2 } ?? 0 }
    }

    /// The root of the fields, whose bit 0 says what it is.
    private var fields: UInt {
        @inline(__always) get { expiring?.fields ?? word }
        set { if let expiring { expiring.fields = newValue } else { word = newValue } }
    }

    private var isTree: Bool { fields & 1 != 0 }

    private var pairs: Tree<FieldPairs> {
        get { Tree(root: NodeAddress(bitPattern: fields)) }
        set { fields = UInt(bitPattern: newValue.root) }
    }

    private var tree: Tree<HashFields> {
        get { Tree(root: NodeAddress(bitPattern: fields & ~1)) }
        set { fields = newValue.root.map { UInt(bitPattern: $0) | 1 } ?? 0 }
    }

    var count: Int { isTree ? tree.count : pairs.count }

    /// The field's value, valid until the hash changes; nil where it is missing. O(log n), O(n) while small.
    func get(_ field: ByteView) -> ByteView? {
        if isTree { return tree.find(ElementHash.of(field), field)?.second }
        return pairs.item(ofFirst: field)?.second
    }

    /// Sets a field; true where it is new. Its expiry stays only where `keepingExpiry`. Neither view may be
    /// of this hash.
    mutating func set(
        _ field: ByteView, _ value: ByteView, keepingExpiry: Bool = false, limits: borrowing EncodingLimits
    ) -> Bool {
        if !keepingExpiry, expiring != nil { forgetExpiry(of: field) }
        if isTree { return setInTree(field, value) }
        if max(field.count, value.count) > limits.hashMaxListpackValue {
            convert()
            return setInTree(field, value)
        }
        var pairs = pairs
        var path = TreePath()
        let item = NewItem<FieldPairs>(first: field, second: value)
        let index = pairs.index(ofFirst: field)
        pairs.locate(index: index ?? pairs.count, &path)
        if index != nil {
            pairs.replaceSecond(item, at: &path)
        } else {
            pairs.insert(item, at: &path)
        }
        self.pairs = pairs
        // As in Redis also where the field was present: the limit may have been lowered.
        if pairs.count > limits.hashMaxListpackEntries { convert() }
        return index == nil
    }

    private mutating func setInTree(_ field: ByteView, _ value: ByteView) -> Bool {
        var tree = tree
        var path = TreePath()
        let item = NewItem<HashFields>(key: ElementHash.of(field), first: field, second: value)
        let present = tree.locate(item.key, field, &path)
        if present {
            tree.replaceSecond(item, at: &path)
        } else {
            tree.insert(item, at: &path)
        }
        self.tree = tree
        return !present
    }

    /// Removes a field; false where it was missing.
    mutating func remove(_ field: ByteView) -> Bool {
        if expiring != nil { forgetExpiry(of: field) }
        return removeField(field)
    }

    /// As `remove`, leaving what is known of its expiry.
    private mutating func removeField(_ field: ByteView) -> Bool {
        var path = TreePath()
        if isTree {
            var tree = tree
            guard tree.locate(ElementHash.of(field), field, &path) else { return false }
            tree.remove(at: &path)
            self.tree = tree
        } else {
            var pairs = pairs
            guard let index = pairs.index(ofFirst: field) else { return false }
            pairs.locate(index: index, &path)
            pairs.remove(at: &path)
            self.pairs = pairs
        }
        return true
    }

    /// Visits every field and value until the visitor returns false; while small, in the order of insertion.
    func forEach(_ visit: (ByteView, ByteView) -> Bool) {
        if isTree {
            tree.forEach { visit($0.first, $0.second) }
        } else {
            pairs.forEach { visit($0.first, $0.second) }
        }
    }

    /// Visits about `count` fields from `cursor` on (all of them while small) and returns where to go on, 0
    /// at the end. A field that is present from the start of a whole scan to its end is visited.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, ByteView) -> Void) -> UInt64 {
        if isTree { return tree.scan(from: cursor, count: count) { visit($0.first, $0.second) } }
        pairs.forEach {
            visit($0.first, $0.second)
            return true
        }
        return 0
    }

    /// Visits one field, each equally likely. The hash is not empty.
    func random(_ visit: (ByteView, ByteView) -> Void) {
        let index = RandomSource.next(below: count)
        if isTree {
            let item = tree[index]
            visit(item.first, item.second)
        } else {
            let item = pairs[index]
            visit(item.first, item.second)
        }
    }

    private mutating func convert() {
        var old = pairs
        var new = Tree<HashFields>()
        old.forEach { pair in
            let field = pair.first
            let item = NewItem<HashFields>(key: ElementHash.of(field), first: field, second: pair.second)
            var path = TreePath()
            _ = new.locate(item.key, field, &path)
            new.insert(item, at: &path)
            return true
        }
        old.release()
        // An empty hash becomes a tree with its first field, which whoever converts it sets next.
        fields = UInt(bitPattern: new.root) | 1
    }

    // MARK: Expiry

    /// When the field expires; `.missing` where it is missing. As `get`.
    func expiry(of field: ByteView) -> Expiry {
        guard get(field) != nil else { return .missing }
        return expiring?.time(of: field).map { .at($0) } ?? .never
    }

    /// Sets, moves or (nil) removes the expiry of a field; false where it is missing. The view may not be of
    /// this hash. O(log n), O(n) while small.
    mutating func setExpiry(
        of field: ByteView, at instant: Int64?, limits: borrowing EncodingLimits
    ) -> Bool {
        guard get(field) != nil else { return false }
        guard let instant else {
            if expiring != nil { forgetExpiry(of: field) }
            return true
        }
        let times = expiring ?? ExpiringFields(fields: word)
        times.set(field, instant, limits: limits)
        expiring = times
        return true
    }

    private mutating func forgetExpiry(of field: ByteView) {
        _ = expiring?.remove(field)
    }

    /// When the first field expires, in Unix ms; nil where none does. O(1).
    var earliestExpiry: Int64? {
        guard let earliest = expiring?.earliest, earliest < .max else { return nil }
        return earliest
    }

    /// Whether the time of every field has come. O(log n).
    func isExpired(at now: Int64) -> Bool {
        guard let times = expiring, times.earliest <= now, times.count == count else { return false }
        return times.latest <= now
    }

    /// Removes fields whose time has come, `limit` at most, the earliest first; how many. O(log n) each,
    /// O(n) while small.
    mutating func removeExpired(at now: Int64, limit: Int = .max) -> Int {
        guard let times = expiring, times.earliest <= now else { return 0 }
        let due = min(times.due(at: now), limit)
        times.forEachEarliest(due) { _ = removeField($0) }
        times.removeEarliest(due)
        return due
    }

    /// How many fields' time has come. O(log n).
    func dueCount(at now: Int64) -> Int { expiring?.due(at: now) ?? 0 }

    /// Visits the `count` fields that expire first.
    func forEachDue(_ count: Int, _ visit: (ByteView) -> Void) { expiring?.forEachEarliest(count, visit) }

    // MARK: As every collection

    /// Redis keeps a small hash whose fields expire as a listpack of three.
    var encoding: StaticString { isTree ? "hashtable" : expiring == nil ? "listpack" : "listpackex" }
    var memoryUsage: Int { (isTree ? tree.memory : pairs.memory) + (expiring?.memory ?? 0) }
    var isLarge: Bool { isTree ? tree.isLarge : pairs.isLarge }

    func share() -> HashBody {
        if isTree { _ = tree.share() } else { _ = pairs.share() }
        var other = self
        if let expiring { other.expiring = expiring.copy() }
        return other
    }

    mutating func release() { _ = releaseStep(nodes: .max) }

    mutating func releaseStep(nodes: Int) -> Bool {
        if let times = expiring {
            guard times.releaseStep(nodes: nodes) else { return false }
            word = times.fields
            times.free()
        }
        if isTree { return tree.releaseStep(leaves: nodes) }
        return pairs.releaseStep(leaves: nodes)
    }

    /// What is wrong with the body's structure, nil where nothing is. For tests. O(n).
    func checkInvariants() -> String? {
        if let problem = isTree ? tree.checkInvariants() : pairs.checkInvariants() { return problem }
        return expiring?.checkInvariants { get($0) != nil }
    }
}
