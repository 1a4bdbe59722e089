"""What a visit must be before it is taken into the schedule, whoever brings it: a person, a file, a chart. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .appointments import KINDS, RHYTHMS, STATUSES
from .segments import Encoding, count

STAFF_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # it stands in clear: no free text has a way in (N5)
SHORTEST, LONGEST = 5, 480  # minutes
FARTHEST = timedelta(days=400)
LONGEST_PLACE, LONGEST_LINK = 60, 200
SHORTENERS = ("bit.ly", "tinyurl.com", "goo.gl", "t.co", "is.gd", "ow.ly", "buff.ly", "rb.gy")  # CTIA-7: carriers block them


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit as somebody wants it. `start_at`: an instant; `zone`: of the place."""

    clinician: str
    kind: str
    start_at: datetime
    zone: str
    minutes: int
    place: str = ""
    link: str = ""
    rhythm: str = ""
    chart_id: str = ""
    status: str = "booked"


def wrong_with(wish: Wish, now: datetime) -> dict[str, str]:
    """Field to what is wrong with it, in words for a person; nothing of the wish stands in them (N5)."""
    tests = {
        "clinician": (bool(STAFF_ID.fullmatch(wish.clinician)), "Name the clinician by their id here, such as carol.smith."),
        "kind": (wish.kind in KINDS, "Choose individual, group, intake or urgent."),
        "status": (wish.status in STATUSES, "This is no status of FHIR's Appointment."),
        "rhythm": (wish.rhythm in RHYTHMS, "Choose weekly, or monthly or rarer."),
        "zone": (is_zone(wish.zone), "This is no time zone we know, such as America/Denver."),
        "minutes": (SHORTEST <= wish.minutes <= LONGEST, f"A visit takes {SHORTEST} to {LONGEST} minutes."),
        "start": (wish.start_at <= now + FARTHEST, "This is more than 400 days ahead."),
        "place": (sayable(wish.place, LONGEST_PLACE), f"At most {LONGEST_PLACE} plain letters: a text says it as it stands."),
        "link": (not wish.link or _is_link(wish.link), "An address that begins with https://, plain letters, no link shortener."),
    }
    return {field: what for field, (good, what) in tests.items() if not good}


def is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(zone)


def sayable(text: str, longest: int) -> bool:
    return len(text) <= longest and count(text).encoding == Encoding.GSM7 and not {"{", "}", "\n"} & set(text)


def _is_link(link: str) -> bool:
    parts = urlsplit(link)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and "." in host and host not in SHORTENERS and sayable(link, LONGEST_LINK) and " " not in link
