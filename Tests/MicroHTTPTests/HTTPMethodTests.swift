import Bytes
import MicroHTTP
import Testing

@Suite struct HTTPMethodTests {
    @Test(arguments: [
        ("GET", HTTPMethod.get), ("HEAD", .head), ("PUT", .put), ("POST", .post), ("PATCH", .patch),
        ("DELETE", .delete), ("OPTIONS", .options), ("get", .other), ("", .other), ("GETX", .other),
        ("TRACE", .other), ("CONNECT", .other),
    ])
    func namesAreCaseSensitive(name: String, method: HTTPMethod) {
        #expect(Array(name.utf8).withByteView { HTTPMethod($0) } == method)
    }
}
