"""An incident's road from detection to disposition, and when a text pages somebody again.

Nothing resolves by itself and acknowledging never mutes a patient (PG-3, ESC-2).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .clinic import EVERYONE
from .people import IncidentRef
from .quick import dataclass
from .triage import FirstLook

if TYPE_CHECKING:
    from .incident_rows import Incident, Step


class IllegalMove(ValueError):
    """An incident cannot go there from here."""


# state: {what happens: the state after it}
MOVES: dict[str, dict[str, str]] = {
    "detected": {"paged": "paged", "page_failed": "detected", "acknowledged": "acknowledged", "text": "detected"},
    "paged": {"paged": "paged", "page_failed": "paged", "acknowledged": "acknowledged", "text": "paged"},
    "acknowledged": {
        "paged": "acknowledged",
        "page_failed": "acknowledged",
        "text": "acknowledged",
        "acknowledged": "acknowledged",  # a colleague takes over
        "transferred": "paged",  # handed on: whoever gets it must take it, or the steps begin anew
        "lapsed": "paged",  # nobody logged contact in time: the steps begin anew (PG-3)
        "contacted": "contacted",
        "unable": "unable",
        "dismissed": "resolved",  # a false alarm, read by a person: a disposition marked `without_contact`
    },
    "unable": {
        "paged": "unable",
        "page_failed": "unable",
        "text": "unable",
        "acknowledged": "unable",
        "transferred": "paged",
        "contacted": "contacted",
        "unable": "unable",
        "resolved": "resolved",
    },
    "contacted": {
        "paged": "contacted",
        "page_failed": "contacted",
        "text": "contacted",
        "acknowledged": "contacted",
        "transferred": "contacted",
        "contacted": "contacted",
        "unable": "unable",
        "resolved": "resolved",
    },
    "resolved": {},
}
OPEN = tuple(state for state in MOVES if state != "resolved")
UNACKNOWLEDGED = ("detected", "paged")

AGAIN = timedelta(minutes=2)  # a further text pages the holder at most so often …
BURST, BURST_WINDOW = 6, timedelta(minutes=10)  # … unless it is worse or new, and even then so often at most
ANSWER_AGAIN = timedelta(minutes=15)  # CR-1
KEEP_LAST = 10
CALLED = ("paged", "texted", "rung")  # by the pager, or directly on their phone
HISTORY = 1000  # texts of one incident that its history names: a row has a size, and a flood must not fill it …
LINES, OF_PHONES = 1200, 600  # … nor nights of calling that nobody takes: past so many lines a call is not listed again
LEFT_OUT = "left_out"  # the line that says so
CALLS = 200  # of the newest placed, which may ring still: one step of an escalation places two for each person at most
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: read aloud at 3 a.m.


def called(incident: Incident, staff_id: str, on_rota: bool) -> bool:
    """Whether this person was paged for it: by name, or as one of everyone on the rota. The wall between programs must
    never stand between an on-call clinician and a crisis."""
    names = {staff_id, EVERYONE} if on_rota else {staff_id}
    return incident.holder in names or any(step.what in CALLED and step.detail in names for step in incident.steps)


def move(state: str, what: str) -> str:
    """The state after `what`. Raises IllegalMove."""
    try:
        return MOVES[state][what]
    except KeyError:
        raise IllegalMove(f"{what} from {state}") from None


def after(incident: Incident, what: str) -> str:
    """As `move`; taking a drill ends it. Raises IllegalMove."""
    state = move(incident.state, what)
    return "resolved" if incident.exercise and what == "acknowledged" else state


def log_of(program: str, month: str) -> str:
    """Where an incident is counted for ever. `month`: "2026-11"."""
    return f"{program}#{month}"


def month_of(at: datetime) -> str:
    """In UTC, so that a row's month never depends on a zone."""
    return at.astimezone(UTC).strftime("%Y-%m")


def next_step_at(incident: Incident, wait: timedelta) -> datetime:
    """When the next step is to be paged, `wait` after this one. A tier that rises can bring it forward and never puts it off."""
    in_turn = began(incident) + wait
    return min(incident.escalate_at, in_turn) if incident.escalate_at else in_turn


