"""moto with the house's resources; every request to AWS on record, and a switch that makes a service fail."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from botocore import handlers
from botocore.awsrequest import AWSResponse
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.storage.clients import client
from infra.local import atomic, brisk
from infra.local.create import Made, create, environment

from .evidence import Evidence

REGION, ACCOUNT = "us-east-1", "AC" + "7" * 32
TOKEN, NUMBER_KEY = "e" * 32, "k" * 64
EUM = "pinpoint-sms-voice-v2"  # moto does not have it
SES = "sesv2"  # moto has it, and would ask for an identity first
DOWN = json.dumps({"__type": "InternalServerError", "message": "down"}).encode()
DOWN_XML = b"<ErrorResponse><Error><Type>Receiver</Type><Code>InternalFailure</Code><Message>down</Message></Error></ErrorResponse>"


@dataclass(eq=False)
class Cloud:
    """`down`: services that answer 500. `made`: what was created."""

    evidence: Evidence
    down: set[str] = field(default_factory=set)
    made: Made = field(default_factory=dict)

    @cache  # noqa: B019, one cloud a run
    def client(self, service: str) -> Any:
        return client(service, REGION)

    def before_send(self, request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        _, service, operation = event_name.split(".")
        self._record(service, operation, request)
        if service in self.down:
            body = DOWN_XML if service == "sns" else DOWN
            return AWSResponse(request.url, 500, {"Content-Type": "text/plain"}, MockRawResponse(body))
        if service == SES and operation == "SendEmail":
            sent = json.dumps({"MessageId": "0100000000000000-canary"}).encode()
            return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, MockRawResponse(sent))
        if service == EUM:
            sent = json.dumps({"MessageId": "11111111-2222-3333-4444-555555555555"}).encode()
            return AWSResponse(request.url, 200, {"Content-Type": "application/x-amz-json-1.0"}, MockRawResponse(sent))
        return None

    def _record(self, service: str, operation: str, request: Any) -> None:
        see, where = self.evidence.see, f"{service} {operation}"
        see("aws address", where, request.url)
        for name, value in request.headers.items():
            see("aws header", f"{where} {name}", value if isinstance(value, bytes) else str(value))
        body = request.body or b""
        if hasattr(body, "read"):  # a file on its way to S3
            body, at = body.read(), body
            at.seek(0)
        body = body.encode() if isinstance(body, str) else bytes(body)
        if service == SES and operation == "SendEmail":
            return self._mail(json.loads(body))
        if service == EUM:
            for name, value in json.loads(body).items():
                see("carrier field", f"aws {name}", json.dumps(value, ensure_ascii=False))
            return
        if service == "kms":
            see("kms context", where, json.dumps(json.loads(body).get("EncryptionContext", {}), ensure_ascii=False))
        see("aws body", where, body)


    def _mail(self, sent: dict[str, Any]) -> None:
        """Each field of its own; of the words, subject and body apart."""
        words = sent["Content"]["Simple"]
        for name, value in {**sent, "Content": ""}.items():
            self.evidence.see("carrier field", f"ses {name}", json.dumps(value, ensure_ascii=False))
        self.evidence.see("e-mail", "subject", words["Subject"]["Data"])
        self.evidence.see("e-mail", "body", json.dumps(words["Body"], ensure_ascii=False))


@contextmanager
def a_cloud(evidence: Evidence) -> Iterator[Cloud]:
    """Everything of `infra/resources.yaml`, a queue that hears every page, and the environment of a function."""
    cloud = Cloud(evidence)
    hook = ("before-send.*.*", cloud.before_send)
    os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "disabled"  # moto does not know a stream's address with an account in it
    atomic.install()  # moto copies every table and stream for each transaction, and a day has thousands
    brisk.install()
    handlers.BUILTIN_HANDLERS.insert(0, hook)  # before moto's own; sessions take their handlers from this list
    try:
        with mock_aws():
            cloud.made = create(cloud.client)
            _keep_secret(cloud)
            cloud.client("sesv2").create_email_identity(EmailIdentity="larkspur.example")
            _hear_pages(cloud)
            os.environ |= environment(cloud.made)
            evidence.pieces.clear()  # making the resources is no part of it
            yield cloud
    finally:
        handlers.BUILTIN_HANDLERS.remove(hook)


def _keep_secret(cloud: Cloud) -> None:
    secret = {"number_key": NUMBER_KEY, "twilio": {"account_sid": ACCOUNT, "auth_tokens": [TOKEN]}}
    cloud.client("secretsmanager").put_secret_value(
        SecretId=cloud.made["ServiceSecret"], SecretString=json.dumps(secret)
    )


def _hear_pages(cloud: Cloud) -> None:
    url = cloud.client("sqs").create_queue(QueueName="canary-pages")["QueueUrl"]
    arn = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    cloud.client("sns").subscribe(TopicArn=cloud.made["PageTopic"], Protocol="sqs", Endpoint=arn)


def collect(cloud: Cloud) -> None:
    """What lies in tables, streams and queues now."""
    tables = cloud.client("dynamodb").list_tables()["TableNames"]
    for table in tables:
        _items(cloud, table)
        _stream(cloud, table)
    for url in cloud.client("sqs").list_queues().get("QueueUrls", []):
        for message in take(cloud, url, hide=0):
            cloud.evidence.see("queue message", url.rpartition("/")[2], json.dumps(message, default=str))


def _items(cloud: Cloud, table: str) -> None:
    keys = {name["AttributeName"] for name in cloud.client("dynamodb").describe_table(TableName=table)["Table"]["AttributeDefinitions"]}
    for page in cloud.client("dynamodb").get_paginator("scan").paginate(TableName=table):
        for item in page["Items"]:
            for name, value in item.items():
                place = "table key" if name in keys else "table attribute"
                cloud.evidence.see(place, f"{table}.{name}", _flat(value))
                cloud.evidence.see("table attribute's name", table, name)


def _stream(cloud: Cloud, table: str) -> None:
    for record in StreamReader(cloud, table).fresh():
        for part in ("Keys", "NewImage", "OldImage"):
            cloud.evidence.see("stream record", f"{table} {part}", _flat(record["dynamodb"].get(part, {})))


class StreamReader:
    """One table's stream from its beginning; nothing when the table has none. Each look begins anew behind the last record seen."""

    def __init__(self, cloud: Cloud, table: str):
        self._client = cloud.client("dynamodbstreams")
        self._arn = cloud.client("dynamodb").describe_table(TableName=table)["Table"].get("LatestStreamArn")
        self._last = ""

    def fresh(self) -> list[dict[str, Any]]:
        """What came since the last look, oldest first."""
        found: list[dict[str, Any]] = []
        while self._arn and (page := self._page()):
            found += page
            self._last = page[-1]["dynamodb"]["SequenceNumber"]
        return found

    def _page(self) -> list[dict[str, Any]]:
        (shard,) = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        asked = {"StreamArn": self._arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        if self._last:
            asked |= {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._last}
        at = self._client.get_shard_iterator(**asked)["ShardIterator"]
        records: list[dict[str, Any]] = self._client.get_records(ShardIterator=at, Limit=1000)["Records"]
        return records


def take(cloud: Cloud, url: str, hide: int = 600) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for _ in range(50):
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "VisibilityTimeout": hide or 600}
        got = cloud.client("sqs").receive_message(**asked, AttributeNames=["All"], MessageAttributeNames=["All"]).get("Messages", [])
        found += got
        if not got:
            break
    return found


def _flat(value: Any) -> bytes:
    """A DynamoDB value as bytes, binary parts as they are."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b"\n".join(str(name).encode() + b"=" + _flat(item) for name, item in value.items())
    if isinstance(value, list):
        return b"\n".join(_flat(item) for item in value)
    return str(value).encode()
