import Bytes
import Engine
import Testing

@testable import REST

@Suite struct EventQueueTests {
    private func queue(
        limit: Int = 1 << 20, _ overflow: EventOptions.Overflow = .gap
    ) -> EventQueue {
        EventQueue(.of(.json, .named(channel: "c")), limit: limit, overflow: overflow)
    }

    private func opened(limit: Int = 1 << 20, _ overflow: EventOptions.Overflow = .gap) -> EventQueue {
        var queue = queue(limit: limit, overflow)
        #expect(queue.open([.of("open\n\n")]) == .none)
        #expect(queue.readAll() == ("open\n\n", false))
        return queue
    }

    /// The JSON of an overflow's gap.
    private func gap(_ count: Int, after: Int?, before: Int) -> String {
        let after = after.map { "\"5f3a9c01-\($0)\"" } ?? "null"
        return "event: gap\ndata: {\"reason\":\"overflow\",\"count\":\(count),"
            + "\"after\":\(after),\"before\":\"5f3a9c01-\(before)\"}\n\n"
    }

    @Test func nothingIsReadBeforeItOpens() {
        var queue = queue()
        #expect(queue.append(.of("1"), 1) == .none)
        #expect(queue.readAll() == ("", false))
        // The reader has found nothing and rests.
        #expect(queue.open([.of("a"), .of("b")]) == .wake)
        #expect(queue.readAll() == ("ab1", false))
    }

    @Test func oneWakeForAReaderThatRests() {
        var queue = opened()
        #expect(queue.append(.of("1"), 1) == .wake)
        #expect(queue.append(.of("2"), 2) == .none)
        #expect(queue.readAll() == ("12", false))
        #expect(queue.append(.of("3"), 3) == .wake)
    }

    @Test(arguments: [1, 2, 3, 5, 7, 64])
    func anyRoomDoes(_ room: Int) {
        var queue = opened()
        for number in 1...50 { _ = queue.append(.of("<message \(number)>"), UInt64(number)) }
        #expect(queue.readAll(room: room).text == (1...50).map { "<message \($0)>" }.joined())
        let left = queue.bytesWaiting
        #expect(left == 0)
    }

    @Test func eventsStayWholeWhereTheyFit() {
        var queue = opened()
        for number in 1...3 { _ = queue.append(.of("123456"), UInt64(number)) }
        withUnsafeTemporaryAllocation(byteCount: 10, alignment: 1) { room in
            for _ in 1...3 { #expect(queue.read(into: room) == .bytes(6)) }
            #expect(queue.read(into: room) == .idle)
        }
    }

    @Test func whatDoesNotFitIsAGap() {
        var queue = opened(limit: 100)
        // Each takes 34 bytes.
        for number in 1...10 { _ = queue.append(.of("message number \(number % 10)! "), UInt64(number)) }
        let waiting = queue.bytesWaiting
        #expect(waiting <= 100)
        let kept = (1...2).map { "message number \($0)! " }.joined()
        #expect(queue.readAll() == (kept + gap(8, after: 2, before: 11), false))
        // It goes on.
        #expect(queue.append(.of("11"), 11) == .wake)
        #expect(queue.readAll() == ("11", false))
        for number in 12...20 { _ = queue.append(.of("message number \(number)!"), UInt64(number)) }
        #expect(queue.readAll().text.hasSuffix(gap(7, after: 13, before: 21)))
    }

    @Test func nothingComesBetweenTheDroppedAndTheirGap() {
        var queue = opened(limit: 100)
        for number in 1...4 { _ = queue.append(.of("message number \(number)! "), UInt64(number)) }
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { room in
            guard case .bytes = queue.read(into: room) else { return }
        }
        // There would be room again, but 3 and 4 were dropped: 5 is too.
        #expect(queue.append(.of("5"), 5) == .none)
        #expect(queue.readAll().text.hasSuffix(gap(3, after: 2, before: 6)))
    }

    @Test func oneMessageAloneMayBeLarger() {
        var queue = opened(limit: 10)
        let large = String(repeating: "x", count: 1000)
        #expect(queue.append(.of(large), 1) == .wake)
        #expect(queue.append(.of("2"), 2) == .none)
        #expect(queue.readAll() == (large + gap(1, after: 1, before: 3), false))
    }

    @Test func closingForSlowness() {
        var queue = opened(limit: 100, .close)
        var effects: [EventQueue.Effect] = []
        for number in 1...5 {
            effects.append(queue.append(.of("message number \(number)! "), UInt64(number)))
        }
        #expect(effects == [.wake, .none, .close, .none, .none])
        let (over, waiting) = (queue.isOver, queue.bytesWaiting)
        #expect(over && waiting == 0)
        let (text, isOver) = queue.readAll()
        #expect(text == gap(3, after: nil, before: 4) + EventForm.tooSlow.text)
        #expect(isOver)
    }

    @Test func closingEndsTheEventThatIsHalfRead() {
        var queue = opened(limit: 100, .close)
        _ = queue.append(.of("message number 1! "), 1)
        _ = queue.append(.of("message number 2! "), 2)
        withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { room in
            #expect(queue.read(into: room) == .bytes(5))
        }
        #expect(queue.append(.of("message number 3! "), 3) == .close)
        let (text, isOver) = queue.readAll()
        #expect(text == "ge number 1! " + gap(2, after: nil, before: 4) + EventForm.tooSlow.text)
        #expect(isOver)
    }

    @Test func heartbeatsOnlyWhereNothingWaits() {
        var queue = opened()
        #expect(queue.beat() == .wake)
        #expect(queue.beat() == .none)
        #expect(queue.readAll() == (": heartbeat\n", false))
        _ = queue.append(.of("1"), 1)
        #expect(queue.beat() == .none)
        #expect(queue.readAll() == ("1", false))
        #expect(queue.beat() == .wake)
    }

    @Test func finishingSaysWhatIsLeft() {
        var queue = opened(limit: 60)
        for number in 1...3 { _ = queue.append(.of("message number \(number)! "), UInt64(number)) }
        #expect(queue.finish() == .none)
        #expect(queue.append(.of("4"), 4) == .none)
        #expect(queue.beat() == .none)
        #expect(queue.finish() == .none)
        let (text, isOver) = queue.readAll()
        #expect(text == "message number 1! " + gap(2, after: 1, before: 4) + EventForm.stopping.text)
        #expect(isOver)
    }

    @Test func finishingWakesWhoRests() {
        var queue = opened()
        #expect(queue.finish() == .wake)
        #expect(queue.readAll() == (EventForm.stopping.text, true))
    }

    @Test func anEndLetsGoOfAll() {
        var queue = opened()
        _ = queue.append(.of("1"), 1)
        queue.end()
        #expect(queue.readAll() == ("", true))
        #expect(queue.append(.of("2"), 2) == .none)
        let left = queue.bytesWaiting
        #expect(left == 0)
    }
}
