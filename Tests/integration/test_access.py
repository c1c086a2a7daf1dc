"""Who may call: tokens, and, without one, no web page that was not let in."""

import signal

import pytest

from contract import DOCUMENT
from http_client import Client, connect, exchange, problem, read_response, request
from program import Program, run

SECRET = "hush+hush/1=="
BEARER = {"Authorization": f"Bearer {SECRET}"}
IN_QUERY = "_token=hush%2Bhush%2F1%3D%3D"


def paths():
    """Every path of the contract, its arguments filled in."""
    for path in DOCUMENT["paths"]:
        yield "/".join("0" if part.startswith("{") else part for part in path.split("/"))


@pytest.fixture(scope="module")
def guarded():
    with Program("--log-level", "trace", environment={"REDWING_TOKEN": SECRET}) as program:
        yield program
        assert program.process.poll() is None
        # Whatever the tests asked for, and whatever was wrong with it.
        assert program.stop() == 0
        assert "hush" not in "\n".join(program.log)


@pytest.fixture
def client(guarded):
    with Client(guarded.port) as client:
        yield client


# With a token


def test_every_path_asks(client):
    for path in paths():
        for method in ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"):
            if path in ("/healthz", "/readyz") and method in ("GET", "HEAD"):
                continue
            answer = client.request(method, path)
            assert answer.status == 401, (method, path, answer)
            assert answer.headers["WWW-Authenticate"] == 'Bearer realm="redwing"'
    assert problem(client.get("/keyspace"), 401)["code"] == "NOAUTH"
    assert problem(client.get("/keyspace", Authorization="Bearer x"), 401)["code"] == "WRONGPASS"
    assert problem(client.get("/keyspace?_token=x"), 401)["code"] == "WRONGPASS"


