"""The Upstash Redis REST protocol over plain HTTP: what its clients send and read."""

import json

import pytest

from http_client import Client
from program import Program
from upstash_http import b64, refused, result, run


# One command


def test_one_command(client):
    answer = run(client, "SET", "k", "v")
    assert (answer.status, answer.content_type, answer.body) == (200, "application/json", b'{"result":"OK"}')
    assert run(client, "get", "k").body == b'{"result":"v"}'
    assert run(client, "GET", "none").body == b'{"result":null}'
    assert run(client, "STRLEN", "k").body == b'{"result":1}'


@pytest.mark.parametrize("target", ["/", "//", "/pipeline", "//pipeline", "/multi-exec", "//multi-exec"])
def test_a_doubled_slash(client, target):
    one = target in ("/", "//")
    command = ["SET", "k", "v"]
    answer = client.post(target, json.dumps(command if one else [command]))
    assert answer.json == ({"result": "OK"} if one else [{"result": "OK"}])


@pytest.mark.parametrize(
    "content_type", [None, "application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"]
)
@pytest.mark.parametrize("target", ["/", "/pipeline", "/multi-exec"])
def test_any_content_type(client, target, content_type):
    body = '["PING"]' if target == "/" else '[["PING"]]'
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = client.request("POST", target, body, headers)
    assert answer.json == ({"result": "PONG"} if target == "/" else [{"result": "PONG"}])


# Arguments


@pytest.mark.parametrize(
    "token, value",
    [
        ('"text"', b"text"),
        ('""', b""),
        ('"\\u00fc\\ud83c\\udf53\\n\\u0000"', "ü🍓\n\0".encode()),
        ("9223372036854775807", b"9223372036854775807"),
        ("-9223372036854775808", b"-9223372036854775808"),
        ("123456789012345678901234567890", b"123456789012345678901234567890"),
        ("0.10", b"0.10"),
        ("-0", b"-0"),
        ("1e+20", b"1e+20"),
        ("1E5", b"1E5"),
        ("true", b"true"),
        ("false", b"false"),
        ('{"base64":"AP/+"}', b"\x00\xff\xfe"),
        ('{"base64":""}', b""),
    ],
)
def test_arguments(client, token, value):
    for target, body in (
        ("/", '["SET","k",%s]'),
        ("/pipeline", '[["SET","k",%s]]'),
        ("/multi-exec", '[["SET","k",%s]]'),
    ):
        client.delete("/keys/k")
        assert client.post(target, body % token).status == 200
        assert client.get("/keys/k?raw").body == value


@pytest.mark.parametrize(
    "token", ["null", "{}", '{"a":1}', "[]", '["x"]', '{"base64":"?"}', '{"base64":1}', '{"base64":"","x":1}']
)
@pytest.mark.parametrize("target, body", [("/", '["SET","k",%s]'), ("/pipeline", '[["SET","k",%s]]')])
def test_arguments_that_are_refused(client, target, body, token):
    refused(client.post(target, body % token), 400)
    assert result(client, "EXISTS", "k") == 0


def test_names_and_words_of_any_kind(client):
    """A key of any bytes, and a command's name in any case."""
    key = {"base64": b64(b"\xff\x00/")}
    assert result(client, "sEt", key, "v") == "OK"
    assert client.get("/keys/%FF%00%2F").json == {"value": "v"}
    assert result(client, "gET", key) == "v"


# Replies


