internal import Bytes
internal import Engine

/// What `nx`, `xx`, `gt` and `lt` ask of ZADD.
struct AddOptions {
    let onlyNew: Bool
    let onlyExisting: Bool
    let onlyGreater: Bool
    let onlyLess: Bool

    /// Reads the query.
    /// - Throws: 400 where they exclude each other.
    init<E: CommandEngine>(_ x: inout Exchange<E>) throws(Problem) {
        onlyNew = try x.flag("nx")
        onlyExisting = try x.flag("xx")
        onlyGreater = try x.flag("gt")
        onlyLess = try x.flag("lt")
        if onlyNew, onlyExisting || onlyGreater || onlyLess {
            throw .badRequest("'nx' excludes 'xx', 'gt' and 'lt'; give one of them.")
        }
        if onlyGreater, onlyLess { throw .badRequest("'gt' and 'lt' exclude each other; give one of them.") }
    }

    /// Whether any is given.
    var isEmpty: Bool { !(onlyNew || onlyExisting || onlyGreater || onlyLess) }

    /// Adds them to a ZADD.
    func add<E: CommandEngine>(to x: inout Exchange<E>) {
        if onlyNew { x.argument("NX") }
        if onlyExisting { x.argument("XX") }
        if onlyGreater { x.argument("GT") }
        if onlyLess { x.argument("LT") }
    }

    /// The 412 where they leave a member as it is.
    func notMet(wasThere: Bool) -> Problem {
        if onlyNew { return .condition("The member is there already: 'nx' does not hold.") }
        if onlyExisting, !wasThere {
            return .condition("The member is not there: 'xx' does not hold.")
        }
        return .condition(
            onlyGreater
                ? "The score would not rise: 'gt' does not hold."
                : "The score would not fall: 'lt' does not hold.")
    }
}
