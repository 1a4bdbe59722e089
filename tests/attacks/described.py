"""One OpenAPI description of every public address, made from the table of routes: what `make fuzz` makes its requests from.

Forms and queries get the names that the code behind an address reads; values are any text. It promises little on purpose: it is for
attacking, and the schedule's own description (docs/schedule-api.openapi.yaml) is for those who build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from app import app
from chalicelib.console.table import TABLE

Tree = dict[str, Any]
CODE = Path(__file__).parents[2] / "chalicelib"
TWILIO = ["MessageSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "MessageStatus", "ErrorCode", "AccountSid", "CallSid", "Digits", "CallStatus",
          "AnsweredBy", "OptOutType"]  # fmt: skip
READ = re.compile(r"""(?:form|fields|said|query|given)(?:\.get)?[\[(]\s*(?:visit\.)?(?:request,\s*)?"([a-z_]\w*)\"""")
INPUT = re.compile(r'name="([a-z_]\w*)"')
VIEWS = {f"/console{path}": module for path, _, module, _ in TABLE}


def paths() -> Iterator[tuple[str, str, list[str]]]:
    """(address, method, kinds of body) of all that Chalice answers."""
    for path, methods in sorted(app.routes.items()):
        for method, route in sorted(methods.items()):
            yield path, method, list(route.content_types)


@cache
def description() -> Tree:
    found: Tree = {"openapi": "3.1.0", "info": {"title": "Porchlight's doors", "version": "1"}, "paths": {}}
    for path, method, kinds in paths():
        names = sorted(_names(path))
        here = found["paths"].setdefault(path, {"parameters": [_part(name, "path") for name in re.findall(r"{(\w+)}", path)]})
        here[method.lower()] = {
            "operationId": f"{method} {path}", "parameters": [_part(name, "query") for name in (names if method == "GET" else ["row", "call", "at"])],
            "responses": {"default": {"description": "whatever it is, no 5xx"}}, **({} if method == "GET" else {"requestBody": _body(kinds, names)}),
        }  # fmt: skip
    return found


def _part(name: str, where: str) -> Tree:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": "string", **({"minLength": 1} if where == "path" else {})}}


def _body(kinds: list[str], names: list[str]) -> Tree:
    fields = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    return {"required": True, "content": {kind: {"schema": fields if "form" in kind else {}} for kind in kinds}}


@cache
def _names(path: str) -> frozenset[str]:
    """What the code behind an address reads of a form or a query."""
    if path.startswith("/console"):
        return _read_by(CODE / "console" / f"{VIEWS[path]}.py")
    if path.startswith("/p/"):
        return frozenset(INPUT.findall("".join(each.read_text() for each in (CODE / "patient_pages" / "templates").glob("*"))))
    return frozenset(TWILIO if path.startswith(("/sms", "/voice")) else ["after", "limit", "program"])


def _read_by(file: Path) -> frozenset[str]:
    """Names in a file of pages, in the forms that it imports, and in the templates that it names."""
    code = file.read_text()
    beside = [file.with_name(f"{name}.py") for name in re.findall(r"from \.(\w+_form|upload|times|desk) import", code)]
    shown = [file.parent / "templates" / name for name in re.findall(r'"(\w+\.html)"', code)]
    said = {name for each in (file, *beside) for name in READ.findall(each.read_text())}
    return frozenset(said | {name for each in shown if each.exists() for name in INPUT.findall(each.read_text())} - {"viewport", "csrf"})
