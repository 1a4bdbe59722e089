"""What an entry of the waitlist and an opening must be before they are taken in. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .appointment_rules import LONGEST, LONGEST_PLACE, SHORTEST, is_zone, sayable
from .appointments import KINDS
from .waitlist import LEAST_NOTICE
from .windows import DAYS, read_window

WHERE: dict[str, str] = {"": "Either", "place": "In person", "video": "By video"}
PRIORITY_DAYS: dict[int, str] = {0: "None", 3: "For 3 days", 7: "For a week", 14: "For two weeks"}
MOST_NOTICE = 14 * 24  # hours
FARTHEST = timedelta(days=60)
STAFF_ID = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class EntryWish:
    """What somebody who wants sooner can use. As `WaitlistEntry`; `priority_days` 0: as it stands, -1: none any more."""

    kind: str = "individual"
    visit_id: str = ""
    days: tuple[str, ...] = ()
    hours: str = ""
    clinician: str = ""
    where: str = ""
    notice_hours: int = 24
    by_phone: bool = False
    priority_days: int = 0


@dataclass(frozen=True, slots=True)
class SlotWish:
    """A time that somebody enters. Of a visit by video each patient's own link is used."""

    clinician: str
    kind: str
    start_at: datetime
    zone: str
    minutes: int
    place: str = ""
    remote: bool = False


def wrong_with_entry(wish: EntryWish) -> dict[str, str]:
    """Field to what is wrong with it, in words for a person."""
    tests = {
        "kind": (wish.kind in KINDS and wish.kind != "group", "Choose individual, intake or urgent."),
        "clinician": (not wish.clinician or is_staff_id(wish.clinician), "Choose a clinician, or anybody."),
        "days": (set(wish.days) <= set(DAYS), "Choose days of the week."),
        "hours": (not wish.hours or _is_window(wish.hours), "Write hours as 09:00-12:00, or leave it empty."),
        "where": (wish.where in WHERE, "Choose in person, by video, or either."),
        "notice": (0 < wish.notice_hours <= MOST_NOTICE, f"From 1 to {MOST_NOTICE} hours."),
        "priority": (wish.priority_days in (-1, *PRIORITY_DAYS), "Choose how long it lasts."),
    }
    return {field: what for field, (good, what) in tests.items() if not good}


def wrong_with_slot(wish: SlotWish, now: datetime) -> dict[str, str]:
    """Likewise."""
    place_says = f"At most {LONGEST_PLACE} plain letters: a text may say it as it stands."
    tests = {
        "clinician": (is_staff_id(wish.clinician), "Choose a clinician."),
        "kind": (wish.kind in KINDS and wish.kind != "group", "Choose individual, intake or urgent."),
        "start": (now + LEAST_NOTICE < wish.start_at <= now + FARTHEST, "From three hours ahead to 60 days ahead."),
        "zone": (is_zone(wish.zone), "This is no time zone we know."),
        "minutes": (SHORTEST <= wish.minutes <= LONGEST, f"A visit takes {SHORTEST} to {LONGEST} minutes."),
        "place": (sayable(wish.place, LONGEST_PLACE), place_says),
    }
    return {field: what for field, (good, what) in tests.items() if not good}


def is_staff_id(text: str) -> bool:
    """As an account's name looks: these stand in clear, so that nothing else may (N5)."""
    return bool(STAFF_ID.fullmatch(text))


def _is_window(hours: str) -> bool:
    try:
        start, end = read_window(hours)
    except ValueError:
        return False
    return start < end
