/// What this program is.
public enum Redwing {
    /// The version, by semantic versioning; CHANGELOG.md says what each one brought.
    public static let version = "0.1.0"
}
