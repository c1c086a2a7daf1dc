"""Commands at random, as JSON and as words: what redis-server answers to them settles what is right.

Left out, with the reason: what draws at random (SPOP, SRANDMEMBER, HRANDFIELD, ZRANDMEMBER, RANDOMKEY), which
Tests/ModelTests holds to what may be drawn; TIME, INFO, MEMORY USAGE, COMMAND COUNT and COMMAND INFO, whose answers
are each server's own; CLIENT, HELLO and DEBUG, which docs/differences.md describes; fields that expire, which
redis-server 7.0 lacks; FLUSHALL and FLUSHDB, which would leave nothing to compare.

Over a cluster (REDWING_TEST_ENGINE=cluster) all keys lie in one slot, since its nodes refuse a command whose keys lie in several;
left out are SCAN, whose cursors are Redwing's own there, BY and GET of SORT, which the nodes deny, and in transactions
what names no key.
"""

import base64

from program import ENGINE
from redis_server import to_bytes

KEYS = [b"a", b"b", b"c", b"key:1", b"key:2", "ü".encode(), b"\xff\x00", b"", b"a/b", b"x y"]
if ENGINE == "cluster":
    KEYS = [b"{t}" + key for key in KEYS]
VALUES = [
    b"", b"x", b"0", b"-1", b"12", b"9223372036854775807", b"1.5", b"3e5", "日本🍓".encode(), b"\xff\xfe\x00",
    b"with \"quotes\" and \\", b"line\r\nend", b"OK", b"y" * 70, b"z" * 3000, b"1", b"2",
]  # fmt: skip
FIELDS = [b"f", b"g", b"n", b"\xc3\x28", "é".encode(), b"2"]
SCORES = ["1", "-2.5", "0.1", "inf", "-inf", "3", "1e20", "(1", "nan", "x"]
INTEGERS = ["0", "1", "-1", "2", "5", "-3", "100", "9223372036854775807", "x"]
GLOBS = ["*", "key:*", "[a-c]", "?", "a*", "[^a]", "none*", "\\*"]
TYPES = ["string", "list", "set", "zset", "hash", "none"]
# Words: K a key, V a value, F a field or member, S a score, I an integer, G a glob pattern, T a type; else the
# word itself.
PATTERNS = """
SET K V; SET K V; SET K V NX; SET K V XX GET; SET K V EX 1000; GET K; GETSET K V; GETDEL K; APPEND K V; STRLEN K
GETRANGE K I I; SETRANGE K 5 V; MSET K V K V; MSETNX K V K V; MGET K K K; INCR K; INCRBY K I; DECRBY K I
INCRBYFLOAT K S; SETBIT K 7 1; GETBIT K I; BITCOUNT K; BITPOS K 1; LCS K K; LCS K K IDX; BITFIELD K GET u8 0 SET i8 #1 I
BITOP XOR K K K; GETEX K PERSIST; GETEX K EX 1000; SETEX K 1000 V; SETNX K V; SUBSTR K I I; BITFIELD_RO K GET u4 2
DEL K; DEL K K; EXISTS K K K; TYPE K; RENAME K K; RENAMENX K K; COPY K K REPLACE; PERSIST K; TOUCH K K; UNLINK K
EXPIRE K 1000; TTL K; EXPIRE K I NX; PTTL K; EXPIRETIME K; PEXPIRETIME K; EXPIREAT K 4102444800; PEXPIRE K 900000 GT
OBJECT ENCODING K; OBJECT ENCODING K; OBJECT ENCODING K; OBJECT REFCOUNT none; OBJECT FREQ K; OBJECT IDLETIME K
OBJECT HELP; OBJECT NOSUCH K; OBJECT ENCODING; DBSIZE; KEYS G
SCAN 0 COUNT 100000; SCAN 0 COUNT 100000 MATCH G; SCAN 0 COUNT 100000 TYPE T; SCAN I COUNT x; SCAN x; SCAN 0 NOSUCH 1
HSCAN K 0 COUNT 100000; HSCAN K 0 MATCH G COUNT 100000; SSCAN K 0 COUNT 100000; SSCAN K 0 COUNT 100000 MATCH G
ZSCAN K 0 COUNT 100000; ZSCAN K 0 COUNT 100000 MATCH G; ZSCAN K x; SSCAN K 0 COUNT 0
SORT K; SORT K ALPHA; SORT K DESC; SORT K LIMIT 1 2; SORT K ALPHA DESC LIMIT I I; SORT K ALPHA GET # GET key:*
SORT K BY key:*; SORT K BY key:* GET key:* DESC; SORT K ALPHA STORE K; SORT K STORE K; SORT_RO K; SORT_RO K ALPHA
HSET K F V; HSET K F V F V; HGET K F; HMGET K F F; HDEL K F; HLEN K; HEXISTS K F; HINCRBY K F I; HINCRBYFLOAT K F S
HSTRLEN K F; HSETNX K F V; HGETALL K; HKEYS K; HVALS K; HMSET K F V
RPUSH K V V; LPUSH K V V V; LPOP K; RPOP K I; LRANGE K I I; LINDEX K I; LSET K I V; LINSERT K BEFORE V V; LLEN K
LREM K I V; LTRIM K I I; LPOS K V; LPOS K V COUNT 0; LMOVE K K LEFT RIGHT; LMPOP 2 K K LEFT COUNT 2; RPOPLPUSH K K
LPUSHX K V; RPUSHX K V
SADD K F F; SREM K F; SCARD K; SISMEMBER K F; SMISMEMBER K F F; SMOVE K K F; SINTERCARD 2 K K; SUNIONSTORE K K K
SDIFFSTORE K K K; SINTERSTORE K K K; SADD K 1 2 3; SMEMBERS K; SINTER K K; SUNION K K K; SDIFF K K
ZADD K S F; ZADD K S F S F; ZADD K GT CH S F; ZADD K INCR S F; ZINCRBY K S F; ZSCORE K F; ZMSCORE K F F; ZCARD K
ZRANK K F; ZREVRANK K F; ZRANGE K I I WITHSCORES; ZRANGE K S S BYSCORE LIMIT 0 3; ZREVRANGE K 0 -1; ZCOUNT K S S
ZREM K F; ZPOPMIN K; ZPOPMAX K 2; ZUNIONSTORE K 2 K K; ZINTER 2 K K WITHSCORES; ZMPOP 1 K MIN; ZREMRANGEBYRANK K I I
ZDIFF 2 K K WITHSCORES; ZUNION 2 K K; ZINTERCARD 2 K K; ZRANGESTORE K K I I; ZREMRANGEBYSCORE K S S
PING; PING V; ECHO V; NOSUCH K; GET; SET K; HSET K F
CONFIG GET maxmemory; CONFIG GET hash-max-*; CONFIG GET nosuch; CONFIG GET set-max-intset-entries zset-max-*-value
CONFIG GET; CONFIG NOSUCH; CONFIG SET nosuch 1; CONFIG SET zset-max-listpack-value x; CONFIG SET set-max-intset-entries 512
COMMAND GETKEYS SET K V; COMMAND GETKEYS MSET K V K V; COMMAND GETKEYS PING; COMMAND GETKEYS NOSUCH K; COMMAND NOSUCH
COMMAND INFO nosuch; COMMAND DOCS nosuch; COMMAND LIST FILTERBY PATTERN zz*; COMMAND LIST FILTERBY; COMMAND COUNT x
"""
COMMANDS = [pattern.split() for line in PATTERNS.strip().splitlines() for pattern in line.split(";")]
if ENGINE == "cluster":
    COMMANDS = [words for words in COMMANDS if words[0] != "SCAN" and not {"BY", "GET"} & set(words[1:])]
