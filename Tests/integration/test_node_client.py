"""What @upstash/redis (npm) does, whose own code can't run here: one POST for each call, the body an array of
strings, numbers and booleans; the answer's `result` decoded from base64, at any depth."""

import base64
import json

import pytest


class NodeClient:
    def __init__(self, client):
        self.client, self.token = client, ""

    def request(self, path, body):
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer none",
            "Upstash-Encoding": "base64",
            "Upstash-Telemetry-Sdk": "@upstash/redis@v1.35.0",
            "Upstash-Telemetry-Runtime": "node@v22.0.0",
            "Upstash-Telemetry-Platform": "unknown",
            "upstash-sync-token": self.token,
        }
        # JSON.stringify puts no blanks, and leaves all but control characters as they are.
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        answer = self.client.request("POST", path, text, headers)
        self.token = answer.headers["upstash-sync-token"] or ""
        document = answer.json
        if answer.status // 100 != 2:
            raise RuntimeError(document["error"])
        if isinstance(document, list):
            return [(self.decode(entry.get("result")), entry.get("error")) for entry in document]
        return self.decode(document["result"])

    def decode(self, value):
        if isinstance(value, list):
            return [self.decode(element) for element in value]
        if isinstance(value, str):
            return value if value == "OK" else base64.b64decode(value, validate=True).decode()
        return value


def test_the_node_client(client):
    node = NodeClient(client)
    assert node.request("/", ["set", "k", '{"a":"ü🍓"}', "ex", 100]) == "OK"
    assert node.request("/", ["get", "k"]) == '{"a":"ü🍓"}'
    assert node.request("/", ["set", "flag", True]) == "OK"
    assert node.request("/", ["get", "flag"]) == "true"
    assert node.request("/", ["zadd", "z", 1.5, "a", -2, "b"]) == 2
    assert node.request("/", ["zrange", "z", 0, -1, "withscores"]) == ["b", "-2", "a", "1.5"]
    assert node.request("/", ["scan", 0, "match", "z", "count", 1000]) == ["0", ["z"]]
    assert node.request("/", ["hset", "h", "f", 1]) == 1
    assert node.request("/", ["hgetall", "h"]) == ["f", "1"]
    assert node.request("/", ["get", "none"]) is None
    assert node.token
    batch = [["incr", "n"], ["get", "k"], ["lpush", "k", "x"], ["mget", "flag", "none"]]
    expected = [('{"a":"ü🍓"}', None), (["true", None], None)]
    for path in ("/pipeline", "/multi-exec"):
        answers = node.request(path, batch)
        assert answers[1::2] == expected and answers[2][1].startswith("WRONGTYPE ")
    with pytest.raises(RuntimeError, match="^ERR wrong number of arguments for 'get' command$"):
        node.request("/", ["get"])
    with pytest.raises(RuntimeError, match="NOSCRIPT No matching script. Please use EVAL."):
        node.request("/", ["evalsha", "0" * 40, 0])
    with pytest.raises(RuntimeError, match="^EXECABORT "):
        node.request("/multi-exec", [["set", "k", "x"], ["nosuch"]])
    assert node.request("/", ["get", "k"]) == '{"a":"ü🍓"}'
