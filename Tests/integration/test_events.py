"""Streams of events: what comes, in which order, and what happens to those who leave, sleep or are slow."""

import random
import socket
import threading
from urllib.parse import quote

import pytest

from http_client import Client, connect, problem, request
from program import PATIENCE, Program, wait_until
from sse import Stream, decoded, events_path


def publish(client, channel, message):
    answer = client.post(f"/channels/{quote(channel, safe='')}", message)
    assert answer.status == 200, answer
    return answer.json["receivers"]


def subscribers(client):
    """How many subscribers each channel has."""
    return {entry["channel"]: entry["subscribers"] for entry in client.get("/channels").json["channels"]}


def messages(events):
    return [event.json["message"] for event in events if event.event == "message"]


def test_channel_pattern_and_keys(program, client):
    with Stream(program.port, events_path(channel="news", pattern="sport.*", keys="user:*")) as stream:
        assert stream.headers["Content-Type"] == "text/event-stream"
        assert stream.headers["Cache-Control"] == "no-store"
        opening = stream.opening()
        assert opening.json == {"channels": ["news"], "patterns": ["sport.*"], "keys": ["user:*"]}
        assert publish(client, "news", "hello") == 1
        assert publish(client, "sport.f", "1:0") == 1
        assert publish(client, "other", "x") == 0
        client.put("/keys/user:1?ttl=100", "Ada")
        client.put("/keys/group:1", "x")
        client.patch("/hashes/user:2", {"fields": {"name": "Bob"}})
        client.delete("/keys/user:1")
        events = stream.take(6)
        assert [event.event for event in events] == ["message", "pmessage", "set", "expire", "hset", "del"]
        assert [event.json for event in events] == [
            {"channel": "news", "message": "hello"},
            {"pattern": "sport.*", "channel": "sport.f", "message": "1:0"},
            {"pattern": "user:*", "key": "user:1", "event": "set"},
            {"pattern": "user:*", "key": "user:1", "event": "expire"},
            {"pattern": "user:*", "key": "user:2", "event": "hset"},
            {"pattern": "user:*", "key": "user:1", "event": "del"},
        ]
        ids = [event.id for event in [opening, *events]]
        assert len(set(ids)) == len(ids)
        assert stream.decoder.retry == 1000


def test_expiry_is_an_event(program, client):
    with Stream(program.port, events_path(keys="*")) as stream:
        stream.opening()
        client.put("/keys/k?ttl=0.05", "x")
        events = stream.until(lambda event: event.event == "expired")
        assert [event.event for event in events] == ["set", "expire", "expired"]


def test_keyspace_channels(program, client):
    """Those of `notify-keyspace-events` are ordinary channels."""
    assert client.put("/config/notify-keyspace-events", "KEA").status < 300
    try:
        with Stream(program.port, events_path(channel="__keyspace@0__:k", pattern="__keyevent*")) as stream:
            stream.opening()
            client.put("/keys/k", "x")
            assert {event.json["channel"]: event.json["message"] for event in stream.take(2)} == {
                "__keyspace@0__:k": "set",
                "__keyevent@0__:set": "k",
            }
    finally:
        client.put("/config/notify-keyspace-events", "")


def test_commands_publish_too(program, client):
    with Stream(program.port, events_path(channel="c")) as stream:
        stream.opening()
        assert client.post("/", ["PUBLISH", "c", "1"]).json == {"result": 1}
        assert client.post("/", ["SPUBLISH", "c", "2"]).json == {"result": 1}
        assert client.post("/multi-exec", [["SET", "k", "v"], ["PUBLISH", "c", "3"]]).status == 200
        assert client.post("/pipeline", [["PUBLISH", "c", str(n)] for n in range(4, 104)]).status == 200
        assert messages(stream.take(103)) == [str(n) for n in range(1, 104)]
        assert client.post("/", ["PUBSUB", "NUMSUB", "c"]).json == {"result": ["c", 1]}


ODD = [
    b"", b" ", b"a\nb", b"a\r\nb\r", b"\n\n", b"id: 7\n\ndata: x", "ü🍓\u2028 \u0085".encode(), b"\xff\x00\xfe",
    b'"\\', b"x" * 300_000, b":", b"\xef\xbb\xbf",
]  # fmt: skip


@pytest.mark.parametrize("message", ODD, ids=range(len(ODD)))
def test_any_bytes(program, client, message):
    def as_json(value):
        try:
            return value.decode()
        except UnicodeDecodeError:
            import base64

            return {"base64": base64.b64encode(value).decode()}

    channel = b"c\n" + message[:100]
    path = "/channels/" + quote(channel, safe="")
    with (
        Stream(program.port, events_path(channel=channel)) as stream,
        Stream(program.port, events_path(channel=channel, raw=True)) as raw,
    ):
        assert stream.opening().json["channels"] == [as_json(channel)]
        raw.opening()
        assert client.post(path, message).json == {"receivers": 2}
        assert stream.next().json == {"channel": as_json(channel), "message": as_json(message)}
        text = message.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        assert raw.next().data == text


