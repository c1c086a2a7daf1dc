"""ETags: reads that are not repeated, writes that nobody is overrun by."""

import threading

import pytest

from http_client import Client, problem

# A way to make a key of each type, and one to change it.
TYPES = {
    "keys": (("PUT", "/keys/k", b"1"), ("POST", "/keys/k/append", b"2"), "/keys/k"),
    "hashes": (
        ("PUT", "/hashes/k/fields/f", b"1"),
        ("PATCH", "/hashes/k", {"fields": {"g": "2"}}),
        "/hashes/k",
    ),
    "lists": (("POST", "/lists/k", {"values": ["a"]}), ("POST", "/lists/k", {"values": ["b"]}), "/lists/k"),
    "sets": (("PUT", "/sets/k/members/a", None), ("PATCH", "/sets/k", {"members": ["b"]}), "/sets/k"),
    "zsets": (("PUT", "/zsets/k/members/a", b"1"), ("PUT", "/zsets/k/members/a", b"2"), "/zsets/k"),
}


def test_compare_and_set_by_8_threads(program, client):
    """An increment made of GET and PUT with If-Match: none is lost."""
    client.put("/keys/counter", b"0")
    each = 50
    failures = []
    conflicts = [0] * 8

    def count(index):
        try:
            with Client(program.port) as mine:
                done = 0
                while done < each:
                    seen = mine.get("/keys/counter")
                    answer = mine.put("/keys/counter", str(int(seen.json["value"]) + 1), If_Match=seen.etag)
                    if answer.status == 200:
                        done += 1
                    else:
                        problem(answer, 412)
                        conflicts[index] += 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=count, args=[index]) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert client.get("/keys/counter").json == {"value": str(8 * each)}, conflicts


def test_one_of_many_creates(program):
    """If-None-Match: * is a lock that one alone gets."""
    got = []

    def take(index):
        with Client(program.port) as mine:
            if mine.put("/keys/lock", str(index), If_None_Match="*").status == 201:
                got.append(index)

    threads = [threading.Thread(target=take, args=[index]) for index in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    with Client(program.port) as client:
        assert client.get("/keys/lock").json == {"value": str(got[0])}


@pytest.mark.parametrize("kind", TYPES)
def test_every_type(client, kind):
    create, change, target = TYPES[kind]
    first = client.request(*create)
    assert first.status == 201 and first.etag
    read = client.get(target)
    assert read.etag.strip('"').split("-")[:2] == first.etag.strip('"').split("-")[:2]
    unchanged = client.get(target, If_None_Match=read.etag)
    assert unchanged.status == 304 and unchanged.body == b"" and unchanged.etag
    assert client.head(target, If_None_Match=read.etag).status == 304
    assert client.get(target, If_None_Match='"x", ' + read.etag).status == 304
    assert client.get(target, If_None_Match="W/" + read.etag).status == 304
    assert client.get(target, If_None_Match='"x"').status == 200
    assert client.get(target, If_Match=read.etag).status == 200
    problem(client.get(target, If_Match='"x"'), 412)
    # A write with the present ETag, then one with what is now the past one.
    method, path, body = change
    headers = {"If-Match": read.etag}
    changed = client.request(method, path, body, headers)
    assert changed.status in (200, 201) and changed.etag != first.etag
    problem(client.request(method, path, body, headers), 412)
    assert client.get(target, If_None_Match=read.etag).status == 200
    problem(client.request(method, path, body, {"If-None-Match": changed.etag}), 412)
    # The change of an expiry is one of the key.
    before = client.get(target).etag
    client.put("/keys/k/ttl", {"ttl": 1000})
    assert client.get(target, If_None_Match=before).status == 200
    # And its end.
    before = client.get(target).etag
    assert client.delete("/keys/k", If_Match='"x"').status == 412
    assert client.delete("/keys/k", If_Match=before).status == 204
    problem(client.request(method, path, body, {"If-Match": before}), 412)
    client.request(*create)
    assert client.get(target, If_None_Match=before).status == 200


def test_removal_of_everything_changes_every_key(client):
    before = client.put("/keys/k", b"1").etag
    client.delete("/keys?all")
    problem(client.put("/keys/k", b"2", If_Match=before), 412)


def test_star_speaks_of_the_paths_resource(client):
    client.put("/hashes/h/fields/a", b"1")
    assert client.put("/hashes/h/fields/b", b"1", If_None_Match="*").status == 201
    problem(client.put("/hashes/h/fields/a", b"2", If_None_Match="*"), 412)
    problem(client.put("/hashes/h/fields/c", b"2", If_Match="*"), 412)
    assert client.put("/hashes/h/fields/a", b"2", If_Match="*").status == 200
    problem(client.put("/keys/none", b"1", If_Match="*"), 412)
    assert client.put("/keys/none", b"1", If_None_Match="*").status == 201
    assert client.put("/keys/none", b"2", If_Match="*").status == 200


def test_an_element_that_is_missing_has_no_etag(client):
    """RFC 9110: If-Match is false where there is no representation; the whole key's ETag goes with the key."""
    etag = client.put("/hashes/h/fields/a", b"1").etag
    problem(client.put("/hashes/h/fields/b", b"1", If_Match=etag), 412)
    assert client.patch("/hashes/h", {"fields": {"b": "1"}}, If_Match=etag).status == 200


def test_a_representations_etag(client):
    client.put("/keys/k", b"hello")
    json, raw = client.get("/keys/k"), client.get("/keys/k?raw")
    assert "Accept" in json.headers["Vary"]
    # Conditions hold across representations: what changes is the key.
    assert client.get("/keys/k?raw", If_None_Match=json.etag).status == 304
    assert client.put("/keys/k", b"1", If_Match=raw.etag).status == 200


@pytest.mark.parametrize("value", ["", "x", '"unclosed', "*, *", '"a" "b"', ",", "W/"])
def test_malformed_conditions(client, value):
    """Either refused or without a match; never a 500, and never a write that the condition did not allow."""
    client.put("/keys/k", b"1")
    answer = client.put("/keys/k", b"2", If_Match=value)
    assert answer.status in (400, 412) or (value == "" and answer.status == 200), answer
