"""The check of words beside who writes to a patient: advice, and for what is grave one look before it leaves. Never a lock.

What says more than the patient allows is the lock (`text_level`). Nothing here delays a person who talks with somebody in danger.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.records import Patient, Thread
from ..core.staff import Staff
from ..core.word_lint import NAMES, PREVIEW, Finding, Reader, needs
from ..errors import VaultError
from ..ports import World
from ..texts.lint import findings, word_rules
from .read_thread import admit
from .roster import open_roster

SHOWN = 2  # the gravest, a line each: advice that nags is not read


def while_typing(world: World, who: Staff, thread_id: str, text: str) -> tuple[Finding, ...]:
    """What stands beside the field. No name is opened for it. Raises `NotFound`, `StoreError`."""
    thread, patient = admit(world, who, thread_id, "draft", "care")
    return findings(text, reader_of(world, thread, patient))[:SHOWN]


def unseen(
    world: World, who: Staff, thread: Thread, patient: Patient | None, text: str, seen: tuple[str, ...]
) -> tuple[Finding, ...]:
    """What is grave in a text that is about to leave, and was not shown with this form yet. Raises `StoreError`."""
    if thread.incident_id:
        return ()
    found = findings(text, _with_names(world, who, thread, patient, text))
    return tuple(each for each in found if each.grave and each.rule not in (*seen, "level"))[:SHOWN]


def reader_of(world: World, thread: Thread, patient: Patient | None) -> Reader:
    """Who gets it, as far as no name is needed."""
    language, level = (patient.language, patient.content_level) if patient else ("en", 0)
    return Reader(language, level, clinic=world.clinic.display_name, live=bool(thread.incident_id))


def _with_names(world: World, who: Staff, thread: Thread, patient: Patient | None, text: str) -> Reader:
    """Names are opened only where a text may hold one that matters: two capitals beside each other, or a service up front."""
    reader = reader_of(world, thread, patient)
    if not (NAMES.search(text) or needs(text[:PREVIEW], word_rules(), reader.clinic)[0]):
        return reader
    try:
        known = open_roster(world, who, thread.program, "write")
    except VaultError as failure:  # a name that does not open keeps nobody from writing
        world.journal.event("open_failed", thread_id=thread.thread_id, error=type(failure).__name__)
        return reader
    own = [known[thread.thread_id].name] if thread.thread_id in known else []
    return replace(reader, names=own, others=sorted({each.name for each in known.values()} - set(own)))
