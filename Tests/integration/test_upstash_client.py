"""The real `upstash-redis` client, sync and asyncio, family by family: whatever its methods answer over
redis-server, they answer over Redwing."""

import datetime
import time

from program import wait_until
from upstash import WORDS, refused

A_YEAR = 365 * 24 * 3600


# Each family: what is called may fail; then it must fail in the same words.


def test_strings(both):
    assert both.set("k", "v") is True
    assert both.get("k") == "v"
    assert both.get("none") is None
    for word in WORDS:
        both.set("w", word)
        assert both.get("w") == word
        assert both.set("w", "next", get=True) == word
    for value in (1, -1, 2**63 - 1, 1.5, 1e300, 0.1, True, False, {"a": [1, None]}, ["x"], None):
        both.set("v", value)
        both.get("v")
    assert both.set("k", "v", nx=True) is False
    assert both.set("k", "w", xx=True) is True
    assert both.set("k2", "v", xx=True, get=True) is None
    both.set("t", "v", ex=100)
    assert both.ttl("t") in (99, 100)
    both.set("t", "v", keepttl=True)
    both.set("t", "v", exat=int(time.time()) + A_YEAR)
    both.set("t", "v", pxat=(int(time.time()) + A_YEAR) * 1000)
    both.set("t", "v", px=100_000)
    assert both.append("k", "more") == 5
    assert both.incr("n") == 1
    assert both.incrby("n", 2**62) == 2**62 + 1
    assert both.decr("n") == 2**62
    assert both.decrby("n", 5)
    assert both.incrbyfloat("f", 0.1) == 0.1
    assert both.incrbyfloat("f", 2e5)
    assert both.getrange("k", 0, 2) == "wmo"
    assert both.substr("k", -2, -1) == "re"
    assert both.setrange("k", 7, "x") == 8
    assert both.getset("k", "new") == "wmore\0\0x"
    assert both.strlen("k") == 3
    assert both.mset({"a": "1", "b": 2, "ü": "ö"}) is True
    assert both.mget("a", "none", "ü") == ["1", None, "ö"]
    assert both.msetnx({"a": "1", "c": "2"}) is False
    assert both.setnx("c", "1") is True
    assert both.setex("s", 10, "v") is True
    assert both.psetex("s", 10_000, "v") is True
    assert both.getex("s", persist=True) == "v"
    assert both.ttl("s") == -1
    both.getex("s", ex=100)
    assert both.getdel("s") == "v"
    assert both.getdel("s") is None
    assert refused(both.incr, "w").startswith("ERR value is not an integer")
    both.lpush("l", "x")
    assert refused(both.get, "l").startswith("WRONGTYPE ")
    refused(both.setex, "s", 0, "v")
    refused(both.incrbyfloat, "w", 1.5)
    refused(both.setrange, "k", -1, "x")


def test_bits(both):
    assert both.setbit("b", 7, 1) == 0
    assert both.setbit("b", 7, 0) == 1
    both.set("b", "foobar")
    assert both.getbit("b", 1) == 1
    assert both.bitcount("b") == 26
    assert both.bitcount("b", 1, 1) == 6
    assert both.bitpos("b", 1) == 1
    both.bitpos("b", 0, 1, -1)
    both.set("c", "abc")
    for operation in ("AND", "OR", "XOR"):
        both.bitop(operation, "to", "b", "c")
        both.strlen("to")
        both.bitcount("to")
    both.bitop("NOT", "to", "b")
    field = both.bitfield("n").set("u8", 0, 255).incrby("u8", 0, 10).overflow("FAIL")
    assert field.incrby("u8", "#1", 300).get("i8", 0).execute() == [0, 9, None, 9]
    assert both.bitfield_ro("n").get("u8", 0).execute() == [9]
    refused(both.setbit, "b", -1, 1)


