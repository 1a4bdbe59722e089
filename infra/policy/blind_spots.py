"""What none of the tools sees, as findings that say what to do: each rule a function over the expanded template.

cdk-nag, checkov and cfn-guard say nothing of most of these faults, or of some only by accident (decisions/policy-checks.md).
`tests/infra/test_policy.py` breaks each rule on purpose.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from .blind_spots_of_what_is_kept import FORGET, buckets, in_clear, kept, keys, queues_and_topics, tables
from .findings import Finding
from .looking import Said, Tree, of_type

ROOT = Path(__file__).parents[2]
ELIGIBLE = ROOT / "infra" / "eligible.toml"
SIX_YEARS = 2192
SHOWN = {
    "requestId", "requestTimeEpoch", "resourcePath", "httpMethod", "status", "responseLatency", "integration.status",
    "error.responseType",
}  # fmt: skip
SECRET = re.compile(r"secret|token|passw|api_?key|credential", re.I)


def people(template: Tree) -> Said:
    for name, pool in of_type(template, "Cognito::UserPool"):
        if (
            pool.get("MfaConfiguration") not in ("ON", {"Ref": "StaffMfa"})
            or template["Parameters"]["StaffMfa"]["Default"] != "ON"
        ):
            yield name, "MfaConfiguration: the parameter StaffMfa, whose default is ON"
        if pool.get("Policies", {}).get("PasswordPolicy", {}).get("MinimumLength", 0) < 12:
            yield name, "passwords of twelve characters at least"
        if pool.get("DeletionProtection") != "ACTIVE" or not pool.get("AdminCreateUserConfig", {}).get(
            "AllowAdminCreateUserOnly"
        ):
            yield name, "DeletionProtection: ACTIVE, and nobody signs up by themselves"


def trail(template: Tree) -> Said:
    found = list(of_type(template, "CloudTrail::Trail"))
    if not found:
        yield "AccountTrail", "there is no trail: who opened what would be nobody's knowledge"
    for name, each in found:
        for flag in ("IsLogging", "IsMultiRegionTrail", "EnableLogFileValidation", "IncludeGlobalServiceEvents"):
            if each.get(flag) is not True:
                yield name, f"{flag}: true"
        bucket = template["Resources"].get(each["S3BucketName"].get("Ref", ""), {}).get("Properties", {})
        if bucket.get("ObjectLockEnabled") is not True or "ObjectLockConfiguration" not in bucket:
            yield name, "its bucket is locked: ObjectLockEnabled, and a default retention"


def logs(template: Tree) -> Said:
    for name, group in of_type(template, "Logs::LogGroup"):
        if group.get("RetentionInDays") != SIX_YEARS:
            yield name, f"RetentionInDays: {SIX_YEARS}, six years (45 CFR 164.316(b)(2))"
        if not group.get("KmsKeyId"):
            yield name, "KmsKeyId: StorageKey"
    for name, stage in of_type(template, "ApiGateway::Stage"):
        shown = set(re.findall(r"\$context\.([\w.]+)", stage.get("AccessLogSetting", {}).get("Format", "")))
        if not shown or shown - SHOWN:
            yield (
                name,
                f"its access log shows what may stand in a log for six years, and nothing else: {', '.join(sorted(SHOWN))}",
            )
        if any(
            s.get("DataTraceEnabled") or not s.get("ThrottlingRateLimit") for s in stage.get("MethodSettings", [{}])
        ):
            yield name, "DataTraceEnabled: false and a throttle, in each of its MethodSettings"


def functions(template: Tree) -> Said:
    alarms = list(of_type(template, "CloudWatch::Alarm"))
    for name, function in of_type(template, "Lambda::Function"):
        if "ReservedConcurrentExecutions" not in function:
            yield name, "reserved_concurrency in .chalice/config.json, so that it starves no other"
        for variable, value in function.get("Environment", {}).get("Variables", {}).items():
            if SECRET.search(variable) and not isinstance(value, dict):
                yield name, f"{variable} stands in the environment's listing: into the service's secret with it"
        told = {
            each["MetricName"]
            for _, each in alarms
            if {"Name": "FunctionName", "Value": {"Ref": name}} in each.get("Dimensions", [])
        }
        if function.get("ReservedConcurrentExecutions") != 0 and not {"Errors", "Throttles"} <= told:
            yield name, "an alarm on its Errors and one on its Throttles, each with a runbook (infra/alarms.yaml)"


def alarms(template: Tree) -> Said:
    for name, alarm in of_type(template, "CloudWatch::Alarm"):
        page = re.search(r"Runbook: (docs/runbooks/[a-z-]+\.md)$", alarm.get("AlarmDescription", ""))
        if not page or not (ROOT / page[1]).is_file():
            yield name, 'its description ends with "Runbook: docs/runbooks/<page>.md", and the page is there'
    for name, rule in of_type(template, "Events::Rule"):
        if not all("DeadLetterConfig" in target for target in rule.get("Targets", [])):
            yield name, "a schedule's target has a DeadLetterConfig: ScheduleFailureQueue"


def backups(template: Tree) -> Said:
    chosen = json.dumps([each for _, each in of_type(template, "Backup::BackupSelection")])
    for name, _ in of_type(template, "DynamoDB::Table"):
        if (f'"{name}"' in chosen) == (name in FORGET):
            yield name, "into BackedUp of infra/backup.yaml, but for what is to be forgotten"
    if not any("LockConfiguration" in each for _, each in of_type(template, "Backup::BackupVault")):
        yield "BackupVault", "a vault that is locked: LockConfiguration"


def eligible(template: Tree) -> Said:
    known = tomllib.loads(ELIGIBLE.read_text(encoding="utf-8"))
    services = {*known["listed"], *known["besides"]}
    for name, each in template["Resources"].items():
        if (service := each["Type"].split("::")[1]) not in services:
            yield (
                name,
                f"{service} is in none of infra/eligible.toml's tables: is it on AWS's list of HIPAA-eligible services?",
            )


RULES: dict[str, Callable[[Tree], Said]] = {
    rule.__name__: rule
    for rule in (
        tables,
        kept,
        keys,
        queues_and_topics,
        in_clear,
        buckets,
        people,
        trail,
        logs,
        functions,
        alarms,
        backups,
        eligible,
    )
}


def found_by_us(template: Tree) -> Iterator[Finding]:
    """Every rule's findings, under the rule's name."""
    for rule, look in RULES.items():
        yield from (Finding("porchlight", rule, resource, said) for resource, said in look(template))
