"""One page of Twilio's message log in our words. One record we cannot read never stops the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.core.messages import CarrierRecord, Direction, Status

from . import twilio_words
from .plain import plain

NAME = "twilio"
PAGE_SIZE = 1000
DATES = ("date_sent", "date_created", "date_updated")  # a queued or failed text has no date_sent


def messages_path(account_sid: str) -> str:
    """The collection of an account's messages."""
    return f"/2010-04-01/Accounts/{quote(account_sid, safe='')}/Messages.json"


def first_page(account_sid: str, since: datetime, until: datetime | None = None) -> str:
    """Twilio's filter is by day, in GMT: "DateSent>=YYYY-MM-DD" means on and after, "DateSent<=" at or before that midnight."""
    wanted: dict[str, object] = {"DateSent>": since.astimezone(UTC).date().isoformat()}
    if until is not None:
        wanted["DateSent<"] = (until.astimezone(UTC).date() + timedelta(days=1)).isoformat()
    return messages_path(account_sid) + "?" + urlencode(wanted | {"PageSize": PAGE_SIZE})


def next_page(page: Mapping[str, Any], account_sid: str) -> str:
    """The path of the next page, "" after the last. Only this account's log: our password goes with the request."""
    path = page.get("next_page_uri")
    return path if isinstance(path, str) and path.startswith(messages_path(account_sid) + "?") else ""


def records(page: Mapping[str, Any], since: datetime) -> Iterator[CarrierRecord]:
    """What happened at or after `since`."""
    messages = page.get("messages")
    for entry in messages if isinstance(messages, list) else ():
        if isinstance(entry, dict) and entry.get("sid"):
            record = _record(entry, since)
            if record.at >= since:
                yield record


def status_of(entry: Mapping[str, Any]) -> Status:
    code = str(entry.get("error_code") or "")
    return Status.RECEIVED if _inbound(entry) else twilio_words.status(str(entry.get("status") or ""), code)


def _inbound(entry: Mapping[str, Any]) -> bool:
    return entry.get("direction") == "inbound"


def _record(entry: Mapping[str, Any], since: datetime) -> CarrierRecord:
    code = str(entry.get("error_code") or "")
    return CarrierRecord(
        carrier=NAME,
        carrier_id=str(entry["sid"]),
        direction=Direction.IN if _inbound(entry) else Direction.OUT,
        sender=str(entry.get("from") or ""),
        recipient=str(entry.get("to") or ""),
        body=plain(str(entry.get("body") or "")),
        at=_at(entry) or since,  # no date we can read: better looked at than dropped
        status=status_of(entry),
        media=_number(entry.get("num_media")),
        error_code=code,
        number=twilio_words.OF_NUMBER.get(code, ""),
        ours=code in twilio_words.OF_US,
    )


def _at(entry: Mapping[str, Any]) -> datetime | None:
    """RFC 2822, for example "Thu, 24 Aug 2023 05:01:45 +0000"; "-0000" would come out naive."""
    for name in DATES:
        try:
            moment = parsedate_to_datetime(str(entry.get(name) or ""))
        except ValueError:
            continue
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
