"""What a role allows, cut into its smallest pieces, and what a function's trigger asks of AWS before any line of ours runs."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tests.infra.template import Template, listed, names

RUNTIME_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes")
STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
SHELVES = ("dynamodb:LeadingKeys", "kms:EncryptionContext:kind", "kms:ViaService")
ANY = ""


class Use(NamedTuple):
    """One call, or one piece of a grant. `within`: a leading key, a kind of content, a service; "" where none is asked."""

    action: str
    resource: str
    within: str = ANY

    def covers(self, asked: Use) -> bool:
        fits = self.action == asked.action and fnmatchcase(asked.resource, self.resource)
        return fits and (not self.within or fnmatchcase(asked.within, self.within))


def granted(template: Template, function: str) -> set[Use]:
    return {use for statement in template.statements(function) for use in _pieces(statement)}


def _pieces(statement: dict[str, Any]) -> Iterator[Use]:
    for action in listed(statement["Action"]):
        for resource in listed(statement["Resource"]):
            for within in _within(statement.get("Condition", {})):
                yield Use(action, _named(resource), within)


def _within(condition: dict[str, Any]) -> list[str]:
    said = [value for each in condition.values() for key, held in each.items() if key in SHELVES for value in listed(held)]
    return [_service(value) for value in said] or [ANY]


def _service(value: Any) -> str:
    """A leading key or a kind as it is; of "dynamodb.<region>.amazonaws.com" the service."""
    return value if isinstance(value, str) else str(value["Fn::Sub"]).partition(".")[0]


def _named(resource: Any) -> str:
    """"ThreadsTable", "ThreadsTable/index/owned", "CloudTrailBucket/AWSLogs/…", "phone-number/*"."""
    if isinstance(resource, str):
        return resource
    if "Fn::Sub" not in resource:
        return next(iter(names(resource)))
    said = str(resource["Fn::Sub"])
    if said.startswith("arn:"):
        return said.partition("${AWS::AccountId}:")[2]
    return said.removeprefix("${").replace(".Arn}", "", 1)


def from_outside(template: Template, function: str) -> set[Use]:
    """What Lambda itself does with the function's role: its log, its stream or queue, and what is put aside."""
    properties = template.properties(function)
    found = {Use(action, f"log-group:/aws/lambda/{properties['FunctionName']['Fn::Sub']}:*") for action in RUNTIME_LOGS}
    for each in template.of_type("AWS::Lambda::EventSourceMapping").values():
        if function in names(each["FunctionName"]):
            found |= _source(each)
    for each in template.of_type("AWS::Lambda::EventInvokeConfig").values():
        if function in names(each["FunctionName"]):
            found |= _aside(each)
    return found


def _source(mapping: dict[str, Any]) -> set[Use]:
    [source] = {_named(mapping["EventSourceArn"])}
    if "StartingPosition" not in mapping:
        return {Use(action, source) for action in QUEUE}
    return {Use(action, source) for action in STREAM} | {Use("dynamodb:ListStreams", "*")} | _aside(mapping)


def _aside(each: dict[str, Any]) -> set[Use]:
    return {Use("sqs:SendMessage", queue) for queue in names(each.get("DestinationConfig", {}))}


# Through which services our keys are used, and what for: a read opens, a write makes a data key too (SNS and SQS ask for both).
READS = {"dynamodb", "sns", "sqs", "secretsmanager", "s3"}
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "sns:Publish", "sqs:SendMessage", "s3:PutObject"}


def at_rest(uses: set[Use]) -> set[Use]:
    """What AWS's services do with the keys of what is kept, for whoever asks them."""
    found = set()
    for use in uses:
        service = use.action.partition(":")[0]
        key = "TrailKey" if use.resource.startswith(("SealedTrail", "CloudTrail")) else "StorageKey"
        found |= {Use("kms:Decrypt", key, service)} if service in READS else set()
        found |= {Use("kms:GenerateDataKey", key, service)} if use.action in WRITES else set()
    return found
