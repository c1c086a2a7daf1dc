import Bytes
import Testing

@testable import Engine

/// Key events as messages, and as what those who watch keys get. The events are raised here by hand: which command
/// raises which is another matter.
@Suite struct KeyEventTests {
    private func raise(_ hub: PubSub, _ events: (KeyEventClasses, StaticString, StaticString)...) {
        var outbox = EventOutbox()
        for (classes, event, key) in events where !hub.wantedEvents.isDisjoint(with: classes) {
            outbox.append(classes, event, ByteView(key))
        }
        hub.deliver(&outbox, after: 0)
    }

    @Test func nothingIsWantedWhereNobodyListens() {
        let hub = PubSub()
        #expect(hub.wantedEvents == [])
        let (_, subscription) = hub.record(channel("a"), pattern("*"))
        #expect(hub.wantedEvents == [])
        hub.setNotified([.list, .new])
        #expect(hub.wantedEvents == [] && hub.notified == [.list, .new])
        hub.setNotified([.list, .new, .keyspace])
        #expect(hub.wantedEvents == [.list, .new, .keyspace])
        hub.setNotified([])
        hub.unsubscribe(subscription)
        #expect(hub.wantedEvents == [])
    }

    @Test func watchersOfKeysGetTheEvents() {
        let hub = PubSub()
        let (users, first) = hub.record(keys("user:*"))
        let (all, second) = hub.record(keys("*"), keys("user:1"))
        raise(hub, (.string, "set", "user:1"), (.generic, "del", "x"), (.new, "new", "user:2"))
        #expect(users.lines == ["user:1 set"])
        #expect(all.lines == ["user:1 set", "user:1 set", "x del"])
        #expect(all.received.map(\.topic) == [0, 1, 0])
        hub.unsubscribe(first)
        hub.unsubscribe(second)
    }

    static let configured: [(classes: KeyEventClasses, lines: [String])] = [
        ([.keyspace, .string], ["__keyspace@0__:k set"]),
        ([.keyevent, .string], ["__keyevent@0__:set k"]),
        ([.keyspace, .keyevent, .all], ["__keyspace@0__:k set", "__keyevent@0__:set k"]),
        ([.keyspace, .keyevent, .list], []),
        ([.string], []),
    ]

    @Test(arguments: configured)
    func channelsOfEventsGetWhatIsConfigured(_ classes: KeyEventClasses, _ expected: [String]) {
        let hub = PubSub()
        hub.setNotified(classes)
        let (globbed, _) = hub.record(pattern("__key*@0__:*"))
        let (named, _) = hub.record(channel("__keyspace@0__:k"), channel("__keyevent@0__:set"))
        raise(hub, (.string, "set", "k"))
        #expect(globbed.lines == expected)
        #expect(named.lines == expected)
    }

    @Test func whoWatchesKeysAgainSoonHasMissedNothing() {
        let hub = PubSub()
        let (first, subscription) = hub.record(keys("user:*"))
        raise(hub, (.string, "set", "user:1"))
        hub.unsubscribe(subscription)
        raise(hub, (.generic, "del", "user:1"))
        let (second, _) = hub.record(keys("user:*"), after: first.position)
        #expect(second.lines == ["user:1 del"])
        #expect(second.gaps == [])
        // Another glob was not watched.
        let (other, _) = hub.record(keys("*"), after: first.position)
        #expect(other.gaps.count == 1)
    }

    @Test func globsThatNobodyWatchesAreFew() {
        let hub = PubSub()
        let globs = (0..<300).map { keys("user:\($0):*") }
        let recorder = Recorder()
        let subscription = hub.subscribe(recorder, to: globs)
        hub.unsubscribe(subscription)
        // Those kept lose nothing; the others are told so.
        let gaps = globs.map { glob in
            let (late, again) = hub.record(glob, after: subscription.start)
            hub.unsubscribe(again)
            return late.gaps.count
        }
        #expect(gaps.filter { $0 == 0 }.count == 256)
        #expect(gaps.filter { $0 == 1 }.count == 44)
    }

