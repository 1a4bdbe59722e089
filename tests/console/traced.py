"""The law of the trail, to be held against a request of the console (N6): `tests/console/test_traced.py`.

What changed a row or opened something of a patient has left an entry in the same request, by the person who asked, with
every field; and the entry was committed in one transaction with a change, so that neither exists alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.console.desk import furniture
from chalicelib.core.records import AuditEntry, Change, Patient, Put, Roster, StaffPhone, Thread, Update
from chalicelib.ports import World

from ..fakes.store import FakeStore
from ..fakes.vault import FakeVault

HEARD = "PORCHLIGHT_HEARD"  # a file of the posts that left their entry
FIELDS = ("subject_id", "entry_id", "at", "who", "role", "action", "purpose", "where", "result", "hour")
# Rows that say nothing of anybody but the person at the desk, and what is kept of them.
OWN = {
    "Session": "that somebody is at work; signing in and out have entries",
    "Tries": "that somebody tried to sign in, by hashes: gone within the hour; signing in has its entry",
    "Presence": "that a colleague has the same thread open: gone in a minute; opening the thread has its entry",
    "ForYou": "a list of what colleagues asked, taken off by looking",
    "KeptDraft": "words that were not sent, kept as they are typed: the first of a draft has its entry",
}
# Posts that change a row without an entry, and why.
WITHOUT: dict[str, str] = {
    "/console/practice": "a person's own first tasks, with words of the house",
    "/console/inbox/keep": "a person's own lists",
}


@dataclass
class Seen:
    """One request: what the store and the vault did while it ran."""

    world: World
    commits: list[tuple[Change, ...]] = field(default_factory=list)
    opened: int = 0


def watched(path: str, ask: Callable[[], Any]) -> Any:
    """The answer; raises AssertionError where the law is broken. Worlds of other stores are not looked at."""
    world = furniture().world()
    if not (isinstance(world.store, FakeStore) and isinstance(world.vault, FakeVault)):
        return ask()
    seen, store, kept = Seen(world, opened=len(world.vault.opened)), world.store, world.store.commit

    def commit(*changes: Change) -> None:
        kept(*changes)
        seen.commits.append(changes)

    store.commit = commit  # type: ignore[method-assign]
    try:
        answer = ask()
    finally:
        store.commit = kept  # type: ignore[method-assign]
    wrong = [*_unwritten(path, seen), *_unseen(seen), *_half(seen)]
    assert not wrong, f"{path}: {wrong}"
    _heard(path, seen)
    return answer


def _heard(path: str, seen: Seen) -> None:
    """For `test_every_post.py`: that this one changed something, or opened or listed something, and left its entry."""
    if (into := os.environ.get(HEARD)) and _entries(seen):
        changed = {type(c.record).__name__ if isinstance(c, Put) else c.record.__name__ for each in seen.commits for c in each}
        with open(into, "a", encoding="utf-8") as file:
            file.write(f"{'changed' if changed - set(OWN) - {'AuditEntry'} else 'looked'} {path}\n")


def _entries(seen: Seen) -> list[AuditEntry]:
    return [c.record for changes in seen.commits for c in changes if isinstance(c, Put) and isinstance(c.record, AuditEntry)]


def _unwritten(path: str, seen: Seen) -> Iterator[str]:
    """A transaction that changes something of the clinic's has its entry inside, or another of the same request has."""
    for changes in seen.commits:
        kinds = {type(c.record).__name__ if isinstance(c, Put) else c.record.__name__ for c in changes} - set(OWN)
        if kinds and not _entries(seen) and not any(path.startswith(each) for each in WITHOUT):
            yield f"changed {sorted(kinds)} and left no entry"


def _unseen(seen: Seen) -> Iterator[str]:
    """What a person opened of a patient stands under the patient, or the number, or the program's list of names."""
    assert isinstance(seen.world.vault, FakeVault)
    subjects = {entry.subject_id for entry in _entries(seen)}
    for row in [seen.world.store.get(kind, each) for each in subjects for kind in (Patient, Thread)]:
        subjects |= {row.contact_id} if isinstance(row, Patient | Thread) else set()
    subjects |= {f"roster#{c.key[0]}" for changes in seen.commits for c in changes if isinstance(c, Update) and c.record is Roster}
    for reader, context, _ in seen.world.vault.opened[seen.opened :]:
        about = f"roster#{context.program}" if context.kind == "roster" else context.patient
        if not reader.startswith("job:") and about not in subjects | _own(seen.world, reader):
            yield f"{reader} opened a {context.kind} of {about} and left no entry about them"


def _own(world: World, reader: str) -> set[str]:
    """Their own phones, which are no patient's."""
    held = world.store.get(StaffPhone, reader)
    return {method.contact_id for method in held.methods} if held else set()


def _half(seen: Seen) -> Iterator[str]:
    for entry in _entries(seen):
        missing = [name for name in FIELDS if not getattr(entry, name)]
        if missing:
            yield f"{entry.action} says nothing of {missing}"
