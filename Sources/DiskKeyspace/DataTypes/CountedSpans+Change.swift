internal import Bytes

extension CountedSpans {
    /// Counts an element that is now at the position. A seek and a put a level, less where the last change was near;
    /// once in width / 2 times a walk over a span.
    /// - Parameter count: how many elements there are now.
    func inserted(at position: ByteView, count: Int) {
        if height == 0 {
            if count > width(1) { addLevel() }
            return
        }
        for level in 1...height {
            guard span(level, covering: position) != nil else { return }
            touched[level - 1]?.elements += 1
            if level == 1 { touched[level - 1]?.children += 1 }
            touched[level - 1]?.isDirty = true
        }
        splitUpwards(from: 1, at: position)
    }

    /// Splits the span of that level at the position, and those above it, while they cover too much.
    func splitUpwards(from first: Int, at position: ByteView) {
        var level = first
        while level <= height, let span = span(level, covering: position), span.children > width(level) {
            split(level, span)
            if level == height {
                addLevelIfNeeded()
                return
            }
            level += 1
            guard self.span(level, covering: position) != nil else { return }
            touched[level - 1]?.children += 1
            touched[level - 1]?.isDirty = true
        }
    }

    /// Splits a span at its middle child.
    private func split(_ level: Int, _ span: Span) {
        forget()
        let half = span.children / 2
        var index = 0
        var elements = 0
        var middle: [UInt8] = []
        forEachChild(level, span) { position, count in
            if index == half {
                middle = position.array
                return false
            }
            index += 1
            elements += count
            return true
        }
        guard index == half, !middle.isEmpty, elements < span.elements else { return damaged() }
        span.separator.withByteView { put(level, $0, elements: elements, children: half) }
        middle.withByteView {
            put(level, $0, elements: span.elements - elements, children: span.children - half)
        }
    }

    /// Visits what a span covers of the level below: position and how many elements it stands for.
    private func forEachChild(_ level: Int, _ span: Span, _ visit: (ByteView, Int) -> Bool) {
        withBounds(of: span) { start, end in
            if level == 1 {
                walk(0, from: start, to: end) { position, _ in visit(position, 1) }
            } else {
                walkSpans(level - 1, from: start, to: end) { position, count, _ in visit(position, count) }
            }
        }
    }

    /// Calls `body` with where a span begins, and where it ends (nil: with its level).
    func withBounds(of span: Span, _ body: (ByteView, ByteView?) -> Void) {
        span.separator.withByteView { start in
            guard let next = span.next else { return body(start, nil) }
            next.withByteView { body(start, $0) }
        }
    }

    private func addLevelIfNeeded() {
        var records = 0
        walk(height, from: .empty, to: nil) { _, _ in
            records += 1
            return records <= width(height + 1)
        }
        if records > width(height + 1) { addLevel() }
    }

    /// Makes a level above the top one, which has too many entries for one span.
    private func addLevel() {
        forget()
        height += 1
        guard height < Int(OrderKey.fieldLevel) else { return damaged() }
        touched.append(nil)
        build(height, over: Span(separator: [], next: nil, elements: 0, children: 0))
    }

    /// Makes the records of a level that cover a stretch of the one below: about three quarters full, evenly.
    /// - Returns: how many records, and how many elements they stand for.
    @discardableResult
    private func build(_ level: Int, over stretch: Span) -> (records: Int, elements: Int) {
        var total = 0
        var elements = 0
        forEachChild(level, stretch) { _, count in
            total += 1
            elements += count
            return true
        }
        if total == 0 { return (0, 0) }
        let fill = width(level) * 3 / 4
        let records = (total + fill - 1) / fill
        var made: [(separator: [UInt8], elements: Int, children: Int)] = []
        var index = 0
        forEachChild(level, stretch) { position, count in
            if index == made.count * total / records {
                made.append((made.isEmpty ? stretch.separator : position.array, 0, 0))
            }
            made[made.count - 1].elements += count
            made[made.count - 1].children += 1
            index += 1
            return true
        }
        for record in made {
            record.separator.withByteView {
                put(level, $0, elements: record.elements, children: record.children)
            }
        }
        return (made.count, elements)
    }

