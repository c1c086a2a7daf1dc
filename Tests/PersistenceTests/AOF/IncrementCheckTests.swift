import Bytes
import Testing

import TestSupport

@testable import Persistence

@Suite struct IncrementCheckTests {
    @Test func aDirectoryIsMendedAtItsFirstDamageAndNothingIsDeleted() throws {
        let directory = try TemporaryDirectory()
        let files = SystemFiles()
        var manifest = Manifest()
        var journals: [SampleIncrement] = []
        for index in 0..<3 {
            let journal = try SampleIncrement(
                try SampleIncrement.sample().batches, firstSequence: UInt64(1 + 3 * index),
                salt: UInt32(index))
            let entry = manifest.nextIncrement()
            try manifest.add(entry)
            try directory.write(entry.name, journal.bytes)
            journals.append(journal)
        }
        try manifest.store(in: directory.path, files)
        let sound = try manifest.check(in: directory.path, files)
        #expect(sound.map(\.damage) == [nil, nil, nil] && sound.map(\.outcome.batches) == [3, 3, 3])
        #expect(try manifest.repair(in: directory.path, sound, files) == sound)

        let names = manifest.increments.map(\.name)
        var damaged = journals[1].bytes
        damaged[journals[1].ends[1] + 4] ^= 1
        try directory.write(names[1], damaged)
        let found = try manifest.check(in: directory.path, files)
        #expect(found[0].damage == nil && found[2].damage == nil)
        #expect(found[1].damage != nil && found[1].outcome.wholeLength == journals[1].ends[1])
        #expect(found[1].damageOffset >= journals[1].ends[1] && found[1].damageOffset < journals[1].ends[2])

        let mended = try manifest.repair(in: directory.path, found, files)
        let tail = "\(names[1]).\(journals[1].ends[1]).removed"
        #expect(mended.map(\.action) == [.none, .cut(tail: tail), .movedAway(name: names[2] + ".removed")])
        #expect(try directory.read(tail) == Array(damaged[journals[1].ends[1]...]))
        #expect(try directory.read(names[2] + ".removed") == journals[2].bytes)
        let loaded = try #require(try Manifest.load(from: directory.path, files))
        #expect(loaded == manifest && loaded.increments.map(\.name) == Array(names.prefix(2)))
        let after = try loaded.check(in: directory.path, files)
        #expect(after.map(\.damage) == [nil, nil] && after.map(\.outcome.batches) == [3, 1])
    }
}
