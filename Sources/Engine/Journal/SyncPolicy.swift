/// When what was written is made durable: Redis's `appendfsync`.
public enum SyncPolicy: String, Sendable, CaseIterable {
    /// Before it is answered.
    case always
    /// Within a second or so.
    case everySecond = "everysec"
    /// When the system likes.
    case no
}
