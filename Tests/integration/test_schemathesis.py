"""The contract under generated requests: examples, boundary values and random data, right and wrong.

Each request meets the key it names absent, of the operation's type, or of another, and its path may hold any
bytes. Whatever comes back is documented: its status by number, its type, its headers, its schema; what the
schema of the request forbids is refused. Where commands are sent, most are real ones: no schema has their names.
"""

import collections
import copy
import json
import random
import zlib
from urllib.parse import quote, quote_from_bytes

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NotSet

from command_patterns import as_command, draw
from contract import DOCUMENT
from program import Program
from redis_server import to_bytes

SEED = 20261122
EXAMPLES = 30

# Bytes that the head of a request may have in any case.
HEAD_LIMIT = 8 << 10

# Left out by name, with the reason. What streams without an end, or waits, has no answer to judge.
LEFT_OUT = {
    path: "a stream"
    for path, item in DOCUMENT["paths"].items()
    if "text/event-stream" in str(item.get("get", {}).get("responses"))
}

# A failed condition and a body over the limit are refusals too.
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "416", "422"]


def document():
    """The contract without `default`: it would make every status a documented one."""
    strict = copy.deepcopy(DOCUMENT)
    for item in strict["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"].pop("default", None)
                # Most of the times that a schema allows are too long to wait for.
                wait = {"$ref": "#/components/parameters/wait"}
                operation["parameters"] = [each for each in operation.get("parameters", []) if each != wait]
    return strict


schema = schemathesis.openapi.from_dict(
    document(),
    config=SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "generation": {"max-examples": EXAMPLES, "deterministic": True},
            # What was answered before, with its times and random names, must not shape what is asked next.
            "phases": {
                "fuzzing": {
                    "extra-data-sources": {"responses": False},
                    "error-feedback": {"enabled": False},
                }
            },
            "checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}},
        }
    ),
)
for path in LEFT_OUT:
    schema = schema.exclude(path=path)


# How often each operation of commands answered what, where they were real ones.
answers = collections.defaultdict(collections.Counter)


@pytest.fixture(scope="module")
def contract_program():
    with Program("--max-body", "64kb") as program:
        yield program
        assert program.process.poll() is None, f"the server ended by itself: {program.log}"
    for label, statuses in answers.items():
        assert statuses[200] >= 3, f"{label} executed next to nothing: {statuses}"


@pytest.fixture(scope="module")
def session(contract_program):
    with requests.Session() as session:
        # Neither proxies nor .netrc from the environment.
        session.trust_env = False
        yield session


# What the named key may hold, by the operation's first path segment.
VALUES = {
    "keys": lambda case: {"value": "12"},
    "hashes": lambda case: {"fields": {case.path_parameters.get("field", "name"): "12", "other": "x"}},
    "lists": lambda case: {"values": ["a", "12", "a"]},
    "sets": lambda case: {"members": [case.path_parameters.get("member", "blue"), "other"]},
    "zsets": lambda case: {"scores": {case.path_parameters.get("member", "blue"): 12, "other": 7.5}},
}
ODD_BYTES = ["%FF", "%00", "%2F", "%25", "%C3", "%F0%9F%8D%93", "."]


