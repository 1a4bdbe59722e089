"""Twilio's words in ours: message statuses, delivery errors, and the errors of a refused send.

Sources: https://www.twilio.com/docs/messaging/api/message-resource (statuses),
https://www.twilio.com/docs/api/errors/<code> (each code), RULES TW-1, TW-5 and 1.8's canonical table.
A line that ends in [?] was not found in writing on `VERIFIED_ON`; the others were, some in copies by third parties.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.core.messages import Reason, Status

VERIFIED_ON = date(2026, 11, 23)

# TW-1. "partially_delivered" is a failure here: a person should look (C52).
STATUS: dict[str, Status] = {
    "accepted": Status.QUEUED_AT_CARRIER,
    "scheduled": Status.QUEUED_AT_CARRIER,
    "queued": Status.QUEUED_AT_CARRIER,
    "sending": Status.QUEUED_AT_CARRIER,
    "sent": Status.HANDED_TO_CARRIER,  # some stay here for ever (TW-2)
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.FAILED_OTHER,
    "failed": Status.FAILED_OTHER,
    "canceled": Status.FAILED_OTHER,
    "partially_delivered": Status.FAILED_OTHER,
    "receiving": Status.RECEIVED,
    "received": Status.RECEIVED,
}

# What "undelivered" and "failed" mean, by ErrorCode. 30008 ("Unknown error") stays FAILED_OTHER: Twilio does
# not know why, but it does know that nobody got it, and our `unknown` would wait where a person should call.
FAILURE: dict[str, Status] = {
    "21211": Status.FAILED_NUMBER,  # Invalid 'To' Phone Number
    "21217": Status.FAILED_NUMBER,  # Phone number does not appear to be valid
    "21614": Status.FAILED_NUMBER,  # 'To' number is not a valid mobile number
    "30003": Status.FAILED_NUMBER,  # Unreachable destination handset
    "30005": Status.FAILED_NUMBER,  # Unknown destination handset
    "30006": Status.FAILED_NUMBER,  # Landline or unreachable carrier
    "21610": Status.FAILED_BLOCKED,  # Attempt to send to unsubscribed recipient
    "30004": Status.FAILED_BLOCKED,  # Message blocked
    "30007": Status.FAILED_BLOCKED,  # Message filtered
    "30024": Status.FAILED_BLOCKED,  # Numeric Sender ID Not Provisioned on Carrier
    "30032": Status.FAILED_BLOCKED,  # Toll-Free Number Has Not Been Verified
    "30034": Status.FAILED_BLOCKED,  # Message from an unregistered number (10DLC) [?]
    "30036": Status.EXPIRED,  # Validity period expired
}


# What of that is said of the number itself, and holds tomorrow too. 30003 is a phone that is off.
OF_NUMBER: dict[str, str] = {
    "21211": "gone",
    "21217": "gone",
    "30005": "gone",
    "21614": "landline",
    "30006": "landline",
    "21610": "opted_out",
}

# What of it is said of us: an account, a limit, a registration that somebody must put right before any text arrives.
OF_US = frozenset({"30001", "30002", "30022", "30023", "30024", "30032", "30034", "63038"})


def status(word: str, code: str = "") -> Status:
    """Our status. A word Twilio adds one day still says that Twilio has the text, and no more."""
    known = STATUS.get(word.lower(), Status.QUEUED_AT_CARRIER)
    return FAILURE.get(code, known) if word.lower() in ("undelivered", "failed") else known


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why `POST Messages.json` or `Calls.json` was answered no. `permanent`: the same would be refused again."""

    reason: Reason
    permanent: bool


_BAD_NUMBER = Refusal(Reason.BAD_NUMBER, permanent=True)
_BAD_REQUEST = Refusal(Reason.BAD_REQUEST, permanent=True)
_BLOCKED = Refusal(Reason.BLOCKED, permanent=True)
_UNAUTHORISED = Refusal(Reason.UNAUTHORISED, permanent=False)  # the configuration's fault, not the text's
_THROTTLED = Refusal(Reason.THROTTLED, permanent=False)
_DOWN = Refusal(Reason.CARRIER_DOWN, permanent=False)

