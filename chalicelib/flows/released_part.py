"""One file of a release: part 0 is the record without its texts, every other part some of them. Opened with the person's own key,
written down before it is handed out, and made anew each time: nothing of it is kept anywhere (N5, N6)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.consent_ledger import ConsentEntry
from ..core.messages import Direction
from ..core.not_safe import NO_CONTACT
from ..core.records import Contact, Incident, Message, Part, Patient, ReachSheet, Release, SafePlan
from ..core.releases import WITHHELD
from ..core.sealed_json import told
from ..core.staff import Staff
from ..errors import NotFound, OpenFailed
from ..ports import World
from . import reach_rows, trail
from .amend_record import corrections
from .explain import entries_about, subjects_of
from .plan_rows import opened
from .plan_touches import open_details
from .read_consent import Line, opened_line
from .read_thread import one_request, open_all, open_profile
from .release_record import EVER, PAGE, PURPOSE, To, admit_records, no_longer, rows_of, to_of

MOST_LINES = 3000  # of the trail in one file
MOST_VISITS = 1000
WHOLE = ("consents", "plan", "reach", "amendments")  # as they stand: no day of theirs says what is left out
CLOSED = "(could not be opened)"


class NoLonger(ValueError):
    """Nothing of this release is handed out any more; a word of `core.releases.WHY_NOT`."""


@dataclass(frozen=True, slots=True)
class File:
    """`said`: section to what it holds, in plain values; instants are aware."""

    release: Release
    to: To
    part: int
    of: int  # how many parts there are
    made_at: datetime
    said: dict[str, Any]


def read_part(world: World, who: Staff, patient_id: str, release_id: str, part: int, form: str) -> File:
    """`form`: html, json; for the trail. Raises `NoLonger`, `NotFound`, `StoreError`, `OpenFailed` where whose it is cannot be
    opened."""
    patient = admit_records(world, who, patient_id, "export_record")
    made = world.store.get(Release, patient_id, release_id)
    if made is None or not 0 <= part <= len(made.parts):
        raise NotFound(release_id)
    world, now = one_request(world), world.clock()
    if why := no_longer(world, patient, made):
        world.store.commit(trail.entry(world, who, patient_id, "export_record", PURPOSE, now, f"refused: {why}"))
        raise NoLonger(why)
    result = f"part {part + 1} of {len(made.parts) + 1}, {form}"
    subjects = dict.fromkeys((patient_id, patient.contact_id)) if part == 0 else (patient_id,)
    world.store.commit(*(trail.entry(world, who, each, "export_record", PURPOSE, now, result) for each in subjects if each))
    said = _texts(world, who, made, made.parts[part - 1]) if part else _record(world, who, patient, made)
    return File(made, to_of(world, who, made), part, len(made.parts) + 1, now, said)


def _texts(world: World, who: Staff, made: Release, part: Part) -> dict[str, Any]:
    rows = [row for row in _between(world, made.patient_id, part) if made.fits(row.at)]
    said = [_text(each.row, each.body) for each in open_all(world, who, rows)]
    return {"texts": [{**each, "urgent_item": ""} for each in said] if made.authority in WITHHELD else said}


def _between(world: World, patient_id: str, part: Part) -> list[Message]:
    """Oldest first. What was moved here since with an older id is in the thread, and in the next release."""
    found: list[Message] = []
    before = part.upto + "~"
    while page := world.store.newest(patient_id, min(PAGE, part.texts + 1), before):
        found += [row for row in page if row.message_id > part.after]
        if page[-1].message_id <= part.after:
            break
        before = page[-1].message_id
    return found[::-1]


def _text(row: Message, body: str | None) -> dict[str, Any]:
    us = row.direction != Direction.IN
    return {
        "id": row.message_id, "at": row.at, "from": "clinic" if us else "patient", "kind": row.kind, "status": row.status,
        "by": row.author or ("auto" if us else ""), "page": row.page, "pictures": row.media, "urgent_item": row.incident_id,
        "text": CLOSED if body is None else body,
    }  # fmt: skip


def _record(world: World, who: Staff, patient: Patient, made: Release) -> dict[str, Any]:
    """Section by section, side by side: each waits for the store or the key and not for the others."""
    sections = {
        "consents": lambda: list(_consents(world, who, patient)),
        "visits": lambda: list(_visits(world, who, patient)),
        "urgent": lambda: list(_urgent(world, patient, made)),
        "plan": lambda: _plans(world, who, patient),
        "reach": lambda: _reach(world, who, patient),
        "looked": lambda: list(_looked(world, patient)),
        "amendments": lambda: list(_amendments(world, who, patient)),
    }
    with ThreadPoolExecutor(4) as pool:
        asked = {name: pool.submit(made_of) for name, made_of in sections.items() if name in made.sections}
        said: dict[str, Any] = {"patient": _patient(world, who, patient)}
        for name, answer in asked.items():
            found = answer.result()
            said[name] = [each for each in found if name in WHOLE or made.fits(each["at"])]
    return said


def _patient(world: World, who: Staff, patient: Patient) -> dict[str, Any]:
    profile = told(open_profile(world, who, patient))
    known = ("patient_id", "program", "status", "language", "content_level", "zone", "created_at", "discharged_at")
    return profile | {name: getattr(patient, name) for name in known if getattr(patient, name)}


def _consents(world: World, who: Staff, patient: Patient) -> Iterator[dict[str, Any]]:
    """What a number's texts said is theirs where the text is in their thread and nobody else has that number: who had it before
    and whose record is deleted left such lines behind (N7)."""
    contact = world.store.get(Contact, patient.contact_id)
    alone = contact is not None and len(contact.patients) == 1
    number = list(_of_their_texts(world, patient)) if alone else []
    for each in sorted((*world.store.consents_of(patient.patient_id), *number), key=lambda line: (line.at, line.entry_id)):
        yield _consent(opened_line(world, who, each))


def _of_their_texts(world: World, patient: Patient) -> Iterator[ConsentEntry]:
    """With what a person of the clinic decided of a number after such a line: the word and the decision are one matter."""
    mine = False
    for each in world.store.consents_of(patient.contact_id):
        if each.message_id:
            mine = world.store.get(Message, patient.patient_id, each.message_id) is not None
        if mine:
            yield each


def _consent(line: Line) -> dict[str, Any]:
    each: ConsentEntry = line.entry
    known = ("at", "ledger", "kind", "change", "medium", "by", "given_by", "words", "language", "expires_on", "rule_version")
    return {name: getattr(each, name) for name in known} | {"said": CLOSED if line.said is None else line.said}


def _visits(world: World, who: Staff, patient: Patient) -> Iterator[dict[str, Any]]:
    for each in sorted(world.store.appointments_of(patient.patient_id, MOST_VISITS), key=lambda visit: visit.start_at):
        if each.moved_to:
            continue
        try:
            place = open_details(world, each, who.staff_id).place
        except OpenFailed:
            place = CLOSED
        known = ("kind", "minutes", "clinician", "status", "confirmation", "barrier", "zone", "remote")
        yield {"at": each.start_at, "id": each.appointment_id, "place": place} | {name: getattr(each, name) for name in known}


def _urgent(world: World, patient: Patient, made: Release) -> Iterator[dict[str, Any]]:
    """That a word for "not safe" was said is not told to who asks for somebody else: it may be said because of them (SAFE-4)."""
    hidden = made.authority in WITHHELD
    ids = dict.fromkeys(row.incident_id for row in rows_of(world, patient.patient_id) if row.incident_id)
    for each in ids:
        found = world.store.get(Incident, each)
        if found is not None and not found.exercise and not (hidden and NO_CONTACT in found.categories):
            steps = [{"at": step.at, "by": step.who, "what": step.what, "detail": step.detail} for step in found.steps]
            known = ("tier", "state", "disposition", "categories", "code")
            yield {"at": found.detected_at, "id": each, "steps": steps} | {name: getattr(found, name) for name in known}


def _plans(world: World, who: Staff, patient: Patient) -> list[dict[str, Any]]:
    """Every version, the newest first. Their two words are theirs to know and stand in no file."""
    found = []
    for version in range(patient.plan, 0, -1):
        row = world.store.get(SafePlan, patient.patient_id, version)
        if row is not None and who.may_see(row.program):
            said = told(opened(world, row, who.staff_id))
            said = {name: value for name, value in said.items() if name not in ("word", "duress")}
            found.append({"at": row.at, "by": row.by, "version": version, "says": said})
    return found


def _reach(world: World, who: Staff, patient: Patient) -> list[dict[str, Any]]:
    """The sheet as it stands: addresses, reading, what helps."""
    row = world.store.get(ReachSheet, patient.patient_id, patient.reach) if patient.reach else None
    if row is None or not who.may_see(row.program):
        return []
    return [{"at": row.at, "by": row.by, "version": row.version, "says": told(reach_rows.opened(world, row, who.staff_id))}]


def _amendments(world: World, who: Staff, patient: Patient) -> Iterator[dict[str, Any]]:
    """With the patient's statement beside a denial, as 164.526(d)(5) has it."""
    for each in corrections(world, who, patient.patient_id):
        words = {name: CLOSED if body is None else body for name, body in each.words.items()}
        known = ("state", "reason", "about", "decided_at", "decided_by")
        yield {"at": each.row.at, "by": each.row.by, **words} | {name: getattr(each.row, name) for name in known}


def _looked(world: World, patient: Patient) -> Iterator[dict[str, Any]]:
    entries = entries_about(world, subjects_of(world, patient.patient_id), EVER, world.clock())
    let_in = [entry for entry in entries if not entry.refused and not entry.who.startswith("job:")]
    for each in sorted(let_in, key=lambda entry: (entry.at, entry.entry_id))[-MOST_LINES:]:
        yield {"at": each.at, "by": each.who, "role": each.role, "did": each.action, "why": each.purpose}
