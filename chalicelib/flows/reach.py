"""How a patient can be reached: asked at intake and again, a new version each time; the order of channels follows (ACC-6)."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.channels import ASKED, CHANNELS
from ..core.reach import Reach, ReachSheet, Step, ask_again_after, differs, order
from ..core.records import Change, Contact, Patient, Put, Update
from ..core.sealed_json import after
from ..core.staff import Staff
from ..errors import Conflict, NotFound, OpenFailed, Rejected
from ..ports import World
from ..texts.reach import planned
from . import consent_lines, outbox, trail
from .consent_desk import theirs
from .reach_rows import address_rows, opened, review_due, sealed_sheet
from .read_thread import admit, open_profile

ATTEMPTS = 4
SHOWN = 30  # versions in the history
PURPOSE, READ, SAVE = "care", "read_reach", "reach"


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the history. `reach` is None when it could not be opened."""

    row: ReachSheet
    reach: Reach | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """`now`: what holds. `plan`: every channel in its order, with why. `history`: newest first."""

    patient: Patient
    name: str
    now: Reach
    plan: tuple[Step, ...]
    history: tuple[Version, ...]
    contact: Contact


def read_sheet(world: World, who: Staff, patient_id: str) -> Sheet:
    """For a person of the program. Raises `NotFound`, `OpenFailed`, `StoreError`."""
    patient = theirs(world, who, patient_id, READ)
    world.store.commit(trail.entry(world, who, patient_id, READ, PURPOSE, world.clock()))
    numbers = range(patient.reach, max(0, patient.reach - SHOWN), -1)
    found = world.store.get_many([(Contact, (patient.contact_id,)), *((ReachSheet, (patient_id, each)) for each in numbers)])
    contact = found[0] if isinstance(found[0], Contact) else Contact(patient.contact_id)
    rows = [each for each in found[1:] if isinstance(each, ReachSheet)]
    now = opened(world, rows[0], who.staff_id) if rows else Reach()
    history = tuple(Version(row, _opened(world, who, row)) for row in rows)
    return Sheet(patient, open_profile(world, who, patient).name, now, planned(now), history, contact)


def _opened(world: World, who: Staff, row: ReachSheet) -> Reach | None:
    """A version of another program's time may not be theirs to open; it does not hide the others."""
    try:
        return opened(world, row, who.staff_id)
    except OpenFailed:
        return None


def save_sheet(world: World, who: Staff, patient_id: str, wish: Reach, version: int) -> str:
    """saved, or stale. `version`: the sheet's when the form was shown. The same answers again are a version too: they were asked.

    Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`."""
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, SAVE, PURPOSE)
        if patient is None or not who.may_see(patient.program) or patient.merged_into:
            raise NotFound(patient_id)
        if patient.reach != version:
            return "stale"
        before = opened(world, world.store.get(ReachSheet, patient_id, patient.reach) if patient.reach else None, who.staff_id)
        try:
            world.store.commit(*_changes(world, who, patient, before, wish))
        except (Conflict, Rejected):
            continue
        return "saved"
    raise Conflict(patient_id)


def _changes(world: World, who: Staff, patient: Patient, before: Reach, wish: Reach) -> list[Change]:
    now = world.clock()
    row = sealed_sheet(world, patient, after(before, wish), who.staff_id, now, differs(before, wish))
    due = now + ask_again_after(wish)
    ended = _other_address(patient, before, wish)
    fields: dict[str, object] = {
        "reach": row.version,
        "reach_due": due,
        "channels": order(planned(wish)),
        "agreed": {name: at for name, at in patient.agreed.items() if name not in ended},
        "also": wish.also,
        "bounced": {} if before.email != wish.email else patient.bounced,
        "guarded": ("email",) if wish.email_whose == "guardian" else (),
        "read_by_others": ("email",) if wish.email_whose in ("guardian", "shared") else (),
        "version": patient.version + 1,
    }
    born = open_profile(world, who, patient).birth_date
    changes: list[Change] = [
        Put(row),
        Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version}),
        *address_rows(world, patient, wish, born, row.version),
        outbox.keep_due(review_due(patient.patient_id, due)),
        trail.entry(world, who, patient.patient_id, SAVE, PURPOSE, now),
        *consent_lines.channels_ended(world, who, patient, ended, now),
    ]
    if patient.reach_due is not None and patient.reach_due != due:
        changes.append(outbox.gone(review_due(patient.patient_id, patient.reach_due)))
    return changes


def _other_address(patient: Patient, before: Reach, wish: Reach) -> tuple[str, ...]:
    """TCPA-1: a yes was given for one address; another needs another yes. A guardian's is another too."""
    moved = {
        "email": (before.email, before.email_whose) != (wish.email, wish.email_whose),
        "landline": before.landline != wish.landline,
    }
    return tuple(name for name in ASKED if moved.get(name) and name in patient.agreed)


def may_agree(sheet: Sheet) -> tuple[str, ...]:
    """The channels that their plan has and that need a yes of their own."""
    return tuple(step.channel for step in sheet.plan if CHANNELS[step.channel].asked and not step.out)