def began(incident: Incident) -> datetime:
    """When this step was first called."""
    return incident.step_at or (incident.steps[0].at if incident.steps else incident.detected_at)


def untaken(incident: Incident) -> bool:
    """Whether the pager has not taken this step's page yet."""
    return incident.page_owed or incident.state == "detected"


def code_for(carrier_id: str) -> str:
    """Four characters that name an item on a page. The same text has the same code, however often it comes."""
    digest = hashlib.sha256(carrier_id.encode()).digest()
    return "".join(ALPHABET[byte % 32] for byte in digest[:4])


def owes_a_page(ref: IncidentRef | None, look: FirstLook, carrier_id: str, now: datetime) -> bool:
    """Whether this crisis text pages somebody. A first one always does."""
    if ref is None or not ref.paged_at:
        return True
    if carrier_id in ref.paged_for:
        return False
    worse = look.tier == 0 or look.tier < ref.tier or bool(set(look.categories) - set(ref.categories))
    lately = [at for at in ref.paged_at if now - at < BURST_WINDOW]
    if worse and len(lately) < BURST:
        return True
    return now - ref.paged_at[-1] >= AGAIN


def owes_an_answer(ref: IncidentRef | None, look: FirstLook, carrier_id: str, now: datetime) -> bool:
    """Once per incident per 15 minutes unless the tier rises; the same text again is answered again (N4)."""
    if ref is None or ref.answered_at is None:
        return True
    if look.tier < ref.tier or (ref.paged_for and ref.paged_for[-1] == carrier_id):
        return True
    return now - ref.answered_at >= ANSWER_AGAIN


def owes_a_word(ref: IncidentRef, carrier_id: str, now: datetime) -> bool:
    """Whether this TEXT instead of a call pages the holder: the first at once, the same one once, others after two minutes."""
    return ref.texts_for != carrier_id and (ref.texts_at is None or now - ref.texts_at >= AGAIN)


def has_room(ref: IncidentRef) -> bool:
    """Whether the incident's history still takes a line for each text. Past that, the thread alone shows them."""
    return ref.joined <= HISTORY


def called_since(incident: Incident) -> list[str]:
    """Who was called for it since somebody last took it, each once, in order."""
    found: dict[str, None] = {}
    for step in incident.steps:
        if step.what == "acknowledged":
            found = {}
        elif step.what in CALLED:
            found[step.detail] = None
    return list(found)


def listed(incident: Incident, *steps: Step) -> tuple[Step, ...]:
    """Of the lines that clocks and phones write again and again, those that its history still takes: a row that is full could
    be taken by nobody. Who is called for the first time since somebody took it always stands there (`called`)."""
    many = len(incident.steps)
    if many + len(steps) <= OF_PHONES:
        return steps
    known = set(called_since(incident))
    kept = tuple(step for step in steps if _still_listed(step, many, known))
    if len(kept) == len(steps) or any(step.what == LEFT_OUT for step in incident.steps):
        return kept
    return (*kept, replace(steps[-1], who="clock", what=LEFT_OUT, detail=""))


def _still_listed(step: Step, many: int, known: set[str]) -> bool:
    first = step.what in CALLED and step.detail not in known
    return first or many < (OF_PHONES if step.who == "carrier" else LINES)


@dataclass(frozen=True, slots=True)
class Paged:
    """What became of a page. `at` is None when the pager did not take it or none was owed."""

    to: str
    code: str
    at: datetime | None
    owed: bool
    beside: tuple[str, ...] = ()  # who else was called with them: a turn has just changed
    directly: tuple[str, ...] = ()  # whom the second path calls as well, whatever the pager said


def after_text(ref: IncidentRef, look: FirstLook, carrier_id: str, paged: Paged) -> IncidentRef:
    """The reference after one more crisis text."""
    changed = replace(
        ref,
        tier=min(ref.tier, look.tier),
        categories=tuple(sorted(set(ref.categories) | set(look.categories))),
        joined=ref.joined + 1,
    )
    if paged.at is None:
        return changed
    return replace(
        changed,
        paged_at=(*ref.paged_at, paged.at)[-KEEP_LAST:],
        paged_for=(*ref.paged_for, carrier_id)[-KEEP_LAST:],
    )
