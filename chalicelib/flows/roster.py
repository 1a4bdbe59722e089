"""One program's people as one sealed list: the index that lists and searching read. Opened whole, kept for one request.

What it costs and how far it goes: docs/decisions/finding.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..core.quick import Later, carried
from ..core.records import ABSENT, UNMATCHED, Roster, Update
from ..core.sealed_json import after, of_map, told
from ..core.staff import Staff
from ..errors import RosterFull
from ..ports import SealContext, World
from . import trail

MOST_BYTES = 380_000  # DynamoDB takes a row of 400 KB
Entries = dict[str, "Entry"]  # by patient id


@dataclass(frozen=True, slots=True)
class Entry:
    """What lists show of a person."""

    name: str
    tags: tuple[str, ...] = ()
    later: Later = carried()


def open_roster(world: World, who: Staff, program: str, purpose: str) -> Entries:
    """A program's people, with the audit entry of this look. Raises `StoreError`, `OpenFailed`."""
    world.store.commit(trail.entry(world, who, f"roster#{program}", "read_names", purpose, world.clock()))
    return {} if program == UNMATCHED else entries_in(world, who, world.store.get(Roster, program))


def entries_in(world: World, who: Staff, roster: Roster | None) -> Entries:
    """What a roster row holds; the caller has written the audit entry."""
    if roster is None:
        return {}
    context = _context(roster.program)
    sealed = [roster.sealed_names, *roster.sealed_arrivals] if roster.sealed_names else roster.sealed_arrivals
    lists = [json.loads(world.vault.open(context, roster.program, each, who.staff_id)) for each in sealed]
    said = {each: kept for names in lists for each, kept in names.items()}
    return {each: _entry(kept) for each, kept in said.items()}


def _entry(kept: Any) -> Entry:
    """A person as the list has them: the name alone, or with tags, or a map where a newer version wrote more."""
    if isinstance(kept, str):
        return Entry(kept)
    if isinstance(kept, list):
        return Entry(kept[0], tuple(kept[1:]))
    said, later = of_map(Entry, kept)
    return Entry(said["name"], tuple(said.get("tags", ())), **later)


def _kept(entry: Entry) -> Any:
    """As short as it can be: a list of five thousand is one row."""
    if entry.later:
        return {**dict(entry.later), **told(entry)}
    return [entry.name, *entry.tags] if entry.tags else entry.name


def names_in(world: World, who: Staff, roster: Roster | None) -> dict[str, str]:
    """The names alone."""
    return {each: entry.name for each, entry in entries_in(world, who, roster).items()}


def roster_with(world: World, who: Staff, roster: Roster | None, program: str, patient_id: str, entry: Entry | None) -> Update:
    """The program's list with this person in it; without them when `entry` is None. Raises `RosterFull`, `SealFailed`."""
    return sealed_roster(world, roster, program, entries_in(world, who, roster), patient_id, entry)


def sealed_roster(
    world: World, roster: Roster | None, program: str, known: Entries, patient_id: str, entry: Entry | None
) -> Update:
    """As `roster_with`, for who has opened the list already."""
    kept = {each: said for each, said in known.items() if each != patient_id}
    if entry is not None:
        kept[patient_id] = after(known[patient_id], entry) if patient_id in known else entry
    sealed = _sealed(world, program, kept)
    if entry is not None and len(sealed) > MOST_BYTES:
        raise RosterFull(program)
    version = roster.version if roster else 0
    fields: dict[str, object] = {"sealed_names": sealed, "version": version + 1}
    fields |= {"sealed_arrivals": None} if roster and roster.sealed_arrivals else {}
    return Update(Roster, (program,), set=fields, expect={"version": version or ABSENT}, create=version == 0)


def arrived(world: World, roster: Roster | None, program: str, patient_id: str, entry: Entry) -> Update:
    """Somebody more on a list that stays closed to whoever brings them: sealed beside it. Raises `RosterFull`, `SealFailed`."""
    sealed = _sealed(world, program, {patient_id: entry})
    there = (*roster.sealed_arrivals, sealed) if roster else (sealed,)
    if len(roster.sealed_names if roster else b"") + sum(map(len, there)) > MOST_BYTES:
        raise RosterFull(program)
    version = roster.version if roster else 0
    fields = {"sealed_arrivals": there, "version": version + 1} | ({} if roster else {"sealed_names": b""})
    return Update(Roster, (program,), set=fields, expect={"version": version or ABSENT}, create=version == 0)


def _context(program: str) -> SealContext:
    return SealContext("roster", program, "roster")


def _sealed(world: World, program: str, entries: Entries) -> bytes:
    inside = {each: _kept(said) for each, said in entries.items()}
    return world.vault.seal(_context(program), program, json.dumps(inside, ensure_ascii=False, separators=(",", ":")))