def test_replies_have_the_shapes_of_resp2(client):
    client.post(
        "/pipeline",
        json.dumps([["HSET", "h", "a", "1"], ["ZADD", "z", "1.5", "m", "inf", "n"], ["RPUSH", "l", "x"]]),
    )
    answer = client.post(
        "/pipeline",
        json.dumps(
            [
                ["HGETALL", "h"],
                ["ZSCORE", "z", "m"],
                ["ZSCORE", "z", "n"],
                ["ZRANGE", "z", 0, -1, "WITHSCORES"],
                ["HMGET", "h", "a", "none"],
                ["LPOP", "none", 2],
                ["LPOS", "l", "y"],
                ["INCRBYFLOAT", "f", 0.5],
                ["SCAN", 0, "MATCH", "h"],
                ["LRANGE", "none", 0, -1],
                ["INCRBY", "n", 9223372036854775807],
                ["CONFIG", "GET", "maxmemory"],
                ["TYPE", "h"],
            ]
        ),
    )
    assert answer.status == 200 and answer.content_type == "application/json"
    expected = [
        ["a", "1"],
        "1.5",
        "inf",
        ["m", "1.5", "n", "inf"],
        ["1", None],
        None,
        None,
        "0.5",
        ["0", ["h"]],
        [],
        9223372036854775807,
        ["maxmemory", "0"],
        "hash",
    ]
    assert answer.json == [{"result": value} for value in expected]


def test_base64(client):
    client.put("/keys/binary", b"\xff\x00")
    commands = [
        (["SET", "k", "ü"], "OK"),
        (["GET", "k"], b64("ü")),
        (["GET", "binary"], b64(b"\xff\x00")),
        (["RPUSH", "l", "a", "", "OK"], 3),
        (["LRANGE", "l", 0, -1], [b64("a"), "", b64("OK")]),
        (["SCAN", "0", "MATCH", "l"], [b64("0"), [b64("l")]]),
        (["MGET", "k", "none"], [b64("ü"), None]),
        (["ZADD", "z", "1.5", "m"], 1),
        (["ZSCORE", "z", "m"], b64("1.5")),
        (["ZRANGE", "z", 0, -1, "WITHSCORES"], [b64("m"), b64("1.5")]),
        (["TYPE", "z"], b64("zset")),
        (["PING"], b64("PONG")),
    ]
    headers = {"Upstash-Encoding": "base64"}
    for command, expected in commands:
        answer = client.request("POST", "/", json.dumps(command), headers)
        assert answer.json == {"result": expected}, command
    # Errors never.
    error = client.request("POST", "/", '["INCR","k"]', headers)
    assert refused(error, 400) == "ERR value is not an integer or out of range"
    # The same in a pipeline and a transaction.
    reads = [command for command, _ in commands if command[0] in ("GET", "LRANGE", "MGET", "ZSCORE")]
    for target in ("/pipeline", "/multi-exec"):
        answer = client.request("POST", target, json.dumps([*reads, ["INCR", "k"]]), headers)
        expected = [{"result": value} for command, value in commands if command in reads]
        assert answer.json == [*expected, {"error": "ERR value is not an integer or out of range"}]


def test_bytes_that_are_not_utf8_are_replaced(client):
    client.put("/keys/k", b"a\xffb")
    assert result(client, "GET", "k") == "a\ufffdb"
    client.put("/lists/l", {"values": [{"base64": b64(b"\xf0\x9f\x8d")}]})
    assert set(result(client, "LRANGE", "l", 0, -1)[0]) == {"\ufffd"}


def test_resp2(client):
    headers = {"Upstash-Response-Format": "resp2"}
    client.put("/keys/k", b"\xff\x00")
    client.put("/zsets/z", {"scores": {"m": 1.5}})
    for command, expected in (
        (["GET", "k"], b"$2\r\n\xff\x00\r\n"),
        (["GET", "none"], b"$-1\r\n"),
        (["SET", "x", "1"], b"+OK\r\n"),
        (["INCR", "x"], b":2\r\n"),
        (["ZRANGE", "z", 0, -1, "WITHSCORES"], b"*2\r\n$1\r\nm\r\n$3\r\n1.5\r\n"),
        (["LPOP", "none", 1], b"*-1\r\n"),
    ):
        answer = client.request("POST", "/", json.dumps(command), headers)
        assert (answer.status, answer.content_type) == (200, "application/octet-stream")
        assert answer.body == expected
    failed = client.request("POST", "/", '["INCR","k"]', headers)
    assert failed.status == 400
    assert failed.body == b"-ERR value is not an integer or out of range\r\n"
    # A transaction answers JSON all the same.
    transaction = client.request("POST", "/multi-exec", '[["GET","x"]]', headers)
    assert (transaction.status, transaction.json) == (200, [{"result": "2"}])
    pipeline = client.request("POST", "/pipeline", '[["GET","x"],["NOSUCH"],["PING"]]', headers)
    assert pipeline.status == 200 and pipeline.content_type == "application/octet-stream"
    assert pipeline.body.startswith(b"$1\r\n2\r\n-ERR unknown command")
    assert pipeline.body.endswith(b"\r\n+PONG\r\n")


