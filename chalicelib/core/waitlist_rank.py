"""Who is asked first when a time is free: whom it suits, by a clinician's priority, then by waiting and fit; the reason is said.

Pure and total: the same list, opening and instant give the same order. It reads entries and visits alone, which hold no trait of
a person, so no protected one can weigh (`tests/core/test_waitlist.py` holds it to that).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from .appointments import Appointment
from .waitlist import GROUP, HOLD, LEAST_NOTICE, MOST_OFFERS, SHORTEST_HOLD, Slot, SlotRules, WaitlistEntry
from .windows import DAYS, read_window

PER_DAY, PER_WEEK = 1, 3  # offers to one person
LONGEST_WAIT, MOST_SOONER = 90, 28  # days that count
ASKED_FOR, THEIRS = 14, 7  # points
# Why somebody is not asked, in words that staff read.
WHY_NOT: dict[str, str] = {
    "asked": "They were asked about this time",
    "cap": "One offer a day and three a week",
    "holds": "They hold another offer",
    "visit_over": "The visit they want sooner is over or called off",
    "not_sooner": "It is no sooner than their visit",
    "notice": "It comes sooner than the notice they need",
    "kind": "Another kind of visit",
    "minutes": "Their visit takes longer",
    "day": "Not on one of their days",
    "hours": "Not in their hours",
    "clinician": "They wait for somebody else",
    "where": "They want the other of place and video",
    "rules": "The clinician offers their times to their own patients",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry with the visit that it would move, as it stands."""

    entry: WaitlistEntry
    visit: Appointment | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """`reasons`: what counts, as "word:points"; the order is priority, then the sum, then who has waited longer."""

    candidate: Candidate
    priority: bool
    points: int
    reasons: tuple[str, ...]


def why_not(candidate: Candidate, slot: Slot, rules: SlotRules | None, now: datetime) -> str:
    """A word of `WHY_NOT`, or "" for somebody whom this time suits."""
    entry, visit = candidate.entry, candidate.visit
    tests = (
        ("asked", any(each.patient_id == entry.patient_id for each in slot.offers)),
        ("holds", entry.held_until is not None and now < entry.held_until),
        ("cap", over_cap(entry, now)),
        ("visit_over", bool(entry.visit_id) and (visit is None or not visit.ahead or visit.start_at <= now)),
        ("not_sooner", visit is not None and slot.start_at >= visit.start_at),
        ("kind", entry.kind != slot.kind),
        ("minutes", max(entry.minutes, visit.minutes if visit else 0) > slot.minutes),
        ("notice", slot.start_at - now < notice(entry, rules)),
        ("clinician", entry.clinician not in ("", slot.clinician)),
        ("where", entry.where not in ("", "video" if slot.remote else "place")),
        ("rules", not _rules_allow(candidate, slot, rules)),
    )
    return next((word for word, found in tests if found), "") or _when(entry, slot)


def notice(entry: WaitlistEntry, rules: SlotRules | None) -> timedelta:
    asked = timedelta(hours=max(entry.notice_hours, rules.notice_hours if rules else 0))
    return max(asked, LEAST_NOTICE)


def over_cap(entry: WaitlistEntry, now: datetime) -> bool:
    day = sum(now - at < timedelta(days=1) for at in entry.offered)
    return day >= PER_DAY or sum(now - at < timedelta(days=7) for at in entry.offered) >= PER_WEEK


def _rules_allow(candidate: Candidate, slot: Slot, rules: SlotRules | None) -> bool:
    if rules is None or rules.offers == "all":
        return True
    theirs = candidate.visit is not None and candidate.visit.clinician == slot.clinician
    return rules.offers == "own" and (theirs or candidate.entry.clinician == slot.clinician)


def _when(entry: WaitlistEntry, slot: Slot) -> str:
    local = slot.start_at.astimezone(ZoneInfo(slot.zone))
    if entry.days and DAYS[local.weekday()] not in entry.days:
        return "day"
    if not entry.hours:
        return ""
    try:
        start, end = read_window(entry.hours)
    except ValueError:  # hours that cannot be read: nobody is asked by them
        return "hours"
    return "" if start <= local.time() < end else "hours"


def reasons(candidate: Candidate, slot: Slot, now: datetime) -> tuple[tuple[str, int], ...]:
    """What counts for them, with its points: a day waited or a day sooner is one, and the clinician they asked for or have."""
    entry, visit = candidate.entry, candidate.visit
    found = [("waited", min((now - entry.since).days, LONGEST_WAIT))]
    if visit is not None:
        found.append(("sooner", min(_days(slot.start_at, visit.start_at, ZoneInfo(slot.zone)), MOST_SOONER)))
    if entry.clinician and entry.clinician == slot.clinician:
        found.append(("asked_for", ASKED_FOR))
    elif visit is not None and visit.clinician == slot.clinician:
        found.append(("theirs", THEIRS))
    return tuple((word, max(points, 0)) for word, points in found)


def _days(first: datetime, last: datetime, zone: ZoneInfo) -> int:
    """On the calendar of the place: right across a change of clocks."""
    return (last.astimezone(zone).date() - first.astimezone(zone).date()).days


def rank(candidates: Iterable[Candidate], slot: Slot, rules: SlotRules | None, now: datetime) -> list[Ranked]:
    """Those it suits, the first to be asked first."""
    found = []
    for each in candidates:
        if why_not(each, slot, rules, now):
            continue
        counted, first = reasons(each, slot, now), each.entry.has_priority(now)
        said = tuple(f"{word}:{points}" for word, points in counted)
        found.append(Ranked(each, first, sum(points for _, points in counted), ("priority:0", *said) if first else said))
    return sorted(found, key=_order)


def _order(ranked: Ranked) -> tuple[bool, int, datetime, str]:
    entry = ranked.candidate.entry
    return not ranked.priority, -ranked.points, entry.since, entry.patient_id


def group(reachable: Sequence[Ranked], slot: Slot) -> tuple[Ranked, ...]:
    """Who is asked now: somebody with priority alone, otherwise the first few."""
    room = max(MOST_OFFERS - len(slot.offers), 0)
    if reachable and reachable[0].priority:
        return tuple(reachable[: min(1, room)])
    return tuple(reachable[: min(GROUP, room)])


def hold_until(slot: Slot, now: datetime) -> datetime | None:
    """Until when an offer made now holds; None where too little time is left."""
    until = min(now + HOLD, slot.start_at - LEAST_NOTICE)
    return until if until - now >= SHORTEST_HOLD else None


def for_moving(visit: Appointment, slots: Iterable[Slot], rules: dict[str, SlotRules], now: datetime) -> tuple[Slot, ...]:
    """Up to three open times that nobody holds for who needs another time: with their own clinician first, then the nearest."""
    def suits(slot: Slot) -> bool:
        rule = rules.get(slot.clinician)
        own = slot.clinician == visit.clinician
        allowed = rule is None or rule.offers == "all" or (rule.offers == "own" and own)
        fits = (slot.kind, slot.remote) == (visit.kind, visit.remote) and slot.minutes >= visit.minutes
        asked = any(each.patient_id == visit.patient_id for each in slot.offers)
        return slot.state == "open" and fits and allowed and not asked and slot.start_at - now >= timedelta(hours=24)

    found = [slot for slot in slots if suits(slot) and slot.start_at != visit.start_at]
    found.sort(key=lambda slot: (slot.clinician != visit.clinician, slot.start_at))
    return tuple(sorted(found[:3], key=lambda slot: slot.start_at))
