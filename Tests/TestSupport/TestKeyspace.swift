package import Testing

/// The keyspaces on which the same tests hold.
package enum TestKeyspace: String, CaseIterable, Sendable {
    case memory, disk

    /// That of the test that is running; nil where its suite lacks `.keyspaces`.
    @TaskLocal package static var current: TestKeyspace?
}

/// Runs each test of a suite on both keyspaces, one after the other: `TestEngine` is of the one that it is run on.
///
/// Only on the keyspace in memory are tested, besides its own parts (`DataTypes`, `Keyspace/Memory`, `Snapshot`): the effects that
/// go to the append-only file (`Journal`), since the disk keyspace has none, and what a command answers of memory.
package struct KeyspacesTrait: SuiteTrait, TestTrait, TestScoping {
    private let keyspaces: [TestKeyspace]

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        for keyspace in keyspaces {
            let naming = IssueHandlingTrait.compactMapIssues { issue in
                var issue = issue
                issue.comments.append("on the keyspace of \(keyspace.rawValue)")
                return issue
            }
            try await TestKeyspace.$current.withValue(keyspace) {
                try await naming.provideScope(for: test, testCase: testCase, performing: function)
            }
        }
    }

    init(_ keyspaces: [TestKeyspace]) { self.keyspaces = keyspaces }
}

extension Trait where Self == KeyspacesTrait {
    /// On the keyspace in memory, and on that on disk.
    package static var keyspaces: KeyspacesTrait { KeyspacesTrait(TestKeyspace.allCases) }
}
