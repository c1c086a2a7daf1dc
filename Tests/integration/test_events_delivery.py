"""What subscribers get when there are many, when they are slow, and when they are gone."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

from http_client import Client
from program import PATIENCE, Program, clean_environment, wait_until
from sse import Stream, decoded, events_path
from test_events import messages, publish, stalled, subscribers

PUBLISHERS = 4
EACH = 150


def test_all_see_the_messages_of_several_publishers_in_one_order(program, client):
    streams = [Stream(program.port, events_path(channel="order", pattern=["ord*"] if n % 2 else [])) for n in range(6)]
    for stream in streams:
        stream.opening()

    def publish_all(publisher):
        with Client(program.port) as own:
            for number in range(0, EACH, 3):
                publish(own, "order", f"{publisher}:{number}")
                batch = [["PUBLISH", "order", f"{publisher}:{n}"] for n in (number + 1, number + 2)]
                assert own.post("/pipeline", json.dumps(batch), Content_Type="application/json").status == 200

    threads = [threading.Thread(target=publish_all, args=[n]) for n in range(PUBLISHERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = []
    for index, stream in enumerate(streams):
        events = stream.take(PUBLISHERS * EACH * (1 + index % 2))
        seen.append(messages([event for event in events if event.event == "message"]))
        ids = [int(event.id.split("-")[1].split(".")[0]) for event in events]
        assert ids == sorted(ids)
        stream.close()
    assert all(other == seen[0] for other in seen)
    for publisher in range(PUBLISHERS):
        own = [message for message in seen[0] if message.startswith(f"{publisher}:")]
        assert own == [f"{publisher}:{number}" for number in range(EACH)]


def test_what_a_slow_client_gets_and_what_it_is_told_of_is_all():
    published = 3000
    with Program("--sse-client-buffer", "64kb") as program, Client(program.port) as client:
        with stalled(program.port, events_path(channel="c")) as slow:
            wait_until(lambda: subscribers(client) == {"c": 1}, "the subscription")
            text = "x" * 10_000
            for number in range(published):
                publish(client, "c", f"<{number}>{text}")
            slow.settimeout(PATIENCE)
            events = decoded(slow)
            assert next(events).event == "subscribe"
            numbers, missing = [], 0
            # The last one tells of the gap before it, whatever was read when.
            publish(client, "c", f"<{published}>")
            while published not in numbers:
                event = next(events)
                if event.event == "gap":
                    assert event.json["reason"] == "overflow"
                    missing += event.json["count"]
                else:
                    numbers.append(int(re.match(r"<(\d+)>", event.json["message"])[1]))
                if len(numbers) + missing == published + 1 and published not in numbers:
                    # It was dropped, too: one more, for which there is room now.
                    published += 1
                    publish(client, "c", f"<{published}>")
            assert numbers == sorted(set(numbers))
            assert missing > 0 and len(numbers) + missing == published + 1


def test_no_heartbeat_where_none_is_wanted():
    with Program("--sse-heartbeat", "0") as silent, Program("--sse-heartbeat", "0.2") as other:
        with (
            Stream(silent.port, events_path(channel="c")) as quiet,
            Stream(other.port, events_path(channel="c")) as beating,
            Client(silent.port) as client,
        ):
            quiet.opening()
            wait_until(lambda: len(beating.comments) >= 5, "heartbeats of the other")
            assert publish(client, "c", "still here") == 1
            assert messages([quiet.next()]) == ["still here"]
            assert quiet.comments == []


def test_a_client_that_is_gone_is_noticed_by_its_heartbeat():
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = Path(__file__).with_name("dead_client.py")
    done = subprocess.run(
        ["unshare", *user, "--net", sys.executable, script],
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.stdout == "noticed\n", (
        f"{done.stderr.strip()}: where that is about permission, run the tests as root, or where user namespaces are "
        "allowed (sysctl kernel.unprivileged_userns_clone=1; docker run --cap-add SYS_ADMIN)"
    )


def test_a_large_message_elsewhere_is_no_gap_for_a_pattern(program, client):
    with Stream(program.port, events_path(pattern="small:*")) as stream:
        opening = stream.opening()
    publish(client, "small:1", "one")
    publish(client, "elsewhere", "x" * (2 << 20))
    publish(client, "small:1", "two")
    with Stream(program.port, events_path(pattern="small:*"), Last_Event_ID=opening.id) as again:
        again.opening()
        assert messages_of_pattern(again.take(2)) == ["one", "two"]


def messages_of_pattern(events):
    return [event.json["message"] for event in events if event.event == "pmessage"]
