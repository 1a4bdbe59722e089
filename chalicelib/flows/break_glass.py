"""Somebody opens one record of another program for a while, with a reason (docs/decisions/break-glass.md).

Written with the change: who, whose, why, until when. Then colleagues are told, and a function that may lend makes the grant. What
is refused is refused alike, whoever is behind an id or a number: nobody learns here that somebody is a patient (RULES P2-4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from ..core.break_glass import GROUNDS, LONGEST_WORDS, allows
from ..core.own_keys import GLASS, OPEN, Lending, LentKey
from ..core.phones import Errand
from ..core.records import Change, Contact, Due, Patient, Update
from ..core.roles import Action
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import SealContext, World
from . import errand_rows, lend_keys, tell_glass, trail
from .admission import lent
from .authority import demand
from .outbox import SHARD, keep_due

PURPOSE = "break_glass"
UNKNOWN = "record#unknown"  # the subject of a look for somebody who is not there
ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")  # what else somebody typed becomes no key of a row: AWS's log would show it (N5)


class NotOpened(ValueError):
    """Why not, as a word for the page: ground, words, cannot_ask, nobody, several."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says. `find`: a record's id; `number`: or a phone number, as E.164. `cannot_ask`: neither the patient nor
    their program can be asked in time (42 CFR 2.51(a))."""

    find: str
    number: str
    ground: str
    words: str
    cannot_ask: bool


def break_glass(world: World, who: Staff, asked: Asked, officers: tuple[str, ...] = ()) -> str:
    """The record that is open now, by id. `officers`: who reviews, to be told at once.

    Raises `NotOpened`, `NotFound` for a role that may not, `Conflict`, `StoreError`, `VaultError`.
    """
    demand(world, who, Action.BREAK_GLASS)
    _check(asked)
    patient = _meant(world, who, asked)
    if who.may_see(patient.program) or lent(world, who, patient.patient_id):
        return patient.patient_id
    lending = _lending(world, who, patient, asked, officers)
    due = Due(SHARD, lending.at, f"glass#{lending.lending_id}", tell_glass.KIND, lending.lending_id)
    try:
        world.store.commit(*_opened(world, who, lending), keep_due(due))
    except Rejected:  # another window of theirs, or a page at this moment
        raise Conflict(patient.patient_id) from None
    tell_glass.now(world, due)
    return patient.patient_id


def _check(asked: Asked) -> None:
    if asked.ground not in GROUNDS:
        raise NotOpened("ground")
    if not asked.words or len(asked.words) > LONGEST_WORDS:
        raise NotOpened("words")
    if not asked.cannot_ask:
        raise NotOpened("cannot_ask")


def _meant(world: World, who: Staff, asked: Asked) -> Patient:
    """Whose record. Nobody by that id, nobody behind that number and a ground that does not open it read alike; and whom it does
    not open is not counted: that several have a number would say that somebody is a patient there."""
    ids = _behind(world, who, asked.number) if asked.number else [asked.find] * bool(ID.fullmatch(asked.find))
    sought = [patient for each in ids if (patient := _whole(world, each))]
    found = [patient for patient in sought if _opens(world, asked.ground, patient.program)]
    if len(found) == 1:
        return found[0]
    for subject in dict.fromkeys(patient.patient_id for patient in sought) or (UNKNOWN,):
        trail.refuse(world, who, subject, PURPOSE, PURPOSE)
    raise NotOpened("several" if found else "nobody")


def _opens(world: World, ground: str, of_program: str) -> bool:
    program = world.clinic.programs.get(of_program)
    return program is not None and allows(ground, program.substance_use)


def _behind(world: World, who: Staff, number: str) -> list[str]:
    contact = world.store.get(Contact, world.hasher.contact_id(number))
    return [ref.patient_id for ref in contact.patients if not who.may_see(ref.program)] if contact else []


def _whole(world: World, patient_id: str) -> Patient | None:
    """The record, or the one that holds everything of it since they were joined."""
    patient = world.store.get(Patient, patient_id)
    return world.store.get(Patient, patient.merged_into) if patient is not None and patient.merged_into else patient


def _lending(world: World, who: Staff, patient: Patient, asked: Asked, officers: tuple[str, ...]) -> Lending:
    now, ground = world.clock(), GROUNDS[asked.ground]
    part_2 = world.clinic.programs[patient.program].substance_use
    lending_id = world.ids(now)
    words = world.vault.seal(SealContext(patient.patient_id, patient.program, "note"), lending_id, asked.words)
    return Lending(
        OPEN, lending_id, who.staff_id, patient.patient_id, patient.patient_id, patient.program, GLASS, now,
        now + timedelta(minutes=world.clinic.glass_minutes), about=lending_id, ground=asked.ground, sealed_words=words,
        nature=ground.says if part_2 else "", by=lend_keys.discloser(world, patient.program) if part_2 else "",
        told=tell_glass.people(world, patient.program, who, officers),
    )


def _opened(world: World, who: Staff, lending: Lending) -> list[Change]:
    known = world.store.get(LentKey, who.staff_id, lending.subject)
    errand = Errand(lending.lending_id, "lend", who.staff_id, lending.at, subject=lending.subject)
    return [
        *lend_keys.rows(lending, known, "", lending.at + lend_keys.SOON),
        *errand_rows.rows(errand),
        trail.entry(world, who, lending.subject, PURPOSE, PURPOSE, lending.at, lending.ground),
    ]


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody sees of a record that they opened. `ready`: AWS knows the grant too."""

    key: LentKey
    ready: bool


def standing(world: World, who: Staff, subject: str) -> Standing:
    """Raises `NotFound` when nothing of this record is open to them by breaking the glass."""
    row = world.store.get(LentKey, who.staff_id, subject)
    if row is None or row.why != GLASS or not row.open_at(world.clock()):
        raise NotFound(subject)
    return Standing(row, bool(row.token))


def end(world: World, who: Staff, subject: str) -> None:
    """They are done sooner: our own code closes it now, the tick takes the grant back. Raises `NotFound`, `Conflict`."""
    row, now = standing(world, who, subject).key, world.clock()
    shut = {"until": now, "version": row.version + 1}
    try:
        world.store.commit(
            Update(LentKey, (who.staff_id, subject), set=shut, expect={"version": row.version}),
            lend_keys.shelved(row.lending, until=now),
            keep_due(lend_keys.due_for(row, now)),
            trail.entry(world, who, subject, "end_break_glass", PURPOSE, now),
        )
    except Rejected:
        raise Conflict(subject) from None
