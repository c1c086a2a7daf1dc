"""A real EventSource: a page in headless Chromium, which tells a server of the test what it gets."""

import http.server
import json
import os
import queue
import select
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from http_client import Client
from program import Program, wait_until

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")

PAGE = """<!doctype html><meta charset="utf-8"><script>
const tell = what => fetch("/report", {method: "POST", body: JSON.stringify(what)});
const source = new EventSource(STREAM);
let order = Promise.resolve();
const queued = what => { order = order.then(() => tell(what)); };
source.onopen = () => queued({event: "open"});
source.onerror = () => queued({event: "error", state: source.readyState});
for (const name of ["subscribe", "message", "pmessage", "set", "expired", "gap"])
  source.addEventListener(name, e => queued({event: name, data: JSON.parse(e.data), id: e.lastEventId}));
</script>"""


class Page:
    """Serves the page and hears its reports."""

    def __init__(self, stream):
        self.reports = queue.Queue()
        page = PAGE.replace("STREAM", json.dumps(stream)).encode()
        reports = self.reports

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                if self.path == "/":
                    self.wfile.write(page)

            def do_POST(self):
                reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.reports.get(timeout=60)

    def until(self, event):
        """The reports up to the first of that event, with it."""
        seen = []
        while not seen or seen[-1]["event"] != event:
            try:
                seen.append(self.next())
            except queue.Empty:
                raise AssertionError(f"no {event} after {seen}") from None
        return seen

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Link:
    """Passes connections on to a port, and can be cut."""

    def __init__(self, port):
        self.target = port
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.open = True
        self.pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            if not self.open:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self.target))
            self.pairs.append((near, far))
            threading.Thread(target=self._pass, args=[near, far], daemon=True).start()

    def _pass(self, near, far):
        try:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    (far if ready is near else near).sendall(data)
        except (OSError, ValueError):
            pass
        finally:
            near.close()
            far.close()

    def cut(self):
        self.open = False
        for pair in self.pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs = []

    def mend(self):
        self.open = True

    def close(self):
        self.cut()
        self.listening.close()


@pytest.fixture
def browse(tmp_path):
    """Opens a page in a browser of its own."""
    assert CHROMIUM, "install chromium-headless-shell (Debian)"
    opened = []

    def browse(url):
        browser = subprocess.Popen(
            [
                CHROMIUM, "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server",
                f"--user-data-dir={tmp_path}", "--remote-debugging-port=0", url,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        opened.append(browser)

    yield browse
    for browser in opened:
        # What Debian starts is a script: the browser is its child.
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait()


def subscribed(client):
    return [entry["channel"] for entry in client.get("/channels").json["channels"]]


def test_event_source(browse):
    with Program("--cors-origin", "*", "--sse-heartbeat", "0.2") as program, Client(program.port) as client:
        link = Link(program.port)
        page = Page(f"http://127.0.0.1:{link.port}/events?channel=news&pattern=n*&keys=user:*")
        try:
            browse(page.url + "/")
            assert page.until("subscribe")[-1]["data"]["channels"] == ["news"]
            client.post("/channels/news", "hello\nü🍓")
            client.put("/keys/user:1", "x")
            seen = page.until("set")
            events = [report for report in seen if report["event"] not in ("open", "error")]
            assert [(report["event"], report["data"]) for report in events] == [
                ("message", {"channel": "news", "message": "hello\nü🍓"}),
                ("pmessage", {"pattern": "n*", "channel": "news", "message": "hello\nü🍓"}),
                ("set", {"pattern": "user:*", "key": "user:1", "event": "set"}),
            ]
            assert len({report["id"] for report in events}) == 3
            # The connection breaks, and the browser comes back by itself.
            link.cut()
            wait_until(lambda: subscribed(client) == [], "the break to be noticed")
            for number in range(10):
                client.post("/channels/news", str(number))
            client.put("/keys/user:2", "x")
            link.mend()
            seen = page.until("set")
            kinds = [report["event"] for report in seen]
            assert "error" in kinds and "subscribe" in kinds and "gap" not in kinds
            texts = [report["data"]["message"] for report in seen if report["event"] == "message"]
            assert texts == [str(number) for number in range(10)]
            assert kinds.count("pmessage") == 10
            assert seen[-1]["data"]["key"] == "user:2"
        finally:
            page.close()
            link.close()


def test_event_source_and_a_restart(browse):
    """The server of before is gone: the browser is told so."""
    program = Program("--cors-origin", "*")
    with program, Client(program.port) as client:
        link = Link(program.port)
        page = Page(f"http://127.0.0.1:{link.port}/events?channel=news")
        browse(page.url + "/")
        page.until("subscribe")
        client.post("/channels/news", "1")
        page.until("message")
    try:
        link.cut()
        with Program("--cors-origin", "*") as program, Client(program.port) as client:
            link.target = program.port
            link.mend()
            assert page.until("gap")[-1]["data"]["reason"] == "unknown"
            page.until("subscribe")
            client.post("/channels/news", "2")
            assert page.until("message")[-1]["data"]["message"] == "2"
    finally:
        page.close()
        link.close()
