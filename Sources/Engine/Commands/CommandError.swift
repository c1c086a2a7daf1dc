/// Why a command failed: a trivial value, so that throwing one allocates nothing. `message` is Redis's text,
/// code first.
public enum CommandError: Error, Equatable, Sendable, CaseIterable {
    case wrongType
    case syntax
    case notInteger
    case notFloat
    case nanOrInfinity
    case scoreNaN
    case scoreBoundNotFloat
    case lexBoundInvalid
    case weightNotFloat
    case overflow
    case decrementOverflow
    case offsetOutOfRange
    case indexOutOfRange
    case valueOutOfRange
    case notPositive
    case stringTooLong
    case bitOffset
    case bitNotBinary
    case bitfieldType
    case noSuchKey
    case sameObject
    case invalidCursor
    case hashValueNotInteger
    case hashValueNotFloat
    case numkeysNotPositive
    case limitNegative
    case countNegative
    case noLFU
    case zaddExistence
    case zaddComparison
    case zaddIncrement
    case limitWithoutBounds
    case scoresOfNames
    case countOutOfRange
    case valueNaNOrInfinity
    case rankZero
    case maxlenNegative
    case popCountNotPositive
    case tooManyKeys
    case replyTooLong
    case invalidExpireSet
    case invalidExpireSetex
    case invalidExpirePsetex
    case invalidExpireGetex
    case invalidExpireExpire
    case invalidExpirePexpire
    case invalidExpireExpireat
    case invalidExpirePexpireat
    case expireNX
    case expireGTLT
    case invalidExpireHexpire
    case invalidExpireHpexpire
    case invalidExpireHexpireat
    case invalidExpireHpexpireat
    case invalidExpireHgetex
    case invalidExpireHsetex
    case fieldExpiryNegative
    case fieldExpiryMissing
    case fieldExpiryTwice
    case fieldConditionTwice
    case fieldsKeyword
    case numFieldsNotPositive
    case fieldCountNotPositive
    case fieldCountInvalid
    case fieldCountMismatch
    case lcsNotStrings
    case lcsBoth
    case lcsTooLong
    case lcsMemory
    case bitopNot
    case bitArgument
    case bitfieldOverflowType
    case bitfieldReadOnly
    case databaseNotInt
    case databaseOutOfRange
    case sortScore
    case busyKey
    case invalidTTL
    case invalidIdleTime
    case invalidFrequency
    case dumpPayload
    case badDataFormat
    case timeoutNotFloat
    case timeoutOutOfRange
    case timeoutNegative
    case foreignData

