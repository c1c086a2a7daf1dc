/// What subscribers have made of a message, by a number of their choice: those who want the same form share it.
struct SharedFrames {
    private var frames: [(form: UInt64, frame: Frame)] = []
    /// The one asked for last; `frames` holds it.
    private var last: (form: UInt64, frame: Unmanaged<Frame>)?

    /// The frame of that form, made where it is not there. (Not counted here: a message goes to a thousand subscribers,
    /// and counting was two fifths of the work.)
    @inline(__always)
    mutating func frame(_ form: UInt64, _ make: () -> Frame) -> Unmanaged<Frame> {
        if let last, last.form == form { return last.frame }
        return another(form, make)
    }

    @inline(never)
    private mutating func another(_ form: UInt64, _ make: () -> Frame) -> Unmanaged<Frame> {
        var frame = frames.first { $0.form == form }?.frame
        if frame == nil {
            let made = make()
            frames.append((form, made))
            frame = made
        }
        let found = Unmanaged.passUnretained(frame.unsafelyUnwrapped)
        last = (form, found)
        return found
    }

    /// Lets go of all.
    mutating func removeAll() {
        if frames.isEmpty { return }
        last = nil
        frames = []
    }
}
