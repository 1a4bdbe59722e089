"""The phone in the room: a word that says "not safe", QUIET, a wrong number, a person who settles it. Whatever fails, the
number's row and the patient's say the same, nothing leaves that may not, and somebody is paged for the word."""

from __future__ import annotations

from chalicelib.core.messages import Kind
from chalicelib.core.people import ref_of
from chalicelib.core.records import Contact, Incident, Message, Patient, Tasks, Update
from chalicelib.flows.plan_rows import duress_hash
from chalicelib.flows.whose_number import ANOTHERS, settle
from tests.cast import CAROL, an_sms

from .consent_stories import _writes, a_welcome
from .household_stories import contact_of
from .told import Story
from .town import Town

WORD = "tia rosa"
INSIDE = "the soup is from tia rosa, see you thursday"


def has_a_word(town: Town) -> None:
    """Alice has chosen a word, allows the clinic's name, and a welcome waits to leave."""
    patient, contact = town.store.get(Patient, "alice"), contact_of(town)
    hashed = duress_hash(town.world, "alice", WORD)
    chosen = {"duress": hashed, "content_level": 1, "version": patient.version + 1}
    town.world.store.commit(Update(Patient, ("alice",), set=chosen))
    ref = ref_of(town.store.get(Patient, "alice"))
    town.world.store.commit(Update(Contact, (contact.contact_id,), set={"patients": (ref,), "version": contact.version + 1}))
    a_welcome(town)


def says_it(town: Town) -> None:
    town.text(an_sms(INSIDE, at=town.clock.now))
    town.clock.advance(seconds=20)
    town.stream()


def _agree(town: Town) -> list[str]:
    """What the number knows of its people is what their rows say."""
    wrong = []
    for ref in contact_of(town).patients:
        patient = town.store.get(Patient, ref.patient_id)
        if (ref.held_at, ref.quiet_until, ref.content_level) != (patient.held_at, patient.quiet_until, patient.content_level):
            wrong.append("the number and the patient disagree about the phone")
    return wrong


def held(town: Town) -> list[str]:
    patient = town.store.get(Patient, "alice")
    wrong = _agree(town)
    if patient.held_at is None or patient.content_level:
        return [*wrong, "the word did not hold the phone"]
    if not [each for each in town.store.rows(Incident) if "no_contact" in each.categories]:
        wrong.append("no item was opened for the word")
    if not any("DO NOT CALL OR TEXT THIS PHONE" in text for _, _, text in town.pages):
        wrong.append("nobody was paged with the warning")
    if [row for row in town.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]:
        wrong.append("the phone saw that the word was known")
    for row in town.store.rows(Message):
        left = town.carriers["twilio"].left_at.get(row.row)
        if row.direction == "out" and left and left > patient.held_at:
            wrong.append(f"a {row.kind} left for a phone that is not safe")
    return wrong


def _tight(town: Town) -> list[str]:
    patient = town.store.get(Patient, "alice")
    return _agree(town) + ([] if patient.quiet_until is not None else ["a text of theirs did not tighten"])


def _detaches(town: Town) -> None:
    _writes("wrong number")(town)
    town.again(lambda: settle(town.world, CAROL, "alice", ANOTHERS, ""))


def _detached(town: Town) -> list[str]:
    contact, found = contact_of(town), town.store.get(Tasks, "adult")
    kinds = [each.kind for each in found.items] if found else []
    if not town.store.get(Patient, "alice").no_phone:  # every press failed, and nothing was done
        return [] if contact.patients and "misdirected" not in kinds else ["half of it was done"]
    return [] if not contact.patients and kinds == ["misdirected"] else ["a person took them off the number, and it is not so"]


STORIES = (
    Story("a word that says not safe", says_it, has_a_word, held),
    Story("QUIET until Monday", _writes("QUIET until Monday"), has_a_word, _tight),
    Story("a wrong number, and a person takes them off it", _detaches, has_a_word, _detached),
)
