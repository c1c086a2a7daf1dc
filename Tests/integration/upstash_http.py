"""Commands over plain HTTP in the Upstash Redis REST protocol, and what their answers must be."""

import base64
import json


def b64(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def run(client, *command, **headers):
    """The answer to `POST /` with one command."""
    return client.post("/", json.dumps(command), **headers)


def result(client, *command):
    answer = run(client, *command)
    assert answer.status == 200, answer
    return answer.json["result"]


def refused(answer, status, *words):
    """Asserts that it is the protocol's form of an error, and says why."""
    assert answer is not None, "no answer"
    assert answer.status == status, answer
    assert answer.content_type == "application/json", answer
    assert list(answer.json) == ["error"], answer
    for word in words:
        assert word.lower() in answer.json["error"].lower(), answer.json
    return answer.json["error"]
