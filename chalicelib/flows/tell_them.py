"""A person tells somebody of a visit where nothing automatic reached them: the words to say at their level, as their safe-phone
plan has it, a letter to print, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.appointments import stands
from ..core.permission import level_of
from ..core.reach import Reach, ReachSheet
from ..core.records import Appointment, Contact, Patient, Round, Tasks
from ..core.rounds import OFF, OVER, PERSON, TOLD
from ..core.safe_phone import SafePhone, own_word
from ..core.said_by_phone import stricter
from ..core.staff import Staff
from ..errors import Conflict, NotFound, OpenFailed, Rejected
from ..ports import World
from ..texts import tell
from ..texts.safe_phone import spoken_label
from . import desk_tasks, reach_rows, trail, visit_words
from .consent_desk import theirs
from .plan_rows import read_opened
from .read_thread import open_profile
from .round_rows import TASK, moved
from .round_words import said_in_clear

READ, PURPOSE = "read_round", "care"
CAME: dict[str, str] = {
    "called": "Told on the phone",
    "in_person": "Told in person",
    "letter": "A letter is on its way",
    "not_reached": "Not reached, and there is no time left",
}


@dataclass(frozen=True, slots=True)
class Say:
    """One line of a call. `why`: what it is for, a word of the page."""

    why: str
    says: str


@dataclass(frozen=True, slots=True)
class Telling:
    """`visits`: those that stand as told. `said`: what a text would have said of them; "" of a reminder.
    `alone`: nobody calls or texts this phone. `letter`: lines to print, none without an address."""

    row: Round
    patient: Patient
    name: str
    number: str
    sheet: Reach
    plan: SafePhone | None
    visits: tuple[Appointment, ...]
    call: tuple[Say, ...]
    letter: tuple[str, ...]
    envelope: str
    alone: bool
    needs_word: bool
    doubted: bool  # the number may be somebody else's
    said: str = ""

    @property
    def anything(self) -> bool:
        """Whether there is still something to tell."""
        return bool(self.visits)


def read(world: World, who: Staff, patient_id: str, round_id: str) -> Telling:
    """Raises `NotFound`, `OpenFailed`, `StoreError`."""
    patient = theirs(world, who, patient_id, READ)
    row = world.store.get(Round, patient_id, round_id)
    if row is None:
        raise NotFound(round_id)
    world.store.commit(trail.entry(world, who, patient_id, READ, PURPOSE, world.clock()))
    contact = world.store.get(Contact, patient.contact_id)
    patient = stricter(patient, contact)
    profile, plan = open_profile(world, who, patient), read_opened(world, patient, who.staff_id)
    sheet = _sheet(world, patient, who)
    visits = _still_on(world, patient, row)
    said = _Words(world, patient, profile.name, visits, _as_written(world, row, who), row.purpose == OFF)
    needs = own_word(patient, contact).needed
    return Telling(
        row,
        patient,
        profile.name,
        sheet.landline if contact is None or patient.no_phone else profile.number,
        sheet,
        plan,
        visits,
        call=said.call(plan, sheet, needs) if visits else (),
        letter=said.letter(sheet.letter) if visits and sheet.letter else (),
        envelope=tell.line("letter", "envelope", "en", sender=world.clinic.sender),
        alone=patient.held_at is not None,
        needs_word=needs,
        doubted=contact is not None and bool(contact.doubt) and not patient.no_phone,
        said=said.written,
    )


def _as_written(world: World, row: Round, who: Staff) -> str:
    """What its text said; of a way in by video only the page has it."""
    if row.said is None or row.said.page:
        return ""
    try:
        return said_in_clear(world, row.said, row.patient_id, who.staff_id)
    except OpenFailed:
        world.journal.event("open_failed", thread_id=row.patient_id)
        return ""


def _still_on(world: World, patient: Patient, row: Round) -> tuple[Appointment, ...]:
    """As they were to be told; none of who is in hospital, on hold or has died since: nobody calls them of a visit."""
    found = world.store.get_many([(Appointment, (patient.patient_id, each.appointment_id)) for each in row.about])
    told = {each.appointment_id: each for each in row.about}
    known = (each for each in found if isinstance(each, Appointment) and patient.status == "active")
    return tuple(each for each in known if stands(told[each.appointment_id], each))


def _sheet(world: World, patient: Patient, who: Staff) -> Reach:
    """Without it there is still the call."""
    row = world.store.get(ReachSheet, patient.patient_id, patient.reach) if patient.reach else None
    try:
        return reach_rows.opened(world, row, who.staff_id)
    except OpenFailed:
        world.journal.event("open_failed", thread_id=patient.patient_id)
        return Reach()


class _Words:
    """The lines, filled for one person. `off`: of a visit that will not be, whether or not its text can be opened."""

    def __init__(
        self, world: World, patient: Patient, name: str, visits: tuple[Appointment, ...], written: str, off: bool
    ) -> None:
        self.written, self.off = written, off
        self.language, self.level = patient.language, level_of(patient)
        self.fields = {
            "label": spoken_label(patient.label, patient.language, world.clinic.sender),
            "name": name.split()[0] if name.split() else "",
            "when": visit_words.when(world, patient, visits, self.language) if visits else "",
            "phone": visit_words.phone_of(world, patient.program),
            "sender": world.clinic.sender,
            "clinic": world.clinic.display_name,
        }
        self.whole = name

    def call(self, plan: SafePhone | None, sheet: Reach, needs_word: bool) -> tuple[Say, ...]:
        voicemail = "voicemail" if plan is not None and plan.voicemail == "yes" else "no_voicemail"
        names = [
            *(["relay"] if sheet.hearing == "relay" else []),
            "who", "word" if needs_word else "birth", "say", "somebody_else", voicemail,
        ]  # fmt: skip
        return tuple(Say(name, self._line(name)) for name in names)

    def _line(self, name: str) -> str:
        if name == "say" and self.written:
            return self.written
        if name == "say":
            return tell.at_level("call", "off" if self.off else "say", self.language, self.level, **self.fields)
        return tell.line("call", name, self.language, **self.fields)

    def letter(self, address: str) -> tuple[str, ...]:
        """The address first, as it stands on the envelope."""
        body = self.written or tell.at_level("letter", "off" if self.off else "body", self.language, self.level, **self.fields)
        dear = tell.line("letter", "dear", self.language, **{**self.fields, "name": self.whole})
        return (*address.splitlines(), "", dear, "", body, "", tell.line("letter", "end", self.language, **self.fields))


def settle(world: World, who: Staff, patient_id: str, round_id: str, came: str) -> bool:
    """What came of it, in a word of CAME; False where somebody said so before. Raises `NotFound`, `Conflict`, `StoreError`."""
    if came not in CAME:
        raise NotFound(round_id)
    for _ in range(4):
        patient = theirs(world, who, patient_id, "settle_round")
        row = world.store.get(Round, patient_id, round_id)
        if row is None or row.state != PERSON:
            return False
        known = world.store.get(Tasks, patient.program)
        done = [each.task_id for each in known.items if (each.kind, each.about) == (TASK, round_id)] if known else []
        state = OVER if came == "not_reached" else TOLD
        entry = trail.entry(world, who, patient_id, "settle_round", PURPOSE, world.clock(), came)
        off_the_list = [desk_tasks.without(known, *done)] if known and done else []
        try:
            world.store.commit(moved(row, state=state, why=came), entry, *off_the_list)
        except (Conflict, Rejected):
            continue
        return True
    raise Conflict(patient_id)
