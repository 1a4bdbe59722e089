"""A month of a synthetic clinic: `python -m tests.simulation.clinic_month [--patients N] [--seed N]`, which writes build/clinic-month.json.

Visits of every kind, patients in every US zone with hours, levels and words of their own, a change of clocks inside the month, staff
who move and call off, ticks that are lost, come twice or late. Every text is looked at as it leaves, by rules written here once more:
permission, hours, caps, what it tells of (N3), and never twice (N4).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.core.messages import Kind, OutboundSms, Status
from chalicelib.core.records import Appointment, Change, Contact, Delete, Message, Patient, WaitlistEntry
from chalicelib.flows.book_appointment import Booked, book, change, set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.patient_standing import change_status, record_declined
from chalicelib.flows.receive_sms import receive
from chalicelib.storage.changes import place
from tests.appointments import a_wish
from tests.cast import CAROL, a_patient, an_sms
from tests.fakes.world import FakeCarrier, FakeClock, a_world

from .month import Month, MonthStore, Odds

BEGINS, DAYS = datetime(2026, 2, 16, 15, 0, tzinfo=UTC), 30  # the clocks change on 8 March
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu")
HOURS: tuple[dict[str, str], ...] = (
    {}, {}, {}, dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "17:30-20:00"), dict.fromkeys(("sat", "sun"), "10:00-18:00"),
    dict.fromkeys(("mon", "wed"), "09:00-10:00"),
)  # fmt: skip
BEGUN = frozenset({Kind.REMINDER, Kind.ACCESS, Kind.VISIT_NEWS, Kind.OFFER, Kind.MISSED, Kind.REENGAGE})  # texts that we begin
KINDS = ("individual", "individual", "individual", "group", "intake", "urgent")
# What they write when they are asked, and how often: the rest says nothing.
SAYS = (("1", 0.5), ("yes ill be there", 0.05), ("2", 0.08), ("3", 0.08), ("cant make it tmrw", 0.04), ("running 10 late", 0.03), ("what time again?", 0.03), ("STOP", 0.01))
HOUSE = {6: (12, 20)}  # Sunday; RULES TCPA-12


class ClinicStore(MonthStore):
    """With each patient's visits and each thread's texts at hand."""

    def __init__(self) -> None:
        self.of: dict[Any, dict[str, set[tuple[Any, ...]]]] = {kind: defaultdict(set) for kind in (Appointment, Message, WaitlistEntry)}
        self.queued: set[tuple[Any, ...]] = set()
        super().__init__()

    def _apply(self, change: Change) -> None:
        super()._apply(change)
        kind, key = place(change)
        if kind in self.of:
            (self.of[kind][key[0]].discard if isinstance(change, Delete) else self.of[kind][key[0]].add)(key)
        if kind is Message:
            row = self._rows.get((kind, key), {})
            (self.queued.add if (row.get("direction"), row.get("status")) == ("out", Status.QUEUED) else self.queued.discard)(key)

    def _found(self, kind: Any, first: str) -> list[Any]:
        return [row for key in sorted(self.of[kind][first]) if (row := self.get(kind, *key)) is not None]

    def appointments_of(self, patient_id: str, limit: int = 60) -> list[Appointment]:
        return self._found(Appointment, patient_id)[::-1][:limit]

    def newest(self, thread_id: str, limit: int = 50, before: str = "") -> list[Message]:
        return [row for row in self._found(Message, thread_id)[::-1] if not before or row.message_id < before][:limit]

    def waitlist(self, program: str, limit: int = 200) -> list[WaitlistEntry]:
        return self._found(WaitlistEntry, program)[:limit]


@dataclass
class ClinicMonth(Month):
    """One run. `wrong`: what must not be, in words."""

    store: ClinicStore = field(default_factory=ClinicStore)
    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGINS))
    wrong: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    by_row: Counter[str] = field(default_factory=Counter)
    told: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    days: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    stopped: dict[str, datetime] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        carrier = FakeCarrier()
        carrier.send = self.sends  # type: ignore[method-assign]
        self.world = a_world(store=self.store, clock=self.clock, carriers={"twilio": carrier}, pager=self)

    # --- what leaves ----------------------------------------------------------------------------------------------

    def sends(self, sms: OutboundSms) -> str:
        """A text leaves: is it one that may?"""
        thread_id, _, message_id = sms.row.partition(".")
        row = self.store.get(Message, thread_id, message_id)
        assert row is not None
        self.by_row[sms.row] += 1
        self.left[row.kind] += 1
        if self.by_row[sms.row] > 1:
            self.wrong.append(f"N4: {row.kind} left twice")
        if row.kind in BEGUN:
            self.looks(row)
        if row.prompt is not None and row.prompt.kind == "visit":
            self.answers(row, sms.recipient)
        return f"SM{sum(self.by_row.values()):032d}"

    def looks(self, row: Message) -> None:
        now, patient = self.clock.now, self.store.get(Patient, row.patient_id)
        assert patient is not None
        local = now.astimezone(ZoneInfo(patient.zone))
        if not self.safe(local, patient.safe_hours):
            self.wrong.append(f"N3: {row.kind} at {local:%a %H:%M} of theirs")
        if row.contact_id in self.stopped:
            self.wrong.append(f"N3: {row.kind} after STOP")
        if patient.status != "active" or ("appointments" in patient.declined and row.kind in (Kind.REMINDER, Kind.ACCESS)):
            self.wrong.append(f"N3: {row.kind} to who is {patient.status}, or wants none")
        if row.expires_at is not None and now >= row.expires_at:
            self.wrong.append(f"N3: {row.kind} too late to help")
        self.tells(row)
        if row.kind == Kind.REMINDER:
            self.counts(row, local)

    def tells(self, row: Message) -> None:
        """Of visits as they are now, and once of each beginning by each touch."""
        for about in row.visits:
            visit = self.store.get(Appointment, row.patient_id, about.appointment_id)
            stands = visit is not None and visit.start_at == about.start_at and visit.ahead
            if row.kind in (Kind.REMINDER, Kind.ACCESS) and not stands:
                self.wrong.append(f"N3: {row.kind} of a visit that is no more")
            if row.kind in (Kind.REMINDER, Kind.ACCESS):
                key = (row.kind, about.appointment_id, about.start_at, row.expires_at)
                self.told[key] += 1
                if self.told[key] > 1:
                    self.wrong.append(f"N4: one touch told {self.told[key]} times")

    def counts(self, row: Message, local: datetime) -> None:
        """One reminder a day; beyond three a week only the most important, the day before."""
        mine = self.days[row.contact_id]
        if any(each.date() == local.date() for each in mine) and row.visits[0].start_at - self.clock.now > timedelta(days=2):
            self.wrong.append("N3: a second reminder of a day")
        mine.append(local)

    @staticmethod
    def safe(local: datetime, own: dict[str, str]) -> bool:
        begins, ends = HOUSE.get(local.weekday(), (9, 20))
        day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[local.weekday()]
        inside = begins <= local.hour < ends
        if not own:
            return inside
        return inside and day in own and own[day].split("-")[0] <= f"{local:%H:%M}" < own[day].split("-")[1]

    # --- what people do -------------------------------------------------------------------------------------------

    def answers(self, row: Message, number: str) -> None:
        roll = self.random.random()
        for body, odds in SAYS:
            if (roll := roll - odds) < 0:
                self.later(self.random.expovariate(1 / 40), lambda body=body: self.texts(row, number, body))
                return

    def texts(self, row: Message, number: str, body: str) -> None:
        self.said[body] += 1
        if body == "STOP":
            self.stopped[row.contact_id] = self.clock.now
        receive(self.world, an_sms(body, number, at=self.clock.now), inline=True)

    def patient(self, at: int) -> str:
        name, number = f"p{at:04d}", f"+1303555{1000 + at:04d}"
        pick = self.random.choice
        a_patient(
            self.world, name, number, zone=pick(ZONES), safe_hours=pick(HOURS), content_level=pick((0, 0, 1)), language=pick(("en", "en", "es")),
        )  # fmt: skip
        if at % 17 == 0:
            record_declined(self.world, CAROL, name, "appointments", True, "verbal")
        return name

    def visits(self, name: str) -> None:
        kind, first = self.random.choice(KINDS), self.random.random() * 14
        remote = "https://video.example.org/r/1" if self.random.random() < 0.3 else ""
        zone = ZoneInfo("America/Denver")
        day = (BEGINS + timedelta(days=2 + first)).astimezone(zone).replace(hour=self.random.choice((8, 10, 13, 15, 17)), minute=0, second=0, microsecond=0)
        for week in range(4 if kind in ("individual", "group") else 1):
            start = (day + timedelta(days=7 * week)).astimezone(UTC)
            when = max((start - BEGINS).total_seconds() / 60 - self.random.random() * 60 * 24 * 20, 0)
            self.later(when, lambda start=start, week=week: self.books(name, f"{name}v{week}", start, kind, remote))

    def books(self, name: str, visit_id: str, start: datetime, kind: str, link: str) -> None:
        if start <= self.clock.now:
            return
        done = book(self.world, CAROL, name, visit_id, a_wish(start, kind=kind, link=link, place="" if link else "12 Porch St"))
        assert isinstance(done, Booked), done
        self.later((start - self.clock.now).total_seconds() / 60 + 600, lambda: self.over(name, visit_id))
        if (roll := self.random.random()) < 0.12:
            self.later((start - self.clock.now).total_seconds() / 60 * self.random.random(), lambda: self.changes(name, visit_id, roll < 0.06))

    def changes(self, name: str, visit_id: str, moves: bool) -> None:
        """Staff move it by a day, or call it off, and tell them."""
        visit = self.store.get(Appointment, name, visit_id)
        if visit is None or not visit.ahead or visit.start_at <= self.clock.now:
            return
        if moves:
            change(self.world, CAROL, name, visit_id, a_wish(visit.start_at + timedelta(days=1), kind=visit.kind), tell=True)
        else:
            set_status(self.world, CAROL, name, visit_id, "cancelled", tell=True)

    def over(self, name: str, visit_id: str) -> None:
        visit = self.store.get(Appointment, name, visit_id)
        if visit is not None and visit.ahead and visit.start_at < self.clock.now:
            came = 0.9 if visit.confirmation == "confirmed" else 0.75
            set_status(self.world, CAROL, name, visit_id, "fulfilled" if self.random.random() < came else "noshow")

    def ticks(self) -> None:
        """As in `Month`; what was queued leaves by the stream, which loses one row in fifty."""
        super().ticks()
        for key in sorted(self.store.queued):
            if self.random.random() > 0.02:
                deliver(self.world, *key)

    def live(self, patients: int) -> None:
        for at in range(patients):
            name = self.patient(at)
            self.visits(name)
            if at % 19 == 0:
                self.later(self.random.random() * 60 * 24 * 20, lambda name=name: change_status(self.world, CAROL, name, "hold"))
        ends, minute = BEGINS + timedelta(days=DAYS), self.clock.now
        while self.clock.now < ends and (self.happenings or self.store.dues):
            due = min(max(minute + timedelta(minutes=1), self.next_due(ends)), ends)
            if self.happenings and self.happenings[0][0] <= due:
                self.clock.now, _, what = self.pop()
                what()
            else:
                minute = self.clock.now = due
            self.ticks()

    def pop(self) -> tuple[datetime, int, Callable[[], None]]:
        import heapq

        at, order, what = heapq.heappop(self.happenings)
        return max(at, self.clock.now), order, what


def a_month(patients: int, seed: int) -> dict[str, Any]:
    """What left, what was left out and why, what was said, and what must not have been."""
    month = ClinicMonth(Random(seed), Odds())
    month.live(patients)
    visits = month.store.rows(Appointment)
    touches = [touch for visit in visits for touch in visit.touches]
    waiting = [row for row in month.store.rows(Message) if row.status in (Status.QUEUED, Status.CLAIMED)]
    queued = [row for row in waiting if row.not_before is None or row.not_before <= month.clock.now]  # others wait for a safe hour
    return {
        "patients": patients, "visits": len(visits), "by_status": dict(Counter(visit.status for visit in visits)),
        "by_answer": dict(Counter(visit.confirmation or "not asked" for visit in visits)), "texts_that_left": dict(month.left),
        "touches": dict(Counter(touch.state for touch in touches)), "left_out": dict(Counter(touch.why for touch in touches if touch.why)),
        "refused_at_the_door": dict(Counter(row.status_reason for row in month.store.rows(Message) if row.status == Status.REFUSED)),
        "they_wrote": dict(month.said), "stopped": len(month.stopped), "still_queued": len(queued),
        "contacts": len(month.store.rows(Contact)), "wrong": dict(Counter(month.wrong)),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.simulation.clinic_month", description=__doc__)
    asked.add_argument("--patients", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args(arguments)
    print(f"{given.patients} patients over {DAYS} days, seed {given.seed} …", flush=True)
    found = a_month(given.patients, given.seed)
    target = Path("build/clinic-month.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(found, indent=2))
    print(json.dumps(found, indent=2))
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
