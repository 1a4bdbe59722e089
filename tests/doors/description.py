"""The schedule's OpenAPI description, as tests hold answers against it and make requests from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

FILE = Path(__file__).parents[2] / "docs" / "schedule-api.openapi.yaml"
Tree = dict[str, Any]
OPERATIONS = {
    "GET": ("/schedule/{program}/visits/{visit_id}", "get"),
    "PUT": ("/schedule/{program}/visits/{visit_id}", "put"),
    "PATCH": ("/schedule/{program}/visits/{visit_id}", "patch"),
    "CANCEL": ("/schedule/{program}/visits/{visit_id}/cancel", "post"),
    "CHANGES": ("/schedule/{program}/changes", "get"),
}


@cache
def description() -> Tree:
    found: Tree = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def plain(node: Any) -> Any:
    """A piece without references."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        found: Any = description()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return plain(found) | {name: plain(value) for name, value in node.items() if name != "$ref"}
    return {name: plain(value) for name, value in node.items()}


def faults(method: str, status: int, headers: dict[str, str], body: Any) -> list[str]:
    """How an answer breaks the description."""
    path, verb = OPERATIONS[method]
    answers = plain(description()["paths"][path][verb]["responses"])
    if str(status) not in answers:
        return [f"{method} does not answer {status}"]
    said = answers[str(status)]
    kind = headers["Content-Type"]
    if kind not in said["content"]:
        return [f"{method} {status} is no {kind}"]
    missing = [name for name, what in said.get("headers", {}).items() if name not in headers and (what.get("required") or status == 401)]
    wrong = Draft202012Validator(said["content"][kind]["schema"], format_checker=FormatChecker()).iter_errors(body)
    return [f"no {name}" for name in missing] + [each.message for each in wrong]


def of_schema(schema: Tree) -> st.SearchStrategy[Any]:
    """Values that the schema allows."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    kind = schema["type"]
    if kind == "integer":
        return st.integers(schema.get("minimum"), schema.get("maximum"))
    if kind == "string":
        return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 40))
    needed = schema.get("required", [])
    parts = {name: of_schema(part) for name, part in schema["properties"].items()}
    return st.fixed_dictionaries({n: parts[n] for n in needed}, optional={n: p for n, p in parts.items() if n not in needed})


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def bodies(method: str) -> st.SearchStrategy[Any]:
    """What the description allows, and the same with one thing that it does not."""
    path, verb = OPERATIONS[method]
    content = plain(description()["paths"][path][verb]["requestBody"]["content"])
    [schema] = [each["schema"] for each in content.values()]
    good = of_schema(schema)
    bent = st.tuples(good, st.sampled_from([*schema["properties"], "more"]), ANYTHING).map(lambda t: {**t[0], t[1]: t[2]})
    return good | bent | ANYTHING