@pytest.mark.parametrize(
    "target, headers",
    [
        ("/", {"Upstash-Response-Format": "resp2", "Upstash-Encoding": "base64"}),
        ("/pipeline", {"Upstash-Response-Format": "resp2", "Upstash-Encoding": "base64"}),
        ("/", {"Upstash-Response-Format": "resp3"}),
        ("/pipeline", {"Upstash-Response-Format": "xml"}),
        ("/", {"Upstash-Encoding": "hex"}),
    ],
)
def test_formats_that_are_refused(client, target, headers):
    body = '["SET","k","v"]' if target == "/" else '[["SET","k","v"]]'
    refused(client.request("POST", target, body, headers), 400)
    assert result(client, "EXISTS", "k") == 0


# Path form


@pytest.mark.parametrize(
    "method, target, body, expected",
    [
        ("GET", "/set/k/v", None, "OK"),
        ("GET", "/GET/seed", None, "sown"),
        ("POST", "/set/k", b"body", "OK"),
        ("PUT", "/set/k", b"body", "OK"),
        ("POST", "/set/k?EX=100", b"body", "OK"),
        ("POST", "/set/k/v?EX=100&NX", None, "OK"),
        ("POST", "/incr/n", None, 1),
        ("POST", "/incr/n", b"", 1),
        ("GET", "/ping", None, "PONG"),
        ("GET", "/echo/a%2Fb%20c", None, "a/b c"),
        ("GET", "//get/seed", None, "sown"),
        ("GET", "/mget/seed/none", None, ["sown", None]),
        ("GET", "/strlen/", None, 0),
        ("POST", "/rpush/l/a/b", b"c", 3),
        ("GET", "/scan/0?MATCH=se*&COUNT=10", None, ["0", ["seed"]]),
    ],
)
def test_path_form(client, method, target, body, expected):
    client.put("/keys/seed", b"sown")
    answer = client.request(method, target, body)
    assert answer.status == 200 and answer.json == {"result": expected}, answer


def test_path_form_effects(client):
    client.post("/set/k?EX=100", b"\xff\x00[]")
    assert client.get("/keys/k?raw").body == b"\xff\x00[]"
    assert 99 <= client.get("/ttl/k").json["result"] <= 100
    # The body is the last of the path's arguments, the query comes after it.
    client.post("/set/k/v?KEEPTTL")
    assert client.get("/get/k").json == {"result": "v"}
    assert client.get("/ttl/k").json["result"] > 0
    client.put("/keys/x%00y%FF", b"1")
    assert client.get("/get/x%00y%FF").json == {"result": "1"}
    assert client.get("/get/k", Upstash_Encoding="base64").json == {"result": b64("v")}
    assert client.get("/get/k", Upstash_Response_Format="resp2").body == b"$1\r\nv\r\n"


def test_head_of_a_path(client):
    client.put("/keys/k", b"v")
    head = client.head("/get/k")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len('{"result":"v"}'))
    assert client.head("/nosuch/k").status == 400


@pytest.mark.parametrize("target", ["/keys", "/info", "/keyspace", "/commands", "/healthz", "/config"])
def test_a_resource_wins_over_a_command(client, target):
    answer = client.get(target)
    assert answer.status == 200 and "result" not in answer.json
    # Whatever follows.
    beyond = client.get(target + "/a/b/c/d")
    assert beyond.content_type == "application/problem+json" and beyond.status in (404, 405), beyond