def test_upstash_streams(program, client):
    port = program.port
    with (
        Stream(port, "/subscribe/chat", "POST", "[]", Upstash_Encoding="base64") as channel,
        Stream(port, "/psubscribe/c*") as pattern,
        Stream(port, "/monitor", "POST") as monitor,
    ):
        assert channel.next().data == "subscribe,chat,1"
        assert pattern.next().data == "psubscribe,c*,1"
        assert monitor.next().data == '"OK"'
        assert publish(client, "chat", "hello") == 2
        assert publish(client, "chat", "a,b") == 2
        assert [event.data for event in channel.take(2)] == ["message,chat,hello", "message,chat,a,b"]
        assert [event.data for event in pattern.take(2)] == [
            "pmessage,c*,chat,hello",
            "pmessage,c*,chat,a,b",
        ]
        assert channel.lines[:4] == ["data: subscribe,chat,1", "", "data: message,chat,hello", ""]
        client.put("/keys/k", "v")
        seen = monitor.until(lambda event: '"SET"' in event.data)
        assert seen[-1].data.endswith('] "SET" "k" "v"')
    wait_until(lambda: client.get("/channels").json == {"channels": [], "patterns": 0}, "the end")


def test_who_comes_back_misses_nothing(program, client):
    path = events_path(channel="c")
    with Stream(program.port, path) as stream:
        stream.opening()
        publish(client, "c", "1")
        last = stream.next().id
    for number in range(2, 20):
        publish(client, "c", str(number))
    for again in (
        Stream(program.port, path, Last_Event_ID=last),
        Stream(program.port, events_path(channel="c", last_event_id=last)),
        # A browser repeats the URL; the header is newer.
        Stream(program.port, events_path(channel="c", last_event_id="nonsense"), Last_Event_ID=last),
    ):
        with again as stream:
            stream.opening()
            assert messages(stream.take(18)) == [str(n) for n in range(2, 20)]


def test_key_events_are_kept_for_a_while(program, client):
    path = events_path(keys="linger:*")
    with Stream(program.port, path) as stream:
        last = stream.opening().id
    wait_until(lambda: client.get("/channels").json["channels"] == [], "the end")
    for number in range(5):
        client.put(f"/keys/linger:{number}", "x")
    with Stream(program.port, path, Last_Event_ID=last) as stream:
        stream.opening()
        assert [event.json["key"] for event in stream.take(5)] == [f"linger:{n}" for n in range(5)]


def test_ids_of_another_run_are_a_gap(tmp_path):
    with Program() as program, Client(program.port) as client:
        with Stream(program.port, events_path(channel="c")) as stream:
            last = stream.opening().id
    with Program() as program, Client(program.port) as client:
        publish(client, "c", "before")
        with Stream(program.port, events_path(channel="c"), Last_Event_ID=last) as stream:
            publish(client, "c", "after")
            gap, opening, message = stream.take(3)
            assert (gap.event, gap.json["reason"]) == ("gap", "unknown")
            assert opening.event == "subscribe"
            assert message.json["message"] == "after"


def test_what_is_forgotten_is_a_gap():
    with Program("--sse-replay-messages", "10") as program, Client(program.port) as client:
        with Stream(program.port, events_path(channel="c")) as stream:
            last = stream.opening().id
        for number in range(25):
            publish(client, "c", str(number))
        with Stream(program.port, events_path(channel="c"), Last_Event_ID=last) as stream:
            stream.opening()
            gap = stream.next()
            assert (gap.event, gap.json["reason"], gap.json["channel"]) == ("gap", "forgotten", "c")
            assert messages(stream.take(10)) == [str(n) for n in range(15, 25)]


