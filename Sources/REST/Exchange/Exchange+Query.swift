internal import Bytes
internal import Engine
internal import MicroHTTP

// Typed access to query parameters. Asking for one that the route doesn't declare is a programmer's error.
extension Exchange {
    private func index(_ name: StaticString) -> Int {
        let wanted = ByteView(name)
        guard let index = target.route.query.firstIndex(where: { ByteView($0.name) == wanted }) else {
            preconditionFailure("\(target.route.template) does not declare the parameter \(name)")
        }
        return index
    }

    /// Whether the route knows the parameter.
    func declares(_ name: StaticString) -> Bool {
        let wanted = ByteView(name)
        return target.route.query.contains { ByteView($0.name) == wanted }
    }

    /// Whether the parameter came.
    func has(_ name: StaticString) -> Bool {
        if query.values.isEmpty { return false }
        let index = index(name)
        return query.values.contains { $0.parameter == index }
    }

    /// A parameter's bytes, nil where it did not come.
    /// - Throws: 400 for `?name` without a value.
    func bytes(_ name: StaticString) throws(Problem) -> ByteView? {
        if query.values.isEmpty { return nil }
        let index = index(name)
        guard let found = query.values.first(where: { $0.parameter == index }) else { return nil }
        guard let value = found.value else { throw .badRequest("The parameter '\(name)' needs a value.") }
        return value
    }

    /// A parameter that must come.
    func required(_ name: StaticString) throws(Problem) -> ByteView {
        guard let value = try bytes(name) else {
            throw .badRequest("The parameter '\(name)' is required: add ?\(name)=….")
        }
        return value
    }

    /// All values of a parameter that may come several times.
    func all(_ name: StaticString) throws(Problem) -> [ByteView] {
        if query.values.isEmpty { return [] }
        let index = index(name)
        var result: [ByteView] = []
        for item in query.values where item.parameter == index {
            guard let value = item.value else {
                throw .badRequest("The parameter '\(name)' needs a value.")
            }
            result.append(value)
        }
        return result
    }

    /// A flag: true as `?name`, `=true` or `=1`, false where absent, `=false` or `=0`.
    @inline(__always)
    mutating func flag(_ name: StaticString) throws(Problem) -> Bool {
        query.values.isEmpty ? false : try flagAmongValues(name)
    }

    /// Apart, and `mutating` as its caller, so that the usual case does not copy the exchange to borrow it.
    @inline(never)
    private mutating func flagAmongValues(_ name: StaticString) throws(Problem) -> Bool {
        let index = index(name)
        guard let found = query.values.first(where: { $0.parameter == index }) else { return false }
        guard let value = found.value else { return true }
        if value == ByteView("true") || value == ByteView("1") || value.isEmpty { return true }
        if value == ByteView("false") || value == ByteView("0") { return false }
        throw .badRequest("The parameter '\(name)' is a flag: true or false, not '\(value.string)'.")
    }

    /// A 64-bit integer, nil where it did not come.
    func integer(_ name: StaticString, in range: ClosedRange<Int64> = .min ... .max) throws(Problem) -> Int64?
    {
        guard let text = try bytes(name) else { return nil }
        guard let value = parseInt64(text), range.contains(value) else {
            let bounds =
                range.lowerBound == .min
                ? "a 64-bit integer"
                : range.upperBound == .max
                    ? "an integer of at least \(range.lowerBound)"
                    : "an integer from \(range.lowerBound) to \(range.upperBound)"
            throw .badRequest("The parameter '\(name)' takes \(bounds), not '\(text.string)'.")
        }
        return value
    }

    /// One of several words, by its index; nil where it did not come.
    func choice(_ name: StaticString, _ words: StaticString...) throws(Problem) -> Int? {
        guard let text = try bytes(name) else { return nil }
        guard let index = words.firstIndex(where: { ByteView($0) == text }) else {
            let list = words.map { $0.description }.joined(separator: ", ")
            throw .badRequest("The parameter '\(name)' takes one of \(list), not '\(text.string)'.")
        }
        return index
    }

    /// Seconds with decimals, above 0, as milliseconds rounded up; nil where it did not come.
    func milliseconds(_ name: StaticString) throws(Problem) -> Int64? {
        guard let text = try bytes(name) else { return nil }
        return try REST.milliseconds(text, "The parameter '\(name)'")
    }

    /// Whether the request is to wait: it has `wait`, in seconds of at most a day.
    func waits() throws(Problem) -> Bool {
        guard let milliseconds = try milliseconds("wait") else { return false }
        if milliseconds > 86_400_000 { throw .badRequest("'wait' takes at most 86400 seconds, a day.") }
        if headers.ifMatch != nil || headers.ifNoneMatch != nil {
            throw .badRequest(
                "What waits takes no condition: leave If-Match and If-None-Match away, or 'wait'.")
        }
        return true
    }

    /// Whether the answer is to be the raw bytes: `?raw`, or by the Accept header.
    mutating func wantsRaw() throws(Problem) -> Bool {
        if try flag("raw") { return true }
        return headers.accept == nil ? false : headers.prefersRaw
    }

    /// - Throws: 400 where more than one of these parameters came.
    func exclusive(_ names: StaticString...) throws(Problem) {
        if query.values.count < 2 { return }
        let came = names.filter { has($0) }
        if came.count > 1 {
            let list = came.map { "'\($0)'" }.joined(separator: " and ")
            throw .badRequest("\(list) exclude each other; give one of them.")
        }
    }
}

/// Seconds above 0, with decimals, as whole milliseconds, rounded up so that nothing expires at once.
func milliseconds(_ text: ByteView, _ subject: String) throws(Problem) -> Int64 {
    if let exact = plainMilliseconds(text), exact > 0 { return exact }
    // What else is a number to C's parser: hexadecimal ones.
    let isDecimal = !text.buffer.contains { $0 | 0x20 == UInt8(ascii: "x") }
    guard isDecimal, let seconds = parseDouble(text), seconds > 0, seconds < 9.2e15 else {
        throw .badRequest(
            "\(subject) takes seconds, a number above 0 with or without decimals, not '\(text.string)'.")
    }
    return Int64((seconds * 1000).rounded(.up))
}

/// `digits[.digits]` as milliseconds: decimals are not what a double holds, and a time read must be the time
/// written. Nil for any other text, and for what does not fit.
private func plainMilliseconds(_ text: ByteView) -> Int64? {
    let dot = text.firstIndex(of: UInt8(ascii: "."))
    let (whole, decimals) = (text[0..<(dot ?? text.count)], text.dropFirst((dot ?? text.count) + 1))
    guard !whole.isEmpty, whole.count <= 15, dot == nil || !decimals.isEmpty else { return nil }
    var value: Int64 = 0
    for byte in whole.buffer {
        guard byte &- 0x30 < 10 else { return nil }
        value = value * 10 + Int64(byte - 0x30)
    }
    var hasMore = false
    for index in 0..<max(3, decimals.count) {
        let digit = index < decimals.count ? decimals[index] &- 0x30 : 0
        guard digit < 10 else { return nil }
        if index < 3 { value = value * 10 + Int64(digit) } else if digit > 0 { hasMore = true }
    }
    return hasMore ? value + 1 : value
}