def target_and_state(case, base_url):
    """The request's URL, and the key as it stands in it; some keys get bytes that no text has."""
    sent = case.as_transport_kwargs(base_url)
    key = case.path_parameters.get("key")
    if not isinstance(key, str) or not key or "{key}" not in case.path:
        return sent, None
    kind = case.path.split("/")[1]
    before, name = f"{base_url}/{kind}/", quote(key, safe="")
    url = sent["url"]
    if not url.startswith(before + name):
        return sent, None
    rest = url[len(before + name) :]
    choice = zlib.crc32((kind + name + rest).encode())
    if choice % 3 == 0:
        odd = ODD_BYTES[choice // 3 % len(ODD_BYTES)]
        sent["url"] = before + name + odd + rest
        name += odd
    return sent, name


def is_body_optional(case, response):
    """Where the description says when there is a body, as `contract.Operation.judge` reads it."""
    node = case.operation.definition.raw["responses"].get(str(response.status_code))
    return not response.content and node is not None and "no body" in node.get("description", "")


def is_wrong_on_the_wire(case):
    """Whether a wrong query is still wrong as text: an object or null where an array or a flag should be is
    sent as an empty value, which may be right."""
    values = case.query.values() if isinstance(case.query, dict) else ()
    return all(isinstance(value, (str, int, float)) and value != "" for value in values)


def simplify(case, choice):
    """Most requests that are right go without the options that make the server refuse most of them anyway."""
    if choice % 4 and case.headers:
        for name in ("If-Match", "If-None-Match", "If-Range"):
            case.headers.pop(name, None)
    if choice % 2 and case.query and case.meta is not None and case.meta.generation.mode.is_positive:
        required = {parameter.name for parameter in case.operation.query if parameter.is_required}
        for name in [name for name in case.query if name not in required][1:]:
            case.query.pop(name)


def real_commands(case, sent, choice):
    """Puts commands of `command_patterns` into most requests that are right; whether it did."""
    operation = case.operation.definition.raw
    is_right = case.meta is None or case.meta.generation.mode.is_positive
    if "commands" not in operation["tags"] or not is_right or choice % 4 == 0:
        return False
    source = random.Random(choice)
    if "{command}" in case.path:
        words = draw(source)
        if case.path == "/{command}":
            # Those that are complete with a body at most.
            most = 1 if case.method == "GET" else 2
            while len(words) > most:
                words = draw(source)
        words = [to_bytes(word) for word in words]
        if case.method != "GET" and len(words) > 1:
            sent["data"] = words.pop()
        base_url = sent["url"].split("/", 3)[:3]
        sent["url"] = "/".join(base_url + [quote_from_bytes(word, safe="") for word in words])
        return True
    commands = [as_command(draw(source), source) for _ in range(1 + choice % 5)]
    body = commands[0] if case.path == "/" else commands
    if case.path == "/transactions":
        conditions = {"if": case.body["if"]} if "if" in case.body and choice % 2 else {}
        body = {"commands": commands} | conditions
    sent.pop("json", None)
    sent["data"] = json.dumps(body).encode()
    return True


@schema.parametrize()
@settings(
    derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False
)
def test_generated_requests(case, contract_program, session):
    base_url = f"http://127.0.0.1:{contract_program.port}"
    # The choices come with the request, so that they are the same in each run.
    body = None if isinstance(case.body, NotSet) else case.body
    choice = zlib.crc32(repr((case.path_parameters, case.query, body)).encode())
    simplify(case, choice)
    sent, name = target_and_state(case, base_url)
    is_real = real_commands(case, sent, choice)
    resource, before = None, None
    if name is not None:
        kind = case.path.split("/")[1]
        if choice // 4 % 8 == 0:
            kind = "lists" if kind == "keys" else "keys"
        if choice // 4 % 8 == 1:
            session.delete(f"{base_url}/keys/{name}")
        else:
            resource = f"{base_url}/{kind}/{name}"
            before = session.put(resource, json=VALUES[kind](case)).headers["ETag"]
    response = session.request(**sent)
    if is_real:
        answers[case.operation.label][response.status_code] += 1
    if response.status_code in (414, 431):
        # The HTTP library's own answers, which the contract names once for all operations.
        head = len(response.request.url) + len(str(response.request.headers))
        assert head > HEAD_LIMIT, f"a head of {head} bytes is too large: {response.request.url}"
        return
    checks = ["not_a_server_error", "status_code_conformance", "response_headers_conformance"]
    if not is_body_optional(case, response):
        checks += ["content_type_conformance", "response_schema_conformance"]
    if is_wrong_on_the_wire(case):
        checks += ["negative_data_rejection"]
    case.validate_response(response, checks=[CHECKS.get_one(name) for name in checks])
    if resource and response.status_code >= 400:
        after = session.head(resource).headers.get("ETag")
        assert after == before, f"a refusal changed the key: {response.request.method} {response.url}"