def test_path_form_errors(client):
    assert refused(client.get("/nosuch/k"), 400).startswith("ERR unknown command 'nosuch'")
    assert refused(client.get("/get"), 400) == "ERR wrong number of arguments for 'get' command"
    client.put("/lists/l", {"values": ["x"]})
    assert refused(client.get("/get/l"), 400).startswith("WRONGTYPE ")
    refused(client.get("/get/%zz"), 400)
    refused(client.delete("/get/k"), 405)
    refused(client.get("/"), 405)


# Status


def test_status_of_failures(client):
    client.put("/keys/k", b"text")
    assert refused(run(client, "NOSUCH", "a"), 400).startswith("ERR unknown command 'NOSUCH'")
    assert refused(run(client, "GET"), 400) == "ERR wrong number of arguments for 'get' command"
    assert refused(run(client, "LPUSH", "k", "x"), 400).startswith("WRONGTYPE ")
    assert refused(run(client, "INCR", "k"), 400) == "ERR value is not an integer or out of range"
    assert refused(run(client, "SET", "k", "v", "WHAT"), 400) == "ERR syntax error"
    refused(client.get("/pipeline"), 405)
    refused(client.delete("/"), 405)
    # In a pipeline they are entries.
    answer = client.post("/pipeline", '[["GET","k"],["INCR","k"],["NOSUCH"],["GET"],["PING"]]')
    assert answer.status == 200
    assert [list(entry) for entry in answer.json] == [["result"], ["error"], ["error"], ["error"], ["result"]]
    assert client.post("/pipeline", "[]").json == []


def test_tokens():
    with Program("--token", "s3cret") as program, Client(program.port) as client:
        good, bad = {"Authorization": "Bearer s3cret"}, {"Authorization": "Bearer wrong"}
        for target, body in (("/", '["PING"]'), ("/pipeline", '[["PING"]]'), ("/multi-exec", '[["PING"]]')):
            assert client.request("POST", target, body, good).status == 200
            assert client.post(target + "?_token=s3cret", body).status == 200
            error = refused(client.request("POST", target, body, bad), 401)
            assert error.startswith("WRONGPASS ")
            refused(client.post(target, body), 401)
        assert client.get("/set/k/v?EX=100&_token=s3cret").json == {"result": "OK"}
        assert 99 <= client.get("/ttl/k?_token=s3cret").json["result"] <= 100
        assert client.get("/get/k?_token=s3cret").json == {"result": "v"}
        refused(client.get("/get/k"), 401)
        assert client.get("/keys/k?_token=s3cret").json == {"value": "v"}
        run(client, "PING")
        assert not any("s3cret" in line for line in program.log)


# Transactions


def test_multi_exec(client):
    answer = client.post("/multi-exec", '[["SET","k",1],["INCR","k"],["GET","k"]]')
    assert (answer.status, answer.json) == (200, [{"result": "OK"}, {"result": 2}, {"result": "2"}])
    assert client.post("/multi-exec", "[]").json == []


def test_multi_exec_goes_on_behind_a_failure(client):
    client.put("/keys/text", b"x")
    answer = client.post("/multi-exec", '[["SET","a",1],["INCR","text"],["SET","b",1]]')
    assert answer.status == 200
    assert answer.json[0] == answer.json[2] == {"result": "OK"}
    assert answer.json[1]["error"].startswith("ERR ")
    assert result(client, "EXISTS", "a", "b") == 2


@pytest.mark.parametrize("wrong", ['["NOSUCH"]', '["GET"]', '["SET","k",null]', '"GET"', "[]"])
def test_multi_exec_is_discarded(client, wrong):
    refused(client.post("/multi-exec", '[["SET","a",1],%s,["SET","b",1]]' % wrong), 400)
    assert result(client, "EXISTS", "a", "b") == 0


# The sync token


