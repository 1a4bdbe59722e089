"""Exercises as the pages show them: a drill's times, and how the last dead man's text went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core import crisis_figures as figures
from ..core.clinic import Clinic
from ..core.exercise import A_WEEK, EACH, SelfTest
from ..core.incident_clock import when
from ..core.records import Incident
from . import words
from .times import Place, span

ONE_DAY = timedelta(days=1)
DRILL = "Drill: nobody is in danger"
NEXT = "Acknowledge it: then the drill is over. Call nobody."
WRONG = {
    "door": "the carriers' door",
    "page": "the page",
    "screen": "the screen",
    "second": "the second look",
    "kept": "keeping the text",
    "tables": "the tables",
    "stream": "the stream",
    "escalation": "the next page",
    "answer": "the answer",
    "callback": "word that the answer arrived",
}
WAY_IN = {
    "not_taken": "the carrier did not take it",
    "not_in_log": "the carrier's own log does not show it at your number",
    "not_at_door": "the carrier had it and it did not come here. Patients' texts come an hour late, crises too",
    "only_at_door": "it came here, and the carrier's own log does not show it: a text that is lost would not be found there",
    "nowhere": "it did not come here",
}
ENDED = {"drill_taken": "Taken", "drill_not_taken": "Nobody took it"}


@dataclass(frozen=True, slots=True)
class DrillRow:
    """One drill. Lengths of time in words, from the press of the button or from the text; "–" for what did not happen."""

    incident_id: str
    code: str
    program: str
    tier: str
    started: datetime
    by: str
    detected: str
    paged: str
    taken: str
    who: str
    step: int
    pages: int
    ended: str


def view_drill(incident: Incident, clinic: Clinic, place: Place) -> DrillRow:
    asked = next((step for step in incident.steps if step.what == "drill_started"), None)
    taker = next((step.who for step in incident.steps if step.what == "acknowledged"), "")
    return DrillRow(
        incident_id=incident.incident_id,
        code=incident.code,
        program=words.program_name(clinic, incident.program),
        tier=words.TIERS.get(incident.tier, ""),
        started=asked.at if asked else incident.detected_at,
        by=words.person(asked.who) if asked else "",
        detected=_short(incident.detected_at - asked.at) if asked else "–",
        paged=_took(incident, "page"),
        taken=_took(incident, "acknowledge"),
        who=words.person(taker) if taker else "",
        step=incident.step + 1,
        pages=sum(step.what == "paged" for step in incident.steps),
        ended=ENDED.get(incident.disposition, "Goes on") if when(incident, "dismissed") or taker else "Goes on",
    )


def _took(incident: Incident, what: str) -> str:
    length = figures.took(incident, what)
    return "–" if length is None else _short(length)


def _short(length: timedelta) -> str:
    """To the second while it is short: a drill is about seconds."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds} s" if seconds < 100 else span(length)


@dataclass(frozen=True, slots=True)
class Tested:
    """`last`: when one passed; `late`: none has for longer than they are apart."""

    last: datetime | None
    took: str
    late: bool
    wrong: tuple[str, ...]


def view_self_test(tested: SelfTest | None, now: datetime) -> Tested:
    return _tested(tested, now - EACH * 2, WRONG)


def view_way_in(tested: SelfTest | None, now: datetime) -> Tested:
    return _tested(tested, now - A_WEEK - ONE_DAY, WAY_IN)


def _tested(tested: SelfTest | None, since: datetime, says: Mapping[str, str]) -> Tested:
    """`since`: one must have passed after it. `says`: what went wrong, in words."""
    if tested is None:
        return Tested(None, "", False, ())
    late = tested.passed_at is not None and tested.passed_at < since
    took = "" if tested.wrong or not tested.milliseconds else f"{tested.milliseconds / 1000:.1f} s"
    return Tested(tested.passed_at, took, late, tuple(says.get(each, each) for each in tested.wrong))
