internal import Bytes

/// An end of a list.
enum ListEnd {
    case left, right

    /// The end that LEFT or RIGHT names, without regard to case.
    init?(_ name: ByteView) {
        if name.equalsIgnoringCase("LEFT") {
            self = .left
        } else if name.equalsIgnoringCase("RIGHT") {
            self = .right
        } else {
            return nil
        }
    }

    /// The `n` items at this end of a list of `count`.
    func range(_ n: Int, of count: Int) -> Range<Int> {
        self == .left ? 0..<n : count - n..<count
    }

    /// The event of a push here.
    var pushEvent: StaticString { self == .left ? "lpush" : "rpush" }

    /// The event of a pop from here.
    var popEvent: StaticString { self == .left ? "lpop" : "rpop" }

    func push<L: ListType>(_ item: ByteView, to list: L) {
        list.insert(item, at: self == .left ? 0 : list.count)
    }
}

/// Where `index`, negative from the end, lies in a list of `count`; nil where it is outside.
func listIndex(_ index: Int64, of count: Int) -> Int? {
    let place = index < 0 ? index + Int64(count) : index
    return place >= 0 && place < Int64(count) ? Int(place) : nil
}

/// The items from `start` to `stop`, both included and negative from the end, cut to a list of `count`.
func listRange(_ start: Int64, _ stop: Int64, of count: Int) -> Range<Int> {
    let count = Int64(count)
    let first = max(0, start < 0 ? start + count : start)
    let last = min(count - 1, stop < 0 ? stop + count : stop)
    return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
}
