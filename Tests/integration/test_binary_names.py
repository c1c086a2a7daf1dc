"""Names are bytes: every one of them is reachable, and none is taken for another."""

import base64

import pytest

# As a path writes them, and the bytes they are.
NAMES = {
    "a%2Fb": b"a/b", "100%25": b"100%", "caf%C3%A9": "café".encode(), "cafe%CC%81": "cafe\u0301".encode(),
    "x%00y": b"x\0y",
    "a+b": b"a+b", "a%20b": b"a b", "%ff": b"\xff", "%FF%FE": b"\xff\xfe", "%C3": b"\xc3", "%00": b"\0",
    "": b"",
    "%EF%BF%BD": "\ufffd".encode(), "..": b"..", "%2E": b".", "a%3Fb": b"a?b", "a%23b": b"a#b", "a;b": b"a;b",
    "a=b&c": b"a=b&c",
    "%22": b'"', "%5C": b"\\", "%0D%0A": b"\r\n", "%252F": b"%2F", "type": b"type", "pop": b"pop", "*": b"*",
    "%F0%9F%A6%86": "🦆".encode(),
    "%ED%A0%80": b"\xed\xa0\x80",
}  # fmt: skip


def in_json(name):
    """A byte string as the API writes it."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(name).decode()}


def from_json(value):
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


def test_keys_are_distinct_and_reachable(client):
    for path, name in NAMES.items():
        assert client.put(f"/keys/{path}", b"value of " + name).status == 201, path
    for path, name in NAMES.items():
        assert client.get(f"/keys/{path}?raw").body == b"value of " + name
        assert client.get(f"/keys/{path}").json == {"value": in_json(b"value of " + name)}
    listed = set()
    cursor = "0"
    while True:
        page = client.get(f"/keys?cursor={cursor}&count=5").json
        listed |= {from_json(key) for key in page["keys"]}
        cursor = page["cursor"]
        if cursor == "0":
            break
    assert listed == set(NAMES.values())
    stream = client.get("/keys", Accept="application/x-ndjson")
    assert stream.content_type == "application/x-ndjson"
    import json

    assert sorted(from_json(json.loads(line)) for line in stream.body.splitlines()) == sorted(NAMES.values())
    for path in NAMES:
        assert client.delete(f"/keys/{path}").status == 204, path
    assert client.get("/keyspace").json == {"count": 0}


def test_spellings_of_one_name(client):
    client.put("/keys/a%2fb", b"1")
    assert client.get("/keys/a%2Fb").json == {"value": "1"}
    client.put("/keys/%61bc", b"2")
    assert client.get("/keys/abc").json == {"value": "2"}


@pytest.mark.parametrize("kind", ["hashes", "sets", "zsets"])
def test_elements(client, kind):
    noun = "fields" if kind == "hashes" else "members"
    body = {"hashes": b"1", "sets": None, "zsets": b"1"}[kind]
    for path in NAMES:
        assert client.request("PUT", f"/{kind}/%00k/{noun}/{path}", body).status == 201, path
    for path in NAMES:
        assert client.get(f"/{kind}/%00k/{noun}/{path}").status == 200, path
    assert client.get(f"/{kind}/%00k/count").json == {"count": len(NAMES)}
    if kind == "hashes":
        assert client.get("/hashes/%00k").status == 409
        listed = [from_json(field) for field, _ in client.get("/hashes/%00k?pairs").json["fields"]]
    elif kind == "sets":
        listed = [from_json(member) for member in client.get("/sets/%00k").json["members"]]
    else:
        listed = [from_json(item["member"]) for item in client.get("/zsets/%00k").json["members"]]
    assert sorted(listed) == sorted(NAMES.values())
    for path in NAMES:
        assert client.delete(f"/{kind}/%00k/{noun}/{path}").status == 204, path
    assert client.get("/keyspace").json == {"count": 0}


def test_names_in_the_query(client):
    for path, name in NAMES.items():
        client.put(f"/keys/{path}", b"1")
    query = "&".join("key=" + "".join(f"%{byte:02x}" for byte in name) for name in NAMES.values())
    pairs = client.get(f"/keys?pairs&{query}").json["values"]
    assert [from_json(key) for key, _ in pairs] == list(NAMES.values())
    assert all(value == "1" for _, value in pairs)
    assert client.delete(f"/keys?{query}").json == {"removed": len(NAMES)}


def test_a_plus_in_the_query_is_a_space(client):
    client.put("/keys/a%20b", b"space")
    client.put("/keys/a+b", b"plus")
    assert client.get("/keys?key=a+b&pairs").json == {"values": [["a b", "space"]]}
    assert client.get("/keys?key=a%2Bb&pairs").json == {"values": [["a+b", "plus"]]}


def test_values_in_documents(client):
    values = [in_json(name) for name in NAMES.values()]
    assert client.put("/lists/l", {"values": values}).status == 201
    assert client.get("/lists/l").json == {"values": values}
    for index, name in enumerate(NAMES.values()):
        assert client.get(f"/lists/l/items/{index}?raw").body == name
    # Valid UTF-8 may be written in base64 too.
    assert client.put("/keys/k", {"value": {"base64": base64.b64encode(b"plain").decode()}}).status == 201
    assert client.get("/keys/k").json == {"value": "plain"}
