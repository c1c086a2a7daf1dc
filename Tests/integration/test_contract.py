"""Every operation of openapi.yaml is called with its examples; each answer is one that it promises.

The statuses that an operation documents are all met: what can't be met has no place in the contract.
"""

from pathlib import Path
from urllib.parse import quote

import pytest

from contract import DOCUMENT, examples_in_answers, operations, validator
from http_client import Client
from program import Program, wait_until

ALL = {str(operation): operation for operation in operations()}
# The Upstash protocol's: they take any Content-Type, and commands rather than parameters.
COMMANDS = {name: o for name, o in ALL.items() if o.tag == "commands" and o.path != "/transactions"}
# They answer by what is on disk.
KEPT = {name: o for name, o in ALL.items() if o.tag == "persistence" or o.path == "/readyz"}
# They answer without an end (test_events.py).
STREAMS = {name: o for name, o in ALL.items() if "text/event-stream" in str(o.node["responses"])}
OPERATIONS = {
    name: o for name, o in ALL.items() if name not in COMMANDS and name not in KEPT and name not in STREAMS
}
MAX_BODY = 64 << 10

# What the keys of the examples hold, by the operation's first path segment.
STRINGS = {"greeting": "hello world", "a": "ohmytext", "b": "mynewtext", "42": "42"}
DATA = {
    "keys": [("PUT", f"/keys/{key}", value) for key, value in STRINGS.items()],
    "hashes": [
        (
            "PUT",
            "/hashes/greeting",
            {"fields": {"name": "Ada", "mail": "ada@example.org", "user:1": "x", "n": "1"}},
        )
    ],
    "lists": [
        ("PUT", "/lists/greeting", {"values": ["a", "b", "a"]}),
        ("PUT", "/lists/jobs:low", {"values": ["c"]}),
        ("PUT", "/lists/numbers", {"values": ["3", "1", "2"]}),
    ],
    "sets": [
        ("PUT", "/sets/greeting", {"members": ["blue", "red", "ann"]}),
        *(("PUT", f"/sets/{key}", {"members": ["blue", key]}) for key in "abc"),
    ],
    "zsets": [
        ("PUT", "/zsets/greeting", {"scores": {"blue": 6, "ann": 12, "bob": 7.5}}),
        ("PUT", "/zsets/board", {"scores": {"ann": 12, "bob": 7.5}}),
        *(("PUT", f"/zsets/{key}", {"scores": {"blue": 1, key: 2}}) for key in "abc"),
    ],
}
# Where the examples' key does not hold what the operation is for.
INSTEAD = {
    "POST /keys/{key}/increment": [("PUT", "/keys/greeting", "37")],
    "POST /hashes/{key}/fields/{field}/increment": [("PUT", "/hashes/greeting/fields/name", "37")],
    "GET /keys/{key}/sort": [("PUT", "/lists/greeting", {"values": ["3", "1", "2"]})],
    "DELETE /keys/{key}/ttl": [("PUT", "/keys/greeting?ttl=60", "x")],
}
# A key that holds another type.
OTHER_TYPE = {
    "keys": ("PUT", "/lists/greeting", {"values": ["x"]}),
    "hashes": ("PUT", "/keys/greeting", "x"),
    "lists": ("PUT", "/keys/greeting", "x"),
    "sets": ("PUT", "/keys/greeting", "x"),
    "zsets": ("PUT", "/keys/greeting", "x"),
}
# What can't be met here, and why.
UNMET = {
    # OBJECT FREQ counts only under an eviction policy that goes by frequency.
    "GET /keys/{key}/object/freq": {200},
    # A server that stops while they wait: test_waiting_pops.py.
    "POST /lists/{key}/pop": {503},
    "POST /lists/{key}/move": {503},
    "POST /zsets/{key}/pop": {503},
}
# Where what the contract calls optional must be chosen: one of several parameters.
CHOICE = {
    "DELETE /keys": "key=a&key=b", "DELETE /hashes/{key}": "field=name", "DELETE /sets/{key}": "member=red",
    "DELETE /zsets/{key}": "member=ann", "POST /lists/{key}/insert": "after=a",
    "PUT /keys/{key}/dump": "replace",
    "POST /keys/{key}/renew": "ttl=60", "POST /hashes/{key}/fields/{field}/renew": "ttl=60",
}  # fmt: skip
# Calls that the examples do not make: (query, headers, body). Each meets a status that they leave out.
FURTHER = {
    "DELETE /keys": [("all", {}, None), ("key=a", {}, None)],
    "PATCH /keys": [("nx", {}, {"values": {"greeting": "1"}})],
    "GET /keys": [("", {"Accept": "application/x-ndjson"}, None)],
    "GET /keys/{key}": [
        ("", {"Range": "bytes=100-"}, None),
        ("", {"Accept": "application/octet-stream"}, None),
    ],
    "PUT /keys/{key}": [("nx", {}, "x"), ("previous", {"If-Match": "*"}, "x")],
    # A time that has passed leaves nothing.
    "PUT /keys/{key}/dump": [
        ("replace&expire_at=1", {}, {"value": {"base64": "AAVoZWxsbwoAY3LfdmU0IAo="}})
    ],
    "PUT /keys/{key}/ttl": [("", {}, {"expire_at": 1}), ("gt", {}, {"ttl": 60})],
    "POST /keys/{key}/rename": [("to=a", {}, None), ("to=a&nx", {}, None)],
    "POST /keys/{key}/copy": [("to=a&replace", {}, None), ("to=a", {}, None)],
    "GET /keys/{key}/sort": [("alpha", {}, None)],
    "POST /hashes/{key}/fields/{field}/increment": [("by=1.5", {}, None)],
    "DELETE /hashes/{key}/fields/{field}": [("previous", {}, None)],
    "PUT /hashes/{key}/fields/{field}/ttl": [("", {}, {"expire_at": 1}), ("gt", {}, {"ttl": 60})],
    "PUT /lists/{key}/items/{index}": [("", {}, "raw")],
    "PUT /zsets/{key}/members/{member}": [("gt", {}, "1"), ("lt", {}, {"score": 1})],
    "DELETE /zsets/{key}": [
        ("start=0&stop=0", {}, None),
        ("min=1&max=7", {}, None),
        ("by=lex&min=-&max=[z", {}, None),
    ],
    "GET /zsets/{key}": [
        ("by=lex&min=-", {}, None),
        ("min=(5&limit=1&offset=1", {}, None),
        ("start=0&stop=9&reverse", {}, None),
    ],
    "GET /hashes/{key}/random": [("count=2&with_values", {}, None), ("count=2&with_values&pairs", {}, None)],
    "GET /keys/{key}/lcs": [
        ("with=b&idx&with_match_len", {}, None),
        ("with=b&idx&min_match_len=4", {}, None),
    ],
    "PATCH /config": [("", {}, {"config": {"port": "1"}})],
    "POST /transactions": [("", {}, {"commands": [], "if": {"greeting": '"no-such"'}})],
}