# What may stand in a transaction.
COMMANDS_IN_TRANSACTIONS = COMMANDS
if ENGINE == "cluster":
    COMMANDS_IN_TRANSACTIONS = [words for words in COMMANDS if "K" in words and words[0] not in ("COMMAND", "NOSUCH")]
DRAWN = {"K": KEYS, "V": VALUES, "F": FIELDS, "S": SCORES, "I": INTEGERS, "G": GLOBS, "T": TYPES}

# Replies without an order, flat arrays of pairs among them; the cursor of a scan stands before them.
UNORDERED = {"SMEMBERS", "SINTER", "SUNION", "SDIFF", "KEYS", "HKEYS", "HVALS"}
UNORDERED_PAIRS = {"HGETALL", "CONFIG"}
SCANS = {"SCAN": 1, "SSCAN": 1, "HSCAN": 2, "ZSCAN": 2}
# Times are a little later at the second of two servers: how much is let pass, in the unit of the reply.
TIMES = {"TTL": 30, "EXPIRETIME": 30, "PTTL": 30_000, "PEXPIRETIME": 30_000, "OBJECT": 30}
# Encodings that docs/differences.md excuses, ours first: of what INCRBYFLOAT wrote, of a sorted set that SORT
# looked at, of a result that ZUNIONSTORE and its like wrote.
ENCODINGS = {(b"int", b"embstr"), (b"listpack", b"skiplist")}


def draw(source, commands=COMMANDS):
    return [source.choice(DRAWN[word]) if word in DRAWN else word for word in source.choice(commands)]


def as_json(argument, source):
    """An argument in one of the forms that JSON has for it."""
    data = to_bytes(argument)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
    if text.lstrip("-").isdigit() and source.random() < 0.5:
        return int(text)
    return {"base64": base64.b64encode(data).decode()} if source.random() < 0.1 else text


def as_command(words, source):
    """A command as an array; its name is a string."""
    return [words[0], *(as_json(word, source) for word in words[1:])]


def same(words, ours, theirs):
    """Whether the two replies, as `redis_server.parse_reply` reads them, are one answer to the command."""
    ours, theirs = _comparable(words, ours), _comparable(words, theirs)
    if ours == theirs:
        return True
    if isinstance(ours, int) and isinstance(theirs, int):
        # -1 and -2 say that there is none.
        return min(ours, theirs) >= 0 and abs(ours - theirs) <= TIMES.get(words[0], 0)
    return words[:2] == ["OBJECT", "ENCODING"] and (ours, theirs) in ENCODINGS


def _comparable(words, reply):
    name = words[0]
    if name.startswith("Z"):
        reply = _without_negative_zero(reply)
    if not isinstance(reply, list):
        return reply
    if name in UNORDERED or (name.startswith("SORT") and "BY" in words):
        return sorted(reply, key=repr)
    if name in UNORDERED_PAIRS:
        return _grouped(reply, 2)
    if name in SCANS:
        cursor, elements = reply
        return [cursor, _grouped(elements, SCANS[name])]
    return reply


def _grouped(elements, size):
    return sorted(zip(*(elements[index::size] for index in range(size)), strict=True))


def _without_negative_zero(reply):
    """Whether a sorted set keeps the sign of -0 is a matter of its encoding (docs/differences.md)."""
    if isinstance(reply, list):
        return [_without_negative_zero(element) for element in reply]
    return b"0" if reply == b"-0" else reply
