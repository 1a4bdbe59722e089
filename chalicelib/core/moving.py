"""What becomes of two threads, two memories of a number and two permissions when they become one. The stricter wins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from .crisis_answers import UNSAFE
from .messages import Direction, Status
from .records import IncidentRef, Message, Move, Patient, Thread
from .safe_hours import both_allow

ON_ITS_WAY = (Status.CLAIMED, Status.UNKNOWN)
SETTLED = timedelta(minutes=30)  # by then the carrier was asked as often as we ask (N4)
LAST_WRITER = timedelta(seconds=30)  # a request that read the old rows is over by then


def goes(row: Message, move: Move) -> bool:
    """Whether this row of the source belongs to the move and has not gone yet."""
    if move.source == move.target:
        return row.program != move.program
    if move.undoes:
        return row.came_by == move.undoes
    return not move.until or row.message_id <= move.until


def may_go(row: Message, now: datetime) -> bool:
    """A text whose outcome is open stays where the carrier's word will look for it, for a while."""
    if row.direction == Direction.IN or row.status not in ON_ITS_WAY:
        return True
    since = max(row.status_at or row.at, row.lease_until or row.at)
    return now - since >= SETTLED


def joined(source: Thread, target: Thread) -> dict[str, object]:
    """The fields of the target's summary when the source's texts stand in it. Whoever waited longest still does."""
    worse = min((source, target), key=lambda each: (not each.incident_id, each.tier if each.tier is not None else 9))
    return {
        "waiting_since": _first(source.waiting_since, target.waiting_since),
        "reply_by": _first(source.reply_by, target.reply_by),
        "last_at": _last(source.last_at, target.last_at),
        "heard_at": _last(source.heard_at, target.heard_at),
        "crisis_at": _last(source.crisis_at, target.crisis_at),
        "last_inbound_id": max(source.last_inbound_id, target.last_inbound_id),
        "unanswered": source.unanswered + target.unanswered,
        "note": target.note or ("" if source.note == "shared_number" else source.note),
        "incident_id": worse.incident_id or None,
        "tier": worse.tier if worse.incident_id else None,
    }


EMPTIED: dict[str, object] = {
    "waiting_since": None, "reply_by": None, "last_at": None, "unanswered": 0, "note": None, "incident_id": None, "tier": None,
}  # fmt: skip


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [at for at in (one, other) if at is not None]
    return min(known) if known else None


def _last(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [at for at in (one, other) if at is not None]
    return max(known) if known else None


def taken_along(refs: tuple[IncidentRef, ...], source: str, target: str) -> tuple[IncidentRef, ...]:
    """The open incidents of one thread as the other's."""
    return tuple(replace(ref, thread_id=target) for ref in refs if ref.thread_id == source)


def worst_first(refs: tuple[IncidentRef, ...]) -> tuple[IncidentRef, ...]:
    """The door looks at the first of a thread: the worst must be it."""
    return tuple(sorted(refs, key=lambda ref: ref.tier))


def stricter(stays: Patient, goes_in: Patient) -> tuple[int, dict[str, datetime]]:
    """Content level and permission of two records of one person: what both allow."""
    kept = {kind: at for kind, at in stays.consent.items() if kind in goes_in.consent}
    return min(stays.content_level, goes_in.content_level), kept


def hours_of_both(stays: Patient, goes_in: Patient) -> dict[str, str] | None:
    """When a text is safe by both records; None where no hour is, or where their hours are of two time zones."""
    if goes_in.safe_hours and goes_in.zone != stays.zone:
        return None
    return both_allow(stays.safe_hours, goes_in.safe_hours)


def stricter_marks(stays: Patient, goes_in: Patient) -> Patient:
    """The record that stays with the marks of both: a phone is unsafe when either says so, a veteran is one in either."""
    unsafe = UNSAFE in (stays.safe_phone, goes_in.safe_phone)
    return replace(
        stays,
        safe_hours=hours_of_both(stays, goes_in) or stays.safe_hours,  # where both have none in common nothing is merged
        content_level=stricter(stays, goes_in)[0],
        safe_phone=UNSAFE if unsafe else stays.safe_phone,
        veteran=stays.veteran or goes_in.veteran,
        declined=tuple(sorted({*stays.declined, *goes_in.declined})),
        unencrypted="no" if "no" in (stays.unencrypted, goes_in.unencrypted) else stays.unencrypted,
        proxy=tuple(kind for kind in stays.proxy if kind in goes_in.proxy),
        item9_at=_last(stays.item9_at, goes_in.item9_at),
        discharged_at=_last(stays.discharged_at, goes_in.discharged_at),
        held_at=_last(stays.held_at, goes_in.held_at),
        quiet_until=_last(stays.quiet_until, goes_in.quiet_until),
        needs_word=stays.needs_word or goes_in.needs_word,
        no_voicemail=stays.no_voicemail or goes_in.no_voicemail,
    )


def as_careful(ends: Patient, stays: Patient) -> Patient:
    """Who comes back out of a merge, held and left quiet as the record that had both: whose word it was nobody knows (SAFE-4)."""
    return replace(ends, held_at=_last(ends.held_at, stays.held_at), quiet_until=_last(ends.quiet_until, stays.quiet_until))
