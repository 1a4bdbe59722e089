"""The clinic as its own file describes it: programs, people, and who is on call (`clinic.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .escalation import Policy, read_policies
from .own_numbers import a_number, is_number, sender_of_tests
from .quick import dataclass
from .rota import EVERYONE, STEPS, OnCall, Rota
from .rota_file import read_rota, required, zone_named
from .throughput import Throughput
from .vendors import NO, YES, Vendor, pilot_of, vendors_of
from .windows import DAYS, instants, read_window

if TYPE_CHECKING:
    from .assistance import Assistance

__all__ = ["DAYS", "EVERYONE", "STEPS", "WORKING_DAY", "Clinic", "OnCall", "Program", "read_clinic", "read_window"]

QUIET_DAYS = 45
WORKING_DAY = 540  # minutes
GLASS_MINUTES, LEAST_GLASS, MOST_GLASS = 60, 10, 480  # how long breaking the glass opens one record
LEAST_REDACT, MOST_REDACT = 2, 240  # hours: reconciliation remembers a fortnight


@dataclass(frozen=True, slots=True)
class Program:
    """A service line or location. `hours`: weekday to "HH:MM-HH:MM" in the clinic's zone."""

    program_id: str
    name: str  # staff see this
    hours: Mapping[str, str]
    response: str  # "within one business day": said to a new patient (CR-6)
    phone: str  # a number answered by people, E.164
    substance_use: bool = False
    response_minutes: int = WORKING_DAY  # open minutes until a text should be answered (`core.reply_by`)
    duty: str = ""  # staff id who is told first when nobody owns a text that waits too long
    quiet_days: int = QUIET_DAYS  # without contact and without a visit ahead: gone quiet; 0 for a program that keeps no such list
    quiet_texts: bool = False  # whether the texts to who has gone quiet begin by themselves
    team: str = ""  # who signs a first text when no person does; empty: "our team"
    live: str = NO  # whether texts leave: yes, no, or the staff ids of a pilot (`core.going_live`)
    service_line: str = ""  # a word of the table of who may agree alone, such as "outpatient_mh" (MIN-2)


@dataclass(frozen=True, slots=True)
class Clinic:
    """`sender` is what a text may call us at content level 0; `display_name` at level 1."""

    sender: str
    display_name: str
    zone: ZoneInfo
    number: str
    programs: Mapping[str, Program] = field(default_factory=dict)
    rota: Rota = field(default_factory=Rota)
    policies: Mapping[int, Policy] = field(default_factory=dict)  # by tier; one without follows texts/escalation.toml
    phone: str = ""  # answered by people, when no program is known; E.164
    reader: str = ""  # staff id: told "read the inbox" when the second look fails out of hours; empty: everyone on call
    voice: str = ""  # the number our calls come from, E.164; empty: we place none
    carrier: str = "twilio"  # whose texts we begin with; an answer goes back the way the text came
    test_number: str = ""  # a phone of the clinic's own, texted once a week through the real carrier (PG-6); empty: none is
    test_sender: str = ""  # a second number at the carrier, which texts `number` once a week (PG-6); empty: nothing does
    vendors: Mapping[str, Vendor] = field(default_factory=dict)  # whose papers are there; without, no text leaves by them
    throughput: Throughput = field(default_factory=Throughput)  # what the carriers allow the number
    state: str = ""  # "CO": whose table of who may agree alone holds (MIN-2)
    mail: str = ""  # whom our e-mail is from, an address that says nothing of care; empty: none is sent
    assistance: tuple[Assistance, ...] = ()  # local programs that help people keep a phone (`core.assistance`)
    glass_minutes: int = GLASS_MINUTES  # how long breaking the glass opens one record
    papers: Mapping[str, str] = field(default_factory=dict)  # CTIA-2: where "terms" and "privacy" of texting stand
    redact_hours: int = 0  # after which the words of a text are taken out of the carrier's own log; 0: never

    @property
    def own_two(self) -> tuple[str, ...]:
        """The numbers between which the week's text goes: no person writes from either."""
        return (self.number, self.test_sender) if self.test_sender else ()

    def on_call(self, program: str, now: datetime) -> OnCall:
        """Who is on call for a program (`core.rota`)."""
        return self.rota.on_call(program, now)

    def on_rota(self, staff_id: str) -> bool:
        """Whether a page to everyone is meant for this person too."""
        return staff_id in self.rota.names()

    def next_open(self, program: str, now: datetime) -> datetime | None:
        """The next instant within a program's hours, in the clinic's zone, within a week; `now` when it is open."""
        window = self.open_window(program, now)
        return window[0].astimezone(self.zone) if window else None

    def opens_later(self, program: str, now: datetime) -> datetime | None:
        """When somebody reads next, in the clinic's zone; None while somebody should, and when nobody knows."""
        at = self.next_open(program, now)
        return at if at is not None and at > now else None

    def open_window(self, program: str, now: datetime) -> tuple[datetime, datetime] | None:
        """What is left of the open hours around `now`, or the next ones within a week (UTC)."""
        known = self.programs.get(program)
        if known is None:
            return None
        today = now.astimezone(self.zone).date()
        for ahead in range(-1, 8):  # yesterday's hours may run past midnight
            day = today + timedelta(days=ahead)
            window = known.hours.get(DAYS[day.weekday()])
            if window and day not in self.rota.holidays:
                opens, closes = instants(day, *read_window(window), self.zone)
                if now < closes:
                    return max(now, opens), closes
        return None


