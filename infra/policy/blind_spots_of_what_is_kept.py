"""Rules for what keeps something: tables, keys, queues, topics, buckets."""

from __future__ import annotations

import json

from .looking import Said, Tree, listed, of_type, statements

KEPT = (
    "DynamoDB::Table", "KMS::Key", "SecretsManager::Secret", "Cognito::UserPool", "Logs::LogGroup", "S3::Bucket",
    "Backup::BackupVault",
)  # fmt: skip
FORGET = ("SessionsTable", "RecentTable", "LinksTable")  # nothing is kept there; a backup would remember what is to be forgotten


def tables(template: Tree) -> Said:
    for name, table in of_type(template, "DynamoDB::Table"):
        at_rest = table.get("SSESpecification", {})
        if not (
            at_rest.get("SSEEnabled") is True
            and at_rest.get("SSEType") == "KMS"
            and "StorageKey" in json.dumps(at_rest)
        ):
            yield name, "encrypt it with StorageKey: SSESpecification as the other tables have it"
        if table.get("DeletionProtectionEnabled") is not True:
            yield name, "DeletionProtectionEnabled: true"
        if name != "RecentTable" and table.get("PointInTimeRecoverySpecification") != {
            "PointInTimeRecoveryEnabled": True
        }:
            yield name, "PointInTimeRecoveryEnabled: true"
        if ("TimeToLiveSpecification" in table) != (name in FORGET):
            yield (
                name,
                "only what is meant to be forgotten has a TTL: FORGET in infra/policy/blind_spots_of_what_is_kept.py",
            )


def kept(template: Tree) -> Said:
    for name, each in template["Resources"].items():
        if each["Type"].removeprefix("AWS::") in KEPT and {
            each.get("DeletionPolicy"),
            each.get("UpdateReplacePolicy"),
        } != {"Retain"}:
            yield name, "DeletionPolicy and UpdateReplacePolicy: Retain, or a deleted stack takes records along"


def keys(template: Tree) -> Said:
    for name, key in of_type(template, "KMS::Key"):
        if key.get("KeyUsage") != "SIGN_VERIFY" and key.get("EnableKeyRotation") is not True:
            yield name, "EnableKeyRotation: true"
        for each in statements(key["KeyPolicy"], "Allow"):
            if each["Principal"] in ("*", {"AWS": "*"}):
                yield name, "a key's policy allows nobody by the name of everybody"
            if "Service" in each["Principal"] and not each.get("Condition"):
                yield name, "a service without a condition is anybody's service: aws:SourceAccount or aws:SourceArn"
        if not any("kms:CreateGrant" in listed(each["Action"]) for each in statements(key["KeyPolicy"], "Deny")):
            yield name, "deny kms:CreateGrant but to AWS's own services, as StorageKey does"


def queues_and_topics(template: Tree) -> Said:
    for kind in ("SQS::Queue", "SNS::Topic"):
        for name, each in of_type(template, kind):
            if not each.get("KmsMasterKeyId"):
                yield name, "KmsMasterKeyId: StorageKey"
    dead = json.dumps([each.get("RedrivePolicy", {}) for _, each in of_type(template, "SQS::Queue")])
    fed = json.dumps(
        [
            each.get("DestinationConfig", {})
            for kind in ("Lambda::EventSourceMapping", "Lambda::EventInvokeConfig")
            for _, each in of_type(template, kind)
        ]
    )
    fed += json.dumps(
        [
            target.get("DeadLetterConfig", {})
            for _, rule in of_type(template, "Events::Rule")
            for target in rule.get("Targets", [])
        ]
    )
    for name, each in of_type(template, "SQS::Queue"):
        if "RedrivePolicy" not in each and f'"{name}"' not in dead + fed and name != "MachineQueue":
            yield name, "a queue that is read needs a RedrivePolicy to one that an alarm watches"


def in_clear(template: Tree) -> Said:
    pairs = (
        ("SQS::QueuePolicy", "Queues", "SQS::Queue"),
        ("SNS::TopicPolicy", "Topics", "SNS::Topic"),
        ("S3::BucketPolicy", "Bucket", "S3::Bucket"),
    )
    for policy, field, kind in pairs:
        guarded = [
            each[field]
            for _, each in of_type(template, policy)
            if any("SecureTransport" in json.dumps(s) for s in statements(each["PolicyDocument"], "Deny"))
        ]
        for name, _ in of_type(template, kind):
            if {"Ref": name} not in [one for each in guarded for one in listed(each)]:
                yield name, "needs a policy that denies aws:SecureTransport false (NeverInClear beside it)"


def buckets(template: Tree) -> Said:
    for name, bucket in of_type(template, "S3::Bucket"):
        closed = bucket.get("PublicAccessBlockConfiguration", {})
        if len(closed) != 4 or not all(closed.values()):
            yield name, "all four of PublicAccessBlockConfiguration: true"
        if bucket.get("VersioningConfiguration") != {"Status": "Enabled"}:
            yield name, "VersioningConfiguration: Enabled"
        if "LifecycleConfiguration" not in bucket:
            yield name, "say how long it keeps what: LifecycleConfiguration"
