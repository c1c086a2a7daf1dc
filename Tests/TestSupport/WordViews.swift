package import Bytes

/// Calls `body` with views of the words, as an engine takes a command.
package func withViews<R>(_ words: [[UInt8]], _ body: ([ByteView]) -> R) -> R {
    var arena = ByteArena()
    var views: [ByteView] = []
    for word in words { word.withByteView { views.append(arena.copy($0)) } }
    return body(views)
}
