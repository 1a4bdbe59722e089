"""The template as ministack can take it. What it cannot do is changed in a copy, and said here."""

from __future__ import annotations

import copy
import json
from collections.abc import Collection, Mapping
from typing import Any

Tree = dict[str, Any]
UNKNOWN = (  # nothing that runs refers to them, but to the last one by its address
    "AWS::CloudTrail::Trail", "AWS::Athena::NamedQuery", "AWS::Backup::BackupSelection", "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation", "AWS::IAM::OIDCProvider",
)  # fmt: skip
VOUCHES = "AWS::IAM::OIDCProvider"
VOUCHES_ARN = "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/cognito-idp.${AWS::Region}.amazonaws.com/${StaffPool}"
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
    """A copy in which seven things differ: where the zips are; no KMS conditions (it denies each that is there); the secret's
    name in policies (its Ref is a name there, AWS's is the ARN); no refusal of HTTP, which is what it speaks; nothing of the
    kinds that it does not know; who vouches for staff by its address alone, since that is one; and under whatever name."""
    changed = placed(sam, places)
    vouching = [name for name, each in changed["Resources"].items() if each["Type"] == VOUCHES]
    changed = _addressed(changed, vouching)
    changed["Resources"] = {name: each for name, each in changed["Resources"].items() if each["Type"] not in UNKNOWN}
    for resource in changed["Resources"].values():
        if resource["Type"] in ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"):
            document = resource["Properties"]["PolicyDocument"]
            document["Statement"] = [s for s in document["Statement"] if s["Effect"] == "Allow"]
        if resource["Type"] == "AWS::IAM::Role":
            _under_any_name(resource["Properties"]["AssumeRolePolicyDocument"]["Statement"])
            for policy in resource["Properties"].get("Policies", []):
                _without_kms_conditions(policy["PolicyDocument"]["Statement"])
    return changed


def _addressed(value: Any, names: Collection[str]) -> Any:
    """The same with the address in place of a reference to one of these."""
    if isinstance(value, list):
        return [_addressed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"} and value["Ref"] in names:
        return {"Fn::Sub": VOUCHES_ARN}
    return {name: _addressed(each, names) for name, each in value.items()}


def _under_any_name(statements: list[Tree]) -> None:
    """A session's name is compared with a tag in the token, and ministack knows no tags of sessions."""
    for statement in statements:
        if "aws:RequestTag/" in json.dumps(statement.get("Condition", {})):
            del statement["Condition"]


def _without_kms_conditions(statements: list[Tree]) -> None:
    for statement in statements:
        if "kms:" in json.dumps(statement.get("Condition", {})):
            del statement["Condition"]
        if statement["Resource"] == {"Ref": "ServiceSecret"}:
            statement["Resource"] = {"Fn::Sub": SECRET_ARN}
