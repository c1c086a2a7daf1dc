import Bytes
import Engine
import Testing

@testable import ClusterEngine

@Suite struct WholeValueTests {
    private func digest(_ value: WholeValue, _ write: (inout Reply) -> Void) -> UInt64 {
        var reply = Reply()
        write(&reply)
        return value.digest(reply.reader)
    }

    private func strings(_ words: [String]) -> (inout Reply) -> Void {
        { reply in
            reply.array(words.count)
            for word in words { Array(word.utf8).withByteView { reply.bytes($0) } }
        }
    }

    private func fields(_ words: [String]) -> (inout Reply) -> Void {
        { reply in
            reply.map(words.count / 2)
            for word in words { Array(word.utf8).withByteView { reply.bytes($0) } }
        }
    }

    private func scores(_ members: [(String, Double)]) -> (inout Reply) -> Void {
        { reply in
            reply.array(members.count * 2)
            for (member, score) in members {
                Array(member.utf8).withByteView { reply.bytes($0) }
                reply.double(score)
            }
        }
    }

    @Test func orderCountsInListsOnly() {
        #expect(digest(.set, strings(["a", "b"])) == digest(.set, strings(["b", "a"])))
        #expect(digest(.list, strings(["a", "b"])) != digest(.list, strings(["b", "a"])))
        #expect(digest(.hash, fields(["f", "1", "g", "2"])) == digest(.hash, fields(["g", "2", "f", "1"])))
        #expect(
            digest(.sortedSet, scores([("a", 1), ("b", 1)]))
                == digest(.sortedSet, scores([("b", 1), ("a", 1)]))
        )
    }

    @Test func whatDiffersHasAnother() {
        let digests = [
            digest(.string) { $0.bytes(ByteView("ab")) },
            digest(.string) { $0.bytes(ByteView("")) },
            digest(.list, strings(["ab"])), digest(.list, strings(["a", "b"])),
            digest(.list, strings(["", "ab"])),
            digest(.set, strings(["ab"])), digest(.set, strings(["a", "b"])),
            digest(.hash, fields(["a", "b"])), digest(.hash, fields(["ab", ""])),
            digest(.sortedSet, scores([("ab", 1)])), digest(.sortedSet, scores([("ab", 2)])),
        ]
        #expect(Set(digests).count == digests.count && !digests.contains(0))
    }

    @Test func whatIsMissingHasNone() {
        #expect(digest(.string) { $0.null() } == 0)
        #expect(digest(.set, strings([])) == 0)
        #expect(digest(.hash) { $0.error("WRONGTYPE") } == 0)
    }
}
