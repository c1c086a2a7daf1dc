public import Bytes

// The letters of `notify-keyspace-events`.
extension KeyEventClasses {
    /// Each class and its letter, in the order in which Redis writes them: classes of events, then where they go.
    private static let classLetters: [(letter: UInt8, classes: KeyEventClasses)] = [
        (UInt8(ascii: "g"), .generic), (UInt8(ascii: "$"), .string), (UInt8(ascii: "l"), .list),
        (UInt8(ascii: "s"), .set), (UInt8(ascii: "h"), .hash), (UInt8(ascii: "z"), .sortedSet),
        (UInt8(ascii: "x"), .expired), (UInt8(ascii: "e"), .evicted), (UInt8(ascii: "t"), .stream),
        (UInt8(ascii: "d"), .module), (UInt8(ascii: "n"), .new), (UInt8(ascii: "K"), .keyspace),
        (UInt8(ascii: "E"), .keyevent), (UInt8(ascii: "m"), .keyMiss),
    ]

    /// The classes that letters stand for, in any order; `A` is `all`. Nil where one stands for none.
    public init?(letters: ByteView) {
        self = []
        for letter in letters.buffer {
            if letter == UInt8(ascii: "A") {
                formUnion(.all)
            } else if let named = Self.classLetters.first(where: { $0.letter == letter }) {
                formUnion(named.classes)
            } else {
                return nil
            }
        }
    }

    /// The letters, `A` for all of those that it stands for.
    public var letters: String {
        let isAll = isSuperset(of: .all)
        let left = isAll ? subtracting(.all) : self
        let letters = Self.classLetters.filter { left.contains($0.classes) }.map(\.letter)
        return (isAll ? "A" : "") + String(decoding: letters, as: UTF8.self)
    }
}
