import Bytes
import Engine
import TestSupport
import Testing

@Suite(.keyspaces) struct KeyEventClassesLettersTests {
    private func classes(_ letters: String) -> KeyEventClasses? {
        Array(letters.utf8).withByteView { KeyEventClasses(letters: $0) }
    }

    @Test(arguments: [
        ("", ""), ("KEA", "AKE"), ("AKEm", "AKEm"), ("nA", "An"), ("g$lsh", "g$lsh"), ("nmE", "nEm"),
        ("tdKEn", "tdnKE"), ("g$lshzxetd", "A"), ("Kxx", "xK"),
    ])
    func areWrittenInOneOrder(given: String, written: String) {
        #expect(classes(given)?.letters == written)
    }

    @Test(arguments: ["a", " ", "K E", "KE1"]) func othersAreNone(letters: String) {
        #expect(classes(letters) == nil)
    }

    @Test func allIsAllButNewAndMissed() {
        #expect(classes("A") == .all)
        #expect(classes("A")?.isDisjoint(with: [.new, .keyMiss, .keyspace, .keyevent]) == true)
    }

    @Test func configTells() {
        let engine = TestEngine()
        expectTranscript(
            """
            > CONFIG GET notify-keyspace-events
            ["notify-keyspace-events", ""]
            > CONFIG SET notify-keyspace-events Elg hash-max-listpack-entries 1
            OK
            > CONFIG GET notify-keyspace-events
            ["notify-keyspace-events", "glE"]
            > CONFIG SET notify-keyspace-events A hash-max-listpack-entries x
            (error) ERR CONFIG SET failed (possibly related to argument 'hash-max-listpack-entries') - argument couldn't be parsed into an integer
            > CONFIG SET hash-max-listpack-entries 2 notify-keyspace-events Q
            (error) ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.
            > CONFIG GET notify-keyspace-events
            ["notify-keyspace-events", "glE"]
            > CONFIG GET hash-max-listpack-entries
            ["hash-max-listpack-entries", "1"]
            """, on: engine)
        #expect(engine.pubSub.notified == [.generic, .list, .keyevent])
    }
}
