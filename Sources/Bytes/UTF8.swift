/// Whether `text` is valid UTF-8: no overlong forms, no surrogates, nothing over U+10FFFF, nothing cut
/// short (Unicode 15, table 3-7). O(count); ASCII goes eight bytes at a time.
@inlinable
public func isValidUTF8(_ text: ByteView) -> Bool {
    let bytes = UnsafeRawPointer(text.pointer)
    var i = 0
    while i < text.count {
        while i &+ 8 <= text.count,
            bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            i &+= 8
        }
        if i == text.count { break }
        if text.pointer[i] < 0x80 {
            i &+= 1
        } else {
            let length = utf8SequenceLength(text.pointer + i, count: text.count &- i)
            if length == 0 { return false }
            i &+= length
        }
    }
    return true
}

/// The length of the valid multi-byte sequence that begins at `start`, or 0 where there is none.
/// `start[0]` is not ASCII; `count`, at least 1, is how many bytes may be read.
@inlinable
func utf8SequenceLength(_ start: UnsafePointer<UInt8>, count: Int) -> Int {
    let first = start[0]
    if first < 0xE0 {
        return first >= 0xC2 && count >= 2 && isUTF8Continuation(start[1]) ? 2 : 0
    }
    guard count >= 3, isUTF8Continuation(start[1]), isUTF8Continuation(start[2]) else { return 0 }
    if first < 0xF0 {
        // E0 80…9F would be overlong, ED A0…BF a surrogate.
        if first == 0xE0 && start[1] < 0xA0 || first == 0xED && start[1] >= 0xA0 { return 0 }
        return 3
    }
    guard first < 0xF5, count >= 4, isUTF8Continuation(start[3]) else { return 0 }
    // F0 80…8F would be overlong, F4 90…BF over U+10FFFF.
    if first == 0xF0 && start[1] < 0x90 || first == 0xF4 && start[1] >= 0x90 { return 0 }
    return 4
}

/// How many bytes at `start`, where there is no valid sequence, one U+FFFD stands for: the longest beginning of a
/// valid sequence there is, at least 1.
func utf8InvalidLength(_ start: UnsafePointer<UInt8>, count: Int) -> Int {
    let first = start[0]
    guard first >= 0xE0, first < 0xF5, count >= 2 else { return 1 }
    let lowest: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    guard start[1] >= lowest, start[1] <= highest else { return 1 }
    return first >= 0xF0 && count >= 3 && isUTF8Continuation(start[2]) ? 3 : 2
}

@inlinable
func isUTF8Continuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
