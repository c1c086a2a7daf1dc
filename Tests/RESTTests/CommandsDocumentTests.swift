import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// `docs/commands.md` is what the tables say. `make docs` runs this test with REDWING_WRITE_DOCS set: then
/// it writes the file.
@Suite struct CommandsDocumentTests {
    @Test func theDocumentIsCurrent() throws {
        let document = CommandsDocument().text
        if getenv("REDWING_WRITE_DOCS") != nil {
            let file = try #require(fopen(repositoryPath("docs/commands.md"), "w"))
            #expect(document.withCString { fputs($0, file) } >= 0)
            #expect(fclose(file) == 0)
        }
        let written = repositoryFile("docs/commands.md")
        // One line tells more than two files.
        let pairs = zip(written.split(separator: "\n"), document.split(separator: "\n"))
        let difference = pairs.first { $0 != $1 }?.0 ?? "its length"
        let isCurrent = written == document
        #expect(
            isCurrent, "docs/commands.md is not current: run `make docs`. It first differs in \(difference)")
    }

    @Test func everythingIsInIt() {
        let lines = CommandsDocument().text.split(separator: "\n")
        for name in ["SET", "SORT_RO", "CONFIG", "ZRANGEBYLEX"] {
            #expect(lines.filter { $0.hasPrefix("| \(name) |") }.count == 1, "\(name)")
        }
        let get = lines.first { $0.hasPrefix("| GET |") }
        #expect(
            get?.contains("| `key` | Get the value of a key | O(1) | 2 | 1.0.0 | `GET /keys/{key}`") == true)
        let config = lines.first { $0.hasPrefix("| CONFIG |") }
        #expect(config?.contains("`GET /config`") == true, "a container has its subcommands' routes")
        #expect(lines.contains { $0.hasPrefix("| `WAIT` ") && $0.contains("replicas") })
        #expect(lines.contains { $0.hasPrefix("| `EVALSHA` ") && $0.contains("NOSCRIPT") })
        // Bars in the syntax are escaped: each row has as many cells as its table's head.
        var columns = 0
        for line in lines where line.hasPrefix("|") {
            let bars = line.replacing("\\|", with: "").filter { $0 == "|" }.count
            if line.hasPrefix("| command") { columns = bars }
            #expect(bars == columns, "\(line)")
        }
    }
}
