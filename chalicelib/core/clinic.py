"""The clinic as its own file describes it: programs, people, and who is on call (`clinic.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

EVERYONE = "everyone"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STEPS = ("primary", "backup", "supervisor")


@dataclass(frozen=True, slots=True)
class Program:
    """A service line or location. `hours`: weekday to "HH:MM-HH:MM" in the clinic's zone."""

    program_id: str
    name: str  # staff see this
    hours: Mapping[str, str]
    response: str  # "within one business day": said to a new patient (CR-6)
    phone: str  # a number answered by people, E.164
    substance_use: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on call on these days from `start` to `end` (end before start: past midnight)."""

    programs: tuple[str, ...]  # empty: every program
    days: tuple[str, ...]
    start: time
    end: time
    people: tuple[str, ...]  # primary, backup, supervisor; "" for an empty step


@dataclass(frozen=True, slots=True)
class OnCall:
    """The steps of escalation at an instant. Empty when nobody is on call: the page goes to everyone."""

    steps: tuple[str, ...] = ()

    @property
    def staffed(self) -> bool:
        return any(self.steps)

    def at(self, step: int) -> str:
        """Whom to page at this step: empty steps are skipped at once (C19); past the last, everyone, for ever."""
        people = [person for person in self.steps if person]
        return people[step] if step < len(people) else EVERYONE


@dataclass(frozen=True, slots=True)
class Clinic:
    """`sender` is what a text may call us at content level 0; `display_name` at level 1."""

    sender: str
    display_name: str
    zone: ZoneInfo
    number: str
    programs: Mapping[str, Program] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    carrier: str = "twilio"  # whose texts we begin with; an answer goes back the way the text came

    def on_call(self, program: str, now: datetime) -> OnCall:
        """Who is on call for a program; the first shift that fits wins, a program's own before the clinic's."""
        local = now.astimezone(self.zone)
        own = [shift for shift in self.shifts if program in shift.programs]
        shared = [shift for shift in self.shifts if not shift.programs]
        for shift in (*own, *shared):
            if _covers(shift, local):
                return OnCall(shift.people)
        return OnCall()

    def next_open(self, program: str, now: datetime) -> datetime | None:
        """The next instant within a program's hours, within a week; `now` itself when it is open."""
        known = self.programs.get(program)
        if known is None:
            return None
        local = now.astimezone(self.zone)
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            window = known.hours.get(DAYS[day.weekday()])
            if not window:
                continue
            start, end = (datetime.combine(day, at, self.zone) for at in read_window(window))
            if local < end:
                return max(local, start)
        return None


def read_window(window: str) -> tuple[time, time]:
    """"09:00-17:30" as two times; "24:00" is the day's last microsecond. Raises ValueError."""
    start, _, end = window.partition("-")
    return _clock(start), _clock(end)


def _clock(text: str) -> time:
    return time.max if text.strip() == "24:00" else time.fromisoformat(text.strip())


def _covers(shift: Shift, local: datetime) -> bool:
    today, yesterday = DAYS[local.weekday()], DAYS[(local.weekday() - 1) % 7]
    now = local.time()
    if shift.start < shift.end:
        return today in shift.days and shift.start <= now < shift.end
    return (today in shift.days and now >= shift.start) or (yesterday in shift.days and now < shift.end)


def read_clinic(data: Mapping[str, Any]) -> Clinic:
    """The parsed `clinic.toml` as a Clinic. Raises KeyError or ValueError naming what is missing."""
    head = data["clinic"]
    programs = {row["id"]: _program(row) for row in data.get("program", ())}
    return Clinic(
        sender=head["sender"],
        display_name=head["display_name"],
        zone=ZoneInfo(head["zone"]),
        number=head["number"],
        programs=programs,
        shifts=tuple(_shift(row) for row in data.get("shift", ())),
        carrier=head.get("carrier", "twilio"),
    )


def _program(row: Mapping[str, Any]) -> Program:
    return Program(
        program_id=row["id"],
        name=row["name"],
        hours=dict(row["hours"]),
        response=row["response"],
        phone=row["phone"],
        substance_use=bool(row.get("substance_use", False)),
    )


def _shift(row: Mapping[str, Any]) -> Shift:
    start, end = read_window(row["hours"])
    return Shift(
        programs=tuple(row.get("programs", ())),
        days=tuple(row.get("days", DAYS)),
        start=start,
        end=end,
        people=tuple(row.get(step, "") for step in STEPS),
    )
