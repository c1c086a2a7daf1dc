/// A line of INFO.
public struct InfoLine: Sendable {
    /// What the value is called there.
    public var name: StaticString
    /// The value.
    public var value: Int

    /// A line of that name.
    public init(_ name: StaticString, _ value: Int) {
        self.name = name
        self.value = value
    }
}
