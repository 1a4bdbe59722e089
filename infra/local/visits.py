"""Books the synthetic patients' visits, as the front desk would."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chalicelib.core.appointment_rules import Wish
from chalicelib.core.records import Appointment
from chalicelib.core.staff import Staff
from chalicelib.core.waitlist_rules import EntryWish, SlotWish
from chalicelib.core.windows import instant
from chalicelib.flows import waitlist_desk
from chalicelib.flows.book_appointment import Booked, book, set_status
from chalicelib.ports import World

VISITS_FILE = Path(__file__).parent / "visits.toml"
SATURDAY = 5


def book_visits(world: World, patients: Iterable[tuple[str, str]]) -> int:
    """How many. `patients`: name and id of everybody who was registered. Who wants sooner is put on the waitlist."""
    desk, ids, now = _desk(world), dict(patients), world.clock()
    data = tomllib.loads(VISITS_FILE.read_text())
    booked: dict[str, list[str]] = {}
    for row in data["visit"]:
        done = book(world, desk, ids[row["name"]], world.ids(now), _wish(world, row, now))
        if not isinstance(done, Booked):
            raise ValueError(f"a synthetic visit is wrong: {done}")
        booked.setdefault(row["name"], []).append(done.visit.appointment_id)
    for row in data["waiting"]:
        visit_id = booked[row["name"]][row["instead_of"]]
        wish = EntryWish(visit_id=visit_id, clinician=row.get("clinician", ""), notice_hours=row["notice"])
        wrong = waitlist_desk.add(world, desk, ids[row["name"]], wish)
        if wrong is not None:
            raise ValueError(f"a synthetic entry is wrong: {wrong}")
    for row in data["opening"]:
        if wrong := waitlist_desk.enter(world, desk, row["program"], world.ids(now), _opening(world, row, now)):
            raise ValueError(f"a synthetic opening is wrong: {wrong}")
    return len(data["visit"])


@dataclass(frozen=True, slots=True)
class Today:
    """A visit of the day on which the demonstration begins. `became`: as the front desk notes it once it is over."""

    patient_id: str
    visit: Appointment
    became: str


def book_today(world: World, patients: Iterable[tuple[str, str]], today: date) -> list[Today]:
    """The visits of today or of the last working day, booked at the clock's instant, which is days before."""
    ids, found = dict(patients), []
    for row in tomllib.loads(VISITS_FILE.read_text())["today"]:
        start = instant(last_working_day(today), time.fromisoformat(row["at"]), world.clinic.zone)
        wish = Wish(row["clinician"], row["kind"], start, world.clinic.zone.key, 50, row.get("place", ""), row.get("link", ""))
        done = book(world, _desk(world), ids[row["name"]], world.ids(world.clock()), wish)
        if not isinstance(done, Booked):
            raise ValueError(f"a synthetic visit is wrong: {done}")
        found.append(Today(ids[row["name"]], done.visit, row.get("became", "")))
    return found


def note_today(world: World, visits: Iterable[Today]) -> None:
    """What became of those that are over: the rest waits for the front desk."""
    for each in visits:
        if each.became and each.visit.ends_at < world.clock():
            set_status(world, _desk(world), each.patient_id, each.visit.appointment_id, each.became)


def _desk(world: World) -> Staff:
    return Staff("front.desk", "front_desk", tuple(world.clinic.programs))


def last_working_day(today: date) -> date:
    return today - timedelta(days=max(today.weekday() - SATURDAY + 1, 0))


def working_afternoon(now: datetime) -> datetime:
    """Half past four on the last weekday that is at least two days ago. `now`: on the clinic's clock."""
    day = last_working_day(now.date() - timedelta(days=2))
    return datetime.combine(day, time(16, 30), now.tzinfo)


def _opening(world: World, row: Mapping[str, Any], now: datetime) -> SlotWish:
    wish = _wish(world, row, now)
    return SlotWish(wish.clinician, wish.kind, wish.start_at, wish.zone, wish.minutes, wish.place)


def _wish(world: World, row: Mapping[str, Any], now: datetime) -> Wish:
    zone = world.clinic.zone
    start = instant(working_day(now.astimezone(zone).date(), row["days"]), time.fromisoformat(row["at"]), zone)
    return Wish(row["clinician"], row["kind"], start, zone.key, 50, row.get("place", ""), row.get("link", ""))


def working_day(today: date, ahead: int) -> date:
    """So many working days after today."""
    day = today
    while ahead:
        day += timedelta(days=1)
        ahead -= day.weekday() < SATURDAY
    return day
