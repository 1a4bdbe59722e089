"""What waits for one program: incidents, then who has waited longest, then the rest. Names from one sealed roster."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from ..core.inbox_lists import is_late
from ..core.incident_clock import by_need
from ..core.records import UNMATCHED, ForYou, Incident, Task, Tasks, Thread
from ..core.staff import Staff
from ..core.tasks import open_ones
from ..errors import KeyUnavailable, NotFound
from ..ports import World
from . import trail
from .read_thread import paged_to
from .roster import Entries, open_roster

RECENT = 30  # threads that owe nothing, below the others


@dataclass(frozen=True, slots=True)
class Inbox:
    """One program's list. `people`: names and tags by patient id; an unmatched number has none. No message content."""

    program: str
    incidents: tuple[Incident, ...]
    waiting: tuple[Thread, ...]
    recent: tuple[Thread, ...] = ()
    closed: tuple[Thread, ...] = ()  # of the newest hundred threads
    mentions: frozenset[str] = frozenset()  # threads where a colleague named this person
    called: tuple[Thread, ...] = ()  # of these, what stands in no list above (one's own page alone)
    people: Entries = field(default_factory=dict)
    elsewhere: tuple[Incident, ...] = ()  # of other programs, paged to this person
    tasks: tuple[Task, ...] = ()  # what is left to do after a crisis, as far as it is this person's to see
    silent: bool = False  # the service of keys did not answer: nobody is named
    mark: str = ""  # changes when the incidents or the waiting threads do

    def name(self, patient_id: str) -> str:
        known = self.people.get(patient_id)
        return known.name if known else ""

    def tags(self, patient_id: str) -> tuple[str, ...]:
        known = self.people.get(patient_id)
        return known.tags if known else ()


def read_inbox(world: World, who: Staff, program: str, seen: str = "") -> Inbox | None:
    """The inbox, or None when nothing changed since the mark `seen`: then no roster is opened.

    Two queries, plus the roster, the recent threads and an audit entry when it is to be shown, in parallel.
    Raises `NotFound` for a program that is not theirs, `StoreError`, `OpenFailed`. Without keys nobody is named.
    """
    if not who.may_see(program):
        trail.refuse(world, who, f"program#{program}", "list", "inbox")
        raise NotFound(program)
    now = world.clock()
    with ThreadPoolExecutor(4) as pool:
        incidents = pool.submit(world.store.open_incidents, program)
        away = pool.submit(paged_elsewhere, world, who)
        waiting = pool.submit(world.store.waiting, program)
        mentions, tasks = pool.submit(_asked_of, world, who, program).result()
        mark = mark_of([*incidents.result(), *away.result()], waiting.result(), now, mentions, tasks)
        if seen and seen == mark:
            return None
        recent = pool.submit(world.store.recent, program)
        people = pool.submit(names_or_none, world, who, program, "inbox")
        owing = {thread.thread_id for thread in waiting.result()}
        quiet = _with_called(world, [each for each in recent.result() if each.thread_id not in owing], mentions, owing)
        return Inbox(
            program=program,
            incidents=tuple(by_need(incidents.result(), now)),
            waiting=late_first(waiting.result(), now),
            recent=tuple(thread for thread in quiet if thread.closed_at is None)[:RECENT],
            closed=tuple(thread for thread in quiet if thread.closed_at is not None),
            people=people.result() or {},
            silent=people.result() is None,
            elsewhere=tuple(by_need(away.result(), now)),
            mark=mark,
            mentions=mentions,
            tasks=tasks,
        )


def _with_called(world: World, quiet: list[Thread], mentions: frozenset[str], owing: set[str]) -> list[Thread]:
    """What owes nothing, and first of all what somebody was called to and no list shows."""
    listed = {thread.thread_id for thread in quiet[:RECENT]}
    return not_listed(world, mentions - owing - listed) + [t for t in quiet if t.thread_id not in mentions - listed]


def _asked_of(world: World, who: Staff, program: str) -> tuple[frozenset[str], tuple[Task, ...]]:
    """The threads of this program to which a colleague called this person, and what is left to do after a crisis: one read."""
    asked, tasks = world.store.get_many([(ForYou, (who.staff_id,)), (Tasks, (program,))])
    assert asked is None or isinstance(asked, ForYou)
    assert tasks is None or isinstance(tasks, Tasks)
    called = frozenset(each.thread_id for each in asked.items if each.program == program) if asked else frozenset()
    return called, open_ones(tasks, who)


def not_listed(world: World, wanted: frozenset[str]) -> list[Thread]:
    """Threads that somebody was called to and that are in no list any more."""
    found = world.store.get_many([(Thread, (each,)) for each in sorted(wanted)[:50]]) if wanted else []
    return [each for each in found if isinstance(each, Thread)]


def paged_elsewhere(world: World, who: Staff) -> list[Incident]:
    """Somebody on the rota sees what paged them, whatever the program: one query each, for people on the rota only."""
    if not world.clinic.on_rota(who.staff_id):
        return []
    others = [program for program in (*world.clinic.programs, UNMATCHED) if not who.may_see(program)]
    found = [incident for program in others for incident in world.store.open_incidents(program)]
    return [incident for incident in found if paged_to(world, incident, who)]


def names_or_none(world: World, who: Staff, program: str, purpose: str) -> Entries | None:
    """None where the service of keys is silent: who waits, and how long, needs none (N2). Raises `StoreError`, `OpenFailed`."""
    try:
        return open_roster(world, who, program, purpose)
    except KeyUnavailable:
        world.journal.event("names_not_opened", row=f"roster#{program}")
        return None


def late_first(waiting: list[Thread], now: datetime) -> tuple[Thread, ...]:
    """What was promised for earlier comes first among the late; the others stay by how long they wait."""
    late = sorted((t for t in waiting if is_late(t, now)), key=lambda t: _instant(t.reply_by))
    return (*late, *(t for t in waiting if not is_late(t, now)))


def mark_of(
    incidents: list[Incident], waiting: list[Thread], now: datetime, mentions: frozenset[str], tasks: tuple[Task, ...] = ()
) -> str:
    """A promise that runs out changes it too, so that the row moves up on a page that is open."""
    parts = [*sorted(mentions), *(f"{i.incident_id}:{i.version}:{i.state}:{i.tier}" for i in incidents)]
    parts += [f"{task.task_id}:{task.owner}:{task.due_at <= now}" for task in tasks]
    for t in waiting:
        parts.append(f"{t.thread_id}:{_instant(t.waiting_since)}:{_instant(t.last_at)}:{t.note}:{t.owner}:{is_late(t, now)}")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def _instant(at: datetime | None) -> str:
    return at.isoformat() if at else ""
