"""The safe-phone plan of a patient: read with its history, and changed as a new version (SAFE-1, SAFE-3, TXT-1).

What only tightens needs nothing but a person who was told. What lets more through needs how staff knew who they spoke to, since
whoever holds the phone could ask. No reason is asked of the patient (TXT-1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from .. import texts
from ..core.keywords import Word
from ..core.people import ref_of
from ..core.records import ABSENT, Change, Contact, Patient, Put, SafePlan, Update
from ..core.safe_phone import CHECKED, SafePhone, differs, known_as, loosens, plain, review_after, wrong_word
from ..core.said_by_phone import stops, stricter
from ..core.sealed_json import after
from ..core.staff import Staff
from ..errors import Conflict, NotFound, OpenFailed, Rejected
from ..ports import World
from . import consent_lines, outbox, trail
from .plan_rows import as_it_stands, duress_hash, opened, review_due, sealed_row, word_hash
from .read_thread import admit, open_profile

ATTEMPTS = 4
SHOWN = 30  # versions in the history
PURPOSE = "care"


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the history. `plan` is None when it could not be opened."""

    row: SafePlan
    plan: SafePhone | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`now`: what holds. `history`: newest first. `shared`: somebody else answers this phone."""

    patient: Patient
    name: str
    now: SafePhone
    history: tuple[Version, ...]
    contact: Contact | None
    shared: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why`: saved, same, stale, check (what loosens needs to be checked), word, duress. `about`: names, or what is wrong."""

    why: str
    about: tuple[str, ...] = ()


def read_plan(world: World, who: Staff, patient_id: str, action: str = "read_safe_phone") -> Plan:
    """For a person of the program, or whom an open item of theirs called. Raises `NotFound`, `OpenFailed`, `StoreError`."""
    _, patient = admit(world, who, patient_id, action, PURPOSE)
    if patient is None:
        raise NotFound(patient_id)
    world.store.commit(trail.entry(world, who, patient_id, action, PURPOSE, world.clock()))
    numbers = range(patient.plan, max(0, patient.plan - SHOWN), -1)
    found = world.store.get_many([(Contact, (patient.contact_id,)), *((SafePlan, (patient_id, each)) for each in numbers)])
    contact = found[0] if isinstance(found[0], Contact) else None
    patient = stricter(patient, contact)
    rows = [each for each in found[1:] if isinstance(each, SafePlan)]
    history = tuple(Version(row, _opened(world, who, row)) for row in rows)
    newest = opened(world, rows[0], who.staff_id) if rows else SafePhone()
    name = open_profile(world, who, patient).name
    return Plan(patient, name, as_it_stands(patient, newest), history, contact, is_shared(contact, patient_id))


def _opened(world: World, who: Staff, row: SafePlan) -> SafePhone | None:
    """A version of another program's time may not be theirs to open; it does not hide the others."""
    try:
        return opened(world, row, who.staff_id)
    except OpenFailed:
        return None


def is_shared(contact: Contact | None, patient_id: str) -> bool:
    people = contact.patients if contact else ()
    return len(people) > 1 or any(ref.role != "self" for ref in people if ref.patient_id == patient_id)


def wrong_words(world: World, plan: SafePhone, known: SafePhone) -> Outcome | None:
    """A word that is new must be one that nobody sends for another reason, and that pages nobody by itself."""
    for name, word, other in (("word", plan.word, plan.duress), ("duress", plan.duress, plan.word)):
        if not word or word == getattr(known, name):
            continue
        why = wrong_word(word, other)
        if not why and (texts.keywords().read(word) is not Word.NONE or texts.keywords().only_courtesy(word)):
            why = "taken"
        if not why and world.screen.look(word).pages:
            why = "pages"
        if why:
            return Outcome(name, (why,))
    return None


def save_plan(world: World, who: Staff, patient_id: str, wish: SafePhone, how: str, version: int) -> Outcome:
    """`version`: the plan's when the form was shown. `how`: a word of CHECKED, or "".

    Raises `NotFound`, `Conflict`, `StoreError`, `VaultError`."""
    wish = known_as(wish)
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, "safe_phone", PURPOSE)
        if patient is None or not who.may_see(patient.program) or patient.merged_into:
            raise NotFound(patient_id)
        if patient.plan != version:
            return Outcome("stale")
        contact, known = world.store.get_many([(Contact, (patient.contact_id,)), (SafePlan, (patient_id, patient.plan))])
        assert contact is None or isinstance(contact, Contact)
        assert known is None or isinstance(known, SafePlan)
        patient = stricter(patient, contact)
        before = as_it_stands(patient, opened(world, known, who.staff_id))
        if refused := _refused(world, before, wish, how, patient):
            return refused
        try:
            world.store.commit(*_changes(world, who, patient, contact, (before, wish), how))
        except (Conflict, Rejected):
            continue
        return Outcome("saved", differs(before, wish))
    raise Conflict(patient_id)