def test_sync_token(client):
    def token(answer):
        value = answer.headers["Upstash-Sync-Token"]
        assert value and value.isascii() and value.isprintable(), answer
        return value

    first = token(run(client, "SET", "k", "1"))
    second = token(run(client, "SET", "k", "2"))
    third = token(client.post("/pipeline", '[["SET","k","3"]]'))
    fourth = token(client.post("/multi-exec", '[["SET","k","4"]]'))
    fifth = token(client.get("/set/k/5"))
    assert len({first, second, third, fourth, fifth}) == 5
    # A read leaves it.
    assert token(run(client, "GET", "k")) == fifth == token(client.get("/get/k"))
    # A write to a resource moves it as well; sent back, it is accepted.
    client.put("/keys/k", b"6")
    answer = run(client, "GET", "k", Upstash_Sync_Token=fifth)
    assert token(answer) != fifth and answer.json == {"result": "6"}
    # Failures carry it too.
    token(run(client, "NOSUCH"))
    token(client.post("/", "["))
    token(client.post("/pipeline", '[["SET","x","1"],["NOSUCH"]]'))


# Commands of a connection, and those there are none of


def test_scripts(client):
    for command in (["EVALSHA", "f" * 40, 0], ["EVALSHA", "x", 1, "k"]):
        assert refused(run(client, *command), 400) == "NOSCRIPT No matching script. Please use EVAL."


@pytest.mark.parametrize(
    "command, names",
    [
        (["SUBSCRIBE", "c"], "GET /events"),
        (["PSUBSCRIBE", "c*"], "GET /events"),
        (["SSUBSCRIBE", "c"], "GET /events"),
        (["UNSUBSCRIBE"], "GET /events"),
        (["MULTI"], "/multi-exec"),
        (["EXEC"], "/multi-exec"),
        (["DISCARD"], "/multi-exec"),
        (["WATCH", "k"], "/transactions"),
        (["UNWATCH"], "/transactions"),
        (["SELECT", "1"], "one database, 0; start another server"),
        (["MOVE", "k", "1"], "one database, 0; start another server"),
        (["MONITOR"], "GET /events"),
        (["CLIENT", "TRACKING", "ON"], "/keys/{key} with If-None-Match"),
        (["CLIENT", "REPLY", "OFF"], "every request is answered"),
        (["WAIT", "1", "0"], "there are no replicas"),
        (["AUTH", "secret"], "Authorization: Bearer"),
    ],
)
def test_commands_that_need_a_connection(client, command, names):
    error = refused(run(client, *command), 400)
    assert not error.startswith("ERR unknown command"), error
    assert names in error, error
    entry = client.post("/pipeline", json.dumps([command, ["PING"]])).json
    assert list(entry[0]) == ["error"] and entry[1] == {"result": "PONG"}


def test_what_a_stateless_service_answers(client):
    assert result(client, "CLIENT", "SETINFO", "LIB-NAME", "x") == "OK"
    assert result(client, "CLIENT", "SETNAME", "x") == "OK"
    assert result(client, "SELECT", "0") == "OK"
    hello = result(client, "HELLO")
    fields = dict(zip(hello[::2], hello[1::2]))
    assert fields["proto"] == 2 and fields["mode"] == "standalone" and "version" in fields
    refused(run(client, "AUTH", "x"), 400)


# SCAN


def test_scan(client):
    client.post("/pipeline", json.dumps([["SET", f"user:{n}", "x"] for n in range(60)]))
    client.put("/hashes/other", {"fields": {"a": "1"}})
    cursor, keys = result(client, "SCAN", "0", "MATCH", "user:*")
    assert cursor == "0" and sorted(keys) == sorted(f"user:{n}" for n in range(60))
    cursor, keys = result(client, "SCAN", 0, "COUNT", 1)
    assert len(keys) == 1 and cursor != "0"
    cursor, pairs = result(client, "SCAN", 0, "MATCH", "other", "WITHTYPE")
    assert (cursor, pairs) == ("0", ["other", "hash"])
    found, cursor = [], "0"
    while True:
        cursor, page = result(client, "SCAN", cursor, "COUNT", 7, "WITHTYPE")
        found += zip(page[::2], page[1::2])
        if cursor == "0":
            break
    assert dict(found) == {f"user:{n}": "string" for n in range(60)} | {"other": "hash"}