    /// Redis 7.0's error text; of what only later ones have, Redis 8.0's.
    public var message: StaticString {
        switch self {
        case .wrongType: "WRONGTYPE Operation against a key holding the wrong kind of value"
        case .syntax: "ERR syntax error"
        case .notInteger: "ERR value is not an integer or out of range"
        case .notFloat: "ERR value is not a valid float"
        case .nanOrInfinity: "ERR increment would produce NaN or Infinity"
        case .scoreNaN: "ERR resulting score is not a number (NaN)"
        case .scoreBoundNotFloat: "ERR min or max is not a float"
        case .lexBoundInvalid: "ERR min or max not valid string range item"
        case .weightNotFloat: "ERR weight value is not a float"
        case .overflow: "ERR increment or decrement would overflow"
        case .decrementOverflow: "ERR decrement would overflow"
        case .offsetOutOfRange: "ERR offset is out of range"
        case .indexOutOfRange: "ERR index out of range"
        case .valueOutOfRange: "ERR value is out of range"
        case .notPositive: "ERR value is out of range, must be positive"
        case .stringTooLong: "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
        case .bitOffset: "ERR bit offset is not an integer or out of range"
        case .bitNotBinary: "ERR bit is not an integer or out of range"
        case .bitfieldType:
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
        case .noSuchKey: "ERR no such key"
        case .sameObject: "ERR source and destination objects are the same"
        case .invalidCursor: "ERR invalid cursor"
        case .hashValueNotInteger: "ERR hash value is not an integer"
        case .hashValueNotFloat: "ERR hash value is not a float"
        case .numkeysNotPositive: "ERR numkeys should be greater than 0"
        case .limitNegative: "ERR LIMIT can't be negative"
        case .countNegative: "ERR COUNT can't be negative"
        case .noLFU:
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."
        case .zaddExistence: "ERR XX and NX options at the same time are not compatible"
        case .zaddComparison: "ERR GT, LT, and/or NX options at the same time are not compatible"
        case .zaddIncrement: "ERR INCR option supports a single increment-element pair"
        case .limitWithoutBounds:
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX"
        case .scoresOfNames: "ERR syntax error, WITHSCORES not supported in combination with BYLEX"
        case .countOutOfRange:
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807"
        case .valueNaNOrInfinity: "ERR value is NaN or Infinity"
        case .rankZero:
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list"
        case .maxlenNegative: "ERR MAXLEN can't be negative"
        case .popCountNotPositive: "ERR count should be greater than 0"
        case .tooManyKeys: "ERR Number of keys can't be greater than number of args"
        case .replyTooLong: "ERR reply exceeds maximum allowed size (proto-max-bulk-len)"
        case .invalidExpireSet: "ERR invalid expire time in 'set' command"
        case .invalidExpireSetex: "ERR invalid expire time in 'setex' command"
        case .invalidExpirePsetex: "ERR invalid expire time in 'psetex' command"
        case .invalidExpireGetex: "ERR invalid expire time in 'getex' command"
        case .invalidExpireExpire: "ERR invalid expire time in 'expire' command"
        case .invalidExpirePexpire: "ERR invalid expire time in 'pexpire' command"
        case .invalidExpireExpireat: "ERR invalid expire time in 'expireat' command"
        case .invalidExpirePexpireat: "ERR invalid expire time in 'pexpireat' command"
        case .expireNX: "ERR NX and XX, GT or LT options at the same time are not compatible"
        case .expireGTLT: "ERR GT and LT options at the same time are not compatible"
        case .invalidExpireHexpire: "ERR invalid expire time in 'hexpire' command"
        case .invalidExpireHpexpire: "ERR invalid expire time in 'hpexpire' command"
        case .invalidExpireHexpireat: "ERR invalid expire time in 'hexpireat' command"
        case .invalidExpireHpexpireat: "ERR invalid expire time in 'hpexpireat' command"
        case .invalidExpireHgetex: "ERR invalid expire time in 'hgetex' command"
        case .invalidExpireHsetex: "ERR invalid expire time in 'hsetex' command"
        case .fieldExpiryNegative: "ERR invalid expire time, must be >= 0"
        case .fieldExpiryMissing: "ERR missing expire time"
        case .fieldExpiryTwice:
            "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"
        case .fieldConditionTwice: "ERR Only one of FXX or FNX arguments can be specified"
        case .fieldsKeyword: "ERR Mandatory argument FIELDS is missing or not at the right position"
        case .numFieldsNotPositive: "ERR Parameter `numFields` should be greater than 0"
        case .fieldCountNotPositive: "ERR Number of fields must be a positive integer"
        case .fieldCountInvalid: "ERR invalid number of fields"
        case .fieldCountMismatch: "ERR The `numfields` parameter must match the number of arguments"
        case .lcsNotStrings: "ERR The specified keys must contain string values"
        case .lcsBoth: "ERR If you want both the length and indexes, please just use IDX."
        case .lcsTooLong: "ERR String too long for LCS"
        case .lcsMemory:
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
        case .bitopNot: "ERR BITOP NOT must be called with a single source key."
        case .bitArgument: "ERR The bit argument must be 1 or 0."
        case .bitfieldOverflowType: "ERR Invalid OVERFLOW type specified"
        case .bitfieldReadOnly: "ERR BITFIELD_RO only supports the GET subcommand"
        case .databaseNotInt:
            "ERR value is out of range, value must between -2147483648 and 2147483647"
        case .databaseOutOfRange: "ERR DB index is out of range"
        case .sortScore: "ERR One or more scores can't be converted into double"
        case .busyKey: "BUSYKEY Target key name already exists."
        case .invalidTTL: "ERR Invalid TTL value, must be >= 0"
        case .invalidIdleTime: "ERR Invalid IDLETIME value, must be >= 0"
        case .invalidFrequency: "ERR Invalid FREQ value, must be >= 0 and <= 255"
        case .dumpPayload: "ERR DUMP payload version or checksum are wrong"
        case .timeoutNotFloat: "ERR timeout is not a float or out of range"
        case .timeoutOutOfRange: "ERR timeout is out of range"
        case .timeoutNegative: "ERR timeout is negative"
        case .badDataFormat: "ERR Bad data format"
        case .foreignData: "ERR the payload holds a value of a type that Redwing does not have"
        }
    }
}
