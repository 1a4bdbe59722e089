"""Openings as AWS saw them, beside what our own trail says: each is explained, or it is an alarm. Pure.

CloudTrail names who held the key by the end of their role's session: a person's id, since people open with credentials of their
own, or a function's name, for a job's kinds. The console's function opens nothing: if it ever does, that is an alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .audit import AuditEntry

NEAR = timedelta(minutes=1)  # between an entry and the openings of its request; a function runs for 29 s at most
CONSOLE = "console-door"
# Functions that open without a person, what kinds (infra: .chalice/policy-*.json), and what for.
JOBS: dict[str, tuple[frozenset[str], str]] = {
    "deliver-queued": (frozenset({"outgoing_text", "number", "address"}), "sends a text, an e-mail or a call"),
    "deliver-later": (frozenset({"outgoing_text", "number", "address"}), "sends a text, an e-mail or a call"),
    "tick": (
        frozenset({"inbound_text", "outgoing_text", "number", "note", "appointment", "page", "address"}),
        "does what is due: reminders, moves between programs",
    ),
    "second-look": (frozenset({"recent_text"}), "reads a new text once more for danger"),
    "replay-parked": (frozenset({"parked"}), "keeps a text that the store could not take"),
    "voice-door": (frozenset({"bridge", "spoken"}), "puts a call through the clinic"),
    "pages-door": (frozenset({"page"}), "shows a patient what they posted themselves"),
    "schedule-door": (frozenset({"appointment", "visit_id"}), "takes what the clinic's own schedule says of a visit"),
    "visits-dropped": (frozenset({"appointment"}), "takes visits out of a file that was dropped"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opening:
    """One use of the content key. `session`: the end of the caller's role session. `error`: CloudTrail's errorCode, or ""."""

    at: datetime
    event_id: str
    session: str
    patient: str
    program: str
    kind: str
    error: str = ""
    source: str = ""

    @property
    def function(self) -> str:
        """"deliver-queued" where a function's role opened; "" for a person's own credentials."""
        return next((name for name in (*JOBS, CONSOLE) if self.session.endswith(f"-{name}")), "")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, openings, or both. `what`: agreed, job, unknown (the alarm), denied, alone (an entry that opened nothing)."""

    at: datetime
    what: str
    entry: AuditEntry | None = None
    openings: tuple[Opening, ...] = ()


def beside(entries: Iterable[AuditEntry], openings: Iterable[Opening]) -> list[Line]:
    """Everything, oldest first; each opening and each entry once."""
    people = sorted((each for each in entries), key=lambda entry: entry.at)
    taken: dict[str, list[Opening]] = {each.entry_id: [] for each in people}
    rest: dict[tuple[str, str, str], list[Opening]] = {}
    for opening in sorted(openings, key=lambda each: each.at):
        entry = _explains(people, opening)
        if entry is not None:
            taken[entry.entry_id].append(opening)
        else:
            group = (_what(opening), opening.session, opening.at.isoformat(timespec="minutes"))
            rest.setdefault(group, []).append(opening)
    lines = [Line(e.at, "agreed" if taken[e.entry_id] else "alone", e, tuple(taken[e.entry_id])) for e in people]
    lines += [Line(found[0].at, what, None, tuple(found)) for (what, *_), found in rest.items()]
    return sorted(lines, key=lambda line: line.at)


def _what(opening: Opening) -> str:
    if opening.error:
        return "denied"
    kinds, _ = JOBS.get(opening.function, (frozenset(), ""))
    return "job" if opening.kind in kinds else "unknown"


def _explains(entries: Sequence[AuditEntry], opening: Opening) -> AuditEntry | None:
    """The nearest entry by the person who opened it, for what was opened; None for a job, a refusal and the unexplained."""
    if opening.error:
        return None
    near = [each for each in entries if abs(each.at - opening.at) <= NEAR and not each.refused and _same(each, opening)]
    return min(near, key=lambda each: abs(each.at - opening.at), default=None)


def _same(entry: AuditEntry, opening: Opening) -> bool:
    return entry.who == opening.session and not opening.function
