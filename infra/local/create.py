"""Makes everything of `infra/resources.yaml`, `trail.yaml` and `drop.yaml` on an emulator, through the services' own APIs.

moto's CloudFormation skips half of it in silence (topic subscriptions, Cognito, secrets, TTL), so a stack would be a
false comfort. What a laptop cannot enforce anyway (policies, backups) is passed over.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from ..template import merged_trees, read_yaml

RESOURCES = Path(__file__).parents[1] / "resources.yaml"
PARTS = (RESOURCES, RESOURCES.with_name("trail.yaml"), RESOURCES.with_name("drop.yaml"))
Made = dict[str, str]  # "ThreadsTable": what Ref gives, "ThreadsTable.Arn": what Fn::GetAtt gives
Client = Callable[[str], Any]
Maker = Callable[[Client, str, dict[str, Any], Made], None]


def create(
    client: Client,
    *,
    only: Collection[str] = (),
    parameters: Mapping[str, str] | None = None,
    region: str = "us-east-1",
) -> Made:
    """Make the resources, in an order that their references allow.

    `client` gives a boto3 client for a service; `only` names resource types; `parameters` replace the template's
    defaults, of which StaffMfa is OPTIONAL here.
    """
    template = reduce(merged_trees, (read_yaml(path.read_text()) for path in PARTS))
    made: Made = {name: entry.get("Default", "") for name, entry in template["Parameters"].items()}
    made |= {"StaffMfa": "OPTIONAL", "MailDomain": "office.example", **(parameters or {}), "AWS::Region": region}
    made |= {"AWS::AccountId": "123456789012", "AWS::Partition": "aws"}
    if only:  # what is left out is still referred to: by its name then
        made |= {f"{name}{part}": name for name in template["Resources"] for part in ("", ".Arn")}
    for kind, make in MAKERS.items():
        for name, properties in _of_type(template, kind):
            if not only or kind in only:
                make(client, name, resolve(properties, made), made)
    return made


def environment(made: Made) -> dict[str, str]:
    """The settings of `chalicelib.settings` that follow from what was made."""
    parts = {
        "TABLE_PREFIX": "TablePrefix",
        "CONTENT_KEY": "ContentKey.Arn",
        "PAGE_TOPIC": "PageTopic",
        "PARKING_QUEUE": "ParkingQueue",
        "RECONCILE_QUEUE": "ReconcileQueue",
        "OUTBOX_QUEUE": "OutboxQueue",
        "MACHINE_QUEUE": "MachineQueue",
        "INBOUND_TOPIC": "InboundTopic",
        "TRAIL_BUCKET": "SealedTrailBucket",
        "TRAIL_KEY": "TrailSigningKey.Arn",
        "CLOUDTRAIL_BUCKET": "CloudTrailBucket",
        "SECRET": "ServiceSecret",
        "USER_POOL": "StaffPool",
        "USER_POOL_CLIENT": "StaffPoolClient",
    }
    role = f"arn:aws:iam::{made['AWS::AccountId']}:role/{made['TablePrefix']}-staff"  # moto gives out credentials for any
    named = {f"PORCHLIGHT_{name}": made[source] for name, source in parts.items()}
    return named | {"PORCHLIGHT_STAFF_ROLE": role, "AWS_REGION": made["AWS::Region"]}


def resolve(value: Any, made: Made) -> Any:
    """A template value with its references filled in. Raises KeyError for what was not made."""
    if isinstance(value, list):
        return [resolve(item, made) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return made[value["Ref"]]
    if set(value) == {"Fn::GetAtt"}:
        return made[".".join(value["Fn::GetAtt"])]
    if set(value) == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda match: made[match[1]], value["Fn::Sub"])
    return {name: resolve(item, made) for name, item in value.items()}


def _of_type(template: dict[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Resources of a type, those that refer to their own kind (a dead-letter queue) last."""
    found = [(name, entry["Properties"]) for name, entry in template["Resources"].items() if entry["Type"] == kind]
    return sorted(found, key=lambda each: bool({"RedrivePolicy", "LoggingConfiguration"} & set(each[1])))


