public import Engine
internal import Synchronization

/// Options that may change while the server runs.
extension PersistenceWorker {
    /// Sets `appendfsync`.
    public func setSyncPolicy(_ policy: SyncPolicy) {
        let journal = control.state.withLock { state in
            if state.settings.syncPolicy == .always {
                state.settings.awaitedUntil = monotonicMilliseconds() + 5000
            }
            state.settings.syncPolicy = policy
            state.status.syncPolicy = policy.rawValue
            return state.engine?.journal
        }
        journal?.setAwaited(policy == .always)
        journal?.wake()
    }

    /// Sets `save`.
    public func setSavePoints(_ points: [SavePoint]) { control.request { $0.settings.savePoints = points } }

    /// Sets `auto-aof-rewrite-percentage`; 0: never by itself.
    public func setRewritePercentage(_ percentage: Int) {
        control.request { $0.settings.rewrite.percentage = percentage }
    }

    /// Sets `auto-aof-rewrite-min-size`, in bytes.
    public func setRewriteMinimumSize(_ bytes: Int) {
        control.request { $0.settings.rewrite.minimumSize = bytes }
    }

    /// The value of an option, by Redis's name for it.
    public func option(_ name: StaticString) -> String? {
        let settings = control.state.withLock { $0.settings }
        return switch "\(name)" {
        case "appenddirname": options.appendOnlyDirectoryName
        case "appendfilename": Manifest().prefix
        case "appendfsync": settings.syncPolicy.rawValue
        case "appendonly": options.isAppendOnly ? "yes" : "no"
        case "auto-aof-rewrite-min-size": "\(settings.rewrite.minimumSize)"
        case "auto-aof-rewrite-percentage": "\(settings.rewrite.percentage)"
        case "dbfilename": options.snapshotName
        case "dir": options.directory
        case "save": SavePoint.text(settings.savePoints)
        default: nil
        }
    }

    /// Checks a value for an option, by Redis's name for it, and takes it where `applies`.
    /// - Returns: what is wrong with it; nil: nothing.
    public func setOption(_ name: StaticString, _ value: String, applies: Bool) -> String? {
        switch "\(name)" {
        case "appendfsync":
            guard let policy = SyncPolicy(rawValue: value.lowercased()) else {
                return "argument(s) must be one of the following: everysec, always, no"
            }
            if applies { setSyncPolicy(policy) }
        case "save":
            guard let points = SavePoint.parse(value) else { return "Invalid save parameters" }
            if applies { setSavePoints(points) }
        case "auto-aof-rewrite-percentage":
            guard let percentage = Int(value) else { return "argument couldn't be parsed into an integer" }
            guard percentage >= 0 else { return "argument must be between 0 and \(Int32.max) inclusive" }
            if applies { setRewritePercentage(percentage) }
        case "auto-aof-rewrite-min-size":
            guard let bytes = memoryValue(value) else { return "argument must be a memory value" }
            if applies { setRewriteMinimumSize(bytes) }
        default: return "can't set immutable config"
        }
        return nil
    }
}

/// A number of bytes as Redis reads one: digits and perhaps a unit, `k` for 1,000, `kb` for 1,024 and so on.
private func memoryValue(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units = [
        "": 1, "b": 1, "k": 1000, "kb": 1 << 10, "m": 1_000_000, "mb": 1 << 20, "g": 1_000_000_000,
        "gb": 1 << 30,
    ]
    guard let number = Int(digits), let factor = units[text.dropFirst(digits.count).lowercased()] else {
        return nil
    }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : bytes
}
