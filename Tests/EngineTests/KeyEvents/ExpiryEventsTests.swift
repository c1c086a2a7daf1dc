import Bytes
import TestSupport
import Testing

@testable import Engine

/// Events of keys and fields whose time comes.
@Suite(.keyspaces) struct ExpiryEventsTests {
    @Test func whoeverLooksFindsThemExpired() {
        expectEvents(
            """
            > SET s 1 PX 1
            new s, set s, expire s
            > SET t 1 PX 1
            new t, set t, expire t
            > HSETEX h PX 1 FIELDS 1 a 1
            new h, hset h, hexpire h
            > HSET i b 1
            new i, hset i
            > HSETEX i PX 1 FIELDS 1 a 1
            hset i, hexpire i
            > WAIT
            > GET s
            expired s, keymiss s
            > SET t 1
            expired t, new t, set t
            > HGET i a
            hexpired i
            > HSET h a 1
            hexpired h, del h, new h, hset h
            """)
    }

    @Test func whatIsStoredWithATimeInThePastExpiresAtOnce() {
        expectEvents(
            """
            > SET s 1 PXAT 1
            new s, set s, expire s, expired s
            > SET t 1
            new t, set t
            > SET t 1 PXAT 1
            set t, expire t, expired t
            """)
    }

    @Test func theReclaimerTells() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine)
        for line in [
            "SET s 1 PX 1", "HSETEX h PX 1 FIELDS 1 a 1", "HSET i b 1", "HSETEX i PX 1 FIELDS 1 a 1",
            "SET u 1",
        ] {
            _ = run(engine, line)
        }
        _ = listener.take()
        let start = Clock.milliseconds()
        waitUntil { Clock.milliseconds() > start + 5 }
        #expect(run(engine, "DEBUG SET-ACTIVE-EXPIRE 1") == "OK")
        var events: Set<String> = []
        waitUntil {
            events.formUnion(listener.take())
            return events.count >= 4
        }
        #expect(events == ["expired s", "hexpired h", "del h", "hexpired i"])
    }

    @Test func onlyTheClassesThatAreAskedFor() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine, "Ex")
        _ = run(engine, "SET s 1 PX 1")
        _ = run(engine, "HSETEX h PX 1 FIELDS 1 a 1")
        let start = Clock.milliseconds()
        waitUntil { Clock.milliseconds() > start + 5 }
        _ = run(engine, "EXISTS s h")
        #expect(listener.take() == ["expired s"])
    }
}