def read_clinic(data: Mapping[str, Any]) -> Clinic:
    """The parsed `clinic.toml` as a Clinic. Raises ValueError naming what is missing or wrong, and where."""
    head = _table(data, "clinic")
    zone = zone_named(required(head, "zone", "clinic"), "clinic")
    programs: dict[str, Program] = {}
    for at, row in enumerate(data.get("program", ()), 1):
        program = _program(row, f"program {at}")
        if program.program_id in programs:
            raise ValueError(f"program {at}: the id {program.program_id!r} is taken")
        programs[program.program_id] = program
    return Clinic(
        sender=required(head, "sender", "clinic"),
        display_name=required(head, "display_name", "clinic"),
        zone=zone,
        number=(number := required(head, "number", "clinic")),  # or a carrier's pool of numbers
        voice=a_number(head, "voice", "clinic") if "voice" in head else number if is_number(number) else "",
        programs=programs,
        rota=read_rota(data, zone, programs),
        policies=read_policies(data.get("policy", ())),
        test_number=a_number(head, "test_number", "clinic") if "test_number" in head else "",
        test_sender=sender_of_tests(head, data.get("program", ())) if "test_sender" in head else "",
        phone=a_number(head, "phone", "clinic") if "phone" in head else next((p.phone for p in programs.values()), ""),
        reader=head.get("reader", ""),
        carrier=head.get("carrier", "twilio"),
        vendors=vendors_of(data.get("vendor", ())),
        throughput=_throughput(head),
        state=str(head.get("state", "")), mail=str(head.get("mail", "")), papers=dict(head.get("papers", {})),
        assistance=_assistance(data.get("assistance", ())),
        glass_minutes=_glass(head),
        redact_hours=_redact(head),
    )


def _assistance(rows: Sequence[Mapping[str, Any]]) -> tuple[Assistance, ...]:
    """Read for a page of the console alone: no text waits for it."""
    if not rows:
        return ()
    from .assistance import read_assistance

    return read_assistance(rows)


def _glass(head: Mapping[str, Any]) -> int:
    minutes = head.get("break_glass_minutes", GLASS_MINUTES)
    if not isinstance(minutes, int) or not LEAST_GLASS <= minutes <= MOST_GLASS:
        raise ValueError(f"clinic: 'break_glass_minutes' is a whole number of minutes from {LEAST_GLASS} to {MOST_GLASS}")
    return minutes


def _redact(head: Mapping[str, Any]) -> int:
    """Not within the hour, in which the log may still be asked what became of a text; not after it stopped being compared."""
    hours = head.get("redact_after_hours", 0)
    if not isinstance(hours, int) or isinstance(hours, bool) or (hours and not LEAST_REDACT <= hours <= MOST_REDACT):
        raise ValueError(f"clinic: 'redact_after_hours' is 0, or a whole number of hours from {LEAST_REDACT} to {MOST_REDACT}")
    return hours


def _throughput(head: Mapping[str, Any]) -> Throughput:
    lowest = Throughput()
    rate, day = head.get("parts_per_second", lowest.parts_per_second), head.get("parts_per_day", lowest.parts_per_day)
    if not isinstance(rate, (int, float)) or not 0.1 <= rate <= 100:
        raise ValueError("clinic: 'parts_per_second' is a number from 0.1 to 100")
    if not isinstance(day, int) or day < 10:
        raise ValueError("clinic: 'parts_per_day' is a whole number, at least 10")
    return Throughput(float(rate), day)


def _program(row: Mapping[str, Any], where: str) -> Program:
    hours = dict(row.get("hours") or {})
    for day, window in hours.items():
        _days((day,), where)
        _window(window, where)
    return Program(
        program_id=required(row, "id", where),
        name=required(row, "name", where),
        hours=hours,
        response=required(row, "response", where),
        phone=a_number(row, "phone", where),
        substance_use=bool(row.get("substance_use", False)),
        response_minutes=_minutes(row, where),
        duty=row.get("duty", ""),
        team=row.get("team", ""),
        quiet_days=_days_of(row, where),
        quiet_texts=bool(row.get("quiet_texts", False)),
        live=_live(row, where),
        service_line=str(row.get("service_line", "")),
    )


def _live(row: Mapping[str, Any], where: str) -> str:
    """`live = true`, `false`, or the staff ids of a pilot. What is not said is not live."""
    live = row.get("live", False)
    if isinstance(live, bool):
        return YES if live else NO
    said = ",".join(live) if isinstance(live, list) and all(isinstance(each, str) for each in live) else ""
    if not pilot_of(said):
        raise ValueError(f"{where}: 'live' is true, false, or a list of staff ids")
    return said


def _minutes(row: Mapping[str, Any], where: str) -> int:
    minutes = row.get("response_minutes", WORKING_DAY)
    if not isinstance(minutes, int) or not 1 <= minutes <= 14 * WORKING_DAY:
        raise ValueError(f"{where}: 'response_minutes' is a whole number of open minutes, at most {14 * WORKING_DAY}")
    return minutes


def _days_of(row: Mapping[str, Any], where: str) -> int:
    days = row.get("quiet_days", QUIET_DAYS)
    if not isinstance(days, int) or not 0 <= days <= 365:
        raise ValueError(f"{where}: 'quiet_days' is a whole number of days, at most 365, or 0")
    return days


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if not isinstance(data.get(name), Mapping):
        raise ValueError(f"no [{name}]")
    return data[name]  # type: ignore[no-any-return]


def _days(days: tuple[str, ...], where: str) -> tuple[str, ...]:
    wrong = [day for day in days if day not in DAYS]
    if wrong:
        raise ValueError(f"{where}: {', '.join(map(str, wrong))} is none of {', '.join(DAYS)}")
    return days


def _window(window: str, where: str) -> None:
    try:
        read_window(window)
    except ValueError as problem:
        raise ValueError(f"{where}: {problem}") from None