    @Test func whoComesTooLateIsTold() {
        var limits = ReplayLimits()
        limits.linger = 0.01
        let hub = PubSub(limits: limits)
        let (_, subscription) = hub.record(keys("*"))
        let (_, other) = hub.record(keys("user:*"))
        hub.unsubscribe(subscription)
        #expect(hub.wantedEvents == .all)
        let end = Clock.tick() + 11
        waitUntil { Clock.tick() > end }
        raise(hub, (.string, "set", "k"))
        #expect(hub.keptBytes == 0)
        hub.unsubscribe(other)
        // What ends it is the next event.
        waitUntil {
            raise(hub, (.string, "set", "user:1"))
            return hub.wantedEvents == []
        }
        #expect(hub.keptBytes == 0)
        let (late, _) = hub.record(keys("*"), after: subscription.start)
        #expect(late.gaps.count == 1 && late.received == [])
    }

    @Test func aChannelOfKeyEventsIsKeptForAWhileBeforeItsFirst() {
        var limits = ReplayLimits()
        limits.linger = 0.5
        let hub = PubSub(limits: limits)
        hub.setNotified([.keyspace, .all])
        let (_, subscription) = hub.record(channel("__keyspace@0__:k"))
        hub.unsubscribe(subscription)
        raise(hub, (.string, "set", "k"))
        let (again, second) = hub.record(channel("__keyspace@0__:k"), after: subscription.start)
        #expect(again.lines == ["__keyspace@0__:k set"])
        #expect(again.gaps == [])
        hub.unsubscribe(second)
        let (_, other) = hub.record(channel("__keyspace@0__:other"))
        hub.unsubscribe(other)
        let end = Clock.tick() + 501
        waitUntil { Clock.tick() > end }
        raise(hub, (.string, "set", "x"), (.string, "set", "other"))
        #expect(hub.activeChannels().isEmpty)
        let (late, _) = hub.record(channel("__keyspace@0__:other"), after: other.start)
        #expect(late.gaps.count == 1 && late.received == [])
    }

    @Test func eventsOfKeysOnChannelsAreKeptWhereSomebodyListened() {
        let hub = PubSub()
        hub.setNotified([.keyspace, .keyevent, .all])
        let (named, first) = hub.record(channel("__keyspace@0__:k"))
        let (globbed, second) = hub.record(pattern("__keyevent@0__:*"))
        raise(hub, (.string, "set", "k"))
        hub.unsubscribe(first)
        hub.unsubscribe(second)
        raise(hub, (.generic, "del", "k"), (.string, "set", "other"))
        let (named2, _) = hub.record(channel("__keyspace@0__:k"), after: named.position)
        #expect(named2.lines == ["__keyspace@0__:k del"])
        #expect(named2.gaps == [])
        let (globbed2, _) = hub.record(pattern("__keyevent@0__:*"), after: globbed.position)
        #expect(globbed2.lines == ["__keyevent@0__:del k", "__keyevent@0__:set other"])
        #expect(globbed2.gaps == [])
        // Nobody has listened to that one.
        let (unheard, _) = hub.record(channel("__keyspace@0__:other"), after: named.position)
        #expect(unheard.gaps.count == 1 && unheard.received == [])
        let (unheardGlob, _) = hub.record(pattern("__keyspace@0__:*"), after: named.position)
        #expect(unheardGlob.gaps.count == 1)
        #expect(hub.record(pattern("news*"), after: 0).recorder.gaps == [])
    }

    @Test func manyKeysLeaveRoomForOthers() {
        var limits = ReplayLimits()
        limits.totalBytes = 100_000
        let hub = PubSub(limits: limits)
        hub.setNotified([.keyspace, .all])
        var outbox = EventOutbox()
        outbox.append(channel: ByteView("news"), payload: ByteView("1"), isSharded: false)
        for index in 0..<10_000 {
            Array("key\(index)".utf8).withByteView { outbox.append(.string, "set", $0) }
        }
        hub.deliver(&outbox, after: 0)
        let isEmpty = outbox.isEmpty
        #expect(isEmpty)
        #expect(hub.record(channel("news"), after: 0).recorder.contents == ["1"])
    }
}
