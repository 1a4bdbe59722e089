"""What Amazon SES says of an e-mail of ours afterwards, as SNS hands it to a function: it came back, or they complained.

Source: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html (bounce, complaint, mail.tags) and
…-sns-examples.html. The record names the address and repeats headers: nothing of it is kept but our own two tags, and which of
three words it is. Inside the account SNS invokes us itself, allowed by the topic's policy: there is no signature to check.
"""

from __future__ import annotations

import re
from json import loads
from typing import Any

from chalicelib.core.mail import BOUNCED, COMPLAINED, RETURNED, MailEvent
from chalicelib.errors import BadPayload

THREAD, MESSAGE = "thread", "message"  # SES's tags: letters, digits, underscores, dashes
ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
VALIDATED = "Successfully validated SNS topic"  # what SES publishes, as plain text, when a destination is made
# A transient bounce that says that this very mail did not get there. "General" may be an automatic answer: nothing follows.
NOT_THERE = frozenset({"MailboxFull", "MessageTooLarge", "ContentRejected", "AttachmentRejected"})
# RFC 5965 feedback types by which nobody says no: a filter's mistake put right, and a report about signatures.
NO_COMPLAINT = frozenset({"not-spam", "auth-failure"})


def read_event(message: str) -> MailEvent | None:
    """None for what nothing follows from. Raises `BadPayload` for what is no event of SES's."""
    if message.startswith(VALIDATED):
        return None
    try:
        told = loads(message)
    except (ValueError, RecursionError):
        raise BadPayload("message") from None
    if not isinstance(told, dict) or not isinstance(told.get("mail"), dict):
        raise BadPayload("mail")
    what, row = _what(told), _row(told["mail"])
    return MailEvent(row, what) if what and row else None


def is_mail(message: str) -> bool:
    """Whether an event of this topic's function is SES's: End User Messaging's have no `mail`."""
    return message.startswith(VALIDATED) or '"mail"' in message


def _what(told: dict[str, Any]) -> str:
    kind, bounce, complaint = told.get("eventType"), _part(told, "bounce"), _part(told, "complaint")
    if kind == "Bounce" and bounce.get("bounceType") == "Permanent":
        return BOUNCED
    if kind == "Reject" or (kind == "Bounce" and bounce.get("bounceSubType") in NOT_THERE):
        return RETURNED
    if kind == "Complaint" and complaint.get("complaintFeedbackType") not in NO_COMPLAINT:
        return COMPLAINED
    return ""


def _part(told: dict[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _row(mail: dict[str, Any]) -> str:
    """Ours, from the two tags that it was sent with; "" for a mail that is not ours."""
    tags = _part(mail, "tags")
    found = [_tag(tags.get(name)) for name in (THREAD, MESSAGE)]
    return ".".join(found) if all(found) else ""


def _tag(values: Any) -> str:
    """It becomes a key, and nothing else may (N5)."""
    value = values[0] if isinstance(values, list) and values else ""
    return value if isinstance(value, str) and ID.fullmatch(value) else ""
