"""openapi.yaml, read as what the server promises: operations, their examples, and a judge of answers."""

import json
from dataclasses import dataclass, field

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from program import ROOT

DOCUMENT = yaml.safe_load((ROOT / "openapi.yaml").read_text())
_REGISTRY = Registry().with_resource("urn:contract", Resource.from_contents(DOCUMENT, DRAFT202012))


def resolve(node, place):
    """What stands at a place, references followed, and the place where it really stands."""
    while isinstance(node, dict) and "$ref" in node:
        place = node["$ref"][1:]
        node = DOCUMENT
        for step in place.strip("/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node, place


def validator(place):
    """For the schema at that place, so that the references in it are found."""
    return Draft202012Validator({"$ref": f"urn:contract#{place}"}, registry=_REGISTRY)


def escape(name):
    return name.replace("~", "~0").replace("/", "~1")


def _with_example(parameter):
    """The parameter with an `example`: the first where it has several."""
    if "examples" not in parameter:
        return parameter
    return parameter | {"example": next(iter(parameter["examples"].values()))["value"]}


@dataclass
class Operation:
    method: str
    path: str
    node: dict
    place: str
    parameters: list = field(init=False)

    def __post_init__(self):
        self.parameters = [
            _with_example(resolve(node, "")[0]) for node in self.node.get("parameters", [])
        ]

    def __str__(self):
        return f"{self.method} {self.path}"

    @property
    def statuses(self):
        """Those documented by number."""
        return {int(status) for status in self.node["responses"] if status != "default"}

    @property
    def tag(self):
        return self.node["tags"][0]

    def parameter(self, name):
        return next((p for p in self.parameters if p["name"] == name), None)

    def bodies(self):
        """The examples of the JSON body; empty where the operation takes none."""
        body = self.node.get("requestBody")
        if not body:
            return []
        media = body["content"].get("application/json")
        if media is None:
            return []
        examples = [example["value"] for example in media.get("examples", {}).values()]
        examples += [media["example"]] if "example" in media else []
        assert examples, f"{self} has no example of its body"
        place = f"{self.place}/requestBody/content/application~1json/schema"
        for example in examples:
            errors = list(validator(place).iter_errors(example))
            assert not errors, f"{self}: the example {example} does not fit its schema: {errors[0].message}"
        return examples

    def takes_raw_body(self):
        return "*/*" in self.node.get("requestBody", {}).get("content", {})

    def judge(self, response):
        """Asserts that an answer is one that the contract promises."""
        responses = self.node["responses"]
        name = str(response.status) if str(response.status) in responses else "default"
        assert name != "default", f"{self}: the status is not documented: {response}"
        node, place = resolve(responses[name], f"{self.place}/responses/{name}")
        for header, description in node.get("headers", {}).items():
            value = response.headers[header]
            if header == "Vary" and self.method != "GET" and value is None:
                # It speaks to caches, which keep no answer to a write; not each has two representations.
                continue
            assert value is not None, f"{self}: no {header} in {response}"
            schema = resolve(description, "")[0]["schema"]
            errors = list(Draft202012Validator(schema).iter_errors(value))
            assert not errors, f"{self}: {header}: {errors}"
        content = node.get("content")
        if content is None:
            assert response.body == b"", f"{self}: a body where none is documented: {response}"
            return
        if response.body == b"" and response.content_type == "":
            assert "no body" in node["description"], f"{self}: no body: {response}"
            return
        assert (
            response.content_type in content
        ), f"{self}: {response.content_type!r} is not documented: {response}"
        if response.content_type.endswith("json") and response.content_type != "application/x-ndjson":
            place = f"{place}/content/{escape(response.content_type)}/schema"
            document = json.loads(response.body)
            errors = list(validator(place).iter_errors(document))
            assert not errors, f"{self}: {document} does not fit: {errors[0].message}"


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method, node in item.items():
            if method in ("get", "put", "post", "patch", "delete"):
                yield Operation(method.upper(), path, node, f"/paths/{escape(path)}/{method}")


def examples_in_answers():
    """Each example of an answer's body, with the place of its schema."""
    for operation in operations():
        for status, node in operation.node["responses"].items():
            node, place = resolve(node, f"{operation.place}/responses/{status}")
            for media, content in node.get("content", {}).items():
                if "json" not in media or media == "application/x-ndjson":
                    continue
                examples = [example["value"] for example in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                for example in examples:
                    yield str(operation), status, example, f"{place}/content/{escape(media)}/schema"