def _refused(world: World, before: SafePhone, wish: SafePhone, how: str, patient: Patient) -> Outcome | None:
    changed = differs(before, wish)
    if not changed and patient.plan and how not in CHECKED:
        return Outcome("same")
    if wrong := wrong_words(world, wish, before):
        return wrong
    looser = loosens(before, wish)
    return Outcome("check", looser) if looser and how not in CHECKED else None


NAMED = (
    "safe_hours", "content_level", "safe_phone", "safe_phone_at", "word", "duress", "needs_word", "label", "no_voicemail",
    "voicemail", "plan", "plan_due",
)  # fmt: skip


def _changes(
    world: World, who: Staff, patient: Patient, contact: Contact | None, plans: tuple[SafePhone, SafePhone], how: str
) -> list[Change]:
    before, wish = plans
    now = world.clock()
    row = sealed_row(world, patient, after(before, wish), who.staff_id, now, how, differs(before, wish))
    due = now + review_after(wish, is_shared(contact, patient.patient_id))
    agreed = replace(_as_agreed(world, patient, wish, how, now), plan=row.version, plan_due=due)
    fields: dict[str, object] = {name: getattr(agreed, name) for name in NAMED} | {"version": patient.version + 1}
    changes: list[Change] = [
        Put(row),
        Update(Patient, (patient.patient_id,), set=fields, expect={"version": patient.version}),
        outbox.keep_due(review_due(patient.patient_id, due)),
        trail.entry(world, who, patient.patient_id, "safe_phone", PURPOSE, now),
        *_level_line(world, who, patient, wish, how, now),
    ]
    if patient.plan_due is not None and patient.plan_due != due:
        changes.append(outbox.gone(review_due(patient.patient_id, patient.plan_due)))
    return changes + ([known_by(contact, agreed, level_said=True)] if contact else [])


def _as_agreed(world: World, patient: Patient, wish: SafePhone, how: str, now: datetime) -> Patient:
    """The row as the plan makes it, its version aside."""
    asked = bool(how) or wish.phone != patient.safe_phone
    return replace(
        patient,
        safe_hours=dict(wish.hours),
        content_level=wish.level,
        safe_phone=wish.phone,
        safe_phone_at=now if asked else patient.safe_phone_at,
        word=word_hash(world, patient.patient_id, wish.word),
        duress=duress_hash(world, patient.patient_id, plain(wish.duress)) if wish.duress else "",
        needs_word=wish.needs_word,
        label=wish.label,
        no_voicemail=wish.voicemail == "no",
        voicemail=wish.voicemail == "yes",
    )


def end_hold(world: World, who: Staff, patient_id: str, what: str, how: str) -> str:
    """The phone was found safe ("held"), or they want texts before the quiet is over ("quiet"): said by who was checked to be
    them. done, nothing, check. Raises as `save_plan`."""
    for _ in range(ATTEMPTS):
        _, patient = admit(world, who, patient_id, f"end_{what}", PURPOSE)
        if patient is None or not who.may_see(patient.program):
            raise NotFound(patient_id)
        if how not in CHECKED:
            return "check"
        found = world.store.get(Contact, patient.contact_id)
        patient = stricter(patient, found)
        field = {"held": "held_at", "quiet": "quiet_until"}[what]
        if getattr(patient, field) is None:
            return "nothing"
        after = replace(patient, held_at=None) if what == "held" else replace(patient, quiet_until=None)
        now = world.clock()
        changes: list[Change] = [
            Update(Patient, (patient_id,), set={field: None}, add={"version": 1}, expect={"version": patient.version}),
            trail.entry(world, who, patient_id, f"end_{what}", PURPOSE, now, how),
        ]
        changes += [known_by(found, after)] if found else []
        try:
            world.store.commit(*changes)
        except (Conflict, Rejected):
            continue
        return "done"
    raise Conflict(patient_id)


def known_by(contact: Contact, patient: Patient, level_said: bool = False) -> Update:
    """The number knows of its people what this patient's row says. `level_said`: this change says the level itself."""
    known, whose = contact.patients, patient.patient_id
    people = tuple(ref_of(patient, ref.role, known) if ref.patient_id == whose else ref for ref in known)
    others = tuple(each for each in contact.no_more if not (level_said and each == stops(patient.patient_id)))
    fields: dict[str, object] = {"patients": people, "no_more": others, "version": contact.version + 1}
    return Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version or ABSENT})


def _level_line(world: World, who: Staff, patient: Patient, wish: SafePhone, how: str, now: datetime) -> list[Put]:
    """TCPA-14: the level never changes without a line in the ledger."""
    if wish.level == patient.content_level:
        return []
    change = "granted" if wish.level > patient.content_level else "revoked"
    medium = "call" if how == "call_back" else "verbal"
    return consent_lines.lines(world, who, patient.patient_id, [f"content_level_{wish.level}"], change, medium, now)