@pytest.fixture(scope="module")
def guarded_client():
    """Of a server that asks for a token."""
    with Program("--token", "secret") as program, Client(program.port) as client:
        yield client


@pytest.fixture(scope="module")
def contract_program():
    with Program("--max-body", str(MAX_BODY)) as program:
        yield program


@pytest.fixture
def client(contract_program):
    with Client(contract_program.port) as client:
        yield client


def call(client, step):
    """One step of a set-up."""
    method, target, body = step
    answer = client.request(method, target, body)
    assert answer.status < 300, (step, answer)
    return answer


def prepare(client, operation, other_type=False, empty=False):
    assert client.delete("/keys?all").status == 204
    kind = operation.path.split("/")[1]
    if empty:
        return
    if other_type:
        step = OTHER_TYPE[kind]
        if operation.path.endswith("/sort"):
            step = ("PUT", "/keys/greeting", "x")
        if operation.path.endswith("/store"):
            # It replaces what the path's key holds: the sources count.
            for source in ("a", "b", "numbers", "board"):
                call(client, (step[0], step[1].replace("greeting", source), step[2]))
        call(client, step)
        return
    for step in DATA.get(kind, DATA["keys"]) + INSTEAD.get(str(operation), []):
        call(client, step)


def literal(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def query_text(parameter, value):
    values = value if isinstance(value, list) else [value]
    return "&".join(f"{parameter['name']}={quote(literal(one), safe='')}" for one in values)


def example_of(parameter):
    """A value for the parameter: its example, else one that its schema allows."""
    if "example" in parameter:
        return parameter["example"]
    schema = parameter["schema"]
    for source in ("enum", "default", "minimum"):
        if source in schema and schema["type"] != "boolean":
            return schema[source][0] if source == "enum" else schema[source]
    return {"boolean": True, "integer": 1, "number": 1, "string": "a", "array": ["a"]}[schema["type"]]


def target_of(operation, *queries):
    path = operation.path
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(str(parameter["example"]), safe=""))
    given = "&".join(query for query in queries if query)
    return path + ("?" + given if given else "")


