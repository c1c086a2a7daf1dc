internal import Bytes
import Testing

import TestSupport

@testable internal import RDB

/// Against the real redis-server: what it writes is read, what is written it takes.
@Suite struct RDBRedisTests {
    private static let packed = """
        --hash-max-listpack-entries 100000 --hash-max-listpack-value 100000 \
        --zset-max-listpack-entries 100000 --zset-max-listpack-value 100000 --set-max-intset-entries 100000 \
        --list-max-listpack-size -5
        """
    private static let unpacked = """
        --hash-max-listpack-entries 0 --zset-max-listpack-entries 0 --set-max-intset-entries 0 \
        --list-max-listpack-size 1
        """

    @Test(arguments: [
        "", "--rdbcompression no", "--rdbchecksum no", packed, unpacked, unpacked + " --rdbcompression no",
    ])
    func redisServesWhatIsWrittenAndItsFileIsRead(_ settings: String) throws {
        let directory = try TemporaryDirectory()
        for compresses in [true, false] {
            var options = RDBWriterOptions()
            options.compresses = compresses
            try directory.write("dump.rdb", RDBModel.sample.file(options))
            let checked = try shell("redis-check-rdb '\(directory.path)/dump.rdb'")
            #expect(checked.contains("RDB looks OK"))
            let script = "rm dump.rdb; cli save; cli dbsize"
            let output = try directory.withRedis(settings, script)
            #expect(output.split(separator: "\n").last == "\(RDBModel.sample.entries.count)")
            let (model, summary) = try RDBModel.read(directory.read("dump.rdb"))
            #expect(model == RDBModel.sample)
            #expect(model.notes["redis-ver"]?.hasPrefix("7.0") == true)
            #expect(summary.version == 10)
            #expect(summary.keys == RDBModel.sample.entries.count)
            #expect(summary.skipped == 0)
        }
    }

    @Test func theEncodingsAreThoseOfRedis() throws {
        let directory = try TemporaryDirectory()
        try directory.write("dump.rdb", RDBModel.sample.file())
        let keys = [
            "hash:packed": "listpack", "hash:long": "hashtable", "zset:packed": "listpack",
            "zset:long": "skiplist", "intset:16": "intset", "set:late": "hashtable", "list:1": "quicklist",
        ]
        for (key, encoding) in keys {
            #expect(try directory.withRedis("", "cli object encoding \(key)") == encoding + "\n")
        }
    }

    @Test func streamsAndFunctionsArePassedOver() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis(
            "",
            """
            cli set before 1
            for i in 1 2 3 4 5; do cli xadd st '*' field "value$i"; done
            cli xgroup create st group 0
            cli xgroup create st empty '$'
            cli xreadgroup group group alice count 2 streams st '>'
            cli xreadgroup group group bob count 2 streams st '>'
            cli function load "#!lua name=lib
            redis.register_function('f', function() return 1 end)"
            cli -n 3 set elsewhere 2
            cli save
            """)
        let (model, summary) = try RDBModel.read(directory.read("dump.rdb"))
        #expect(model.foreign.sorted() == ["function ", "stream st"])
        #expect(summary.streams == 1 && summary.functions == 1 && summary.keys == 2)
        #expect(model.databases == [0, 3])
        #expect(model.entries[Array("elsewhere".utf8)]?.value == .string(Array("2".utf8)))
    }

    @Test func payloadsAreExchanged() throws {
        let directory = try TemporaryDirectory()
        let names = RDBModel.sample.entries.keys.filter { !$0.contains(0) && $0 != Array("zeros:0".utf8) }
        for (index, key) in names.enumerated() {
            var payload = ByteBuffer()
            payload.append(rdbPayload: RDBWriterOptions()) { writer in
                key.withByteView { RDBModel.sample.write($0, RDBModel.sample.entries[key]!, to: &writer) }
            }
            try directory.write("in.\(index)", payload.view.array)
        }
        try directory.withRedis(
            "",
            """
            for i in $(seq 0 \(names.count - 1)); do
                cli del key
                cli -x restore key 0 < in.$i
                cli --raw dump key > out.$i
            done
            """)
        for (index, key) in names.enumerated() {
            let payload = try directory.read("out.\(index)").dropLast()
            var model = RDBModel()
            _ = try Array(payload).withByteView { bytes throws(RDBError) in
                try key.withByteView { key throws(RDBError) in
                    try readRDBPayload(bytes, key: key, into: &model)
                }
            }
            #expect(model.entries[key]?.value == RDBModel.sample.entries[key]?.value)
        }
    }
}
