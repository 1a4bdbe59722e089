"""The schedule in the words of a clinic: days, rows, what a patient has said, and what becomes of each text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from ..core.appointments import KINDS, STATUSES, Appointment
from ..core.records import Step
from ..core.reengagement import WHY as WHY_ENDED
from ..core.touches import WHY
from ..flows.missed_visit import may_be_missed, may_take_back, was_before
from ..flows.read_appointments import Listed, ToCome
from ..texts import visits as visit_texts
from ..texts.previsit import questions
from . import words
from .times import Place

# What a patient has said: (short word for a list, tone). Tones: good, wait, bad, quiet.
SAID: dict[str, tuple[str, str]] = {
    "": ("not asked", "quiet"),
    "asked": ("no answer yet", "quiet"),
    "confirmed": ("confirmed", "good"),
    "late": ("running late", "wait"),
    "wants_move": ("needs another time", "wait"),
    "cannot_come": ("can't come", "bad"),
    "unsure": ("read their answer", "wait"),
}
OFF = {
    "cancelled": "bad", "noshow": "bad", "entered-in-error": "quiet", "waitlist": "wait", "proposed": "wait", "pending": "wait",
}  # fmt: skip
HISTORY = {
    "booked": "Booked",
    "moved": "Moved",
    "changed": "Changed",
    "said_confirmed": "Confirmed by text",
    "said_late": "Wrote that they run late",
    "said_wants_move": "Asked for another time by text",
    "offered_times": "Offered other times by text",
    "said_cannot_come": "Wrote that they can't come",
    "heard_confirmed": "Confirmed, as a colleague heard it",
    "heard_late": "Runs late, as a colleague heard it",
    "heard_wants_move": "Needs another time, as a colleague heard it",
    "barrier": "Said what stood in the way",
    "no_times": "No open time suited: a person finds one",
    "said_back_times": "Asked for a new time by text",
    "said_back_talk": "Would like to talk, by text",
    "call_asked": "A clinician is asked to call today; texts wait until then",
    "back_planned": "A text about it is planned, and what follows",
    "answered": "Answered before the visit",
}
STATES = {"planned": "Planned", "sent": "Sent", "left_out": "Left out"}


@dataclass(frozen=True, slots=True)
class Row:
    """One visit in a list."""

    patient_id: str
    appointment_id: str
    name: str
    clock: str
    minutes: int
    kind: str
    clinician: str
    remote: bool
    said: str
    tone: str
    off: bool
    at: datetime
    version: int = 1
    began: bool = False  # nobody has said yet what became of it
    undo: str = ""  # what a click on "missed" can be taken back to, for a few minutes


@dataclass(frozen=True, slots=True)
class Day:
    title: str
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One touch of a visit's page. `at`: when it leaves or left, on the patient's clock."""

    name: str
    state: str
    tone: str
    at: str
    says: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    clock: str
    says: str
    who: str


def view_days(found: Sequence[Listed], first: date, days: int, zone: ZoneInfo, now: datetime) -> list[Day]:
    """Every day asked for, empty ones too."""
    by_day = {day: list(group) for day, group in groupby(found, key=lambda each: each.visit.start_at.astimezone(zone).date())}
    place = Place(zone, now)
    wanted = [first + timedelta(days=ahead) for ahead in range(days)]
    return [_day(day, by_day.get(day, []), place) for day in wanted]


def _day(day: date, found: list[Listed], place: Place) -> Day:
    rows = tuple(_row(each, place) for each in found)
    ahead = [row for row in rows if not row.off]
    counts = tuple((word, sum(row.said == word for row in ahead)) for word in dict.fromkeys(row.said for row in ahead))
    today = place.now.astimezone(place.zone).date()
    title = {today: "Today", today + timedelta(days=1): "Tomorrow"}.get(day, "")
    plain = f"{day:%A}, {day:%B} {day.day}"
    return Day(f"{title}, {plain}" if title else plain, rows, counts)


def _row(each: Listed, place: Place) -> Row:
    visit = each.visit
    said, tone = state_of(visit)
    return Row(
        visit.patient_id, visit.appointment_id, each.name or "Somebody of another program now", place.clock(visit.start_at),
        visit.minutes, KINDS.get(visit.kind, visit.kind), words.person(visit.clinician), visit.remote, said, tone,
        visit.status in ("cancelled", "entered-in-error", "noshow"), visit.start_at, visit.version,
        may_be_missed(visit, place.now), was_before(visit) if may_take_back(visit, place.now) else "",
    )


def state_of(visit: Appointment) -> tuple[str, str]:
    """What stands beside a visit: what they said while it is ahead, what became of it after."""
    if visit.status == "booked":
        return SAID.get(visit.confirmation, (visit.confirmation, "quiet"))
    label = STATUSES.get(visit.status, visit.status).lower()
    if visit.status == "cancelled" and visit.confirmation == "cannot_come":
        label = "called off by text"
    return label, OFF.get(visit.status, "good")


def view_texts(texts: Sequence[ToCome], theirs: Place) -> list[Text]:
    return [_text(each, theirs) for each in sorted(texts, key=lambda each: (each.touch.at, each.touch.rank))]


def _text(each: ToCome, theirs: Place) -> Text:
    touch = each.touch
    state, tone, why = STATES[touch.state], "quiet", WHY.get(touch.why) or WHY_ENDED.get(touch.why, touch.why)
    if each.row is not None:
        became = words.delivery(each.row, theirs.now, theirs.zone)
        state, tone, why = became.label, became.tone, became.advice
    return Text(touch.name, state, tone, theirs.stamp(touch.at), each.text, why)


def view_history(visit: Appointment, me: str, place: Place) -> list[Line]:
    return [Line(step.at, place.stamp(step.at), step_says(step, place), words.person(step.who, me)) for step in visit.steps]


def step_says(step: Step, place: Place) -> str:
    if step.what == "moved":
        return f"Moved, from {place.stamp(datetime.fromisoformat(step.detail))}"
    if step.what == "barrier":
        return f"{HISTORY['barrier']}: {barrier_label(step.detail).lower()}"
    if step.what == "answered":
        asked = questions().get(step.detail)
        return f"{HISTORY['answered']}, {asked.label.lower()}: read it in the thread" if asked else HISTORY["answered"]
    if step.what.startswith("status_"):
        return STATUSES.get(step.what.removeprefix("status_"), step.what)
    return HISTORY.get(step.what, step.what)


def barrier_label(word: str) -> str:
    """"A ride" for "transport"; "" for nothing said."""
    return next((each.label for each in visit_texts.barriers().values() if each.barrier_id == word), "")


def when_says(visit: Appointment, place: Place) -> str:
    """"Fri Mar 6, 3:00 PM", with the zone's name where it is not the clinic's."""
    own = Place(ZoneInfo(visit.zone), place.now)
    elsewhere = f" ({words.zone_name(visit.zone)})" if visit.zone != place.zone.key else ""
    local = visit.start_at.astimezone(own.zone)
    return f"{local:%a %b} {local.day}, {own.clock(visit.start_at)}{elsewhere}"


