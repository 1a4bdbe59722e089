"""A stack in an account, or in an emulator: releases kept in a bucket, a plan before each change, and no change that destroys."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ..policy.blind_spots_of_what_is_kept import KEPT
from .adapted import ZIPS, for_ministack, placed

Tree = dict[str, Any]
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
HISTORY = "history.json"
PATIENCE = 1800  # seconds for CloudFormation


class Refused(RuntimeError):
    """Why this is not done."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """`what`: Add, Modify, Remove. `replaced`: True, False or Conditional, as CloudFormation says."""

    what: str
    kind: str
    name: str
    replaced: str = "False"

    @property
    def destroys(self) -> bool:
        kept = self.kind.removeprefix("AWS::") in KEPT
        return kept and (self.what == "Remove" or (self.what == "Modify" and self.replaced != "False"))


@dataclass(frozen=True, slots=True)
class Stack:
    """`endpoint`: "" for AWS itself."""

    prefix: str
    region: str
    account: str
    endpoint: str = ""

    def client(self, service: str) -> Any:
        more: Tree = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if self.endpoint else {}
        more |= {"config": Config(retries={"total_max_attempts": 2})} if self.endpoint else {}  # it is there, or it is not
        return boto3.client(service, region_name=self.region, endpoint_url=self.endpoint or None, **more)

    @property
    def bucket(self) -> str:
        return f"{self.prefix}-code-{self.account}"

    def url(self, key: str) -> str:
        host = (
            f"{self.endpoint}/{self.bucket}"
            if self.endpoint
            else f"https://{self.bucket}.s3.{self.region}.amazonaws.com"
        )
        return f"{host}/{key}"

    def status(self) -> str:
        """CloudFormation's word, or "" where there is no stack."""
        try:
            found = self.client("cloudformation").describe_stacks(StackName=self.prefix)["Stacks"][0]["StackStatus"]
        except ClientError:
            return ""
        return "" if found in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS") else str(found)

    def outputs(self) -> dict[str, str]:
        found = self.client("cloudformation").describe_stacks(StackName=self.prefix)["Stacks"][0].get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}


def keep_code(stack: Stack) -> None:
    """The bucket of releases: closed, versioned, encrypted, over HTTPS only. It is there before the stack and after it."""
    files = stack.client("s3")
    try:
        files.head_bucket(Bucket=stack.bucket)
        return
    except ClientError:
        where = (
            {} if stack.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": stack.region}}
        )
        files.create_bucket(Bucket=stack.bucket, **where)
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    files.put_public_access_block(Bucket=stack.bucket, PublicAccessBlockConfiguration=closed)
    files.put_bucket_versioning(Bucket=stack.bucket, VersioningConfiguration={"Status": "Enabled"})
    if not stack.endpoint:  # an emulator speaks HTTP alone
        arn = f"arn:aws:s3:::{stack.bucket}"
        denied = {
            "Sid": "NeverInClear",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
        }
        document = {
            "Version": "2012-10-17",
            "Statement": [{**denied, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
        }
        files.put_bucket_policy(Bucket=stack.bucket, Policy=json.dumps(document))


def put_release(stack: Stack, package: Path, release: str) -> str:
    """The zips under the hash of each, so that what did not change stays where it is; the template that names them. Its key."""
    keep_code(stack)
    files, places = stack.client("s3"), {}
    for name in ZIPS:
        key = f"code/{hashlib.sha256((package / name).read_bytes()).hexdigest()[:16]}/{name}"
        files.upload_file(str(package / name), stack.bucket, key)
        places[name] = f"{stack.bucket}/{key}"
    sam = json.loads((package / "sam.json").read_text(encoding="utf-8"))
    template = for_ministack(sam, places) if stack.endpoint else placed(sam, places)
    body = json.dumps(template, sort_keys=True).encode()
    files.put_object(Bucket=stack.bucket, Key=template_key(release), Body=body)
    return template_key(release)


def template_key(release: str) -> str:
    return f"releases/{release}/sam.json"


def plan(stack: Stack, template_key: str, parameters: dict[str, str], name: str) -> list[Change]:
    """A change set and what it would do; none where nothing changes. Raises `Refused` with CloudFormation's reason."""
    stacks = stack.client("cloudformation")
    asked = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    kind = "UPDATE" if stack.status() else "CREATE"
    where = {"StackName": stack.prefix, "ChangeSetName": name}
    stacks.create_change_set(
        **where, ChangeSetType=kind, TemplateURL=stack.url(template_key), Parameters=asked, Capabilities=CAPABILITIES
    )
    found = _until_made(stacks, where)
    if found["Status"] == "FAILED":
        stacks.delete_change_set(**where)
        reason = str(found.get("StatusReason", ""))
        if "didn't contain changes" in reason or "No updates" in reason:
            return []
        raise Refused(reason)
    return sorted(_changes(stacks, where))


def _until_made(stacks: Any, where: Tree) -> Tree:
    for _ in range(PATIENCE):
        found: Tree = stacks.describe_change_set(**where)
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return found
        time.sleep(1)
    raise Refused("CloudFormation does not come to an end with its plan")


def _changes(stacks: Any, where: Tree) -> Iterator[Change]:
    more: Tree = {}
    while True:
        page = stacks.describe_change_set(**where, **more)
        for each in page["Changes"]:
            change = each["ResourceChange"]
            replaced = str(change.get("Replacement") or "False")
            yield Change(change["Action"], change["ResourceType"], change["LogicalResourceId"], replaced)
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}


def carry_out(stack: Stack, name: str) -> str:
    """Execute a plan and wait; CloudFormation's last word. Raises `Refused` with what failed."""
    stacks = stack.client("cloudformation")
    stacks.execute_change_set(StackName=stack.prefix, ChangeSetName=name)
    status = settled(stack)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = stacks.describe_stack_events(StackName=stack.prefix)["StackEvents"]
        failed = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}"
            for e in events
            if "FAILED" in e["ResourceStatus"]
        ]
        raise Refused(f"{status}. " + "; ".join(failed[:5]))
    return status


def settled(stack: Stack) -> str:
    for _ in range(PATIENCE):
        status = stack.status()
        if not status.endswith("IN_PROGRESS"):
            return status
        time.sleep(1)
    raise Refused("CloudFormation does not come to an end")


def history(stack: Stack) -> list[Tree]:
    """Releases that were carried out, the newest last."""
    try:
        found = stack.client("s3").get_object(Bucket=stack.bucket, Key=HISTORY)["Body"].read()
    except ClientError:
        return []
    return list(json.loads(found))


def note(stack: Stack, release: str, parameters: dict[str, str]) -> None:
    """Write down that this release runs now."""
    row = {"release": release, "parameters": parameters, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    stack.client("s3").put_object(
        Bucket=stack.bucket, Key=HISTORY, Body=json.dumps([*history(stack), row], indent=1).encode()
    )