REFUSAL: dict[str, Refusal] = {
    "20003": _UNAUTHORISED,  # Authenticate / Permission denied
    "20005": _UNAUTHORISED,  # Account not active [?]
    "20404": _UNAUTHORISED,  # The requested resource was not found: a wrong account sid
    "20429": _THROTTLED,  # Too many requests
    "20503": _DOWN,  # Service unavailable [?]
    "14107": _THROTTLED,  # Message rate limit exceeded [?]
    "21211": _BAD_NUMBER,  # Invalid 'To' Phone Number
    "21217": _BAD_NUMBER,  # Phone number does not appear to be valid
    # calls
    "21201": _BAD_REQUEST,  # No 'To' number specified
    "21205": _BAD_REQUEST,  # Invalid URL
    "21210": _BAD_REQUEST,  # 'From' phone number not verified
    "21212": _BAD_REQUEST,  # Invalid 'From' number
    "21213": _BAD_REQUEST,  # 'From' phone number is required
    "21214": _BAD_NUMBER,  # 'To' phone number cannot be reached
    "21215": _BLOCKED,  # Account not authorized to call this number: geographic permissions
    "21216": _BLOCKED,  # Account not allowed to call this number
    "21219": _BLOCKED,  # 'To' phone number not verified (trial accounts)
    "10004": _THROTTLED,  # Call concurrency limit exceeded [?]
    # texts
    "21265": _BAD_NUMBER,  # 'To' number cannot be a short code [?]
    "21408": _BLOCKED,  # Permission to send to this region has not been enabled [?]
    "21602": _BAD_REQUEST,  # Message body is required [?]
    "21603": _BAD_REQUEST,  # A 'From' phone number is required
    "21604": _BAD_REQUEST,  # 'To' phone number is required [?]
    "21606": _UNAUTHORISED,  # The 'From' number is not a message-capable number of this account
    "21608": _BLOCKED,  # The 'to' phone number is not yet verified (trial accounts)
    "21609": _BAD_REQUEST,  # Invalid 'StatusCallback' url [?]
    "21610": Refusal(Reason.OPTED_OUT, permanent=True),  # Attempt to send to unsubscribed recipient (TW-3)
    "21611": _THROTTLED,  # This 'From' number has exceeded the maximum number of queued messages
    "21612": _BLOCKED,  # Message cannot be sent with the current combination of 'To' and 'From': ours may be the wrong one
    "21614": _BAD_NUMBER,  # 'To' number is not a valid mobile number
    "21617": _BAD_REQUEST,  # The concatenated message body exceeds the 1600 character limit [?]
    "21624": _BAD_REQUEST,  # Invalid validity period value
    "21635": _BAD_NUMBER,  # 'To' number cannot be a landline
    "21659": _UNAUTHORISED,  # 'From' is not a Twilio phone number
    "21660": _UNAUTHORISED,  # Mismatch between the 'From' number and the account
    "21661": _UNAUTHORISED,  # 'From' number is not SMS-capable
    "30001": _THROTTLED,  # Queue overflow
    "30002": _UNAUTHORISED,  # Account suspended [?]
    "30003": _BAD_NUMBER,  # Unreachable destination handset
    "30004": _BLOCKED,  # Message blocked
    "30005": _BAD_NUMBER,  # Unknown destination handset
    "30006": _BAD_NUMBER,  # Landline or unreachable carrier
    "30007": _BLOCKED,  # Message filtered
    "30022": _THROTTLED,  # US A2P 10DLC - rate limits exceeded [?]
    "30023": _THROTTLED,  # US A2P 10DLC - daily message cap reached [?]
    "30034": _BLOCKED,  # Message from an unregistered number [?]
    "63038": _THROTTLED,  # Account exceeded its daily messages limit
}

BY_HTTP: dict[int, Refusal] = {401: _UNAUTHORISED, 403: _UNAUTHORISED, 404: _UNAUTHORISED, 429: _THROTTLED}


def refusal(http: int, code: str) -> Refusal | None:
    """Why it was refused; None when nobody can tell whether a text left (5xx without a word we know, 408)."""
    if code in REFUSAL:
        return REFUSAL[code]
    if http >= 500 or http == 408:
        return None
    return BY_HTTP.get(http, _DOWN if http < 400 else _BAD_REQUEST)
