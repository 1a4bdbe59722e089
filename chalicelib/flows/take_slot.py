"""An opening becomes somebody's visit: one transaction on the opening's version, so that of all who want it one gets it (C58).

The visit they had moves there in the same transaction, and only then is its old time an opening: it is theirs until that instant.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..core.appointments import Appointment, booked_in
from ..core.records import Change, Put, Slot, Step
from ..core.waitlist import taken
from ..ports import World
from . import book_appointment, schedule_feed, slot_rows, visit_wish
from .listed_visits import unlisted
from .outbox import keep_due


def rows(
    world: World, slot: Slot, patient_id: str, visit_id: str, visit: Appointment | None, by: str, now: datetime
) -> list[Change]:
    """The changes; the caller has asked whether they may have it (`core.waitlist.may_take`). Refused by the store when
    somebody changed the opening or the visit since. Place, link and texts come a moment later, from a job that may open."""
    changes: list[Change] = [slot_rows.row_of(slot, taken(slot, patient_id, visit_id))]
    if visit is None:
        changes.append(Put(_fresh(slot, patient_id, visit_id, by, now)))
        changes.append(unlisted(patient_id))  # that job lists it
    else:
        there = moved(visit, slot, by, now)
        changes += [book_appointment.row_of(visit, there), *schedule_feed.told(world, visit, there, _by(by), now)]
        changes += slot_rows.freed(visit, now) if visit.ahead else []
    return [*changes, keep_due(slot_rows.due_of(slot.ref, now, slot_rows.TAKEN))]


def _by(by: str) -> str:
    return by if by == "patient" else "staff"


def moved(visit: Appointment, slot: Slot, by: str, now: datetime) -> Appointment:
    """The visit at the new time: confirmed, since they chose it. Texts planned for the old one say so."""
    touches = tuple(replace(t, state="left_out", why="moved") if t.state == "planned" else t for t in visit.touches)
    there = replace(
        visit, start_at=slot.start_at, booked_in=booked_in(slot.program, slot.start_at), clinician=slot.clinician, zone=slot.zone,
        remote=slot.remote, confirmation="confirmed", barrier="", touches=touches, spoken_zone="",
    )  # fmt: skip
    done = visit_wish.with_step(there, by, "moved", now, visit.start_at.isoformat())
    return done if visit.ahead else visit_wish.with_status(done, "booked", by, now)


def _fresh(slot: Slot, patient_id: str, visit_id: str, by: str, now: datetime) -> Appointment:
    return Appointment(
        patient_id, visit_id, slot.program, slot.clinician, slot.kind, slot.start_at, slot.zone, slot.minutes,
        booked_in(slot.program, slot.start_at),
        remote=slot.remote, confirmation="confirmed", steps=(Step(now, by, "booked", "waitlist"),), created_at=now,
        source="waitlist",
    )  # fmt: skip
