"""The two trails in the template: who may write, that nobody may delete, that CloudTrail sees what it must (PLATFORM, blind spots)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from infra.queries import questions

from .template import FUNCTIONS, Template, listed, names, nodes

LOCKED = {"SealedTrailBucket", "CloudTrailBucket"}
BUCKETS = LOCKED | {"AccessLogBucket", "AnswersBucket", "DropBucket"}
DELETES = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:BypassGovernanceRetention"}


def policy(template: Template, bucket: str) -> list[dict[str, Any]]:
    [found] = [p for p in template.of_type("AWS::S3::BucketPolicy").values() if p["Bucket"] == {"Ref": bucket}]
    return found["PolicyDocument"]["Statement"]  # type: ignore[no-any-return]


def test_what_is_locked_is_locked_by_parameters_for_six_years(template: Template) -> None:
    for name in LOCKED:
        bucket = template.properties(name)
        assert bucket["ObjectLockEnabled"] is True and bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        rule = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert rule == {"Mode": {"Ref": "TrailLockMode"}, "Years": {"Ref": "TrailLockYears"}}
    defaults = {name: template.tree["Parameters"][name]["Default"] for name in ("TrailLockMode", "TrailLockYears")}
    assert defaults == {"TrailLockMode": "COMPLIANCE", "TrailLockYears": 6}


def test_nobody_deletes_from_a_locked_bucket_and_no_function_may_even_try(template: Template) -> None:
    for name in LOCKED:
        [denied] = [s for s in policy(template, name) if s["Sid"] == "NobodyDeletes"]
        assert denied["Effect"] == "Deny" and denied["Principal"] == "*" and set(denied["Action"]) == DELETES
        assert "Condition" not in denied and names(denied["Resource"]) == {name}
    for function in FUNCTIONS:
        assert not {a for a in template.allowed(function) if a.startswith(("s3:Delete", "s3:Bypass", "s3:PutObjectR", "s3:PutBucket"))}


def test_only_the_seal_writes_sealed_hours_and_only_it_signs(template: Template) -> None:
    [only] = [s for s in policy(template, "SealedTrailBucket") if s["Sid"] == "OnlyTheSealWrites"]
    assert only["Effect"] == "Deny" and only["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["SealTrailRole", "Arn"]}}}
    assert {function for function in FUNCTIONS if "kms:Sign" in template.allowed(function)} == {"SealTrail"}
    putting = {f for f in FUNCTIONS for s in template.statements(f) if "s3:PutObject" in listed(s["Action"]) and "Sealed" in str(s["Resource"])}
    assert putting == {"SealTrail"}
    assert template.allowed("SealTrail") & {"kms:Verify", "kms:Decrypt"} == {"kms:Decrypt"}  # of its files, through S3


def test_the_seal_opens_no_content_and_touches_no_table_but_the_trail(template: Template) -> None:
    for statement in template.statements("SealTrail"):
        assert "ContentKey" not in names(statement["Resource"])
        assert not {"PatientsTable", "ThreadsTable", "ContactsTable", "IncidentsTable"} & names(statement["Resource"])


def test_every_bucket_is_encrypted_versioned_closed_and_refuses_what_comes_in_clear(template: Template) -> None:
    assert set(template.of_type("AWS::S3::Bucket")) == BUCKETS
    for name, bucket in template.of_type("AWS::S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        wanted = {"AccessLogBucket": set(), "DropBucket": {"StorageKey"}}.get(name, {"TrailKey"})  # S3 logs to no key of ours
        assert names(bucket["BucketEncryption"]) == wanted, name
        assert ("LoggingConfiguration" in bucket) == (name != "AccessLogBucket"), name
        [clear] = [s for s in policy(template, name) if s["Sid"] == "NeverInClear"]
        assert clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} and names(clear["Resource"]) == {name}
        assert template.resources[name]["DeletionPolicy"] == "Retain", name


def test_cloudtrail_sees_every_region_every_row_and_every_file_and_proves_itself(template: Template) -> None:
    trail = template.properties("AccountTrail")
    assert [trail[each] for each in ("IsLogging", "IsMultiRegionTrail", "EnableLogFileValidation", "IncludeGlobalServiceEvents")] == [True] * 4
    assert names(trail["KMSKeyId"]) == {"TrailKey"}
    management, tables, files, own = (
        {s["Field"]: s for s in each["FieldSelectors"]} for each in trail["AdvancedEventSelectors"]
    )
    assert set(management) == {"eventCategory"}  # no source left out: KMS is one of them
    assert tables["resources.type"]["Equals"] == ["AWS::DynamoDB::Table"] and "table/${TablePrefix}-" in repr(tables)
    assert all("${TablePrefix}-" in repr(t["TableName"]) for t in template.of_type("AWS::DynamoDB::Table").values())
    assert {b for b in BUCKETS if f"${{{b}.Arn}}" in repr(files)} == {"SealedTrailBucket", "AnswersBucket"}
    assert "CloudTrailBucket" in repr(own) and own["eventName"] == {"Field": "eventName", "NotEquals": ["PutObject"]}


def test_cloudtrail_may_write_its_own_trail_and_nothing_else(template: Template) -> None:
    allowed = [s for s in policy(template, "CloudTrailBucket") if s["Effect"] == "Allow"]
    key = [s for s in template.properties("TrailKey")["KeyPolicy"]["Statement"] if "Service" in s["Principal"]]
    assert len(allowed) == len(key) == 2
    for statement in (*allowed, *key):
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"]["Fn::Sub"].endswith(":trail/${TablePrefix}")


def test_the_officers_table_works_out_its_days_and_its_answers_are_encrypted(template: Template) -> None:
    table = template.properties("CloudTrailTable")["TableInput"]
    assert table["Parameters"]["projection.enabled"] == "true" and "${!day}" in table["Parameters"]["storage.location.template"]["Fn::Sub"]
    group = template.properties("OfficerWorkGroup")["WorkGroupConfiguration"]
    assert group["EnforceWorkGroupConfiguration"] is True and names(group["ResultConfiguration"]["EncryptionConfiguration"]) == {"TrailKey"}


def test_each_question_is_shipped_as_its_file_says_with_its_purpose(template: Template) -> None:
    shipped = template.of_type("AWS::Athena::NamedQuery").values()
    assert {(q["Name"], q["QueryString"]) for q in shipped} == {(each.title, each.sql) for each in questions()}
    assert len(shipped) == 9 and all(len(q["Description"]) > 60 for q in shipped)


def test_the_officer_opens_nothing_and_changes_nothing(template: Template) -> None:
    statements = template.properties("OfficerPolicy")["PolicyDocument"]["Statement"]
    actions = {(a, n) for s in statements for a in listed(s["Action"]) for n in names(s["Resource"]) or {""}}
    assert ("kms:Decrypt", "ContentKey") not in actions
    writes = {(a, *r) for a, *r in actions if any(word in a for word in ("Put", "Delete", "Update", "Create", "Sign"))}
    assert all(a == "s3:PutObject" for a, *_ in writes)
    [answers] = [s for s in statements if "s3:PutObject" in listed(s["Action"])]
    assert "AnswersBucket" in repr(answers["Resource"]) and [s["Action"] for s in statements if s["Resource"] == "*"] == [["cloudtrail:ListPublicKeys"]]


BREACHES: list[tuple[Callable[[Template], None], str, Any]] = [
    (test_what_is_locked_is_locked_by_parameters_for_six_years, "SealedTrailBucket/ObjectLockConfiguration/Rule/DefaultRetention", {"Mode": "GOVERNANCE", "Days": 1}),
    (test_what_is_locked_is_locked_by_parameters_for_six_years, "CloudTrailBucket/ObjectLockEnabled", False),
    (test_nobody_deletes_from_a_locked_bucket_and_no_function_may_even_try, "CloudTrailBucketPolicy/PolicyDocument/Statement/1/Action", ["s3:DeleteObject"]),
    (test_only_the_seal_writes_sealed_hours_and_only_it_signs, "SealedTrailBucketPolicy/PolicyDocument/Statement/2/Effect", "Allow"),
    (test_every_bucket_is_encrypted_versioned_closed_and_refuses_what_comes_in_clear, "AnswersBucket/PublicAccessBlockConfiguration/BlockPublicAcls", False),
    (test_cloudtrail_sees_every_region_every_row_and_every_file_and_proves_itself, "AccountTrail/EnableLogFileValidation", False),
    (test_cloudtrail_sees_every_region_every_row_and_every_file_and_proves_itself, "AccountTrail/IsMultiRegionTrail", False),
    (test_cloudtrail_sees_every_region_every_row_and_every_file_and_proves_itself, "AccountTrail/IsLogging", False),
    (test_cloudtrail_may_write_its_own_trail_and_nothing_else, "CloudTrailBucketPolicy/PolicyDocument/Statement/3/Condition", {"StringEquals": {}}),
]


@pytest.mark.parametrize(("test", "path", "value"), BREACHES, ids=[case[1] for case in BREACHES])
def test_a_breach_is_noticed(template: Template, test: Callable[[Template], None], path: str, value: Any) -> None:
    tree = copy.deepcopy(template.tree)
    first, *way, last = path.split("/")
    place: Any = tree["Resources"][first]["Properties"]
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    with pytest.raises((AssertionError, KeyError)):
        test(Template(tree))


def test_the_walk_walks(template: Template) -> None:
    assert any("CloudTrailBucket" in names(node) for _, node in nodes(template.tree))