def required_query(operation):
    required = [p for p in operation.parameters if p["in"] == "query" and p.get("required")]
    return "&".join(query_text(p, example_of(p)) for p in required) or CHOICE.get(str(operation), "")


def pairs_needed(body):
    """The option that a body of pairs takes."""
    values = body.get("values", body.get("fields")) if isinstance(body, dict) else None
    return "pairs" if isinstance(values, list) and values and isinstance(values[0], list) else ""


def required_headers(operation):
    return {
        p["name"]: p["example"] for p in operation.parameters if p["in"] == "header" and p.get("required")
    }


def bodies_of(operation):
    """The examples, without the ETags in them: those were another server's."""
    bodies = operation.bodies()
    if operation.path != "/transactions":
        return bodies
    return [body | {"if": dict.fromkeys(body["if"])} if isinstance(body["if"], dict) else body for body in bodies]


def a_body(operation):
    bodies = bodies_of(operation)
    return bodies[0] if bodies else None


class Caller:
    """Calls one operation and judges each answer; which statuses were met."""

    def __init__(self, client, operation):
        self.client, self.operation, self.met = client, operation, set()

    def __call__(self, *queries, headers=None, body=None, **state):
        prepare(self.client, self.operation, **state)
        return self.again(*queries, headers=headers, body=body)

    def again(self, *queries, headers=None, body=None):
        headers = required_headers(self.operation) | (headers or {})
        answer = self.client.request(
            self.operation.method, target_of(self.operation, *queries), body, headers
        )
        self.operation.judge(answer)
        self.met.add(answer.status)
        return answer


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation(client, guarded_client, name):
    operation = OPERATIONS[name]
    call_it = Caller(client, operation)
    required = required_query(operation)
    body = a_body(operation)

    # With what the contract requires and its examples: success.
    first = call_it(required, body=body)
    assert first.status < 300 or 200 in UNMET.get(name, set()), first
    for example in bodies_of(operation):
        answer = call_it(required, pairs_needed(example), body=example)
        assert answer.status < 300, (example, answer)
    if operation.takes_raw_body():
        call_it(required, body="12")

    # Each option by itself: whatever the answer, a documented one; an option alone may make no sense.
    for parameter in operation.parameters:
        if parameter["in"] == "query" and not parameter.get("required"):
            values = parameter["schema"].get("enum", [example_of(parameter)])
            for value in values:
                own = query_text(parameter, value)
                name_only = required if parameter["name"] not in required else ""
                answer = call_it(name_only, own, body=body)
                assert answer.status < 500
            if parameter.get("allowEmptyValue"):
                others = required if parameter["name"] not in required else ""
                bare = call_it(others, parameter["name"], body=body)
                assert bare.status == call_it(others, parameter["name"] + "=1", body=body).status
                off = call_it(others, parameter["name"] + "=false", body=body)
                assert off.status == first.status or name in ("DELETE /keys", "PUT /keys/{key}/dump"), off
        elif parameter["in"] == "header" and "example" in parameter:
            call_it(required, headers={parameter["name"]: parameter["example"]}, body=body)

    # The states that a key can be in.
    if "{key}" in operation.path:
        call_it(required, body=body, empty=True)
        if operation.parameter("wait"):
            assert call_it(required, "wait=0.01", body=body, empty=True).status == 204
        prepare(client, operation)
        client.delete("/keys/greeting")
        call_it.again(required, body=body)
        if 409 in operation.statuses:
            query = (
                "previous"
                if operation.path == "/keys/{key}" and operation.parameter("previous")
                else required
            )
            # What is there is in the way, whatever its type, unless it may be replaced.
            if operation.path == "/keys/{key}/dump":
                query = ""
            assert call_it(query, body=body, other_type=True).status == 409
    elif 404 in operation.statuses and operation.path == "/keyspace/random":
        assert call_it(empty=True).status == 404
    elif 404 in operation.statuses:
        other = target_of(operation, required).rsplit("/", 1)[0] + "/nothing"
        answer = client.request(operation.method, other, body)
        operation.judge(answer)
        call_it.met.add(answer.status)

    # Conditions.
    if operation.parameter("If-Match"):
        assert call_it(required, headers={"If-Match": '"no-such"'}, body=body).status == 412
        assert call_it(required, headers={"If-Match": "*"}, body=body).status in (200, 201, 204)
    if operation.parameter("If-None-Match"):
        expected = 304 if operation.method == "GET" else 412
        assert call_it(required, headers={"If-None-Match": "*"}, body=body).status == expected
        if operation.method == "GET":
            etag = call_it(required).etag
            assert call_it.again(required, headers={"If-None-Match": etag}).status == 304

    # What is wrong.
    assert call_it(required, "no_such_parameter=1", body=body).status == 400
    if operation.node.get("requestBody"):
        kind = {"Content-Type": "application/json"}
        assert call_it(required, headers=kind, body=b"{").status == 400
        assert call_it(required, headers=kind, body=b'{"no_such_member":1}').status == 400
        assert call_it(required, headers=kind, body=b" " * (MAX_BODY + 1)).status == 413
        wrong = {"Content-Encoding": "br"} if operation.takes_raw_body() else {"Content-Type": "text/plain"}
        assert call_it(required, headers=wrong, body=b"x").status == 415

    # Who may not call.
    assert call_it(required, headers={"Host": "evil.test"}, body=body).status == 403
    answer = guarded_client.request(operation.method, target_of(operation, required), body)
    operation.judge(answer)
    assert (answer.status == 401) == (operation.node.get("security") != []), answer
    call_it.met.add(answer.status)

    for query, headers, further in FURTHER.get(name, []):
        call_it(query if query else required, headers=headers, body=further)

    # HEAD is GET without a body.
    if operation.method == "GET":
        get = call_it(required)
        head = client.head(target_of(operation, required))
        assert head.status == get.status and head.body == b""
        assert head.headers["Content-Type"] == get.headers["Content-Type"]

    missing = operation.statuses - call_it.met - UNMET.get(name, set())
    assert not missing, f"{operation}: documented, and not met: {sorted(missing)}"


