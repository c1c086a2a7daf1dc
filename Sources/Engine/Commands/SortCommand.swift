internal import Bytes

/// SORT and SORT_RO.
///
/// The elements are copied aside first: BY and GET look other keys up meanwhile, and STORE may overwrite
/// the source. The command locks every key, since it looks at keys that it does not name.
enum SortCommand<K: Keyspace & ~Copyable> {
    @Sendable static func sort(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try sort(a, SortOptions(a, allowsStore: true), &keys, &reply)
    }

    @Sendable static func sortRO(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try sort(a, SortOptions(a, allowsStore: false), &keys, &reply)
    }

    private static func sort(
        _ a: borrowing Arguments, _ options: SortOptions, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var options = options
        keys.isReading = true
        let type = keys.peekType(of: a[0])
        // Redis orders what it stores of a set, so that copies of the data agree.
        if type == .set && options.keepsOrder && options.destination != nil { options.sortByElements() }
        var elements = SortElements()
        let chosen = try load(a[0], type, options, &keys, &elements)
        if !options.keepsOrder {
            try weigh(&elements, options, &keys)
            elements.sort(alphabetic: options.alphabetic, descending: options.descending)
        }
        if let destination = options.destination {
            try store(elements, chosen, options, destination, &keys, &reply)
        } else {
            answer(elements, chosen, options, &keys, &reply)
        }
    }

    /// Copies the elements; returns which of them are to be answered. Where their own order is kept, lists
    /// and sorted sets are read only as far as they are answered.
    private static func load(
        _ key: ByteView, _ type: KeyType?, _ options: SortOptions, _ keys: inout K,
        _ elements: inout SortElements
    ) throws(CommandError) -> Range<Int> {
        func positions(_ count: Int) -> Range<Int> {
            guard options.keepsOrder else { return 0..<count }
            let range = options.range(of: count)
            return options.descending ? count - range.upperBound..<count - range.lowerBound : range
        }
        let reverse = options.keepsOrder && options.descending
        switch type {
        case nil: break
        case .list:
            guard let list = try keys.list(key, .read) else { break }
            list.forEach(positions(list.count), reverse: reverse) { item in
                elements.append(item)
                return true
            }
            if options.keepsOrder { return 0..<elements.count }
        case .sortedSet:
            guard let sortedSet = try keys.sortedSet(key, .read) else { break }
            sortedSet.forEach(positions(sortedSet.count), reverse: reverse) { member, _ in
                elements.append(member)
                return true
            }
            if options.keepsOrder { return 0..<elements.count }
        case .set:
            guard let set = try keys.set(key, .read) else { break }
            set.forEach { member in
                elements.append(member)
                return true
            }
        case .string, .hash: throw .wrongType
        }
        return options.range(of: elements.count)
    }

    /// Gives each element what it is sorted by.
    private static func weigh(
        _ elements: inout SortElements, _ options: SortOptions, _ keys: inout K
    ) throws(CommandError) {
        guard options.by != nil || !options.alphabetic else { return }
        var name = ByteBuffer()
        for i in 0..<elements.count {
            var weight: ByteView? = elements[i]
            if let by = options.by { weight = by.value(for: elements[i], in: &keys, name: &name) }
            if options.alphabetic {
                elements.setText(weight, at: i)
            } else if let weight {
                guard let number = sortScore(weight) else { throw .sortScore }
                elements.setNumber(number, at: i)
            }
        }
    }

    /// A weight as Redis reads it, with `strtod`: an empty text is 0, what is too large is an error.
    private static func sortScore(_ text: ByteView) -> Double? {
        guard let number = parseScoreBound(text) else { return nil }
        // An infinity that is not spelled as one is an overflow.
        if number.isInfinite, !text.buffer.contains(where: { asciiUppercased($0) == UInt8(ascii: "N") }) {
            return nil
        }
        return number
    }

    private static func answer(
        _ elements: borrowing SortElements, _ chosen: Range<Int>, _ options: SortOptions,
        _ keys: inout K, _ reply: inout Reply
    ) {
        var name = ByteBuffer()
        reply.array(chosen.count * max(options.gets.count, 1))
        for i in chosen {
            let element = elements[i]
            if options.gets.isEmpty { reply.bytes(element) }
            for get in options.gets { reply.bytes(get.value(for: element, in: &keys, name: &name)) }
        }
    }

    private static func store(
        _ elements: borrowing SortElements, _ chosen: Range<Int>, _ options: SortOptions,
        _ destination: ByteView, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var results = SortElements()
        var name = ByteBuffer()
        for i in chosen {
            let element = elements[i]
            if options.gets.isEmpty { results.append(element) }
            for get in options.gets {
                // What is missing is stored as an empty string.
                results.append(get.value(for: element, in: &keys, name: &name) ?? .empty)
            }
        }
        // The result is told: elements of equal weight stand in no particular order.
        keys.isReading = false
        reply.integer(results.count)
        if results.count == 0 {
            keys.removeTelling(destination)
            return
        }
        if keys.isJournalled, keys.peekType(of: destination) != nil { keys.effect("DEL", destination) }
        guard let list = try keys.list(destination, .replace) else { return }
        for i in 0..<results.count { list.insert(results[i], at: i) }
        keys.effect("RPUSH", destination, count: results.count) { results[$0] }
        keys.event(.list, "sortstore", destination)
    }
}

extension SortCommand where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "SORT", arity: -2, [.write, .denyoom, .dangerous, .allKeys], keys: .sort, family: .generic,
                syntax: """
                    key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] \
                    [ALPHA] [STORE destination]
                    """,
                summary: "Sort the elements in a list, set or sorted set",
                complexity: """
                    O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M \
                    the number of returned elements. When the elements are not sorted, complexity is \
                    O(N).
                    """,
                since: "1.0.0", run: sort),
            Command(
                "SORT_RO", arity: -2, [.readonly, .dangerous, .allKeys], keys: .sort, family: .generic,
                syntax: """
                    key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] \
                    [ALPHA]
                    """,
                summary: "Sort the elements in a list, set or sorted set. Read-only variant of SORT.",
                complexity: """
                    O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M \
                    the number of returned elements. When the elements are not sorted, complexity is \
                    O(N).
                    """,
                since: "7.0.0", run: sortRO),
        ]
    }
}
