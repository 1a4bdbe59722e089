"""Status, permission and care team of a patient: small changes, each with its line in the trail or the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ..core.patient_status import STANDINGS
from ..core.records import Change, ConsentEntry, Contact, Patient, Put, Update
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import gone_quiet, trail
from .read_thread import admit
from .register_patient import CONVERSATION, RULE_VERSION

Plan = Callable[[Patient, datetime], list[Change]]
ATTEMPTS = 4
MOST_TEAM = 12


def change_status(world: World, who: Staff, patient_id: str, status: str) -> bool:
    """Whether it changed. A question that is open is closed with anything but "active". Raises `KeyError` for an unknown
    status, `NotFound`, `Conflict`, `StoreError`."""
    STANDINGS[status]
    return _change(world, who, patient_id, f"status_{status}", lambda patient, now: _status(world, patient, status, now))


def record_permission(world: World, who: Staff, patient_id: str, agreed: bool, medium: str) -> bool:
    """What the patient said about texts that we begin: a line in the ledger and the patient's own word. A number that
    sent STOP stays stopped whatever is recorded here. Raises as `change_status`."""
    change = "granted" if agreed else "revoked"

    def plan(patient: Patient, now: datetime) -> list[Change]:
        return _permission(world, who, patient, agreed, medium, now)

    return _change(world, who, patient_id, f"permission_{change}", plan)


def record_declined(world: World, who: Staff, patient_id: str, kind: str, declined: bool, medium: str) -> bool:
    """They want no texts of one kind ("appointments"), or want them again: a line in the ledger. Raises as `change_status`."""
    change = "revoked" if declined else "granted"

    def plan(patient: Patient, now: datetime) -> list[Change]:
        if declined == (kind in patient.declined):
            return []
        rest = tuple(each for each in patient.declined if each != kind)
        entry = ConsentEntry(patient_id, world.ids(now), kind, change, medium, now, who.staff_id, RULE_VERSION)
        return [_set(patient, declined=(*rest, kind) if declined else rest), Put(entry)]

    return _change(world, who, patient_id, f"{kind}_{change}", plan)


def set_team(world: World, who: Staff, patient_id: str, team: tuple[str, ...]) -> bool:
    """Who cares for them, by staff id. Raises as `change_status`."""
    wanted = tuple(dict.fromkeys(each for each in team if each))[:MOST_TEAM]
    return _change(world, who, patient_id, "team", lambda patient, _: _team(patient, wanted))


def _change(world: World, who: Staff, patient_id: str, action: str, plan: Plan) -> bool:
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, action, "care")
        if patient is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        now = world.clock()
        changes = plan(patient, now)
        if not changes:
            return False
        try:
            world.store.commit(*changes, trail.entry(world, who, patient_id, action, "care", now))
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(patient_id)


def _set(patient: Patient, **fields: object) -> Update:
    changed = {**fields, "version": patient.version + 1}
    return Update(Patient, (patient.patient_id,), set=changed, expect={"version": patient.version})


def _team(patient: Patient, team: tuple[str, ...]) -> list[Change]:
    return [] if patient.team == team else [_set(patient, team=team)]


def _status(world: World, patient: Patient, status: str, now: datetime) -> list[Change]:
    if patient.status == status:
        return []
    contact = world.store.get(Contact, patient.contact_id)
    asked = contact.prompt if contact else None
    changes: list[Change] = [_set(patient, status=status, **_also(patient, status, now))]
    changes += _looked_after(world, patient, status, now)
    if contact is not None and asked is not None and asked.patient_id == patient.patient_id and status != "active":
        closed = {"prompt": None, "version": contact.version + 1}
        changes.append(Update(Contact, (contact.contact_id,), set=closed, expect={"version": contact.version}))
    return changes


LEAVES, ENDS_CARE = "hospital", "discharged"


def _also(patient: Patient, status: str, now: datetime) -> dict[str, object]:
    """Who leaves a hospital, or the clinic, is called first when they miss a visit within 90 days (issue 5, part 4)."""
    left = patient.status == LEAVES or status == ENDS_CARE
    return {"discharged_at": now} if left and status != "deceased" else {}


def _looked_after(world: World, patient: Patient, status: str, now: datetime) -> list[Change]:
    """Whose status is active again is looked at again, whether they go quiet."""
    if status != "active" or patient.quiet_due is not None:
        return []
    return gone_quiet.armed(world, patient.patient_id, patient.program, now)


def _permission(world: World, who: Staff, patient: Patient, agreed: bool, medium: str, now: datetime) -> list[Change]:
    if agreed == (CONVERSATION in patient.consent):
        return []
    consent = {kind: at for kind, at in patient.consent.items() if kind != CONVERSATION}
    if agreed:
        consent[CONVERSATION] = now
    change = "granted" if agreed else "revoked"
    entry = ConsentEntry(patient.patient_id, world.ids(now), CONVERSATION, change, medium, now, who.staff_id, RULE_VERSION)
    return [_set(patient, consent=consent), Put(entry)]
