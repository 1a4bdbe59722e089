"""Visits for tests: Alice's, with Carol, on Friday at three in Denver unless said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core.appointment_rules import Wish
from chalicelib.core.appointments import Appointment, booked_in
from chalicelib.core.staff import Staff
from chalicelib.flows.book_appointment import Booked, book
from chalicelib.ports import World

from .cast import CAROL

DENVER = ZoneInfo("America/Denver")
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=DENVER)


def an_appointment(start: datetime = FRIDAY, **fields: Any) -> Appointment:
    """One in memory, planned by nobody."""
    plain = Appointment(
        "alice", "v1", "adult", "carol", "individual", start.astimezone(ZoneInfo("UTC")), "America/Denver", 50,
        booked_in("adult", start),
    )
    return replace(plain, **fields)


def a_wish(start: datetime = FRIDAY, **fields: Any) -> Wish:
    return replace(Wish("carol", "individual", start.astimezone(ZoneInfo("UTC")), "America/Denver", 50), **fields)


def booked(
    world: World, start: datetime = FRIDAY, appointment_id: str = "", patient_id: str = "alice", who: Staff = CAROL, **fields: Any
) -> Appointment:
    """One in the schedule, booked by Carol."""
    done = book(world, who, patient_id, appointment_id or world.ids(world.clock()), a_wish(start, **fields))
    assert isinstance(done, Booked), done
    return done.visit


def again(world: World, visit: Appointment) -> Appointment:
    found = world.store.get(Appointment, visit.patient_id, visit.appointment_id)
    assert found is not None
    return found


def touches(visit: Appointment) -> dict[str, tuple[str, str]]:
    """Name to state and why."""
    return {touch.name: (touch.state, touch.why) for touch in visit.touches}


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
