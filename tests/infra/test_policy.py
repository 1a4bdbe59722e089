"""`make policy`: what is excused has a reason that still holds; what no tool sees, our own rules see, each broken here on purpose."""

from __future__ import annotations

import copy
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from infra.policy.blind_spots import RULES, found_by_us
from infra.policy.filled import light, whole
from infra.policy.findings import Excused, Finding, exceptions, judged

from .template import Template, nodes

ROOT = Path(__file__).parents[2]
GONE = object()
TODAY = date(2026, 11, 28)
KINDS = {"Tick": "AWS::Lambda::Function", "Door": "AWS::Lambda::Function"}
LOOSE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}]}


def row(**more: Any) -> Excused:
    said = {"name": "x", "rules": ("checkov A",), "resources": ("Tick",), "reason": "r", "control": "c", "reviewed_on": TODAY}
    return Excused(**{**said, **more})


def test_only_what_has_a_reason_is_found_by_us(template: Template) -> None:
    kinds = {name: each["Type"] for name, each in template.resources.items()}
    assert judged(set(found_by_us(template.tree)), exceptions(), kinds, ["porchlight"], TODAY) == []


@pytest.mark.parametrize(("found", "known", "said"), [
    ([Finding("checkov", "A", "Tick")], [row()], []),
    ([Finding("checkov", "A", "Tick")], [row(resources=("AWS::Lambda::Function",))], []),
    ([Finding("checkov", "A", "Tick"), Finding("checkov", "A", "Door")], [row()], ["not excused"]),
    ([Finding("checkov", "B", "Tick")], [row()], ["not excused", "stale", "stale"]),
    ([], [row()], ["stale", "stale"]),
    ([Finding("checkov", "A", "Tick")], [row(rules=("checkov A", "checkov B"))], ["stale"]),
    ([Finding("checkov", "A", "Tick")], [row(resources=("Tick", "Door"))], ["stale"]),
    ([], [row(rules=("parliament A",))], []),  # a tool that was not asked
    ([Finding("checkov", "A", "Tick")], [row(reviewed_on=date(2025, 11, 27))], ["too old"]),
])  # fmt: skip
def test_unlisted_stale_and_old_are_named(found: list[Finding], known: list[Excused], said: list[str]) -> None:
    lines = judged(found, known, KINDS, ["checkov"], TODAY)
    assert [line[:14].strip() for line in lines] == said


def test_an_exception_says_why_and_what_instead(tmp_path: Path) -> None:
    short = tmp_path / "exceptions.toml"
    short.write_text('[exception.x]\nrules = ["a b"]\nresources = ["T"]\nreason = "because"\ncontrol = "none"\nreviewed_on = 2026-11-28\n')
    with pytest.raises(ValueError, match="sentences"):
        exceptions(short)
    short.write_text('[exception.x]\nrules = ["a b"]\n')
    with pytest.raises(ValueError, match="resources"):
        exceptions(short)


def test_what_a_control_names_is_there() -> None:
    for each in exceptions():
        for path in re.findall(r"(?:tests|docs|infra)/[\w./-]+", f"{each.control} {each.reason}"):
            assert (ROOT / path.rstrip(".,")).exists(), (each.name, path)


