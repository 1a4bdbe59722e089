"""One urgent item as its own page shows it: the two next actions, the clock, the script, the line of what happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import texts
from ..core import tasks
from ..core.clinic import Clinic
from ..core.incident_clock import Clock, next_clock
from ..core.messages import Direction
from ..core.records import Task
from ..core.staff import Staff
from ..flows import call_through
from ..flows.mark_page import MARKS
from ..flows.read_incident import Workspace
from ..flows.read_thread import Opened
from ..flows.sign_off import closed_by, owes_signature
from . import words
from .appointments_view import barrier_label
from .thread_view import Panel, view_panel
from .times import Place, promise

CLOCKS = {
    "acknowledge": "Somebody must have it",
    "contact": "A person must talk to them",
    "close": "Write down how it ended",
}
MARK_SAYS = {"true": "True", "false": "False alarm", "unsure": "Unsure"}


@dataclass(frozen=True, slots=True)
class Said:
    """One text of the item. `side`: them or us."""

    side: str
    who: str
    body: str | None
    at: datetime
    clock: str
    media: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is left to do about it. `mine`: this person may end it."""

    task_id: str
    kind: str
    label: str
    done: str
    owner: str
    due: datetime
    when: str
    late: bool
    mine: bool
    name: str = ""
    at: str = ""  # where it is done; "" on the item's own page


@dataclass(frozen=True, slots=True)
class View:
    """`clock`: what is to happen next, and `clock_says` how long there is. `asked`: kinds of task that are on the list."""

    panel: Panel
    name: str
    first: str
    clock: Clock | None
    clock_says: str
    late: bool
    said: tuple[Said, ...]
    script: tuple[tuple[str, str], ...]
    attempts: dict[str, str]
    resources: tuple[texts.Resource, ...]
    marks: tuple[tuple[str, str], ...]
    todo: tuple[ToDo, ...]
    asked: frozenset[str]
    owes_signature: bool
    may_sign: bool
    may_transfer: bool
    call: str  # through the clinic: "ok", or why not (flows.call_through)
    reasons: dict[str, str]  # why one calls though it is not safe
    line: str  # answered by people of the program: E.164, or ""


def view_workspace(space: Workspace, who: Staff, clinic: Clinic, place: Place) -> View:
    incident, me = space.incident, who.staff_id
    name = name_of(space)
    first = name.split()[0] if space.profile else ""
    clock = next_clock(incident)
    late = clock is not None and clock.due is not None and clock.due <= place.now
    unsigned = owes_signature(incident)
    return View(
        panel=view_panel(incident, me, place),
        name=name,
        first=first,
        clock=clock,
        clock_says=_clock_says(clock, place),
        late=late,
        said=tuple(_said(each, name, me, place) for each in space.said),
        script=tuple(_script(first, words.person(me))),
        attempts=texts.attempts(),
        resources=texts.lines_to_turn_to(),
        marks=tuple((mark, MARK_SAYS[mark]) for mark in MARKS),
        todo=tuple(view_task(each, who, place) for each in space.tasks),
        asked=frozenset(each.kind for each in space.tasks),
        owes_signature=unsigned,
        may_sign=unsigned and who.may("sign_off") and closed_by(incident) != me,
        may_transfer=incident.state in ("acknowledged", "unable", "contacted"),
        call=call_through.offered(incident, space.patient, space.phone, clinic.voice),
        reasons=texts.reasons_to_call(),
        line=_line(clinic, incident.program),
    )


def name_of(space: Workspace) -> str:
    """Whose item it is, as far as it is known and could be opened."""
    return space.profile.name if space.profile else "Name not opened yet" if space.patient else "Unknown number"


def _line(clinic: Clinic, program: str) -> str:
    """Read from the clinic's file, so that it stands there when nothing else opens."""
    known = clinic.programs.get(program)
    return known.phone if known else clinic.phone


def _clock_says(clock: Clock | None, place: Place) -> str:
    if clock is None:
        return ""
    if clock.due is None:
        return f"{CLOCKS[clock.what]} · reached {place.ago(clock.since)} ago"
    return f"{CLOCKS[clock.what]}: {promise(clock.due, place.now)}"


def _said(each: Opened, name: str, me: str, place: Place) -> Said:
    row = each.row
    theirs = row.direction == Direction.IN
    writer = name if theirs else words.person(row.author, me)
    return Said("them" if theirs else "us", writer, each.body, row.at, place.stamp(row.at), row.media)


def _script(first: str, clinician: str) -> Iterator[tuple[str, str]]:
    for line in texts.call_script():
        yield line.say.format(name=first or "the person who wrote to us", clinician=clinician), line.why


RISKS = {"incident": "after an urgent item", "item9": "after an answer about self-harm", "discharge": "after a discharge"}


ASKED = {
    "hours": "more hours for texts", "more": "texts that say more", "calls": "calls again", "number": "a new number",
    "word": "a new word", "other": "something of how we reach them",
}  # fmt: skip


def _asked(about: str, kind: tasks.Kind) -> str:
    """What somebody asked for on their page. On a phone that is not safe nobody calls it back (SAFE-3)."""
    wish, _, mark = about.partition(".")
    if wish == tasks.NOT_SAFE:
        return f"Said on their page that calls are not safe on this phone. {tasks.WARNING}"
    wished = ASKED.get(wish, wish)
    return f"Asked on their page: {wished}. {tasks.WARNING}" if mark else f"{kind.label} ({wished})"


def _label(task: Task, kind: tasks.Kind) -> str:
    if task.kind == "plan_asked":
        return _asked(task.about, kind)
    if task.kind == "barrier":
        return f"{kind.label}: {barrier_label(task.about).lower()}"
    if task.about == tasks.NOT_SAFE:
        return f"Three wrong tries at their page. {tasks.WARNING}"
    risk = RISKS.get(task.about.partition(".")[0], "") if task.kind == tasks.CALL_FIRST else ""
    return f"{kind.label} ({risk})" if risk else kind.label


def view_task(task: Task, who: Staff, place: Place) -> ToDo:
    kind = tasks.KINDS.get(task.kind, tasks.Kind(task.kind, "", ""))
    late = task.due_at <= place.now
    return ToDo(
        task_id=task.task_id,
        kind=task.kind,
        label=_label(task, kind),
        done=kind.done,
        owner=words.person(task.owner, who.staff_id) if task.owner else "",
        due=task.due_at,
        when="now" if late else place.stamp(task.due_at),
        late=late,
        mine=tasks.may_end(task, who),
    )
