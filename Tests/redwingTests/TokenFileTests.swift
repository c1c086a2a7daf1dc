import REST
import Testing

@testable import redwing

struct TokenFileTests {
    private func failure(_ path: String) -> String? {
        do {
            _ = try TokenFile.tokens(path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [("one", 1), ("one\n", 1), ("\n one \r\n\n#two\n", 2), ("a\nb\nc", 3)])
    func aTokenALine(_ text: String, _ count: Int) throws {
        let file = try TemporaryFile(text)
        #expect(try TokenFile.tokens(file.path).count == count)
    }

    @Test(arguments: ["", "\n", " \n\t\n"])
    func aFileWithoutAToken(_ text: String) throws {
        let file = try TemporaryFile(text)
        #expect(failure(file.path)?.contains("holds no token") == true)
    }

    @Test func aLineThatIsNoTokenIsNotQuoted() throws {
        let file = try TemporaryFile("fine\nhush hush\n")
        let message = try #require(failure(file.path))
        #expect(message.hasPrefix("\(file.path), line 2: "))
        #expect(!message.contains("hush"))
    }

    @Test func aFileThatIsNotThere() {
        #expect(failure("/nonexistent/file")?.contains("/nonexistent/file") == true)
    }
}
