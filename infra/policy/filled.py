"""The template as an account would see it: parameters, pseudo parameters and addresses filled in, so that a tool reads words.

checkov takes three times as long over references, and parliament cannot read them at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]
HERE = {
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "porchlight",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": "",
}
SAMPLES = {"PublicUrl": "https://clinic.example", "ConsoleUrl": "https://clinic.example", "FallbackToken": "f" * 24}
NAMES = ("TableName", "QueueName", "TopicName", "BucketName", "FunctionName", "RoleName", "LogGroupName", "Name")
ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:us-east-1:123456789012:table/{}",
    "AWS::SQS::Queue": "sqs:us-east-1:123456789012:{}",
    "AWS::SNS::Topic": "sns:us-east-1:123456789012:{}",
    "AWS::S3::Bucket": "s3:::{}",
    "AWS::Cognito::UserPool": "cognito-idp:us-east-1:123456789012:userpool/us-east-1_0123456789",
    "AWS::KMS::Key": "kms:us-east-1:123456789012:key/00000000-0000-4000-8000-000000000000",
    "AWS::IAM::Role": "iam::123456789012:role/{}",
    "AWS::Lambda::Function": "lambda:us-east-1:123456789012:function:{}",
    "AWS::SecretsManager::Secret": "secretsmanager:us-east-1:123456789012:secret:{}-000000",
    "AWS::Logs::LogGroup": "logs:us-east-1:123456789012:log-group:{}:*",
    "AWS::Backup::BackupVault": "backup:us-east-1:123456789012:backup-vault:{}",
    "AWS::WAFv2::WebACL": "wafv2:us-east-1:123456789012:regional/webacl/{}/00000000-0000-4000-8000-000000000000",
}


def parameters(template: Tree) -> dict[str, str]:
    """Each parameter's default, a sample where it has none, and what AWS says by itself."""
    return {
        name: str(each.get("Default", SAMPLES.get(name, "sample"))) for name, each in template["Parameters"].items()
    } | HERE


def light(template: Tree) -> Tree:
    """A copy without references to parameters; what leads from one resource to another stays, since checks follow it."""
    words = parameters(template)
    arns = _arns(template, words)
    files = {name: arn for name, arn in arns.items() if arn.startswith("arn:aws:s3:::") and name.endswith(".Arn")}
    filled = _filled(template["Resources"], words, arns, {"Ref", "Fn::Sub"})
    return {**template, "Resources": _filled(filled, {}, files, {"Fn::GetAtt"}, only=True)}


def whole(template: Tree) -> Tree:
    """A copy without any reference."""
    words = parameters(template)
    arns = _arns(template, words)
    named = {name: arns.get(f"{name}.Arn", name) for name in template["Resources"]}
    return {
        **template,
        "Resources": _filled(template["Resources"], {**named, **words}, arns, {"Ref", "Fn::Sub", "Fn::GetAtt"}),
    }


def _arns(template: Tree, words: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, each in template["Resources"].items():
        if pattern := ARNS.get(each["Type"]):
            said = next((each["Properties"][key] for key in NAMES if key in each.get("Properties", {})), name)
            found[f"{name}.Arn"] = "arn:aws:" + pattern.format(_filled(said, words, {}, {"Ref", "Fn::Sub"}))
            found[f"{name}.StreamArn"] = (
                found[f"{name}.Arn"] + "/stream/2026"
            )  # a real one has colons, which parliament counts as parts
    return found


def _filled(value: Any, words: Mapping[str, str], arns: Mapping[str, str], kinds: set[str], only: bool = False) -> Any:
    """`only`: an address that `arns` does not know stays a reference."""
    if isinstance(value, list):
        return [_filled(each, words, arns, kinds, only) for each in value]
    if not isinstance(value, dict):
        return value
    kind, said = next(iter(value.items())) if len(value) == 1 else ("", "")
    if kind in kinds:
        if kind == "Ref" and said in words:
            return words[said]
        if kind == "Fn::GetAtt" and isinstance(said, list) and (".".join(said) in arns or not only):
            return arns.get(".".join(said), f"arn:aws:x:us-east-1:123456789012:{said[0]}")
        if kind == "Fn::Sub" and isinstance(said, str):
            return re.sub(r"\$\{([^!}]+)\}", lambda match: words.get(match[1], arns.get(match[1], match[1])), said)
    return {name: _filled(each, words, arns, kinds, only) for name, each in value.items()}


def written(template: Tree) -> str:
    """As the tools read it: sorted, since unsorted keys hide `*:*` from cdk-nag."""
    return json.dumps(template, indent=1, sort_keys=True) + "\n"
