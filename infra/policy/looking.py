"""How a rule looks at the expanded template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Tree = dict[str, Any]
Said = Iterator[tuple[str, str]]  # a logical id, and what to do there


def of_type(template: Tree, kind: str) -> Iterator[tuple[str, Tree]]:
    for name, each in template["Resources"].items():
        if each["Type"] == f"AWS::{kind}":
            yield name, each.get("Properties", {})


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(document: Tree, effect: str) -> list[Tree]:
    return [each for each in listed(document["Statement"]) if each["Effect"] == effect]
