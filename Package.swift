// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The generic command handlers are specialised for the concrete keyspace only when the optimizer sees
// across modules (docs/decisions/0001-house.md has the figures).
let hot: [SwiftSetting] =
    strict + [
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release))
    ]

let package = Package(
    name: "redwing",
    products: [
        .executable(name: "redwing", targets: ["redwing"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        // C shims and module maps, nothing else.
        .target(name: "CMicrohttpd", linkerSettings: [.linkedLibrary("microhttpd")]),
        .target(name: "CCRC32C"),
        .target(name: "CLongDouble"),
        .target(name: "CEpoll"),
        .target(name: "CMalloc"),
        .target(name: "CPrefetch"),
        .target(name: "CGnuTLS", linkerSettings: [.linkedLibrary("gnutls")]),
        .target(name: "CHiredis", linkerSettings: [.linkedLibrary("hiredis")]),
        .target(name: "CRocksDB", linkerSettings: [.linkedLibrary("rocksdb")]),
        .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "COpenAPI", cSettings: [.unsafeFlags(["-Wno-c23-extensions"])]),

        .target(name: "Bytes", dependencies: ["CCRC32C", "CLongDouble"], swiftSettings: hot),
        .target(name: "RDB", dependencies: ["Bytes"], swiftSettings: hot),
        .target(name: "Engine", dependencies: ["Bytes", "CMalloc", "CPrefetch", "RDB"], swiftSettings: hot),
        .target(
            name: "Persistence",
            dependencies: [
                "Bytes", "DiskKeyspace", "Engine", "RDB",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: hot),
        .target(
            name: "DiskKeyspace",
            dependencies: [
                "Bytes", "CRocksDB", "Engine", "RDB", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: hot),
        .target(
            name: "ClusterEngine",
            dependencies: [
                "Bytes", "CEpoll", "CGnuTLS", "CHiredis", "Engine",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: hot),
        .target(name: "MicroHTTP", dependencies: ["Bytes", "CEpoll", "CMicrohttpd"], swiftSettings: hot),
        .target(
            name: "REST", dependencies: ["Bytes", "COpenAPI", "CSimdjson", "Engine", "MicroHTTP"],
            swiftSettings: hot),
        .target(
            name: "Server",
            dependencies: [
                "Bytes", "ClusterEngine", "DiskKeyspace", "Engine", "MicroHTTP", "Persistence", "REST",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: hot),
        .executableTarget(
            name: "redwing",
            dependencies: [
                "ClusterEngine", "Server",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        .testTarget(name: "BytesTests", dependencies: ["Bytes"], swiftSettings: strict),
        .testTarget(
            name: "EngineTests", dependencies: ["Bytes", "Engine", "RDB", "TestSupport"],
            swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: [
                "Bytes", "DiskKeyspace", "Engine", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "RDBTests", dependencies: ["Bytes", "RDB", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "PersistenceTests",
            dependencies: [
                "Bytes", "Engine", "Persistence", "RDB", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DiskKeyspaceTests",
            dependencies: [
                "Bytes", "DiskKeyspace", "Engine", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ClusterEngineTests", dependencies: ["Bytes", "ClusterEngine", "Engine", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "MicroHTTPTests", dependencies: ["Bytes", "MicroHTTP"], swiftSettings: strict),
        .testTarget(
            name: "RESTTests", dependencies: ["Bytes", "Engine", "MicroHTTP", "REST", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "MicroHTTP", "Server",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "redwingTests",
            dependencies: [
                "redwing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ModelTests", dependencies: ["Bytes", "Engine", "TestSupport"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
