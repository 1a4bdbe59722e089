"""The firewall never drops a text or a call, however many come from one address; it slows who guesses (infra/waf.yaml)."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.template import merge_file

from .template import Template, Tree, nodes

WEBHOOKS_IN_FIVE_MINUTES = 200 * 300
CARRIERS = ("/sms/", "/voice/")


@cache
def rules() -> list[Tree]:
    found = merge_file({})["Resources"]["DoorAcl"]["Properties"]["Rules"]
    return sorted(found, key=lambda rule: rule["Priority"])


def matches(statement: Tree, path: str, asked: int) -> bool:
    """As WAF reads it: `asked` is how often this address asked in the window, all of it within the scope."""
    [(kind, said)] = statement.items()
    if kind == "OrStatement":
        return any(matches(each, path, asked) for each in said["Statements"])
    if kind == "ByteMatchStatement":
        assert (said["FieldToMatch"], said["PositionalConstraint"]) == ({"UriPath": {}}, "STARTS_WITH")
        return path.startswith(said["SearchString"])
    assert kind == "RateBasedStatement" and said["AggregateKeyType"] == "IP"
    return asked > said["Limit"] and ("ScopeDownStatement" not in said or matches(said["ScopeDownStatement"], path, asked))


def decided(path: str, asked: int, known: list[Tree] | None = None) -> str:
    """Allow or Block: the first rule that matches ends the reading."""
    for rule in known or rules():
        if matches(rule["Statement"], path, asked):
            return str(next(iter(rule["Action"])))
    return "Allow"


@pytest.mark.parametrize("stage", ["", "/prod"])
@given(end=st.text(max_size=40), prefix=st.sampled_from(CARRIERS), asked=st.integers(0, 10**9))
def test_n1_no_carrier_is_ever_held_back(stage: str, end: str, prefix: str, asked: int) -> None:
    assert decided(stage + prefix + end, max(asked, WEBHOOKS_IN_FIVE_MINUTES)) == "Allow"


def test_every_route_of_a_carriers_door_is_one_of_them(template: Template) -> None:
    paths = template.properties("RestAPI")["Body"]["paths"]
    doors = {path: template.door(path, next(iter(each))) for path, each in paths.items()}
    for path, door in doors.items():
        assert (decided(path, 10**9) == "Allow") == (door in ("SmsDoor", "VoiceDoor")), path


@pytest.mark.parametrize(("path", "asked", "said"), [
    ("/console/sign-in", 240, "Allow"), ("/console/sign-in", 301, "Block"), ("/prod/console/sign-in", 301, "Block"),
    ("/console/inbox", 18_000, "Allow"), ("/console/inbox", 40_001, "Block"),  # an office of sixty, two tabs each
    ("/p/abc", 1_501, "Block"), ("/schedule/visits", 6_000, "Allow"), ("/nowhere", 40_001, "Block"),
])  # fmt: skip
def test_who_guesses_is_slowed_and_an_office_is_not(path: str, asked: int, said: str) -> None:
    assert decided(path, asked) == said


def test_no_rule_reads_what_somebody_wrote_or_keeps_a_sample_of_it() -> None:
    for _, node in nodes(merge_file({})["Resources"]["DoorAcl"]):
        if isinstance(node, dict):
            assert not set(node) & {"Body", "JsonBody", "AllQueryArguments", "Headers", "Cookies", "ManagedRuleGroupStatement"}
            assert node.get("SampledRequestsEnabled") is not True  # a sample shows headers and paths to whoever may look


def test_its_log_is_of_blocked_requests_without_path_query_or_credentials(template: Template) -> None:
    log = template.properties("DoorAclLog")
    hidden = [*(next(iter(each)) for each in log["RedactedFields"]), *(each.get("SingleHeader", {}).get("Name") for each in log["RedactedFields"])]
    assert {"UriPath", "QueryString", "cookie", "authorization", "signature"} <= set(hidden)
    assert log["LoggingFilter"]["DefaultBehavior"] == "DROP"
    assert [each["Conditions"] for each in log["LoggingFilter"]["Filters"]] == [[{"ActionCondition": {"Action": "BLOCK"}}]]


def test_the_first_rule_gone_a_carrier_would_be_held_back() -> None:
    without: list[Any] = copy.deepcopy(rules())[1:]
    assert decided("/sms/twilio/inbound", WEBHOOKS_IN_FIVE_MINUTES, without) == "Block"
