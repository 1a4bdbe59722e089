"""The template as ministack can take it. What it cannot do is changed in a copy, and said here."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]
UNKNOWN = (  # nothing that runs refers to them
    "AWS::CloudTrail::Trail", "AWS::Athena::NamedQuery", "AWS::Backup::BackupSelection", "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
)  # fmt: skip
ZIPS = ("deployment.zip", "second-look-layer.zip", "rehearsal-layer.zip")
IN_ONE_BUCKET = {name: f"code/{name}" for name in ZIPS}
SECRET_ARN = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${TablePrefix}-service*"


def placed(sam: Tree, places: Mapping[str, str]) -> Tree:
    """A copy whose zips are where they were put; `places`: each zip's name to its bucket and key."""
    there = copy.deepcopy(sam)
    for resource in there["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = f"s3://{places['deployment.zip']}"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = f"s3://{places[resource['Properties']['ContentUri']]}"
    return there


def for_ministack(sam: Tree, places: Mapping[str, str] = IN_ONE_BUCKET) -> Tree:
    """A copy in which five things differ: where the zips are; no KMS conditions (it denies each that is there); the secret's
    name in policies (its Ref is a name there, AWS's is the ARN); no refusal of HTTP, which is what it speaks; nothing of the
    kinds that it does not know."""
    changed = placed(sam, places)
    changed["Resources"] = {name: each for name, each in changed["Resources"].items() if each["Type"] not in UNKNOWN}
    for resource in changed["Resources"].values():
        if resource["Type"] in ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"):
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [s for s in document["Statement"] if s["Effect"] == "Allow"]
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", []):
                _without_kms_conditions(policy["PolicyDocument"]["Statement"])
    return changed


def _without_kms_conditions(statements: list[Tree]) -> None:
    for statement in statements:
        if "kms:" in json.dumps(statement.get("Condition", {})):
            del statement["Condition"]
        if statement["Resource"] == {"Ref": "ServiceSecret"}:
            statement["Resource"] = {"Fn::Sub": SECRET_ARN}