BREACHES: list[tuple[str, str, Any]] = [
    ("tables", "DueTable/Properties/SSESpecification", GONE), ("tables", "DueTable/Properties/PointInTimeRecoverySpecification", GONE),
    ("tables", "DueTable/Properties/DeletionProtectionEnabled", False), ("tables", "AuditTable/Properties/TimeToLiveSpecification", {"AttributeName": "ttl"}),
    ("tables", "SessionsTable/Properties/TimeToLiveSpecification", GONE),
    ("kept", "DueTable/DeletionPolicy", "Delete"), ("kept", "BackupVault/UpdateReplacePolicy", GONE), ("kept", "DropBucket/DeletionPolicy", GONE),
    ("keys", "StorageKey/Properties/EnableKeyRotation", False), ("keys", "TrailKey/Properties/KeyPolicy", LOOSE),
    ("keys", "StorageKey/Properties/KeyPolicy/Statement/1", GONE),
    ("queues_and_topics", "ParkingQueue/Properties/KmsMasterKeyId", GONE), ("queues_and_topics", "DropQueue/Properties/RedrivePolicy", GONE),
    ("in_clear", "DropBucketPolicy", GONE), ("in_clear", "OperationsTopicPolicy", GONE), ("in_clear", "CarrierFailureQueuePolicy/Properties/PolicyDocument/Statement/0/Effect", "Allow"),
    ("buckets", "AnswersBucket/Properties/PublicAccessBlockConfiguration/BlockPublicAcls", False), ("buckets", "DropBucket/Properties/LifecycleConfiguration", GONE),
    ("buckets", "DropBucket/Properties/VersioningConfiguration", GONE),
    ("people", "StaffPool/Properties/MfaConfiguration", "OPTIONAL"), ("people", "StaffPool/Properties/Policies/PasswordPolicy/MinimumLength", 8),
    ("people", "StaffPool/Properties/DeletionProtection", "INACTIVE"),
    ("trail", "AccountTrail/Properties/IsLogging", False), ("trail", "AccountTrail", GONE), ("trail", "CloudTrailBucket/Properties/ObjectLockEnabled", False),
    ("trail", "AccountTrail/Properties/EnableLogFileValidation", False), ("trail", "AccountTrail/Properties/IsMultiRegionTrail", GONE),
    ("logs", "TickLogGroup/Properties/RetentionInDays", 30), ("logs", "DoorAclLogGroup/Properties/KmsKeyId", GONE),
    ("logs", "RestAPIprodStage/Properties/AccessLogSetting/Format", "$context.path"), ("logs", "RestAPIprodStage/Properties/AccessLogSetting", GONE),
    ("logs", "RestAPIprodStage/Properties/MethodSettings/0/DataTraceEnabled", True), ("logs", "FallbackStage/Properties/MethodSettings/0/ThrottlingRateLimit", GONE),
    ("functions", "Tick/Properties/ReservedConcurrentExecutions", GONE), ("functions", "Tick/Properties/Environment/Variables/CARRIER_TOKEN", "abc"), ("functions", "TickErrors", GONE),
    ("alarms", "TickErrors/Properties/AlarmDescription", "It fails."), ("alarms", "TickErrors/Properties/AlarmDescription", "Runbook: docs/runbooks/nowhere.md"),
    ("alarms", "TickTickEvent/Properties/Targets/0/DeadLetterConfig", GONE),
    ("backups", "BackedUp/Properties/BackupSelection/Resources/0", GONE), ("backups", "BackupVault/Properties/LockConfiguration", GONE),
    ("eligible", "DueTable/Type", "AWS::QLDB::Ledger"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "where", "what"), BREACHES)
def test_each_rule_sees_its_breach_and_says_what_to_do(template: Template, rule: str, where: str, what: Any) -> None:
    before = set(RULES[rule](template.tree))
    broken = copy.deepcopy(template.tree)
    change(broken["Resources"], where.split("/"), what)
    after = set(RULES[rule](broken)) - before
    assert after and all(len(said) > 10 for _, said in after)


def change(tree: Any, steps: list[str], what: Any) -> None:
    *way, last = (int(step) if step.isdigit() else step for step in steps)
    for step in way:
        tree = tree[step]
    if what is GONE:
        del tree[last]
    else:
        tree[last] = what


def test_every_rule_was_broken() -> None:
    assert {rule for rule, *_ in BREACHES} == set(RULES)


def test_filled_in_nothing_is_referred_to_and_light_keeps_what_leads_elsewhere(template: Template) -> None:
    full = [node for _, node in nodes(whole(template.tree)["Resources"]) if isinstance(node, dict) and set(node) & {"Ref", "Fn::GetAtt", "Fn::Sub"}]
    assert full == []
    half = json.dumps(light(template.tree)["Resources"])
    assert '"Fn::Sub"' not in half and '{"Fn::GetAtt": ["StorageKey", "Arn"]}' in half
    assert "${TablePrefix}" in json.dumps(template.tree)  # the argument is left as it was
