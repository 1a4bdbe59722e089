"""A records person releases a patient's record: on which ground, to whom, and the line of the account of disclosures
(45 CFR 164.524, 164.528; 42 CFR Part 2). What is handed out is read part by part (`released_part`), so that no answer is larger
or slower than a function may be, and each with the person's own key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ..core.consent_ledger import comes_to
from ..core.records import Message, Move, Patient, Put, Release
from ..core.releases import AUTHORITIES, Asked, cut, why_not, without_withheld
from ..core.roles import Action
from ..core.sealed_json import known
from ..core.staff import Staff
from ..errors import NotFound
from ..ports import SealContext, World
from . import trail
from .authority import demand
from .explain import LINES
from .read_thread import admit, one_request

PURPOSE = "release"
PAGE = 500  # rows of one read; they are not opened
PART = 200  # texts of one file: about 1 MB at most, and 200 openings eight at a time
MOVES = frozenset({"transfer", "merge", "undo_merge"})
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NotReleased:
    """`why`: a word of `core.releases.WHY_NOT`."""

    why: str


@dataclass(frozen=True, slots=True)
class To:
    """Who got it and why, opened."""

    recipient: str
    purpose: str = ""
    nature: str = ""


def admit_records(world: World, who: Staff, patient_id: str, action: str) -> Patient:
    """The patient, for a records person of their program. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.RECORDS)
    _, patient = admit(world, who, patient_id, action, PURPOSE)
    if patient is None or not who.may_see(patient.program):
        raise NotFound(patient_id)
    return patient


def release(world: World, who: Staff, patient_id: str, asked: Asked, form_id: str) -> Release | NotReleased:
    """`form_id`: minted with the form; becomes the release's id, so that sending it twice makes one. What is refused stands in
    the trail too. Raises `NotFound`, `StoreError`, `VaultError`."""
    patient = admit_records(world, who, patient_id, "release_record")
    same = world.store.get(Release, patient_id, form_id)
    if same is not None:
        return same
    asked, now, rows = without_withheld(asked), world.clock(), list(rows_of(world, patient_id))
    part2 = ever_part_2(world, patient, rows)
    why = "merged" if patient.moving or patient.merged_into else why_not(asked, part2, _consented(world, patient_id, now))
    if why:
        world.store.commit(trail.entry(world, who, patient_id, "release_record", PURPOSE, now, f"refused: {why}"))
        return NotReleased(why)
    made = _made(world, who, patient, asked, form_id, now, part2)
    wanted = [row for row in rows if made.fits(row.at)] if "texts" in asked.sections else []
    zone = world.clinic.zone
    before = max((row.message_id for row in rows if wanted and row.message_id < wanted[0].message_id), default="")
    made = replace(made, parts=cut([(row.message_id, _month(row, zone)) for row in wanted], PART, before))
    world.store.commit(Put(made), trail.entry(world, who, patient_id, "release_record", PURPOSE, now, asked.authority))
    return made


def releases_of(world: World, who: Staff, patient: Patient) -> list[tuple[Release, To]]:
    """The account of disclosures, the newest first; the caller has let them in and left the trace. Raises `OpenFailed`."""
    world = one_request(world)
    return [(each, to_of(world, who, each)) for each in world.store.keeping(Release, patient.patient_id)]


def rows_of(world: World, patient_id: str) -> Iterator[Message]:
    """Every text of a thread, oldest first, sealed as it is."""
    pages, before = [], ""
    while page := world.store.newest(patient_id, PAGE, before):
        pages.append(page)
        before = page[-1].message_id
    for page in reversed(pages):
        yield from reversed(page)


def ever_part_2(world: World, patient: Patient, rows: list[Message]) -> bool:
    """Whether any of it was made where substance use is treated, or where nobody can say: what Part 2 covers stays covered when
    the patient goes to another program."""
    programs = {patient.program} | {row.program for row in rows}
    moves = [world.store.get(Move, each) for each in {row.came_by for row in rows if row.came_by}]
    programs |= {move.from_program if move else "" for move in moves}
    entries = world.store.trail_of(patient.patient_id, EVER, world.clock(), LINES)
    moved = sum(entry.action in ("transfer", "merge") and entry.result == "done" for entry in entries)
    if moved > len(moves) or len(entries) == LINES:  # a text knows its last move alone; behind more lines, who knows
        programs.add("")
    ours = world.clinic.programs
    anywhere = any(each.substance_use for each in ours.values())
    return any(ours[each].substance_use if each in ours else anywhere for each in programs if each != "unmatched")


def no_longer(world: World, patient: Patient, made: Release) -> str:
    """Why nothing of a release is handed out any more, a word of WHY_NOT; "" while it still may be. What came in since from where
    substance use is treated was not weighed when it was made, and a consent can be taken back."""
    now = world.clock()
    if patient.moving or patient.merged_into:
        return "merged"
    if made.part2 and AUTHORITIES[made.authority].part2 == "consent" and not _consented(world, patient.patient_id, now):
        return "revoked_since"
    since = () if made.part2 else world.store.trail_of(patient.patient_id, made.at, now + timedelta(seconds=1), LINES)
    moved = len(since) == LINES or any(entry.action in MOVES and entry.result == "done" for entry in since)
    return "moved_since" if moved and ever_part_2(world, patient, list(rows_of(world, patient.patient_id))) else ""


def _consented(world: World, patient_id: str, now: datetime) -> bool:
    return comes_to(world.store.consents_of(patient_id), now).part2 is not None


def _made(
    world: World, who: Staff, patient: Patient, asked: Asked, release_id: str, now: datetime, part2: bool
) -> Release:
    said = {"recipient": asked.recipient, "purpose": asked.purpose, "nature": asked.nature}
    sealed = world.vault.seal(_context(patient.patient_id, patient.program), release_id, json.dumps(said))
    sections = tuple(dict.fromkeys((*asked.sections, *(("consents",) if part2 else ()))))  # P2-3: with the consent's scope
    return Release(
        patient.patient_id, release_id, now, who.staff_id, asked.authority, patient.program, sealed, part2, sections, asked.since,
        asked.until,
    )  # fmt: skip


def to_of(world: World, who: Staff, made: Release) -> To:
    """Sealed in the program where the patient was then: who is not of it reads that line without it. Raises `OpenFailed`."""
    if not who.may_see(made.program):
        return To("")
    context = _context(made.patient_id, made.program)
    return To(**known(To, world.vault.open(context, made.release_id, made.sealed_to, who.staff_id)))


def _context(patient_id: str, program: str) -> SealContext:
    return SealContext(patient_id, program, "note")


def _month(row: Message, zone: ZoneInfo) -> str:
    return f"{row.at.astimezone(zone):%Y-%m}"