def test_reconnect_storm(program, client):
    """Subscribers that come and go all the time lose nothing and get nothing twice."""
    count, total = 8, 600
    failures = []

    def subscriber(seed):
        source = random.Random(seed)
        seen, last = [], None
        try:
            while len(seen) < total:
                headers = {"Last_Event_ID": last} if last else {}
                with Stream(program.port, events_path(channel="storm", pattern="sto*"), **headers) as stream:
                    last = stream.opening().id
                    ready.release()
                    for _ in range(source.randrange(1, 60)):
                        event = stream.next()
                        assert event.event != "gap", event
                        seen.append((event.event, event.json["message"]))
                        last = event.id
                        if len(seen) >= total:
                            break
            expected = [(kind, str(n)) for n in range(total // 2) for kind in ("message", "pmessage")]
            assert seen == expected, f"seed {seed}: {len(seen)} {seen[:4]}"
        except BaseException as error:
            failures.append((seed, error))

    ready = threading.Semaphore(0)
    threads = [threading.Thread(target=subscriber, args=[seed]) for seed in range(count)]
    for thread in threads:
        thread.start()
    for _ in threads:
        ready.acquire(timeout=30)
    for number in range(total // 2):
        publish(client, "storm", str(number))
    for thread in threads:
        thread.join()
    assert failures == []


def stalled(port, path):
    """A stream of which nothing is read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", port))
    connection.sendall(request(f"GET {path} HTTP/1.1"))
    return connection


def read_until(connection, wanted):
    connection.settimeout(30)
    received = b""
    while wanted not in received:
        chunk = connection.recv(1 << 16)
        assert chunk, received[-500:]
        received += chunk
    return received


def test_a_slow_client_gets_a_gap():
    with Program("--sse-client-buffer", "64kb") as program, Client(program.port) as client:
        with stalled(program.port, events_path(channel="c")) as slow:
            wait_until(lambda: subscribers(client) == {"c": 1}, "the subscription")
            before = program.resident_memory()
            text = "x" * 10_000
            # More than the sockets' buffers hold, by far.
            count = 3000
            for number in range(count):
                assert publish(client, "c", f"{number}:{text}") == 1
            assert program.resident_memory() - before < 24 << 20
            slow.settimeout(PATIENCE)
            events = decoded(slow)
            assert next(events).event == "subscribe"
            # Each message comes or is counted, in order. There may be several gaps: a socket's buffer grows.
            expected, missed = 0, 0
            while expected < count:
                event = next(events)
                if event.event == "gap":
                    assert event.json["reason"] == "overflow"
                    missed += event.json["count"]
                    expected += event.json["count"]
                else:
                    assert event.json["message"] == f"{expected}:{text}"
                    expected += 1
            assert expected == count and missed > 0
            publish(client, "c", "and on")
            assert next(events).json["message"] == "and on"


def test_a_slow_client_is_closed():
    with (
        Program("--sse-client-buffer", "64kb", "--sse-overflow", "close") as program,
        Client(program.port) as client,
        Stream(program.port, events_path(channel="c")) as quick,
    ):
        quick.opening()
        with stalled(program.port, events_path(channel="c")) as slow:
            wait_until(lambda: subscribers(client) == {"c": 2}, "the subscription")
            text = "x" * 10_000
            sent = 0

            def noticed():
                nonlocal sent
                sent += 1
                return publish(client, "c", f"{sent}:{text}") == 1 and sent > 10

            wait_until(noticed, "the end of the slow one")
            received = read_until(slow, b": closed: ")
            assert received.count(b"event: gap") == 1
        assert len(quick.take(sent)) == sent


def test_a_client_that_leaves_is_noticed(program, client):
    streams = [Stream(program.port, events_path(channel="c")) for _ in range(20)]
    for stream in streams:
        stream.opening()
    assert subscribers(client) == {"c": 20}
    for stream in streams[:15]:
        stream.close()
    wait_until(lambda: subscribers(client) == {"c": 5}, "the departures")
    for stream in streams[15:]:
        stream.close()
    wait_until(lambda: subscribers(client) == {}, "the departures")


def test_heartbeats():
    with Program("--sse-heartbeat", "0.2") as program:
        with (
            Stream(program.port, events_path(channel="c")) as stream,
            Stream(program.port, "/subscribe/c") as upstash,
        ):
            wait_until(lambda: len(stream.comments) >= 3 and len(upstash.comments) >= 3, "heartbeats")
            assert set(stream.comments) == {"heartbeat"}
            # Not an event to anyone: no empty line follows it.
            assert stream.lines[-2:] == [": heartbeat"] * 2


def test_stopping_ends_streams_with_a_comment():
    with Program() as program:
        paths = [events_path(channel="c"), "/subscribe/c", "/monitor"]
        streams = [Stream(program.port, path) for path in paths]
        for stream in streams:
            stream.next()
        assert program.stop() == 0
        for stream in streams:
            assert stream.next() is None
            assert stream.comments == ["the server is stopping"]
            stream.close()


def test_access():
    with Program("--token", "secret", "--cors-origin", "http://a.test") as program:
        with Client(program.port) as client:
            problem(client.get("/events?channel=c"), 401)
            assert client.post("/subscribe/c").json["error"].startswith("WRONGPASS")
        with Stream(program.port, "/events?channel=c&_token=secret", Origin="http://a.test") as stream:
            stream.opening()
            assert stream.headers["Access-Control-Allow-Origin"] == "http://a.test"
    with Program() as program, Client(program.port) as client:
        problem(client.get("/events?channel=c", Origin="http://evil.test"), 403)
        assert subscribers(client) == {}


def test_many_streams(program, client):
    streams = [Stream(program.port, events_path(channel="many")) for _ in range(200)]
    for stream in streams:
        stream.opening()
    for number in range(20):
        assert publish(client, "many", str(number)) == 200
    for stream in streams:
        assert messages(stream.take(20)) == [str(n) for n in range(20)]
        stream.close()


def test_a_half_sent_request_is_no_subscription(program, client):
    with connect(program.port) as connection:
        connection.sendall(b"GET /events?channel=half HTTP/1.1\r\nHost: localhost\r\n")
        assert subscribers(client) == {}
