"""AWS End User Messaging's incoming side: two-way texts and delivery events, as SNS hands them to a function.

Inside the account SNS invokes us itself, allowed by the topic's policy (WH-1): there is no signature to check.
The SNS-to-HTTPS path is not offered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from json import loads
from typing import Any

from chalicelib.core.messages import DeliveryEvent, InboundSms
from chalicelib.errors import BadPayload

from . import aws_words
from .plain import plain

NAME = "aws"


def read_inbound_sns(message: str, timestamp: str) -> InboundSms:
    """A text (EUM-1). `timestamp`: the envelope's, since the payload has none. Raises `BadPayload`.

    Pictures never arrive here (EUM-2). The keyword and the id of the message it answers are of no use to us.
    """
    told = _object(message)
    return InboundSms(
        carrier=NAME,
        carrier_id=_need(told, "inboundMessageId"),
        sender=_need(told, "originationNumber"),
        our_number=_need(told, "destinationNumber"),
        body=plain(_text(told, "messageBody")),
        received_at=_envelope_time(timestamp),
    )


def read_event_sns(message: str) -> DeliveryEvent | None:
    """The carrier's word on one of our texts (EUM-9, EUM-10). None for an event that is about nothing of ours:
    voice, media, a type we do not know. The caller counts those. Raises `BadPayload`."""
    told = _object(message)
    kind = _need(told, "eventType")
    status = aws_words.EVENT.get(kind)
    if status is None:
        return None
    return DeliveryEvent(
        carrier=NAME,
        carrier_id=_need(told, "messageId"),
        status=status,
        at=_event_time(told.get("eventTimestamp")),
        row=_row(told.get("context")),
        error_code="" if status in aws_words.FINE else kind,
        number=aws_words.OF_NUMBER.get(kind, ""),
    )


def _object(message: str) -> dict[str, Any]:
    try:
        told = loads(message)
    except (ValueError, RecursionError):
        raise BadPayload("message") from None
    if not isinstance(told, dict):
        raise BadPayload("message")
    return told


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _need(told: dict[str, Any], name: str) -> str:
    value = plain(_text(told, name)).strip()
    if not value:
        raise BadPayload(name)
    return value


def _row(context: Any) -> str:
    return _text(context, "row") if isinstance(context, dict) else ""


def _envelope_time(timestamp: str) -> datetime:
    """ISO 8601 with a zone, for example "2026-11-23T03:04:05.678Z"."""
    try:
        at = datetime.fromisoformat(timestamp)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year 1 in another zone is before all years
        raise BadPayload("Timestamp") from None


def _event_time(milliseconds: Any) -> datetime:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadPayload("eventTimestamp") from None