def test_probes_need_none(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.head("/healthz").status == 200
    assert client.get("/healthz", Authorization="Bearer wrong").status == 200


def test_header_and_query(client):
    assert client.put("/keys/a", b"1", **BEARER).status in (200, 201)
    assert client.get("/keys/a", **BEARER).json == {"value": "1"}
    assert client.get("/keys/a?" + IN_QUERY).json == {"value": "1"}
    assert client.get("/keys/a?_token=" + SECRET).json == {"value": "1"}
    assert client.get(f"/keys/a?raw&{IN_QUERY}").body == b"1"
    assert client.get(f"/keys/a?{IN_QUERY}&raw").body == b"1"
    assert client.get("/keys/a?_token=wrong", **BEARER).json == {"value": "1"}
    problem(client.get("/keys/a?" + IN_QUERY, Authorization="Bearer wrong"), 401)


def test_no_answer_quotes_it(client):
    for path in paths():
        for method in ("GET", "PUT", "POST", "DELETE", "BREW"):
            answer = client.request(method, f"{path}?{IN_QUERY}&no_such=1", headers=BEARER)
            assert answer.status not in (401, 403)
            assert b"hush" not in answer.body and "hush" not in str(answer.headers), answer


def test_it_is_nowhere_to_be_read(client):
    for path in ("/info?raw", "/config", "/config?match=*", "/openapi.yaml"):
        answer = client.get(path, **BEARER)
        assert answer.status == 200 and b"hush" not in answer.body
    for arguments in (["serve", "--help"], ["help", "serve"], ["serve", "--port", "x"]):
        done = run(*arguments, environment={"REDWING_TOKEN": SECRET})
        assert "hush" not in done.stdout + done.stderr


def test_a_refused_body_is_not_waited_for(guarded):
    length = 60 << 20
    before = guarded.resident_memory()
    for _ in range(3):
        with connect(guarded.port) as connection:
            connection.sendall(
                b"PUT /keys/large HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % length
            )
            assert read_response(connection, "PUT").status == 401
    assert guarded.resident_memory() - before < length
    head = request("PUT /keys/large HTTP/1.1", b"Expect: 100-continue", b"Content-Length: %d" % length)
    assert exchange(guarded.port, head, "PUT").status == 401


def test_a_token_file(tmp_path):
    file = tmp_path / "token"
    file.write_text("first\n\nsecond\n")
    with Program("--token-file", str(file), "--token", "third", "--bind", "0.0.0.0") as program:
        with Client(program.port) as client:
            for token in ("first", "second", "third"):
                assert client.get("/keyspace", Authorization=f"bearer {token}").status == 200
            problem(client.get("/keyspace", Authorization="Bearer fourth"), 401)
            problem(client.get("/keyspace"), 401)


def test_a_page_with_the_token_may_call():
    page = {"Origin": "https://app.test", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
    with Program("--token", SECRET, "--cors-origin", "https://app.test") as program:
        with Client(program.port) as client:
            wanted = {
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "authorization,upstash-telemetry-sdk",
            }
            preflight = client.request("OPTIONS", "/keys/k", headers=page | wanted)
            assert preflight.status == 204
            allowed = preflight.headers["Access-Control-Allow-Headers"].lower().split(", ")
            assert {"authorization", "upstash-encoding", "upstash-sync-token"} <= set(allowed)
            answer = client.put("/keys/k", b"1", **page, **BEARER)
            assert answer.status == 201
            assert answer.headers["Access-Control-Allow-Origin"] == "https://app.test"
            refused = client.put("/keys/k", b"1", **page)
            assert refused.status == 401
            assert refused.headers["Access-Control-Allow-Origin"] == "https://app.test"


# Without a token


# What browsers send for a page of another origin.
PAGES = {
    "an image": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "a link": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
    "a form": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Origin": "https://evil.test"},
    "a fetch": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://evil.test"},
    "an older browser's fetch": {"Origin": "https://evil.test"},
    "a sandboxed frame": {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    "another port": {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:3000"},
    "an image of another port": {"Sec-Fetch-Site": "same-site"},
    "a rebound name": {"Host": "evil.test:8080", "Sec-Fetch-Site": "same-origin"},
    "a rebound name's form": {
        "Host": "evil.test", "Origin": "http://evil.test", "Sec-Fetch-Site": "same-origin",
    },
    "a name that looks local": {"Host": "127.0.0.1.evil.test"},
    "an older browser's image": {"Referer": "http://evil.test/page"},
    "an older browser's image of another port": {"Referer": "http://127.0.0.1:3000/"},
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_no_page_drives_it(program, page):
    with Client(program.port) as client:
        assert client.put("/keys/k", b"mine").status == 201
        for path in paths():
            for method in ("GET", "PUT", "POST", "DELETE", "OPTIONS"):
                target = path.replace("/0", "/k") + ("?all" if path == "/keys" else "")
                answer = client.request(method, target, headers=PAGES[page])
                if answer.content_type == "application/json":
                    # Where a command may be, errors are the Upstash protocol's.
                    assert answer.status == 403 and answer.json["error"].startswith("FORBIDDEN "), answer
                else:
                    assert problem(answer, 403)["code"] == "FORBIDDEN"
        assert client.get("/keys/k?raw").body == b"mine"


def test_what_is_no_page(program):
    with Client(program.port) as client:
        own = f"http://localhost:{program.port}"
        for headers in (
            {},
            {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
            {"Host": f"localhost:{program.port}", "Origin": own, "Sec-Fetch-Site": "same-origin"},
            {"Host": "[::1]:80"},
            {"Host": f"localhost:{program.port}", "Referer": own + "/commands?match=*"},
            {"Authorization": "Bearer any"},
        ):
            assert client.request("GET", "/keyspace?_token=any", headers=headers).json == {"count": 0}
    assert exchange(program.port, b"GET /keyspace HTTP/1.0\r\n\r\n").status == 200


def test_allowed_hosts():
    options = ["--allowed-host", "redwing.test", "--allowed-host", "[fe80::1]"]
    with Program(*options) as program, Client(program.port) as client:
        for host in ("redwing.test", "Redwing.Test:81", "[fe80::1]:80", "localhost"):
            assert client.get("/keyspace", Host=host).status == 200
        problem(client.get("/keyspace", Host="a.redwing.test"), 403)
        # To such a name, over plain HTTP, browsers send no Sec-Fetch-Site.
        client.put("/keys/k", b"mine")
        image = client.get("/flushall", Host="redwing.test", Referer="http://evil.test/")
        assert image.status == 403 and image.json["error"].startswith("FORBIDDEN "), image
        assert client.get("/keys/k?raw", Host="redwing.test", Referer="http://redwing.test/").body == b"mine"


def test_the_log_says_which():
    for options, word in (([], "without"), (["--token", SECRET], "with")):
        with Program(*options) as program:
            assert program.wait_for_line(f"(in memory|data on disk in .*), {word} a token")
            assert program.stop(signal.SIGINT) == 0
