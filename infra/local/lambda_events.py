"""The events that Lambda functions get, built from what the emulator's APIs answer. Shapes as AWS documents them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

REGION, ACCOUNT = "us-east-1", "123456789012"


def stream_event(records: Sequence[Mapping[str, Any]], arn: str) -> dict[str, Any]:
    """A batch of a DynamoDB stream: bytes in base64, instants in epoch seconds."""
    extra = {"eventSourceARN": arn, "eventSource": "aws:dynamodb", "awsRegion": REGION, "eventVersion": "1.1"}
    return {"Records": [plain(dict(record)) | extra for record in records]}


def plain(value: Any) -> Any:
    """A boto3 answer as JSON would carry it."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.timestamp() if isinstance(value, datetime) else value


def sqs_event(messages: Sequence[Mapping[str, Any]], arn: str) -> dict[str, Any]:
    """A batch of a queue."""
    return {"Records": [_sqs_record(message, arn) for message in messages]}


def _sqs_record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: {key[0].lower() + key[1:]: plain(item) for key, item in value.items()}
            for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": hashlib.md5(message["Body"].encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }


def scheduled_event(now: datetime) -> dict[str, Any]:
    """EventBridge's word that it is time."""
    return {
        "version": "0",
        "id": hashlib.sha256(now.isoformat().encode()).hexdigest()[:32],
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/laptop"],
        "detail": {},
    }
