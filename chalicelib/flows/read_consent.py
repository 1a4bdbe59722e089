"""A patient's whole consent history, for the page, for print and for a file: each look is in the trail (N6, TCPA-14)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.consent import EVERYTHING, SCOPES, Scope, allowed, standing_of
from ..core.consent_ledger import TEXT, Comes, ConsentEntry, comes_to
from ..core.records import Contact, Patient
from ..core.staff import Staff
from ..errors import OpenFailed
from ..ports import SealContext, World
from . import trail
from .consent_desk import theirs
from .read_asked import Form, forms_of
from .read_thread import open_profile


@dataclass(frozen=True, slots=True)
class Line:
    """`said`: their words, opened; None when it cannot be opened."""

    entry: ConsentEntry
    said: str | None = ""


@dataclass(frozen=True, slots=True)
class History:
    """`lines`: of the patient and of their number, the newest first. `now`: each kind to why not, "" for allowed, as if
    what may be STOP were decided. `differs`: the
    row says otherwise than its ledger. `forms`: of our web page, for their number."""

    patient: Patient
    name: str
    contact: Contact
    lines: tuple[Line, ...]
    comes: Comes
    now: dict[str, str]
    differs: bool
    forms: tuple[Form, ...] = ()


def read_consent(world: World, who: Staff, patient_id: str, action: str = "read_consent") -> History:
    """Raises `NotFound`, `StoreError`, `VaultError`."""
    patient = theirs(world, who, patient_id, action)
    world.store.commit(trail.entry(world, who, patient_id, action, "care", world.clock()))
    contact = world.store.get(Contact, patient.contact_id) or Contact(patient.contact_id)
    own, number = world.store.consents_of(patient_id), world.store.consents_of(patient.contact_id)
    lines = sorted((*own, *number), key=lambda each: (each.at, each.entry_id), reverse=True)
    return History(
        patient,
        open_profile(world, who, patient).name,
        contact,
        tuple(opened_line(world, who, each) for each in lines),
        (comes := comes_to(own, world.clock())),
        {scope: allowed(replace(standing_of(scope, contact, patient), unsure=False)) for scope in SCOPES},
        differs=_whole(own) and _kinds(contact, patient) != _kinds(contact, _as_told(patient, comes)),
        forms=forms_of(world, who, contact, number, own),
    )


def _whole(own: list[ConsentEntry]) -> bool:
    """A ledger that has the first yes or no in it: one that came from elsewhere may begin later, and proves nothing."""
    return any(each.ledger == TEXT and each.kind in (EVERYTHING, Scope.CONVERSATION) for each in own)


def _as_told(patient: Patient, comes: Comes) -> Patient:
    return Patient("", "", "", b"", consent=comes.consent, declined=comes.declined, proxy=patient.proxy)


def _kinds(contact: Contact, patient: Patient) -> set[str]:
    return {scope for scope in SCOPES if not allowed(standing_of(scope, Contact(contact.contact_id), patient))}


def opened_line(world: World, who: Staff, entry: ConsentEntry) -> Line:
    """One line with its words; the caller has let them in and leaves the trace."""
    return Line(entry, _opened(world, who, entry))


def _opened(world: World, who: Staff, entry: ConsentEntry) -> str | None:
    if not entry.sealed_said:
        return ""
    context = SealContext(entry.subject_id, entry.program, "note")
    try:
        return world.vault.open(context, entry.entry_id, entry.sealed_said, who.staff_id)
    except OpenFailed:
        return None
