"""A number nobody knew belongs to a patient, or to nobody: its texts move into the patient's thread, or it is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..core.crisis_answers import other_phone
from ..core.moving import EMPTIED, joined, taken_along, worst_first
from ..core.people import ref_of
from ..core.records import (
    ABSENT,
    UNMATCHED,
    Change,
    Contact,
    IncidentRef,
    Move,
    Patient,
    PatientRef,
    Put,
    Thread,
    Update,
)
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import consent_lines, move_thread, trail
from .answer_owed import owed_clock
from .patient_rows import changed_hands, rehoused, sealed_profile, without_person
from .read_thread import admit, open_number, open_profile
from .write_reply import no_answer_needed

ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class Match:
    """`keep`: "once" moves the texts and leaves both numbers as they are; "new" makes it the patient's number from now on.
    `seen`: the thread's `last_at` when it was shown. `form_id`: minted with the form, becomes the move's id."""

    patient_id: str
    keep: str
    seen: datetime | None
    form_id: str
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class Matched:
    """`again`: this form had been sent before."""

    move_id: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotMatched:
    """`why`: newer (read it first), nobody (no such patient of theirs), in_use (others have this number), moving (another
    move of this patient is not done)."""

    why: str


@dataclass(frozen=True, slots=True)
class _Around:
    """Both threads, the patient, the number that wrote and the number on file, as read together."""

    source: Thread
    target: Thread
    patient: Patient
    wrote: Contact
    on_file: Contact
    newest: str


def match(world: World, who: Staff, thread_id: str, wish: Match) -> Matched | NotMatched:
    """Decide in one transaction, then carry the texts. Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`."""
    for _ in range(ATTEMPTS):
        if world.store.get(Move, wish.form_id) is not None:
            return Matched(wish.form_id, True)
        around = _gather(world, who, thread_id, wish.patient_id)
        if around is None:
            return NotMatched("nobody")
        if around.source.last_at != wish.seen:
            return NotMatched("newer")
        if around.patient.moving:
            return NotMatched("moving")
        if wish.keep == "new" and around.wrote.patients:
            return NotMatched("in_use")
        try:
            world.store.commit(*_changes(world, who, around, wish))
        except (Conflict, Rejected):  # a text came, or a colleague: read again and decide again
            continue
        move_thread.begin(world, who, wish.form_id)
        return Matched(wish.form_id)
    raise Conflict(thread_id)


def dismiss(world: World, who: Staff, thread_id: str, seen: datetime | None) -> bool:
    """Nobody we know: off the list, its texts kept, and the next text from it is screened and listed like the first.
    False when somebody wrote since `seen`. Raises `NotFound` for a patient's thread, `StoreError`."""
    thread, patient = admit(world, who, thread_id, "dismiss", "intake")
    if patient is not None or thread.program != UNMATCHED or not who.may_see(UNMATCHED):
        raise NotFound(thread_id)
    if not no_answer_needed(world, who, thread_id, seen):
        return False
    world.store.commit(trail.entry(world, who, thread_id, "dismiss_number", "intake", world.clock()))
    return True


def _gather(world: World, who: Staff, thread_id: str, patient_id: str) -> _Around | None:
    """None when there is no such patient for this person; not saying which is the point (N7)."""
    source, its_patient = admit(world, who, thread_id, "match", "intake")
    if its_patient is not None or source.program != UNMATCHED or not who.may_see(UNMATCHED):
        raise NotFound(thread_id)
    patient = world.store.get(Patient, patient_id) if patient_id else None
    if patient is None or patient.merged_into or not who.may_see(patient.program):
        trail.refuse(world, who, patient_id or "nobody", "match", "intake")
        return None
    wrote, on_file, target = world.store.get_many(
        [(Contact, (source.contact_id,)), (Contact, (patient.contact_id,)), (Thread, (patient_id,))]
        if source.contact_id != patient.contact_id
        else [(Contact, (source.contact_id,)), (Thread, ("none",)), (Thread, (patient_id,))]
    )
    assert isinstance(wrote, Contact)
    patient = stricter(patient, on_file if isinstance(on_file, Contact) else wrote)  # a word they sent a moment ago goes along
    newest = world.store.newest(thread_id, 1)
    return _Around(
        source,
        target if isinstance(target, Thread) else Thread(patient_id, patient.program, patient.contact_id, patient_id),
        patient,
        wrote,
        on_file if isinstance(on_file, Contact) else wrote,
        newest[0].message_id if newest else "",
    )


def _changes(world: World, who: Staff, around: _Around, wish: Match) -> list[Change]:
    now, patient = world.clock(), around.patient
    move = Move(
        wish.form_id, "match", around.source.thread_id, patient.patient_id, patient.program, patient.patient_id, now,
        who.staff_id, UNMATCHED, until=around.newest,
    )
    changes: list[Change] = [
        Put(move),
        Put(move_thread.due_for(move)),
        _emptied(around.source),
        _filled(around, wish.keep),
        trail.entry(world, who, patient.patient_id, "match_number", "intake", now),
        trail.entry(world, who, around.source.thread_id, "match_number", "intake", now),
        *_numbers(around, wish.keep, now),
    ]
    fields = joined(around.source, around.target)
    if isinstance(fields["reply_by"], datetime):
        changes.append(owed_clock(patient.patient_id, fields["reply_by"]))
    busy: dict[str, object] = {"moving": wish.form_id, "version": patient.version + 1}
    lines: list[Change] = []
    if wish.keep == "new":
        busy |= _adopted(world, who, around, wish)
        lines = [*consent_lines.new_number(world, who, patient, wish.agreed_by, now)[1]]
    return [*changes, *lines, Update(Patient, (patient.patient_id,), set=busy, expect={"version": patient.version})]


def _emptied(source: Thread) -> Update:
    """Only as it was shown: a text that came since must be read first."""
    return Update(Thread, (source.thread_id,), set=dict(EMPTIED), expect={"last_at": source.last_at or ABSENT})


def _filled(around: _Around, keep: str) -> Update:
    target = around.target
    fields = {**joined(around.source, target), "program": target.program, "patient_id": around.patient.patient_id}
    fields["contact_id"] = (around.wrote if keep == "new" else around.on_file).contact_id
    still = {"last_at": target.last_at or ABSENT}
    return Update(Thread, (target.thread_id,), set=fields, expect=still, create=True)


def _numbers(around: _Around, keep: str, now: datetime) -> list[Change]:
    """What the door knows of both numbers. Both change, so that a text that is being kept reads them again."""
    wrote, on_file, patient_id = around.wrote, around.on_file, around.patient.patient_id
    mine = taken_along(wrote.incidents, around.source.thread_id, patient_id)
    others = tuple(ref for ref in wrote.incidents if ref.thread_id != around.source.thread_id)
    program = around.patient.program
    place = {"thread_id": patient_id, "patient_id": patient_id, "program": program, "open_in": program}
    if keep == "new":
        again = wrote.contact_id == on_file.contact_id  # they had been taken off this very number
        theirs = () if again else tuple(ref for ref in on_file.incidents if ref.thread_id == patient_id)
        ref = ref_of(replace(around.patient, safe_phone=other_phone(around.patient.safe_phone)))
        moved = [rehoused(each, **place) for each in mine]
        moved += [rehoused(each, contact_id=wrote.contact_id) for each in theirs]
        left = [] if again else [without_person(on_file, patient_id, now)]
        known = _contact(wrote, (*others, *mine, *theirs), (*wrote.patients, ref))
        return [replace(known, set=known.set | changed_hands(wrote, now)), *left, *moved]
    if wrote.contact_id == on_file.contact_id:
        return [_contact(wrote, (*others, *mine), wrote.patients), *(rehoused(each, **place) for each in mine)]
    place["contact_id"] = on_file.contact_id
    there = [_contact(on_file, (*on_file.incidents, *mine), on_file.patients)] if mine else []
    return [_contact(wrote, others, wrote.patients), *there, *(rehoused(each, **place) for each in mine)]


def _contact(contact: Contact, incidents: tuple[IncidentRef, ...], people: tuple[PatientRef, ...]) -> Update:
    fields = {"incidents": worst_first(incidents), "patients": people, "version": contact.version + 1}
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _adopted(world: World, who: Staff, around: _Around, wish: Match) -> dict[str, object]:
    """The number that wrote is the patient's now; permission was given for the other one (TCPA-1)."""
    patient = around.patient
    profile = replace(open_profile(world, who, patient), number=open_number(world, who, around.wrote))
    return {
        "contact_id": around.wrote.contact_id,
        "sealed_profile": sealed_profile(world, patient, profile),
        "safe_phone": other_phone(patient.safe_phone),
        "no_phone": False,
        "content_level": patient.content_level,
        "declined": patient.declined,
        **consent_lines.new_number(world, who, patient, wish.agreed_by, world.clock())[0],
    }
