/// A snapshot is due when `seconds` have passed since the last one and there were `changes` changes.
public struct SavePoint: Equatable, Sendable {
    /// Seconds since the last snapshot.
    public var seconds: Int
    /// Changes since the last snapshot.
    public var changes: Int

    /// After that many seconds and changes.
    public init(seconds: Int, changes: Int) {
        self.seconds = seconds
        self.changes = changes
    }

    /// `3600 1 300 100 60 10000`.
    public static let redisDefaults = [
        SavePoint(seconds: 3600, changes: 1), SavePoint(seconds: 300, changes: 100),
        SavePoint(seconds: 60, changes: 10_000),
    ]

    /// Reads `save` as Redis writes it: pairs of seconds (1 or more) and changes (0 or more), separated by spaces;
    /// none where the text is empty. Nil where it is not so.
    public static func parse(_ text: String) -> [SavePoint]? {
        let words = text.split(separator: " ")
        guard words.count % 2 == 0 else { return nil }
        var points: [SavePoint] = []
        for index in stride(from: 0, to: words.count, by: 2) {
            guard let seconds = Int(words[index]), let changes = Int(words[index + 1]), seconds >= 1,
                changes >= 0
            else { return nil }
            points.append(SavePoint(seconds: seconds, changes: changes))
        }
        return points
    }

    /// The opposite of `parse`.
    public static func text(_ points: [SavePoint]) -> String {
        points.map { "\($0.seconds) \($0.changes)" }.joined(separator: " ")
    }

    /// Whether it calls for a snapshot.
    func isDue(milliseconds: Int, changes: UInt64) -> Bool {
        changes > 0 && changes >= UInt64(self.changes) && milliseconds / 1000 >= seconds
    }
}
