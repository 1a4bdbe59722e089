"""Tables, keys, topics, queues, logs: what cfn-lint and moto both let pass (PLATFORM, blind spots)."""

from __future__ import annotations

import pytest

from .template import Template, listed, names

KEPT = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::Cognito::UserPool", "AWS::Logs::LogGroup")
FORGETS = {"SessionsTable": "ttl", "LinksTable": "ttl", "RecentTable": "ttl"}
NEVER_BACKED_UP = {"RecentTable"}  # a backup would remember what must be forgotten


def test_every_table_is_encrypted_with_our_key_recoverable_and_protected(template: Template) -> None:
    tables = template.of_type("AWS::DynamoDB::Table")
    assert len(tables) == 14
    for name, table in tables.items():
        assert table["SSESpecification"]["SSEEnabled"] is True, name
        assert table["SSESpecification"]["SSEType"] == "KMS", name
        assert names(table["SSESpecification"]) == {"StorageKey"}, name
        recoverable = {"PointInTimeRecoveryEnabled": name not in NEVER_BACKED_UP}
        assert table["PointInTimeRecoverySpecification"] == recoverable, name
        assert table["DeletionProtectionEnabled"] is True, name


def test_only_sessions_and_recent_copies_are_forgotten(template: Template) -> None:
    tables = template.of_type("AWS::DynamoDB::Table")
    forgetting = {name: t["TimeToLiveSpecification"] for name, t in tables.items() if "TimeToLiveSpecification" in t}
    assert forgetting == {name: {"AttributeName": field, "Enabled": True} for name, field in FORGETS.items()}


def test_a_deleted_stack_leaves_what_was_kept(template: Template) -> None:
    for name, resource in template.resources.items():
        if resource["Type"] in KEPT:
            assert resource.get("DeletionPolicy") == "Retain", name
            assert resource.get("UpdateReplacePolicy") == "Retain", name


def test_keys_rotate_and_name_no_stranger(template: Template) -> None:
    for name, key in template.of_type("AWS::KMS::Key").items():
        # KMS rotates no asymmetric key; the one there is signs the trail and encrypts nothing
        assert key.get("EnableKeyRotation") is (None if name == "TrailSigningKey" else True), name
        for statement in (s for s in key["KeyPolicy"]["Statement"] if s["Effect"] == "Allow"):
            assert statement["Principal"] not in ("*", {"AWS": "*"}), name
            if "Service" in statement["Principal"]:
                assert statement["Condition"], f"{name}: a service without a condition is anybody's service"


def test_no_service_may_use_the_content_key_by_the_key_policy(template: Template) -> None:
    statements = template.properties("ContentKey")["KeyPolicy"]["Statement"]
    assert [list(statement["Principal"]) for statement in statements if statement["Effect"] == "Allow"] == [["AWS"]]


def test_a_grant_on_the_content_key_opens_one_patient_and_on_the_others_serves_aws_alone(template: Template) -> None:
    for name, key in template.of_type("AWS::KMS::Key").items():
        denied = [s for s in key["KeyPolicy"]["Statement"] if s["Effect"] == "Deny"]
        assert all((s["Principal"], s["Action"], s["Resource"]) == ({"AWS": "*"}, ["kms:CreateGrant"], "*") for s in denied), name
        services = [{"BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}}]
        one_patient = [
            {"StringNotEquals": {"kms:GrantConstraintType": "EncryptionContextSubset"}},
            {"ForAnyValue:StringNotEquals": {"kms:GrantOperations": ["Decrypt"]}},
        ]
        assert [s["Condition"] for s in denied] == (one_patient if name == "ContentKey" else services), name


@pytest.mark.parametrize(("kind", "field"), [("AWS::SQS::Queue", "KmsMasterKeyId"), ("AWS::SNS::Topic", "KmsMasterKeyId")])
def test_queues_and_topics_are_encrypted_with_our_key(template: Template, kind: str, field: str) -> None:
    for name, properties in template.of_type(kind).items():
        if name != "PageTopic":  # N2: no key may stand between a crisis and its page, which holds no content
            assert names(properties[field]) == {"StorageKey"}, name


def test_every_queue_and_topic_refuses_what_comes_in_clear(template: Template) -> None:
    guarded = set()
    for kind, field in (("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SNS::TopicPolicy", "Topics")):
        for policy in template.of_type(kind).values():
            denied = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert any(s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}} for s in denied)
            guarded |= names(policy[field])
    assert guarded == {*template.of_type("AWS::SQS::Queue"), *template.of_type("AWS::SNS::Topic")}


def test_logs_are_kept_six_years_encrypted(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert len(groups) == 23
    for name, group in groups.items():
        assert group["RetentionInDays"] == 2192, name
        assert names(group["KmsKeyId"]) == {"StorageKey"}, name


def test_every_function_has_its_own_log_made_before_it_runs(template: Template) -> None:
    logged = {g["LogGroupName"]["Fn::Sub"] for g in template.of_type("AWS::Logs::LogGroup").values()}
    for name, function in template.of_type("AWS::Lambda::Function").items():
        assert f"/aws/lambda/{function['FunctionName']['Fn::Sub']}" in logged, name


def test_sign_in_is_guarded(template: Template) -> None:
    pool, client = template.properties("StaffPool"), template.properties("StaffPoolClient")
    assert pool["MfaConfiguration"] == {"Ref": "StaffMfa"}
    assert template.tree["Parameters"]["StaffMfa"]["Default"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"] and "SmsConfiguration" not in pool  # no codes by text
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["DeletionProtection"] == "ACTIVE"
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["AuthSessionValidity"] == 15  # an authenticator app is not fetched and set up in the three minutes that AWS gives
    assert {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"} <= set(client["ExplicitAuthFlows"])  # what console/cognito.py asks for
    assert pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]  # no codes by text or mail (ID-3)
    assert pool["WebAuthnUserVerification"] == "required"
    assert pool["WebAuthnFactorConfiguration"] == "MULTI_FACTOR_WITH_USER_VERIFICATION"
    assert not {"custom:role", "custom:programs"} & set(listed(client["WriteAttributes"]))