def test_keys(both):
    both.mset({"a": "1", "b": "2", "user:1": "x", "user:2": "y"})
    assert both.exists("a", "b", "none", "a") == 3
    assert both.copy("a", "c") is True
    assert both.copy("a", "b") is False
    assert both.copy("a", "b", replace=True) is True
    assert both.delete("c", "none") == 1
    assert both.unlink("b") == 1
    assert both.touch("a", "none") == 1
    assert both.type("a") == "string"
    assert both.type("none") == "none"
    assert both.rename("a", "z") is True
    assert refused(both.rename, "a", "z") == "ERR no such key"
    assert both.renamenx("z", "user:1") is False
    assert both.keys("user:*")
    assert both.dbsize() == 3
    assert both.expire("z", 100) is True
    assert both.expire("z", 50, gt=True) is False
    assert both.expire("none", 100) is False
    assert both.expire("z", datetime.timedelta(hours=1), xx=True) is True
    assert both.pexpire("z", 1_000_000, nx=True) is False
    assert both.expireat("z", int(time.time()) + A_YEAR) is True
    assert both.pexpireat("z", (int(time.time()) + A_YEAR) * 1000) is True
    assert both.persist("z") is True
    assert both.persist("z") is False
    assert both.ttl("z") == -1
    assert both.pttl("none") == -2
    assert both.execute(["OBJECT", "ENCODING", "z"]) == "int"
    assert both.flushdb() is True
    assert both.flushall("ASYNC") is True
    assert both.randomkey() is None
    both.set("only", "x")
    assert both.randomkey() == "only"


def test_hashes(both):
    assert both.hset("h", "a", "1") == 1
    assert both.hset("h", values={"b": 2, "ü": "🍓", "empty": ""}) == 3
    assert both.hmset("h", {"m": "x"}) is True
    assert both.hget("h", "ü") == "🍓"
    assert both.hget("h", "none") is None
    assert both.hgetall("h") == {"a": "1", "b": "2", "ü": "🍓", "empty": "", "m": "x"}
    assert both.hgetall("none") == {}
    assert both.hmget("h", "a", "none") == ["1", None]
    both.hkeys("h")
    both.hvals("h")
    assert both.hlen("h") == 5
    assert both.hexists("h", "a") is True
    assert both.hexists("h", "none") is False
    assert both.hsetnx("h", "a", "9") is False
    assert both.hincrby("h", "a", 4) == 5
    assert both.hincrbyfloat("h", "a", 0.5) == 5.5
    assert both.hstrlen("h", "ü") == 4
    assert both.hdel("h", "a", "none") == 1
    assert both.hscan("h", 0) == (0, {"b": "2", "ü": "🍓", "empty": "", "m": "x"})
    assert both.hscan("h", 0, match="b*", count=10) == (0, {"b": "2"})
    refused(both.hincrby, "h", "m", 1)
    refused(both.hget, "k" if both.set("k", "v") else "", "f")


def test_random_fields(redis):
    redis.hset("h", values={"a": "1", "b": "2"})
    assert redis.hrandfield("h") in ("a", "b")
    assert sorted(redis.hrandfield("h", 5)) == ["a", "b"]
    assert len(redis.hrandfield("h", -5)) == 5
    assert redis.hrandfield("h", 5, withvalues=True) == {"a": "1", "b": "2"}
    assert redis.hrandfield("none") is None
    assert redis.hrandfield("none", 3) == []


def test_fields_that_expire(redis):
    redis.hset("h", values={"a": "1", "b": "2", "c": "3"})
    soon, far = int(time.time()) + 1000, int(time.time()) + A_YEAR
    assert redis.httl("h", ["a", "none"]) == [-1, -2]
    assert redis.httl("none", "a") == [-2]
    assert redis.hexpire("h", "a", 100) == [1]
    assert redis.hexpire("h", ["a", "b", "none"], 200, nx=True) == [0, 1, -2]
    assert redis.hexpire("h", "a", 50, gt=True) == [0]
    assert redis.hexpire("h", "a", 50, lt=True) == [1]
    assert redis.hexpire("h", "c", 50, xx=True) == [0]
    assert redis.hpexpire("h", "a", 500_000) == [1]
    assert redis.httl("h", "a")[0] in (499, 500)
    assert 499_000 < redis.hpttl("h", "a")[0] <= 500_000
    assert redis.hexpireat("h", "a", far) == [1]
    assert redis.hexpiretime("h", ["a", "c", "none"]) == [far, -1, -2]
    assert redis.hpexpireat("h", "a", soon * 1000) == [1]
    assert redis.hpexpiretime("h", "a") == [soon * 1000]
    assert redis.hpersist("h", ["a", "c", "none"]) == [1, -1, -2]
    assert redis.httl("h", "a") == [-1]
    # A time in the past removes at once.
    assert redis.hexpire("h", "a", 0) == [2]
    assert redis.hexists("h", "a") is False
    assert redis.hsetex("h", "d", "4", ex=100) == 1
    assert redis.hsetex("h", values={"d": "5", "e": "6"}, fnx=True, px=5000) == 0
    assert redis.hsetex("h", values={"d": "5"}, fxx=True, keepttl=True) == 1
    assert redis.httl("h", "d")[0] in (99, 100)
    assert redis.hsetex("h", "d", "5", exat=far) == 1
    assert redis.hexpiretime("h", "d") == [far]
    assert redis.hgetex("h", "d", "none", ex=500) == ["5", None]
    assert redis.httl("h", "d")[0] in (499, 500)
    assert redis.hgetex("h", "d", persist=True) == ["5"]
    assert redis.httl("h", "d") == [-1]
    assert redis.hgetdel("h", "d", "none", "b", "c") == ["5", None, "2", "3"]
    assert redis.exists("h") == 0
    assert refused(redis.hexpire, "h", "a", -5).startswith("ERR ")
    redis.set("k", "v")
    assert refused(redis.httl, "k", "f").startswith("WRONGTYPE ")


