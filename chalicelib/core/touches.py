"""Planning the texts before a visit: from the visit, its sequence and what shapes it to touches, each with its instant or with
why it is left out. Pure, and the same answer for the preview, the booking and a doubled message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from .appointments import MOST_TOUCHES, Appointment, Touch, same_day
from .budget import has_room
from .safe_hours import last_safe, next_safe
from .sequences import Sequence, Step, name_of

# Why one is left out, in words that staff read.
WHY: dict[str, str] = {
    "booked_late": "Its time had passed when the visit was booked or moved",
    "safe_hours": "No hour safe for them comes before it stops helping",
    "no_safe_hours": "No hour of their week is safe",
    "unreadable_hours": "Their hours cannot be read: look at their page",
    "frequency_cap": "One automatic text a day and three a week: another one comes first",
    "told_together": "Told in one text with the day's first visit",
    "over": "The visit is called off, or over",
    "moved": "The visit was moved",
    "too_late": "It could not leave in time",
    "sequence_changed": "The sequence has changed since",
    "declined": "They want no texts about visits",
    "visit_changed": "The visit changed as it was about to leave",
    "no_consent": "They have not agreed to texts about visits",
    "no_consent_kind": "They have not agreed to this kind of text",
    "guardian": "A guardian's phone, and nothing was granted for it",
    "unsure_stop": "They may have asked us to stop: nobody had decided",
    "opted_out": "They sent STOP",
    "on_hold": "They are on hold, in hospital, in custody or discharged",
    "deceased": "They died: nothing leaves",
    "merged": "This record is part of another one now",
    "no_number": "There is no number",
    "number_changed": "The number has changed",
    "no_patient": "The record is gone",
    "content_level": "It says more than they allow",
    "not_approved": "Its words are not approved",
    "another_way": "It goes another way, as their page says how to reach them",
    "one_question": "Another question was open: one at a time",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What shapes a plan besides the visit. `sent`: what left on this number. `others`: their other visits."""

    zone: ZoneInfo  # the patient's
    safe_hours: Mapping[str, str] = field(default_factory=dict)
    sent: tuple[datetime, ...] = ()
    others: tuple[Appointment, ...] = ()
    barred: Mapping[str, str] = field(default_factory=dict)  # templates that may not be said to them, and why: a word of WHY


def plan(visit: Appointment, sequence: Sequence | None, shape: Shape, now: datetime) -> tuple[Touch, ...]:
    """Every touch of this visit by its instant: those that left stay, the others are planned or say why not."""
    told = tuple(touch for touch in visit.touches if touch.state == "sent")
    if not visit.ahead or visit.start_at <= now or sequence is None:
        return told
    told += _of_older_version(visit, sequence)
    first = same_day(visit, shape.others)[0].appointment_id == visit.appointment_id
    known = {touch.name for touch in told if touch.start_at == visit.start_at and touch.state == "sent"}
    steps = [step for step in sequence.steps if step.name not in known and (visit.remote or not step.remote)]
    fresh = [_timed(step, visit, shape, now, first) for step in steps]
    return (*told, *_within_budget(fresh, sequence, shape))[-MOST_TOUCHES:]


def _of_older_version(visit: Appointment, sequence: Sequence) -> tuple[Touch, ...]:
    """What was planned before somebody changed this very sequence, and is not in it any more: left out, and said so."""
    if name_of(visit.sequence) != sequence.sequence_id:
        return ()
    gone = (touch for touch in visit.touches if touch.start_at == visit.start_at and sequence.step(touch.name) is None)
    return tuple(_out(touch, "sequence_changed") for touch in gone if touch.state == "planned" or touch.why == "sequence_changed")


def planned(visit: Appointment) -> tuple[Touch, ...]:
    return tuple(touch for touch in visit.touches if touch.state == "planned")


def _timed(step: Step, visit: Appointment, shape: Shape, now: datetime, first: bool) -> Touch:
    """When it leaves, or why it does not, the cap apart."""
    zone = ZoneInfo(visit.zone)
    at, until = step.before.before(visit.start_at, zone), step.until.before(visit.start_at, zone)
    touch = Touch(step.name, visit.start_at, at, until, rank=step.rank)
    if why := shape.barred.get(step.template):
        return _out(touch, why)
    if not first and not step.access:
        return _out(touch, "told_together")
    if at < now:
        if (waits := _waits(touch, visit, now)) is not None:
            return waits
        if not step.catch_up or now >= until:
            return _out(touch, "booked_late")
        at = now
    try:
        safe = next_safe(at, shape.zone, shape.safe_hours)
    except ValueError:  # a window that cannot be read: texts fail closed
        return _out(touch, "unreadable_hours")
    if safe is None:
        return _out(touch, "no_safe_hours")
    if safe < until:
        return replace(touch, at=safe)
    return _brought_forward(step, touch, visit, shape, now) or _out(touch, "safe_hours")


def _brought_forward(step: Step, touch: Touch, visit: Appointment, shape: Shape, now: datetime) -> Touch | None:
    """The most important text, where no safe hour follows in time: rather a day early than not at all. Its words name the day."""
    early = last_safe(touch.at, shape.zone, shape.safe_hours) if step.rank == 1 else None
    if early is None:
        return None
    if early < now and (waits := _waits(touch, visit, now)) is not None:
        return waits
    safe = next_safe(max(early, now), shape.zone, shape.safe_hours)
    return replace(touch, at=safe) if safe and safe < touch.at else None


def _waits(touch: Touch, visit: Appointment, now: datetime) -> Touch | None:
    """The same touch, planned before, whose moment has just come: planning again must not lose it. It helps for as long as the
    sequence says now."""
    known = (each for each in planned(visit) if (each.name, each.start_at) == (touch.name, touch.start_at))
    return next((replace(each, until=touch.until) for each in known if each.at <= now < touch.until), None)


def _within_budget(touches: list[Touch], sequence: Sequence, shape: Shape) -> list[Touch]:
    """The most important first; what finds no room is left out, and so the day before always finds its place."""
    taken = [*shape.sent, *firm(shape.others)]
    kept: list[Touch] = []
    for touch in sorted(touches, key=lambda each: (each.rank, each.at)):
        if touch.state == "planned" and not _is_access(sequence, touch):
            if has_room(taken, touch.at, shape.zone):
                taken.append(touch.at)
            else:
                touch = _out(touch, "frequency_cap")
        kept.append(touch)
    return sorted(kept, key=lambda each: (each.at, each.rank))


def firm(others: tuple[Appointment, ...]) -> list[datetime]:
    """The instants that other visits' most important touches are planned for: no lesser one takes their place."""
    return [touch.at for other in others if other.ahead for touch in planned(other) if touch.rank == 1]


def _is_access(sequence: Sequence, touch: Touch) -> bool:
    step = sequence.step(touch.name)
    return step is not None and step.access


def _out(touch: Touch, why: str) -> Touch:
    return replace(touch, state="left_out", why=why)
