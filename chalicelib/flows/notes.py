"""What colleagues tell each other in a thread: sealed like a text, never sent, and who is named in it is asked to look."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ..core.messages import Direction, Kind, Status
from ..core.records import Change, ForYou, Mention, Message, Put, Thread, Update
from ..core.staff import Staff
from ..errors import PorchlightError, Rejected
from ..ports import SealContext, World
from . import trail
from .directory import Account
from .read_thread import admit
from .tell import stands_in
from .write_reply import LONGEST, form_is_ours

_NAMED = re.compile(r"(?<![\w.])@([A-Za-z][\w.-]*\w)")
MOST = 10  # people named in one note


@dataclass(frozen=True, slots=True)
class Noted:
    """Kept. `named`: who is asked to look; `unknown`: names that nobody of this program has."""

    message_id: str
    named: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadNote:
    """`why`: empty, too_long or stale_form."""

    why: str


def write_note(world: World, who: Staff, thread_id: str, text: str, form_id: str, people: Iterable[Account]) -> Noted | BadNote:
    """Once per form. `people`: of whom those who can open this thread may be named; who covers for one is called too.

    Raises `NotFound`, `StoreError`, `SealFailed`.
    """
    now = world.clock()
    if not text.strip() or len(text) > LONGEST:
        return BadNote("too_long" if text.strip() else "empty")
    if not form_is_ours(world, form_id, now):
        return BadNote("stale_form")
    thread, _ = admit(world, who, thread_id, "note", "care")
    team = [each.staff_id for each in people if each.enabled and thread.program in each.programs]
    named, unknown = names_in(text, team)
    covers = [cover for cover in (stands_in(world, each) for each in named) if cover in team]
    note = Put(note_row(world, who, thread, text, form_id))
    changes: list[Change] = [note, noted_in(thread, world), *_ask(world, who, thread, tuple(dict.fromkeys((*named, *covers))))]
    try:
        world.store.commit(*changes, trail.entry(world, who, thread_id, "note", "care", now))
    except Rejected:
        if world.store.get(Message, thread_id, form_id) is None:
            raise
    return Noted(form_id, named, unknown)


def names_in(text: str, team: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is named, and which names nobody has. "@erin" finds erin, and erin.lopez while there is one Erin only."""
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for name in dict.fromkeys(each.lower() for each in _NAMED.findall(text)):
        exact = [each for each in team if each.lower() == name]
        first = [each for each in team if re.split(r"[._-]", each.lower())[0] == name]
        one = exact or (first if len(first) == 1 else [])
        (found if one else unknown)[one[0] if one else name] = None
    return tuple(found)[:MOST], tuple(unknown)


def asked_to_look(asked: ForYou | None) -> frozenset[str]:
    """The threads somebody was called to."""
    return frozenset(each.thread_id for each in asked.items) if asked else frozenset()


def have_looked(world: World, who: Staff, thread_id: str, asked: ForYou | None) -> None:
    """It was opened: it is off one's list. Losing a race leaves it there until the next look."""
    if asked is None or thread_id not in asked_to_look(asked):
        return
    rest = tuple(each for each in asked.items if each.thread_id != thread_id)
    change = Update(ForYou, (who.staff_id,), set={"items": rest}, add={"version": 1}, expect={"version": asked.version})
    try:
        world.store.commit(change)
    except PorchlightError as failure:
        world.journal.event("mention_not_cleared", thread_id=thread_id, error=type(failure).__name__)


def pass_on(world: World, was: str, to: str, threads: Collection[str]) -> None:
    """What somebody was called to in these threads, another is called to instead. Raises `Rejected` when a colleague called
    one of them at this moment."""
    asked = world.store.get(ForYou, was)
    going = tuple(each for each in (asked.items if asked else ()) if each.thread_id in threads)
    if asked is None or not going:
        return
    rest = tuple(each for each in asked.items if each not in going)
    world.store.commit(
        Update(ForYou, (was,), set={"items": rest}, add={"version": 1}, expect={"version": asked.version}),
        Update(ForYou, (to,), append={"items": going}, add={"version": 1}, create=True),
    )


def note_row(world: World, who: Staff, thread: Thread, text: str, form_id: str, incident_id: str = "") -> Message:
    """The sealed row. Raises `SealFailed`."""
    now = world.clock()
    context = SealContext(thread.patient_id or thread.contact_id, thread.program, "note")
    return Message(
        thread_id=thread.thread_id,
        message_id=form_id,
        direction=Direction.NOTE,
        kind=Kind.NOTE,
        status=Status.RECEIVED,
        at=now,
        program=thread.program,
        contact_id=thread.contact_id,
        sealed_body=world.vault.seal(context, f"{thread.thread_id}.{form_id}", text),
        patient_id=thread.patient_id,
        incident_id=incident_id,
        author=who.staff_id,
        status_at=now,
    )


def noted_in(thread: Thread, world: World) -> Update:
    """The thread says that something was noted."""
    fields: dict[str, object] = {"program": thread.program, "contact_id": thread.contact_id, "noted_at": world.clock()}
    if thread.patient_id:
        fields["patient_id"] = thread.patient_id
    return Update(Thread, (thread.thread_id,), set=fields, create=True)


def _ask(world: World, who: Staff, thread: Thread, named: tuple[str, ...]) -> list[Update]:
    mention = Mention(thread.thread_id, thread.program, thread.patient_id, who.staff_id, world.clock())
    return [
        Update(ForYou, (each,), append={"items": (mention,)}, add={"version": 1}, create=True)
        for each in named
        if each != who.staff_id
    ]