def _key(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    asked = {each: properties[each] for each in ("Description", "KeySpec", "KeyUsage") if each in properties}
    answer = client("kms").create_key(**asked)["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        client("kms").enable_key_rotation(KeyId=answer["KeyId"])
    made[name], made[f"{name}.Arn"] = answer["KeyId"], answer["Arn"]


def _alias(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    client("kms").create_alias(AliasName=properties["AliasName"], TargetKeyId=properties["TargetKeyId"])
    made[name] = properties["AliasName"]


def _table(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    wanted = ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
    asked = {each: properties[each] for each in wanted if each in properties}
    if stream := properties.get("StreamSpecification"):
        asked["StreamSpecification"] = {"StreamEnabled": True, **stream}
    answer = client("dynamodb").create_table(**asked)["TableDescription"]
    if ttl := properties.get("TimeToLiveSpecification"):
        client("dynamodb").update_time_to_live(TableName=asked["TableName"], TimeToLiveSpecification=ttl)
    made[name], made[f"{name}.Arn"] = answer["TableName"], answer["TableArn"]
    made[f"{name}.StreamArn"] = answer.get("LatestStreamArn", "")


def _bucket(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    """With its lock: moto keeps a locked version from being deleted, and forgets how long COMPLIANCE must last."""
    bucket, lock = properties["BucketName"], properties.get("ObjectLockConfiguration")
    client("s3").create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=bool(lock))
    client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration=properties["VersioningConfiguration"])
    if lock:
        kept = lock["Rule"]["DefaultRetention"]
        rule = {"DefaultRetention": {"Mode": kept["Mode"], "Years": int(kept["Years"])}}
        client("s3").put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    if tells := properties.get("NotificationConfiguration"):
        asked = [{"QueueArn": q["Queue"], "Events": [q["Event"]], "Filter": _prefix(q)} for q in tells["QueueConfigurations"]]
        client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"QueueConfigurations": asked}
        )
    made[name], made[f"{name}.Arn"] = bucket, f"arn:aws:s3:::{bucket}"


def _prefix(told: dict[str, Any]) -> dict[str, Any]:
    return {"Key": {"FilterRules": told["Filter"]["S3Key"]["Rules"]}}


def _topic(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    made[name] = client("sns").create_topic(Name=properties["TopicName"])["TopicArn"]


def _queue(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    wanted = ("MessageRetentionPeriod", "VisibilityTimeout")
    attributes = {each: str(properties[each]) for each in wanted if each in properties}
    if "RedrivePolicy" in properties:
        attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
    url = client("sqs").create_queue(QueueName=properties["QueueName"], Attributes=attributes)["QueueUrl"]
    asked = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    made[name], made[f"{name}.Arn"] = url, asked["Attributes"]["QueueArn"]


def _subscription(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    attributes = {"RawMessageDelivery": str(properties.get("RawMessageDelivery", False)).lower()}
    if "FilterPolicy" in properties:
        attributes["FilterPolicy"] = json.dumps(properties["FilterPolicy"])
    where = {each: properties[each] for each in ("TopicArn", "Protocol", "Endpoint")}
    made[name] = client("sns").subscribe(**where, Attributes=attributes)["SubscriptionArn"]


def _secret(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    wanted = properties["GenerateSecretString"]
    content = json.loads(wanted["SecretStringTemplate"])
    content[wanted["GenerateStringKey"]] = secrets.token_hex(wanted["PasswordLength"] // 2)
    asked = {"Name": properties["Name"], "SecretString": json.dumps(content)}
    made[name] = client("secretsmanager").create_secret(**asked)["ARN"]


def _pool(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    wanted = ("AdminCreateUserConfig", "AccountRecoverySetting", "Policies", "Schema")
    asked = {each: properties[each] for each in wanted if each in properties}
    answer = client("cognito-idp").create_user_pool(PoolName=properties["UserPoolName"], **asked)["UserPool"]
    made[name], made[f"{name}.Arn"] = answer["Id"], answer["Arn"]
    client("cognito-idp").set_user_pool_mfa_config(
        UserPoolId=answer["Id"],
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration=properties["MfaConfiguration"],
    )


def _pool_client(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    answer = client("cognito-idp").create_user_pool_client(**properties)["UserPoolClient"]
    made[name] = answer["ClientId"]


def _mail_identity(client: Client, name: str, properties: dict[str, Any], made: Made) -> None:
    """moto takes its owner's word that the domain is theirs."""
    client("sesv2").create_email_identity(EmailIdentity=properties["EmailIdentity"])
    made[name] = properties["EmailIdentity"]


MAKERS: dict[str, Maker] = {
    "AWS::SES::EmailIdentity": _mail_identity,
    "AWS::KMS::Key": _key,
    "AWS::KMS::Alias": _alias,
    "AWS::DynamoDB::Table": _table,
    "AWS::SNS::Topic": _topic,
    "AWS::SQS::Queue": _queue,
    "AWS::S3::Bucket": _bucket,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Cognito::UserPool": _pool,
    "AWS::Cognito::UserPoolClient": _pool_client,
}
