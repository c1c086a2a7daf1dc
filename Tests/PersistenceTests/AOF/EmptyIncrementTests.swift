import Testing

@testable import Persistence

/// An increment in which nothing is yet: a crash may leave one.
@Suite struct EmptyIncrementTests {
    @Test(arguments: [[], [0, 0, 0], Array("#REDWING 1 7".utf8)] as [[UInt8]])
    func theNumberGoesOnFromTheOneBefore(_ bytes: [UInt8]) {
        let reading = Reading(bytes, expecting: 57)
        #expect(reading.error == nil)
        #expect(reading.batches.isEmpty)
        #expect(reading.outcome.nextSequence == 57)
        #expect(reading.outcome.wholeLength == 0)
        #expect(!reading.outcome.canBeAppendedTo)
        #expect(Reading(bytes).outcome.nextSequence == nil)
    }
}
