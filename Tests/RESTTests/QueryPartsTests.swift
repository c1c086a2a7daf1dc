import Bytes
import Testing

@testable import REST

@Suite struct QueryPartsTests {
    private func parts(_ text: String) -> [String] {
        Array(text.utf8).withByteView { view in
            QueryParts(view).map { part in
                part.name.string + (part.value.map { "=" + $0.string } ?? "")
            }
        }
    }

    private func token(_ text: String) -> String? {
        Array(text.utf8).withByteView { QueryParts($0).token?.string }
    }

    @Test func inOrderAndRaw() {
        #expect(parts("") == [])
        #expect(parts("&&") == [])
        #expect(parts("a=1&b&&c=&=d&e=f=g&a=%20+") == ["a=1", "b", "c=", "=d", "e=f=g", "a=%20+"])
    }

    @Test(
        arguments: [
            ("_token=x", [], "x"), ("a=1&_token=x&b=2", ["a=1", "b=2"], "x"), ("_token=x&a", ["a"], "x"),
            ("%5Ftoken=x&a", ["a"], "x"), ("%5ftoke%6E=x", [], "x"), ("_token=x&_token=y", [], "x"),
            ("_token", [], nil), ("_token=", [], ""),
            ("_tokens=x&token=y&_Token=z", ["_tokens=x", "token=y", "_Token=z"], nil),
            ("_token%zz=x", ["_token%zz=x"], nil), ("a=_token=x", ["a=_token=x"], nil), ("a=1", ["a=1"], nil),
        ] as [(String, [String], String?)])
    func theTokenIsNotAmongThem(_ query: String, _ others: [String], _ value: String?) {
        #expect(parts(query) == others)
        #expect(token(query) == value)
    }
}
