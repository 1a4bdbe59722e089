"""What a clinic's own schedule says of a visit in a request's body, field by field. What is wrong is named by its place, with
nothing of what stood there (N5). Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from .appointment_rules import Wish, wrong_with
from .visit_list import LONGEST_ID, MINUTES

LARGEST = 16_384  # bytes of a body
MOST_VERSION = 2**53 - 1  # what every JSON reader takes
LONG_AGO = timedelta(days=400)
# Unreserved characters (RFC 3986 §2.3): signed as they are sent, whoever decodes paths on the way. An id, never a name.
VISIT_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)")  # RFC 3339
TEXTS = ("clinician", "kind", "zone", "place", "link", "status")
FIELDS = ("version", "record_id", "start", "minutes", *TEXTS)


class Unreadable(ValueError):
    """No JSON object, or too long."""


@dataclass(frozen=True, slots=True)
class SaidVisit:
    """A request that can be taken: `fields` of a `Wish`, those that were said. `said`: the body in one fixed form, to tell one
    request from another."""

    version: int
    fields: dict[str, Any]
    record_id: str
    said: str

    def wish(self, base: Wish) -> Wish:
        return replace(base, **self.fields)


Faults = dict[str, str]  # JSON pointer to what is wrong, in words of ours


def read_body(body: bytes) -> Mapping[str, Any]:
    """Raises `Unreadable`."""
    try:
        found = json.loads(body.decode("utf-8")) if len(body) <= LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def read_put(said: Mapping[str, Any], zone: str, now: datetime) -> SaidVisit | Faults:
    """A whole visit: what is not named is as the description says. `zone`: the clinic's."""
    usual = {"minutes": int(MINUTES), "kind": "individual", "zone": zone, "place": "", "link": "", "status": "booked"}
    whole = usual | dict(said)
    missing = [name for name in ("record_id", "start", "clinician") if name not in said]
    found = _read(whole, said, now)
    if not missing:
        return found
    return {**{f"#/{name}": "is needed" for name in missing}, **(found if isinstance(found, dict) else {})}


def read_patch(said: Mapping[str, Any], now: datetime) -> SaidVisit | Faults:
    """What changes, and nothing else. Whose visit it is never changes."""
    found = _read(said, said, now)
    if "record_id" not in said:
        return found
    return {"#/record_id": "cannot change: call the visit off, and put it under another id"} | (
        found if isinstance(found, dict) else {}
    )


def read_cancel(said: Mapping[str, Any], now: datetime) -> SaidVisit | Faults:
    """Nothing but the version that says so."""
    extra = set(said) - {"version"}
    return {"#": "takes the version alone"} if extra else _read({**said, "status": "cancelled"}, said, now)


def _read(whole: Mapping[str, Any], said: Mapping[str, Any], now: datetime) -> SaidVisit | Faults:
    """`whole` with defaults, `said` as it came."""
    faults: Faults = {"#": "has a field that the description does not know"} if set(said) - set(FIELDS) else {}
    fields: dict[str, Any] = {}
    for name, value in whole.items():
        if name in FIELDS:
            right = _right(name, value, now)
            faults |= {} if right else {f"#/{name}": SHAPES.get(name, "is no text")}
            fields |= {name: value} if right else {}
    version, record_id = fields.pop("version", 0), fields.pop("record_id", "")
    faults |= {} if "version" in whole else {"#/version": "is needed"}
    if "start" in fields:
        fields["start_at"] = _instant(fields.pop("start"), now)
    faults |= {f"#/{name}": what for name, what in _wrong(fields, now).items() if f"#/{name}" not in faults}
    return faults or SaidVisit(version, fields, record_id, json.dumps(said, sort_keys=True))


def _wrong(fields: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """The house's own rules; each looks at one field, so they hold for some fields too."""
    base = Wish("any", "individual", now, "UTC", int(MINUTES))
    return wrong_with(replace(base, **fields), now)


def _right(name: str, value: object, now: datetime) -> bool:
    check = CHECKS.get(name)
    return check(value, now) if check else isinstance(value, str)


def _instant(text: object, now: datetime) -> datetime | None:
    """An instant in UTC, with an offset of its own and not of another century."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) and _INSTANT.fullmatch(text) else None
        found = found.astimezone(UTC) if found else None
    except (ValueError, OverflowError):
        return None
    return found if found and found > now - LONG_AGO else None


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most


CHECKS: dict[str, Callable[[object, datetime], bool]] = {
    "version": lambda value, _: _whole(value, MOST_VERSION),
    "minutes": lambda value, _: _whole(value, 10_000),
    "start": lambda value, now: _instant(value, now) is not None,
    "record_id": lambda value, _: isinstance(value, str) and 0 < len(value) <= LONGEST_ID,
}
SHAPES: Faults = {
    "version": f"is no whole number from 1 to {MOST_VERSION}",
    "minutes": "is no whole number of minutes",
    "start": "is no instant with an offset, such as 2026-03-06T15:00:00-07:00, within 400 days",
    "record_id": f"needs 1 to {LONGEST_ID} characters",
}
