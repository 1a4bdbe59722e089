"""The words of AWS End User Messaging SMS in ours: delivery events, and the errors of SendTextMessage.

Sources: https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html (events),
botocore's service model `pinpoint-sms-voice-v2` 2022-03-31 (errors and their `Reason`), RULES EUM-5, EUM-9 and 1.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.core.messages import Reason, Status

VERIFIED_ON = date(2026, 11, 23)

# SUCCESSFUL and DELIVERED mean the same in some countries (EUM-9); we promise the patient's phone only for DELIVERED.
EVENT: dict[str, Status] = {
    "TEXT_QUEUED": Status.QUEUED_AT_CARRIER,  # queued for delivery, not delivered yet
    "TEXT_PENDING": Status.QUEUED_AT_CARRIER,  # in the process of being delivered
    "TEXT_SUCCESSFUL": Status.HANDED_TO_CARRIER,  # accepted by the recipient's carrier (C55)
    "TEXT_DELIVERED": Status.DELIVERED,
    "TEXT_INVALID": Status.FAILED_NUMBER,  # the destination phone number is not valid
    "TEXT_UNREACHABLE": Status.FAILED_NUMBER,  # the recipient's device is not available
    "TEXT_BLOCKED": Status.FAILED_BLOCKED,  # the recipient's device or carrier blocks messages
    "TEXT_CARRIER_BLOCKED": Status.FAILED_BLOCKED,  # the carrier blocked this message
    "TEXT_SPAM": Status.FAILED_BLOCKED,  # the carrier takes it for unsolicited commercial content
    "TEXT_PROTECT_BLOCKED": Status.FAILED_BLOCKED,  # blocked by our own protect configuration
    "TEXT_TTL_EXPIRED": Status.EXPIRED,  # longer under way than the TimeToLive
    "TEXT_INVALID_MESSAGE": Status.FAILED_OTHER,  # the body is not valid
    "TEXT_CARRIER_UNREACHABLE": Status.FAILED_OTHER,  # a transient error of the carrier's network
    "TEXT_UNKNOWN": Status.UNKNOWN,  # after 72 h without a word, too (EUM-10): nobody knows
}
OF_NUMBER: dict[str, str] = {"TEXT_INVALID": "gone"}  # what is said of the number itself, and holds tomorrow too
FINE = frozenset({Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why SendTextMessage was answered no. `permanent`: the same text would be refused again."""

    reason: Reason
    permanent: bool


_BAD_REQUEST = Refusal(Reason.BAD_REQUEST, permanent=True)
_BAD_NUMBER = Refusal(Reason.BAD_NUMBER, permanent=True)
_BLOCKED = Refusal(Reason.BLOCKED, permanent=True)
_UNAUTHORISED = Refusal(Reason.UNAUTHORISED, permanent=False)
_THROTTLED = Refusal(Reason.THROTTLED, permanent=False)
_SPEND_LIMIT = Refusal(Reason.SPEND_LIMIT, permanent=False)

# `Reason` is the field to read; the message is for people and may change (EUM-5).
BY_REASON: dict[str, Refusal] = {
    "DESTINATION_PHONE_NUMBER_OPTED_OUT": Refusal(Reason.OPTED_OUT, permanent=True),
    "DESTINATION_PHONE_NUMBER_NOT_VERIFIED": _BLOCKED,  # the account is still in the sandbox
    "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": _BLOCKED,
    "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": _BLOCKED,
    "DESTINATION_COUNTRY_BLOCKED": _BLOCKED,
    "COUNTRY_NOT_ENABLED": _BLOCKED,
    "INTERNATIONAL_SENDING_NOT_SUPPORTED": _BLOCKED,
    "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY": _BLOCKED,  # our number reaches no phone there
    "COUNTRY_CODE_MISMATCH": _BLOCKED,
    "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": _SPEND_LIMIT,
    "PRICE_OVER_THRESHOLD": _SPEND_LIMIT,
    "ACCOUNT_DISABLED": _UNAUTHORISED,
    "INSUFFICIENT_ACCOUNT_REPUTATION": _UNAUTHORISED,
}
BY_CODE: dict[str, Refusal] = {
    "ThrottlingException": _THROTTLED,
    "ServiceQuotaExceededException": _THROTTLED,  # daily quotas; the spend limit has its own reason
    "AccessDeniedException": _UNAUTHORISED,
    "UnrecognizedClientException": _UNAUTHORISED,
    "InvalidSignatureException": _UNAUTHORISED,
    "ExpiredTokenException": _UNAUTHORISED,
    "ResourceNotFoundException": _BAD_REQUEST,  # no such origination identity or configuration set
    "ValidationException": _BAD_REQUEST,
    "ConflictException": _BAD_REQUEST,
}


def refusal(response: Mapping[str, Any]) -> tuple[Refusal | None, str]:
    """Why it was refused and in which of their words; None when nobody can tell whether a text left.

    `response`: `ClientError.response`.
    """
    code, reason = str(response.get("Error", {}).get("Code") or ""), str(response.get("Reason") or "")
    http = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    if reason not in BY_REASON and _about_the_number(response):
        return _BAD_NUMBER, reason or code
    known = BY_REASON.get(reason) or BY_CODE.get(code)
    if known is None and 400 <= http < 500 and http != 408:
        known = _THROTTLED if http == 429 else _BAD_REQUEST
    return known, reason or code


def _about_the_number(response: Mapping[str, Any]) -> bool:
    """Whether the number itself is none. A country that cannot be reached is refused by the same field, for numbers in use: those
    of Puerto Rico and Ontario were (https://github.com/department-of-veterans-affairs/notification-api/issues/2628)."""
    fields = response.get("Fields") or ()
    return any(isinstance(field, dict) and field.get("Name") == "DestinationPhoneNumber" for field in fields)
