"""Change what is known of a patient: profile, number, hours, level. A change is never a permission by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from ..core.crisis_answers import other_phone
from ..core.people import ref_of
from ..core.records import Change, Contact, Patient, PatientRef, Profile, Roster, Thread, Update
from ..core.said_by_phone import stricter
from ..core.sealed_json import after
from ..core.staff import Staff
from ..errors import Conflict, NotFound, Rejected
from ..ports import World
from . import consent_lines, number_doubt, reach_rows, trail
from .patient_rows import rehoused, sealed_profile, with_person, without_person
from .read_thread import admit, open_profile
from .register_patient import CONVERSATION, NumberInUse
from .roster import Entry, names_in, roster_with

ATTEMPTS = 4


@dataclass(frozen=True, slots=True)
class ForCrisis:
    """What a clinician needs at hand in a crisis, sealed with the profile. The plan: where it is and its day (SCR-3)."""

    emergency: str = ""
    place: str = ""
    plan: str = ""
    plan_on: date | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """What the form says now. `version`: the patient's when it was shown. `agreed_by`: verbal or paper, for a higher
    content level or a new number; "" for nobody asked. `role`: self, shared or guardian, who answers this phone."""

    version: int
    name: str
    number: str
    birth_date: date | None = None
    language: str = "en"
    content_level: int = 0
    zone: str = ""
    safe_hours: dict[str, str] | None = None
    role: str = "self"
    agreed_by: str = ""
    shared_known: bool = False
    tags: tuple[str, ...] = ()
    answers: str = ""  # who else answers this phone
    safe_phone: str = ""  # whether calls and words about violence are safe there: safe, unsafe, "" for not asked
    phone_asked: bool = False  # they were asked about it again, and said the same or not
    veteran: bool = False
    crisis: ForCrisis = ForCrisis()


@dataclass(frozen=True, slots=True)
class Edited:
    """`changed`: words for what did, of name, number, birth_date, language, level, hours, role, tags, phone, veteran, crisis.
    `lost_consent`: a new number without a new yes."""

    changed: tuple[str, ...]
    lost_consent: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """A colleague changed this patient since the form was shown. Nothing was done."""


@dataclass(frozen=True, slots=True)
class NotAgreed:
    """A text may say more only when the patient said so. Nothing was done."""


Outcome = Edited | Stale | NotAgreed | NumberInUse


@dataclass(frozen=True, slots=True)
class Known:
    """The rows around one patient, as read together."""

    patient: Patient
    profile: Profile
    old: Contact
    new: Contact  # the same, unless the number changes
    roster: Roster | None


def edit(world: World, who: Staff, patient_id: str, wish: Edit) -> Outcome:
    """Raises `NotFound`, `Conflict` after four losing races, `StoreError`, `VaultError`."""
    for _ in range(ATTEMPTS):
        known = read_known(world, who, patient_id, wish.number)
        if known.patient.version != wish.version:
            return Stale()
        if wish.content_level > known.patient.content_level and not wish.agreed_by:
            return NotAgreed()
        moves = known.new.contact_id != known.old.contact_id
        if moves and known.new.patients and not wish.shared_known:
            return _in_use(world, who, known)
        changed = differences(known, wish)
        if not changed:
            return Edited(())
        try:
            world.store.commit(*changes(world, who, known, wish, changed))
        except (Conflict, Rejected):
            continue
        return Edited(changed, moves and not wish.agreed_by and CONVERSATION in known.patient.consent)
    raise Conflict(patient_id)


def read_known(world: World, who: Staff, patient_id: str, number: str = "") -> Known:
    """Raises `NotFound` for another program's patient, and for a number's own thread."""
    _, patient = admit(world, who, patient_id, "edit", "care")
    if patient is None or not who.may_see(patient.program):
        raise NotFound(patient_id)
    new_id = world.hasher.contact_id(number) if number else patient.contact_id
    found = world.store.get_many(
        [(Contact, (each,)) for each in dict.fromkeys((patient.contact_id, new_id))] + [(Roster, (patient.program,))]
    )
    contacts = {row.contact_id: row for row in found if isinstance(row, Contact)}
    roster = found[-1] if isinstance(found[-1], Roster) else None
    world.store.commit(trail.entry(world, who, patient_id, "read_patient", "care", world.clock()))
    old = contacts.get(patient.contact_id, Contact(patient.contact_id))
    new = contacts.get(new_id, Contact(new_id))
    return Known(stricter(patient, old), open_profile(world, who, patient), old, new, roster)


def _in_use(world: World, who: Staff, known: Known) -> NumberInUse:
    names = names_in(world, who, known.roster)
    world.store.commit(trail.entry(world, who, known.new.contact_id, "find", "intake", world.clock()))
    there = (names.get(ref.patient_id, "") for ref in known.new.patients)
    return NumberInUse(tuple(name for name in there if name))


def differences(known: Known, wish: Edit) -> tuple[str, ...]:
    """What the form says otherwise than the record."""
    patient, profile = known.patient, known.profile
    pairs = {
        "name": (wish.name, profile.name),
        "number": (known.new.contact_id, known.old.contact_id),
        "birth_date": (wish.birth_date, profile.birth_date),
        "language": (wish.language, patient.language),
        "level": (wish.content_level, patient.content_level),
        "hours": ((wish.zone, wish.safe_hours or {}), (patient.zone, patient.safe_hours)),
        "role": ((wish.role, wish.answers), (role_of(known), profile.answers)),
        "tags": (wish.tags, profile.tags),
        "phone": ((_safe_phone(known, wish), wish.phone_asked), (patient.safe_phone, False)),
        "veteran": (wish.veteran, patient.veteran),
        "crisis": (wish.crisis, ForCrisis(profile.emergency, profile.place, profile.plan, profile.plan_on)),
    }
    return tuple(word for word, (now, was) in pairs.items() if now != was)


def _safe_phone(known: Known, wish: Edit) -> str:
    """What the form says, unless it says nothing new of a new number."""
    moves = known.new.contact_id != known.old.contact_id
    return other_phone(wish.safe_phone) if moves and wish.safe_phone == known.patient.safe_phone else wish.safe_phone


def role_of(known: Known) -> str:
    """Who answers this phone, as far as we know."""
    mine = [ref.role for ref in known.old.patients if ref.patient_id == known.patient.patient_id]
    return mine[0] if mine else "self"


def changes(world: World, who: Staff, known: Known, wish: Edit, changed: tuple[str, ...]) -> list[Change]:
    """One transaction: the patient, and what must never disagree with it."""
    now, patient = world.clock(), known.patient
    rows: list[Change] = [
        _patient(world, who, known, wish, now),
        trail.entry(world, who, patient.patient_id, "edit_" + "_".join(changed), "care", now),
        *_ledger(world, who, known, wish, now),
    ]
    if "birth_date" in changed:
        rows += reach_rows.born_anew(world, patient, wish.birth_date, who.staff_id)
    if {"name", "tags"} & set(changed):
        entry = Entry(wish.name, wish.tags)
        rows.append(roster_with(world, who, known.roster, patient.program, patient.patient_id, entry))
    if "number" in changed:
        rows += _new_number(world, known, wish, now)
    elif {"language", "role", "level", "phone", "veteran"} & set(changed):
        rows.append(_ref(known.old, _own_ref(known, wish, wish.role)))
    return rows


def _patient(world: World, who: Staff, known: Known, wish: Edit, now: datetime) -> Update:
    patient, moves = known.patient, known.new.contact_id != known.old.contact_id
    about, own = (wish.name, wish.number, wish.birth_date, wish.tags, wish.answers), wish.crisis
    profile = after(known.profile, Profile(*about, own.emergency, own.place, own.plan, own.plan_on))
    fields: dict[str, object] = {
        "sealed_profile": sealed_profile(world, patient, profile),
        "contact_id": known.new.contact_id,
        "language": wish.language,
        "content_level": wish.content_level,
        "zone": wish.zone,
        "safe_hours": wish.safe_hours or {},
        "safe_phone": (mark := _safe_phone(known, wish)),
        "safe_phone_at": now if wish.phone_asked or mark != patient.safe_phone else patient.safe_phone_at,
        "veteran": wish.veteran,
        "version": patient.version + 1,
    }
    if moves:
        more = {"no_phone": False, "voicemail": False, "declined": patient.declined}  # also what the old number alone knew
        fields |= consent_lines.new_number(world, who, patient, wish.agreed_by, now)[0] | more
    return Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version})


def _ledger(world: World, who: Staff, known: Known, wish: Edit, now: datetime) -> list[Change]:
    """TCPA-14: what the patient allows never changes without a line that says who, when and how."""
    patient, lines = known.patient, list[Change]()
    if wish.content_level != patient.content_level:
        change = "granted" if wish.content_level > patient.content_level else "revoked"
        level, medium = f"content_level_{wish.content_level}", wish.agreed_by or "staff"
        lines += consent_lines.lines(world, who, patient.patient_id, [level], change, medium, now)
    if known.new.contact_id != known.old.contact_id:
        lines += consent_lines.new_number(world, who, patient, wish.agreed_by, now)[1]
    return lines


def _own_ref(known: Known, wish: Edit, role: str) -> PatientRef:
    """What the number will know of this patient."""
    patient = replace(known.patient, language=wish.language, content_level=wish.content_level)
    return ref_of(replace(patient, safe_phone=_safe_phone(known, wish), veteran=wish.veteran), role, known.old.patients)


def _ref(contact: Contact, ref: PatientRef) -> Update:
    people = tuple(ref if each.patient_id == ref.patient_id else each for each in contact.patients)
    fields: dict[str, object] = {"patients": people, "version": contact.version + 1}
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version})


def _new_number(world: World, known: Known, wish: Edit, now: datetime) -> list[Change]:
    """The old number forgets the patient, the new one knows them; an open incident and its pages go along (N2)."""
    patient_id = known.patient.patient_id
    ref = _own_ref(known, wish, wish.role if wish.role != "self" or not known.new.patients else "shared")
    mine = tuple(each for each in known.old.incidents if each.thread_id == patient_id)
    first = not known.new.patients
    whose = number_doubt.of_new_number(bool(wish.agreed_by), now)
    added = with_person(world, known.new, wish.number, ref, now, mine)
    changes: list[Change] = [replace(added, set=added.set | whose) if first else added]
    changes += [] if wish.agreed_by or not first else number_doubt.asked(world, (ref,), "number_changed", now)
    changes += [rehoused(each, contact_id=known.new.contact_id) for each in mine]
    if known.old.version:
        changes.append(without_person(known.old, patient_id, now))
    place = {"program": known.patient.program, "patient_id": patient_id}
    thread = Update(Thread, (patient_id,), set={"contact_id": known.new.contact_id}, set_once=place, create=True)
    return [*changes, thread]