    /// Makes the levels below `level` anew over one of its spans, whose elements have got other positions.
    func rebuild(below level: Int, _ span: Span) {
        forget()
        for below in stride(from: 1, to: level, by: 1) { deleteSpans(below, in: span) }
        var records = span.children
        for below in stride(from: 1, to: level, by: 1) { records = build(below, over: span).records }
        span.separator.withByteView {
            put(level, $0, elements: span.elements, children: records)
            splitUpwards(from: level, at: $0)
        }
    }

    /// Makes all levels anew: all elements have got other positions.
    func rebuildAll() {
        forget()
        let all = Span(separator: [], next: nil, elements: 0, children: 0)
        for level in stride(from: 1, through: height, by: 1) { deleteSpans(level, in: all) }
        height = 0
        touched = []
        var entries = 0
        walk(0, from: .empty, to: nil) { _, _ in
            entries += 1
            return entries <= width(1)
        }
        while entries > width(height + 1) {
            height += 1
            touched.append(nil)
            entries = build(height, over: all).records
        }
    }

    private func deleteSpans(_ level: Int, in span: Span) {
        var separators: [[UInt8]] = []
        forEachChild(level + 1, span) { separator, _ in
            separators.append(separator.array)
            return true
        }
        for separator in separators { separator.withByteView { delete(level, $0) } }
    }

    // MARK: Removing

    /// Counts an element less, which was at the position. Costs as `inserted`.
    func removed(at position: ByteView) {
        if height == 0 { return }
        for level in 1...height {
            guard let span = span(level, covering: position) else { return }
            guard span.elements > 0 else { return damaged() }
            touched[level - 1]?.elements -= 1
            if level == 1 { touched[level - 1]?.children -= 1 }
            touched[level - 1]?.isDirty = true
        }
        if touched[0]?.elements == 0 { removeEmpty(at: position) }
    }

    /// Takes away the span of level 1 at the position, which is empty, and those above it that have become empty.
    /// Its separator goes, unless it is that of a span that stays: then the next span comes in its place.
    private func removeEmpty(at position: ByteView) {
        var top = 0
        while top < height, touched[top]?.elements == 0 { top += 1 }
        guard let empty = touched[top - 1] else { return }
        let parent = top < height ? touched[top] : nil
        for level in 1...top { touched[level - 1] = nil }
        forget()
        let isFirst = parent.map { $0.separator == empty.separator } ?? empty.separator.isEmpty
        if !isFirst {
            for level in 1...top { empty.separator.withByteView { delete(level, $0) } }
        } else if let next = empty.next {
            for level in 1...top { move(level, next, to: empty.separator) }
        } else {
            guard parent == nil else { return damaged() }
            // Nothing is left at all.
            for level in 1...height { delete(level, .empty) }
            height = 0
            touched = []
            return
        }
        if parent != nil {
            guard span(top + 1, covering: position) != nil else { return }
            touched[top]?.children -= 1
            touched[top]?.isDirty = true
        } else {
            removeNeedlessLevels()
        }
    }

    private func move(_ level: Int, _ source: [UInt8], to target: [UInt8]) {
        let old = OrderKey.make(version, UInt8(level), source)
        let new = OrderKey.make(version, UInt8(level), target)
        let found = unit.withValue(.order, old.view) { value in
            guard let value else { return false }
            unit.put(.order, new.view, value)
            return true
        }
        guard found else { return damaged() }
        unit.delete(.order, old.view)
    }

    /// A top level of one record says nothing.
    private func removeNeedlessLevels() {
        while height > 0 {
            var records = 0
            walk(height, from: .empty, to: nil) { _, _ in
                records += 1
                return records < 2
            }
            if records > 1 { return }
            forget()
            delete(height, .empty)
            height -= 1
            touched.removeLast()
        }
    }
}
