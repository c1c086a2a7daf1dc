/// Passing over what Redwing has no place for. Nothing of it is decoded, but every length is followed.
extension RDBInput where Source: ~Copyable {
    /// A function library: its code.
    mutating func skipFunction() throws(RDBError) { try skipString() }

    /// A module's data outside of keys: the module, when it is loaded, the data.
    mutating func skipModuleAuxiliary() throws(RDBError) {
        _ = try length()
        _ = try length()
        _ = try length()
        try skipModuleData()
    }

    /// A module's value: the module and its data.
    mutating func skipModuleValue() throws(RDBError) {
        _ = try length()
        try skipModuleData()
    }

    /// Parts, each behind its kind, up to the end's.
    private mutating func skipModuleData() throws(RDBError) {
        while true {
            let at = offset
            switch try length() {
            case 0: return
            case 1, 2: _ = try length()
            case 3: try skip(4)
            case 4: try skip(8)
            case 5: try skipString()
            default: throw RDBError(.corrupt("module data of an unknown kind"), at: at)
            }
        }
    }

    /// A stream: its nodes, its counters, its consumer groups.
    mutating func skipStream(_ type: RDBType) throws(RDBError) {
        for _ in 0..<(try count(ofAtLeast: 2)) {
            try skipString()
            try skipString()
        }
        // How many entries, the last ID in two; since 7.0 the first ID, the largest deleted, entries added.
        for _ in 0..<(type == .stream ? 3 : 8) { _ = try length() }
        for _ in 0..<(try count(ofAtLeast: 5)) {
            try skipString()
            for _ in 0..<(type == .stream ? 2 : 3) { _ = try length() }
            // Each pending entry: ID, time of delivery, number of deliveries.
            for _ in 0..<(try count(ofAtLeast: 25)) {
                try skip(24)
                _ = try length()
            }
            let times = type == .stream3 ? 16 : 8
            for _ in 0..<(try count(ofAtLeast: times + 2)) {
                try skipString()
                try skip(times)
                try skip(try count(ofAtLeast: 16) * 16)
            }
        }
    }
}