def test_fields_expire_in_time(redis):
    redis.hset("h", values={"a": "1", "b": "2"})
    assert redis.hpexpire("h", "a", 60) == [1]
    wait_until(lambda: redis.hget("h", "a") is None, "the field's expiry")
    assert redis.hgetall("h") == {"b": "2"}
    assert redis.hlen("h") == 1
    assert redis.hpexpire("h", "b", 1) == [1]
    wait_until(lambda: redis.exists("h") == 0, "the last field's expiry")


def test_lists(both):
    assert both.rpush("l", "a", "b", 3, "ü") == 4
    assert both.lpush("l", *WORDS[:9]) == 13
    assert both.lrange("l", 0, -1)
    assert both.lpushx("none", "x") == 0
    assert both.rpushx("l", "x") == 14
    assert both.llen("l") == 14
    assert both.lindex("l", 0) == WORDS[8]
    assert both.lindex("l", 100) is None
    assert both.linsert("l", "BEFORE", "b", "new") == 15
    assert both.linsert("l", "AFTER", "none", "new") == -1
    assert both.lset("l", 0, "first") is True
    assert refused(both.lset, "l", 100, "x") == "ERR index out of range"
    assert both.lpos("l", "new") is not None
    assert both.lpos("l", "none") is None
    both.rpush("l", "a", "a")
    assert len(both.lpos("l", "a", count=0)) == 3
    both.lpos("l", "a", rank=-1, maxlen=3)
    assert both.lrem("l", 1, "a") == 1
    assert both.lmove("l", "m", "RIGHT", "LEFT") == "a"
    assert both.rpoplpush("l", "m")
    assert both.lpop("l") == "first"
    assert len(both.lpop("l", 2)) == 2
    assert both.rpop("l", 1)
    assert both.lpop("none") is None
    assert both.lpop("none", 2) is None
    assert both.ltrim("l", 0, 2) == "OK"
    both.lrange("l", 0, -1)
    refused(both.execute, ["RPUSH", "l"])
    refused(both.lpop, "l", -1)


def test_sets(both):
    assert both.sadd("s", "a", "b", 3, "🍓") == 4
    assert both.sadd("s", "a", "c") == 1
    assert both.scard("s") == 5
    both.smembers("s")
    assert both.sismember("s", "🍓") is True
    assert both.sismember("s", "none") is False
    assert both.smismember("s", "a", "none") == [True, False]
    both.sadd("t", "a", "x")
    both.sdiff("s", "t")
    both.sinter("s", "t")
    both.sunion("s", "t", "none")
    assert both.sdiffstore("d", "s", "t") == 4
    assert both.sinterstore("d", "s", "t") == 1
    assert both.sunionstore("d", "s", "t") == 6
    assert both.smove("s", "t", "b") is True
    assert both.smove("s", "t", "none") is False
    assert both.srem("s", "a", "none") == 1
    assert both.sscan("d", 0, match="x") == (0, ["x"])
    refused(both.execute, ["SADD", "s"])


