"""The merge file for `chalice package`: every infra/*.yaml in one, and each route re-pointed to its door."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from . import dashboard, queries

HERE = Path(__file__).parent
PARTS = (
    "resources.yaml", "people.yaml", "trail.yaml", "drop.yaml", "functions.yaml", "fallback.yaml", "alarms.yaml", "backup.yaml",
    "waf.yaml",
)  # fmt: skip

DEPLOYMENT = "FallbackDeployment"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's where it is there: ten times as fast, and the same tree

Tree = dict[str, Any]


class NoDoor(LookupError):
    """A route that infra/doors.toml gives to no function."""


class TwoOwners(ValueError):
    """The same thing is said in two of the files."""


def merge_file(routes: Mapping[str, Iterable[str]]) -> Tree:
    """`routes`: path to its methods, as `app.routes` has them. Raises `NoDoor`, `TwoOwners`."""
    merged: Tree = {}
    for part in PARTS:
        merged = merged_trees(merged, read_yaml(_text(part)))
    merged = merged_trees(merged, queries.resources())
    merged = merged_trees(merged, dashboard.resources(merged))
    return merged_trees(merged, pointed_to_doors(routes, doors()))


def read_yaml(text: str) -> Tree:
    tree: Tree = yaml.load(text, Loader=LOADER)  # noqa: S506 - both are safe
    return tree


def _text(part: str) -> str:
    """The file; its API's deployment renamed with its content, since API Gateway deploys only a new one."""
    text = (HERE / part).read_text(encoding="utf-8")
    return text.replace(DEPLOYMENT, f"{DEPLOYMENT}{hashlib.sha256(text.encode()).hexdigest()[:10]}")


def merged_trees(one: Tree, other: Tree, where: str = "") -> Tree:
    """Both, deeply. Raises `TwoOwners` where they disagree."""
    result = dict(one)
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(result.get(key, {}), dict):
            result[key] = merged_trees(result.get(key, {}), value, f"{where}/{key}")
        elif key in result and result[key] != value:
            raise TwoOwners(f"{where}/{key}")
        else:
            result[key] = value
    return result


def doors() -> list[tuple[str, str]]:
    """Pairs of a prefix and the function that answers under it, in the file's order."""
    table = tomllib.loads((HERE / "doors.toml").read_text(encoding="utf-8"))
    return [(prefix, door["function"]) for door in table["door"] for prefix in door["prefixes"]]


def door_of(path: str, known: Iterable[tuple[str, str]]) -> str:
    """The function that answers a route. Raises `NoDoor`."""
    for prefix, function in known:
        if path.startswith(prefix):
            return function
    raise NoDoor(path)


def pointed_to_doors(routes: Mapping[str, Iterable[str]], known: list[tuple[str, str]]) -> Tree:
    """Chalice gives all routes one function; this gives each its door, and so its role, time-out and concurrency."""
    paths: Tree = {}
    for path, methods in routes.items():
        uri = invocation(door_of(path, known))
        paths[path] = {method.lower(): {"x-amazon-apigateway-integration": {"uri": uri}} for method in methods}
    return {"Resources": {"RestAPI": {"Properties": {"DefinitionBody": {"paths": paths}}}}}


def invocation(function: str) -> Tree:
    """API Gateway's address of a function in the template."""
    path = "lambda:path/2015-03-31/functions/${%s.Arn}/invocations" % function  # noqa: UP031 (braces are CloudFormation's)
    return {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:" + path}
