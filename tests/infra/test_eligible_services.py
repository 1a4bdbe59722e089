"""RULES T5, AWS-1: nothing but HIPAA-eligible services, from a dated list; whatever else is used has a reason beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from .template import Template, listed, nodes

LIST: dict[str, Any] = tomllib.loads((Path(__file__).parents[2] / "infra" / "eligible.toml").read_text(encoding="utf-8"))
ACTIONS = {prefix for prefixes in LIST["listed"].values() for prefix in prefixes} | {name.lower() for name in LIST["besides"]}


def _kinds(template: Template) -> set[str]:
    return {resource["Type"].split("::")[1] for resource in template.resources.values()}


def _prefixes(template: Template) -> Iterator[str]:
    """The services whose actions some policy allows, of roles, keys, topics, queues and buckets."""
    for _, node in nodes(template.tree["Resources"]):
        if isinstance(node, dict) and node.get("Effect") == "Allow":
            yield from (action.split(":")[0].lower() for action in listed(node.get("Action", [])))


def test_only_eligible_services_are_made(template: Template) -> None:
    assert _kinds(template) - {*LIST["listed"], *LIST["besides"]} == set()


def test_only_eligible_services_are_called(template: Template) -> None:
    assert set(_prefixes(template)) - ACTIONS == set()


def test_what_is_excepted_is_used_and_has_a_reason(template: Template) -> None:
    used = _kinds(template) | {prefix.upper() for prefix in _prefixes(template)}
    stale = {name for name in LIST["besides"] if name not in used and name.upper() not in used}
    assert stale == set()
    assert all(len(why) > 20 for why in LIST["besides"].values())


def test_the_list_has_a_date() -> None:
    assert isinstance(LIST["list_dated"], date)


def test_a_service_that_is_not_on_the_list_is_noticed(template: Template) -> None:
    other = {"Type": "AWS::QLDB::Ledger", "Properties": {"P": {"Effect": "Allow", "Action": "qldb:SendCommand"}}}
    changed = Template({**template.tree, "Resources": {**template.resources, "Ledger": other}})
    assert "QLDB" in _kinds(changed) - {*LIST["listed"], *LIST["besides"]}
    assert "qldb" in set(_prefixes(changed)) - ACTIONS