def test_random_members(redis):
    redis.sadd("s", "a", "b", "c")
    assert redis.srandmember("s") in ("a", "b", "c")
    assert sorted(redis.srandmember("s", 5)) == ["a", "b", "c"]
    assert redis.srandmember("none") is None
    assert redis.spop("s") in ("a", "b", "c")
    assert len(redis.spop("s", 5)) == 2
    assert redis.spop("s") is None
    assert redis.spop("s", 2) == []
    redis.zadd("z", {"a": 1.5, "b": 2})
    assert redis.zrandmember("z") in ("a", "b")
    assert sorted(redis.zrandmember("z", 5, withscores=True)) == [("a", 1.5), ("b", 2.0)]
    assert redis.zrandmember("none") is None


def test_sorted_sets(both):
    assert both.zadd("z", {"a": 1, "b": 2.5, "c": -0.1, "ü": 1e20, "inf": "inf"}) == 5
    assert both.zadd("z", {"a": 3}, xx=True, ch=True) == 1
    assert both.zadd("z", {"a": 3}, nx=True) == 0
    assert both.zadd("z", {"a": 1}, incr=True) == 4.0
    assert both.zadd("z", {"a": 1}, incr=True, gt=True) == 5.0
    assert both.zadd("z", {"a": -1}, incr=True, gt=True) is None
    assert both.zscore("z", "b") == 2.5
    assert both.zscore("z", "inf") == float("inf")
    assert both.zscore("z", "none") is None
    assert both.zmscore("z", ["a", "none"]) == [5.0, None]
    assert both.zincrby("z", 0.25, "b") == 2.75
    assert both.zcard("z") == 5
    assert both.zcount("z", "-inf", "(5") == 2
    assert both.zcount("z", 0, 10) == 2
    assert both.zrank("z", "b") == 1
    assert both.zrevrank("z", "none") is None
    assert both.zrange("z", 0, -1) == ["c", "b", "a", "ü", "inf"]
    assert both.zrange("z", 0, 1, withscores=True) == [("c", -0.1), ("b", 2.75)]
    both.zrange("z", 10, 0, sortby="BYSCORE", rev=True, withscores=True)
    both.zrange("z", "-inf", "+inf", sortby="BYSCORE", offset=1, count=2)
    both.zrangebyscore("z", 0, "+inf", withscores=True)
    both.zrevrangebyscore("z", "+inf", 0, offset=0, count=1)
    both.zrevrange("z", 0, 1, withscores=True)
    both.zadd("x", {"aa": 0, "ab": 0, "b": 0})
    assert both.zlexcount("x", "-", "[ab") == 2
    both.zrange("x", "[ab", "+", sortby="BYLEX")
    both.zrangebylex("x", "(aa", "+", offset=0, count=5)
    both.zrevrangebylex("x", "+", "-")
    assert both.zrangestore("to", "z", 0, 1) == 2
    assert both.zdiff(["z", "to"], withscores=True)
    assert both.zdiffstore("d", ["z", "to"]) == 3
    both.zinter(["z", "to"], weights=[1, 2.5], aggregate="MAX", withscores=True)
    assert both.zinterstore("d", ["z", "to"], weights=[1, 2]) == 2
    both.zunion(["z", "to"], aggregate="MIN", withscores=True)
    assert both.zunionstore("d", ["z", "to", "none"]) == 5
    assert both.zremrangebylex("x", "-", "[aa") == 1
    assert both.zremrangebyrank("d", 0, 0) == 1
    assert both.zremrangebyscore("d", "-inf", 0) == 0
    assert both.zscan("to", 0) == (0, [("c", -0.1), ("b", 2.75)])
    assert both.zpopmin("z") == [("c", -0.1)]
    assert both.zpopmax("z", 2)
    assert both.zrem("z", "a", "none") == 1
    assert both.zpopmin("none") == []
    refused(both.zadd, "z", {"a": "nan"})
    refused(both.zincrby, "z", "x", "a")


def test_server_and_connection(both, redis):
    assert both.ping() == "PONG"
    assert both.ping("héllo") == "héllo"
    assert both.echo("🍓") == "🍓"
    seconds, microseconds = redis.time()
    assert abs(seconds - time.time()) < 60 and 0 <= microseconds < 1_000_000
    assert redis.client_setinfo("LIB-NAME", "upstash") == "OK"
