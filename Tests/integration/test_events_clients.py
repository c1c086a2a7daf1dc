"""Streams of events through programs that people use: curl, httpx-sse, and what @upstash/redis does."""

import json
import subprocess
import threading

import anyio
import httpx
import pytest
from httpx_sse import aconnect_sse, connect_sse

from http_client import Client
from program import Program, wait_until
from sse import events_path


def listening(client, **channels):
    """Waits until the channels have so many subscribers."""

    def holds():
        found = client.get("/channels").json["channels"]
        return {entry["channel"]: entry["subscribers"] for entry in found} == channels

    wait_until(holds, f"{channels} to listen")


def test_curl(program, client):
    url = f"http://localhost:{program.port}/events?channel=news&pattern=sport.*&keys=user:*"
    curl = subprocess.Popen(["curl", "-sN", url], stdout=subprocess.PIPE, text=True)
    try:
        listening(client, news=1)
        done = subprocess.run(
            ["curl", "-s", "-X", "POST", f"localhost:{program.port}/channels/news", "-d", "hello"],
            capture_output=True,
            text=True,
        )
        assert done.stdout == '{"receivers":1}'
        lines = [curl.stdout.readline().rstrip("\n") for _ in range(9)]
        assert lines[0] == "retry: 1000" and lines[1].startswith("id: ")
        assert lines[2:5] == [
            "event: subscribe",
            'data: {"channels":["news"],"patterns":["sport.*"],"keys":["user:*"]}',
            "",
        ]
        assert lines[5].startswith("id: ")
        assert lines[6:] == ["event: message", 'data: {"channel":"news","message":"hello"}', ""]
    finally:
        curl.kill()
        curl.wait()
        curl.stdout.close()
    listening(client)


def test_httpx_sse():
    # Heartbeats come between the events, and are none.
    with Program("--sse-heartbeat", "0.1") as program, Client(program.port) as client:
        url = f"http://127.0.0.1:{program.port}/events"

        def later():
            for number in range(1, 4):
                client.post("/channels/news", f"line {number}\nü🍓")
                threading.Event().wait(0.4)

        with httpx.Client(timeout=30, trust_env=False) as http:
            with connect_sse(http, "GET", url, params={"channel": "news"}) as source:
                events = source.iter_sse()
                first = next(events)
                assert (first.event, first.retry) == ("subscribe", 1000)
                publisher = threading.Thread(target=later)
                publisher.start()
                seen = [next(events) for _ in range(3)]
                publisher.join()
            assert [event.event for event in seen] == ["message"] * 3
            assert [event.json()["message"] for event in seen] == [f"line {n}\nü🍓" for n in range(1, 4)]
            headers = {"Last-Event-ID": seen[0].id}
            with connect_sse(http, "GET", url, params={"channel": "news"}, headers=headers) as source:
                events = source.iter_sse()
                again = [next(events) for _ in range(3)]
                assert [event.id for event in again] == [event.id for event in seen]
                assert [event.data for event in again[1:]] == [event.data for event in seen[1:]]


def test_httpx_sse_asyncio(program, client):

    async def read():
        url = f"http://127.0.0.1:{program.port}{events_path(pattern='n*', raw=True)}"
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            async with aconnect_sse(http, "GET", url) as source:
                events = source.aiter_sse()
                assert (await anext(events)).event == "subscribe"
                await anyio.to_thread.run_sync(lambda: client.post("/channels/news", "a\nb"))
                event = await anext(events)
                assert (event.event, event.data) == ("pmessage", "a\nb")
                await events.aclose()

    anyio.run(read)


def received(chunk):
    """What `@upstash/redis` makes of a chunk of a stream: it looks at each line, and takes `data` apart at commas."""
    for line in chunk.decode().split("\n"):
        if not line.startswith("data: "):
            continue
        data = line[6:]
        first = data.find(",")
        second = data.find(",", first + 1)
        if first < 0 or second < 0:
            continue
        kind = data[:first]
        if kind == "pmessage":
            third = data.find(",", second + 1)
            yield kind, data[first + 1 : second], data[second + 1 : third], json.loads(data[third + 1 :])
        elif kind in ("subscribe", "psubscribe"):
            yield kind, data[first + 1 : second], int(data[second + 1 :])
        else:
            yield kind, data[first + 1 : second], json.loads(data[second + 1 :])


@pytest.mark.parametrize("kind, topic", [("subscribe", "chat"), ("psubscribe", "c*")])
def test_the_node_client(program, client, kind, topic):
    """One stream for each channel, by POST; messages are what JSON.stringify makes of them."""
    headers = {
        "Accept": "text/event-stream", "Cache-Control": "no-cache", "Content-Type": "application/json",
        "Authorization": "Bearer none", "Upstash-Encoding": "base64", "upstash-sync-token": "",
        "Upstash-Telemetry-Sdk": "@upstash/redis@v1.35.0",
    }  # fmt: skip
    sent = [{"user": "Ada", "text": "a,b\nü🍓"}, "hello", 7, [1, None]]
    with httpx.Client(timeout=30, trust_env=False) as http:
        url = f"http://127.0.0.1:{program.port}/{kind}/{topic}"
        with http.stream("POST", url, headers=headers, content="[]") as answer:
            assert answer.status_code == 200
            chunks = answer.iter_raw()
            seen = list(received(next(chunks)))
            assert seen == [(kind, topic, 1)]
            for value in sent:
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                assert client.post("/", ["publish", "chat", text]).json == {"result": 1}
            while len(seen) < 1 + len(sent):
                seen += received(next(chunks))
    names = ("message", "chat") if kind == "subscribe" else ("pmessage", "c*", "chat")
    assert seen[1:] == [(*names, value) for value in sent]