# A target for each operation that has its command in the path.
COMMAND_TARGETS = {
    "GET /{command}": "/ping",
    "POST /{command}": "/ping",
    "PUT /{command}": "/ping",
    "GET /{command}/{argument}": "/get/greeting",
    "POST /{command}/{argument}": "/append/greeting",
    "PUT /{command}/{argument}": "/append/greeting",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_operation(client, guarded_client, name):
    operation = COMMANDS[name]
    target = COMMAND_TARGETS.get(name, operation.path)
    takes_body = "requestBody" in operation.node
    bodies = operation.bodies() or (["12"] if takes_body else [None])
    met = set()

    def call(target=target, headers=None, body=bodies[0], client=client):
        answer = client.request(operation.method, target, body, headers)
        operation.judge(answer)
        met.add(answer.status)
        return answer

    prepare(client, operation)
    for body in bodies:
        assert call(body=body).status == 200
    for parameter in operation.parameters:
        if parameter["in"] == "header":
            for value in parameter["schema"]["enum"]:
                assert call(headers={parameter["name"]: value}).status == 200
            assert call(headers={parameter["name"]: "no-such"}).status == 400
    if operation.bodies():
        for wrong in (b"{", b"[", b"1", b'{"command":"PING"}'):
            assert call(body=wrong).status == 400
    else:
        rest = target[target.index("/", 1) :] if target.count("/") > 1 else ""
        assert call("/nosuch" + rest).status == 400
    if takes_body:
        assert call(body=b" " * (MAX_BODY + 1)).status == 413
        assert call(headers={"Content-Encoding": "br"}, body=b"x").status == 415
        assert call(headers={"Content-Type": "nonsense"}).status == 200
    assert call(headers={"Host": "evil.test"}).status == 403
    assert call(client=guarded_client).status == 401
    missing = operation.statuses - met
    assert not missing, f"{operation}: documented, and not met: {sorted(missing)}"


def test_every_path_answers_options(client):
    """With the methods that the contract gives it, and HEAD where there is GET."""
    methods = {}
    for operation in ALL.values():
        methods.setdefault(operation.path, set()).add(operation.method)
    for path, expected in methods.items():
        expected |= {"HEAD"} if "GET" in expected else set()
        operation = next(o for o in ALL.values() if o.path == path)
        answer = client.request("OPTIONS", target_of(operation))
        assert answer.status == 204
        assert set(answer.headers["Allow"].split(", ")) - {"OPTIONS"} == expected, path
        wrong = next(m for m in ("POST", "PUT", "PATCH", "DELETE", "GET") if m not in expected)
        refused = client.request(wrong, target_of(operation))
        assert refused.status == 405 and refused.headers["Allow"] == answer.headers["Allow"], (path, refused)


@pytest.mark.parametrize("name, status, example, place", list(examples_in_answers()))
def test_examples_fit_their_schemas(name, status, example, place):
    errors = list(validator(place).iter_errors(example))
    assert not errors, errors[0].message


def test_the_version_is_the_programs(client):
    info = client.get("/info?section=server").json
    assert info["server"]["redwing_version"] == DOCUMENT["info"]["version"]


@pytest.fixture(scope="module")
def kept_program(tmp_path_factory):
    with Program("--save", "", directory=str(tmp_path_factory.mktemp("kept"))) as program:
        with Client(program.port) as client:
            wait_until(lambda: client.get("/readyz").status == 200, "the data to be loaded")
        yield program


@pytest.fixture(scope="module")
def ephemeral_client():
    with Program(engine="memory") as program, Client(program.port) as client:
        yield client


@pytest.mark.parametrize("name", KEPT)
def test_kept_operation(ephemeral_client, guarded_client, kept_program, name):
    operation = KEPT[name]
    met = set()

    def call(client, query="", headers=None):
        answer = client.request(operation.method, operation.path + query, None, headers)
        operation.judge(answer)
        met.add(answer.status)
        return answer

    def settle(kept):
        wait_until(lambda: not kept.get("/snapshots").json["running"], "the snapshot")
        wait_until(lambda: not kept.get("/aof").json["rewriting"], "the rewrite")

    with Client(kept_program.port) as kept:
        if operation.path == "/snapshots/latest":
            # The file is there once a snapshot is.
            (Path(kept_program.directory) / "dump.rdb").unlink(missing_ok=True)
            assert call(kept).status == 404
            assert kept.post("/snapshots").status == 202
            settle(kept)
            assert call(kept).body.startswith(b"REDIS00")
            head = kept.head(operation.path)
            assert head.status == 200 and head.body == b""
        assert call(kept).status < 300
        settle(kept)
        assert call(kept, "?no_such_parameter=1").status == 400
        assert call(kept, headers={"Host": "evil.test"}).status == 403
    call(ephemeral_client)
    assert (call(guarded_client).status == 401) == (operation.node.get("security") != [])
    # Loading takes a moment only; test_persistence.py catches it.
    missing = operation.statuses - met - ({503} if operation.path == "/readyz" else set())
    assert not missing, f"{operation}: documented, and not met: {sorted(missing)}"
