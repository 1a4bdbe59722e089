"""What a person's own key opens, as the template says it: each condition is taken out once to see that it is needed (DESIGN §3)."""

from __future__ import annotations

import json

import pytest

from chalicelib.core.roles import ROLES
from chalicelib.ports import SealContext
from chalicelib.storage.lender import KmsLender
from tests.fakes.iam import event_of, opens, tags_of
from tests.fakes.iam import template as people

from .template import FUNCTIONS, Template, listed, names

KINDS = {"inbound_text", "outgoing_text", "profile", "roster", "note", "draft", "appointment", "page"}
CAROL = tags_of("carol", "clinician", ("adult", "unmatched"))


def a_text(program: str = "adult", kind: str = "inbound_text") -> SealContext:
    return SealContext("alice", program, kind)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_ones_own_program_opens_and_another_does_not(kind: str) -> None:
    assert opens(CAROL, a_text(kind=kind)) and opens(CAROL, a_text("unmatched", kind))
    assert not opens(CAROL, a_text("harbor", kind))
    assert not opens(tags_of("carol", "clinician", ()), a_text("none", kind))  # an empty slot is no program's name


@pytest.mark.parametrize("kind", ["recent_text", "parked", "bridge", "visit_id"])
def test_what_jobs_alone_open_no_person_does(kind: str) -> None:
    assert not opens(CAROL, a_text(kind=kind))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_compliance_officer_opens_nothing_whatever_programs_they_are_given(role: str) -> None:
    assert opens(tags_of("x", role, ("adult",)), a_text()) == (role != "compliance")


def test_a_role_that_nobody_knows_and_a_person_without_an_id_open_nothing() -> None:
    assert not opens(tags_of("x", "janitor", ("adult",)), a_text()) and not opens(tags_of("x", "", ("adult",)), a_text())
    assert tags_of("", "clinician", ("adult",)) == {}


def test_a_session_under_another_name_opens_nothing() -> None:
    """Should the trust policy ever let one through: the name that CloudTrail shows is the token's person, or nothing opens."""
    assert not opens(CAROL, a_text(), session="dan")
    assert not opens(CAROL, SealContext("c1", "numbers", "number"), session="dan")


def test_a_number_is_opened_under_no_programs_name_alone() -> None:
    assert opens(CAROL, SealContext("c1", "numbers", "number"))
    assert not opens(CAROL, SealContext("c1", "adult", "number")) and not opens(CAROL, SealContext("c1", "numbers", "inbound_text"))


def test_twenty_four_programs_are_carried_and_the_twenty_fifth_is_not(template: Template) -> None:
    many = tuple(f"p{at}" for at in range(1, 26))
    tags = tags_of("x", "clinician", many)
    assert [opens(tags, a_text(each)) for each in many] == [True] * 24 + [False]
    assert len(json.dumps(people()["StaffRole"]["Properties"]["Policies"])) < 10_240  # of inline policies, IAM's limit


def test_the_event_of_cognito_comes_back_whole() -> None:
    event = event_of("carol", "clinician", ("adult",))
    assert tags_of("carol", "clinician", (" adult", "")) == {"staff": "carol", "role": "clinician", "program1": "adult"}
    assert set(event) == {"version", "triggerSource", "request", "response"}


def test_only_this_pools_people_may_assume_the_role_and_only_under_their_own_name(template: Template) -> None:
    trust, tags = template.properties("StaffRole")["AssumeRolePolicyDocument"]["Statement"]
    assert [each["Principal"] for each in (trust, tags)] == [{"Federated": {"Ref": "StaffIdentity"}}] * 2
    assert [each["Action"] for each in (trust, tags)] == [["sts:AssumeRoleWithWebIdentity"], ["sts:TagSession"]]
    assert trust["Condition"] == {"StringEquals": {"sts:RoleSessionName": "${aws:RequestTag/staff}"}}
    assert template.properties("StaffIdentity")["ClientIdList"] == [{"Ref": "StaffPoolClient"}]
    assert names(template.properties("StaffIdentity")["Url"]) | {"StaffPool"} == {"StaffPool"}


def test_the_pool_may_ask_the_function_before_it_must(template: Template) -> None:
    """The other way round, nobody could sign in between two steps of an update."""
    assert template.tree["Resources"]["StaffPool"]["DependsOn"] == "StaffTagsPermission"
    assert "StaffPool" not in names(template.properties("StaffTagsPermission")["SourceArn"])


def test_the_role_reaches_the_content_key_and_nothing_else(template: Template) -> None:
    role = template.properties("StaffRole")
    statements = [s for policy in role["Policies"] for s in policy["PolicyDocument"]["Statement"]]
    assert {a for s in statements for a in listed(s["Action"])} == {"kms:Decrypt"}
    assert [names(s["Resource"]) for s in statements] == [{"ContentKey"}] * len(statements)
    assert not role.get("ManagedPolicyArns")
    assert all(s["Effect"] == "Allow" for s in statements)  # a refusal would win over what a page lends
    opened = {kind for s in statements for kind in s["Condition"]["StringEquals"]["kms:EncryptionContext:kind"]}
    assert opened == KINDS | {"number"}


def test_the_programs_are_written_by_an_administrator_and_by_nobody_else(template: Template) -> None:
    assert template.properties("StaffPoolClient")["WriteAttributes"] == ["name"]
    pool = template.properties("StaffPool")["LambdaConfig"]["PreTokenGenerationConfig"]
    assert pool == {"LambdaVersion": "V2_0", "LambdaArn": {"Fn::GetAtt": ["StaffTags", "Arn"]}}
    role = template.properties("StaffTagsRole")["Policies"]
    assert [s["Sid"] for p in role for s in p["PolicyDocument"]["Statement"]] == ["OwnLog"]


def test_a_key_is_lent_by_two_functions_to_people_alone_for_one_patient_to_open(template: Template) -> None:
    lending = {f for f in FUNCTIONS if "kms:CreateGrant" in template.allowed(f)}
    assert lending == {"DeliverQueued", "Tick"}
    assert {f for f in FUNCTIONS if "kms:RevokeGrant" in template.allowed(f)} == {"Tick"}
    for function in lending:
        (s,) = [s for s in template.statements(function) if "kms:CreateGrant" in listed(s["Action"])]
        assert s["Condition"]["StringEquals"] == {"kms:GrantConstraintType": "EncryptionContextSubset"}
        assert s["Condition"]["ForAllValues:StringEquals"] == {"kms:GrantOperations": ["Decrypt"]}
        grantee = s["Condition"]["StringLike"]["kms:GranteePrincipal"]["Fn::Sub"]
        assert grantee == "arn:${AWS::Partition}:sts::${AWS::AccountId}:assumed-role/${TablePrefix}-staff/*"
    assert KmsLender(None, "key", "arn:aws:iam::1:role/porchlight-staff")._sessions == "arn:aws:sts::1:assumed-role/porchlight-staff"
    assert template.properties("StaffRole")["RoleName"] == {"Fn::Sub": "${TablePrefix}-staff"}
