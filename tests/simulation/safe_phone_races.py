"""The phone in the room, in every order of two workers' calls: a word that says "not safe" against a text that leaves and against a
colleague who saves the plan; PRIVATE against an edit; a wrong number against a text that leaves."""

from __future__ import annotations

from chalicelib.core.messages import Kind
from chalicelib.core.records import Message, Patient
from chalicelib.core.safe_phone import SafePhone
from chalicelib.core.said_by_phone import stricter
from chalicelib.errors import Conflict
from chalicelib.flows.deliver import deliver
from chalicelib.flows.safe_phone import save_plan
from tests.cast import CAROL

from .household_stories import contact_of
from .races import Race, sends
from .safe_phone_stories import INSIDE, WORD, has_a_word, held
from .town import Town
from .turns import Turns


def _welcome_leaves(town: Town) -> None:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.WELCOME]
    town.again(lambda: deliver(town.world, row.thread_id, row.message_id))


def _only_in_the_air(town: Town, turns: Turns) -> list[str]:
    """What was read before the text was kept may still leave, as a text in the air does; nothing else."""
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.WELCOME]
    if row.row not in town.carriers["twilio"].by_row:
        return []
    kept = turns.taken.index((0, "store.commit"))
    return ["a welcome left after the text was kept"] if (1, "store.get_many") in turns.taken[kept:] else []


def _saves_the_plan(town: Town) -> None:
    """Carol loosens it with the patient beside her, from a form that was shown before the text came."""
    wish = SafePhone(level=2, word="maple", duress=WORD)
    try:
        town.again(lambda: save_plan(town.world, CAROL, "alice", wish, "in_person", 0))
    except Conflict:
        pass


def _as_known(town: Town) -> Patient:
    found = town.store.get(Patient, "alice")
    assert found is not None
    return stricter(found, contact_of(town))


def _held_whatever_was_saved(town: Town, turns: Turns) -> list[str]:
    patient, known = _as_known(town), contact_of(town).patients[0]
    wrong = [] if patient.held_at and known.held_at else ["saving a plan let a phone go that is not safe"]
    same = (known.content_level, known.duress) == (patient.content_level, patient.duress)
    return wrong + ([] if same else ["the number and the patient disagree"])


def _neutral(town: Town, turns: Turns) -> list[str]:
    """Whoever came second decides the level; both rows say the same."""
    patient, known = _as_known(town), contact_of(town).patients[0]
    return [] if patient.content_level == known.content_level else ["the number and the patient disagree"]


def _one_item(town: Town, turns: Turns) -> list[str]:
    return [line for line in held(town) if "left" not in line]


RACES = (
    Race("a word that says not safe and a text that leaves", sends(INSIDE), _welcome_leaves, has_a_word, _only_in_the_air),
    Race("a word that says not safe and a plan that is saved", sends(INSIDE), _saves_the_plan, has_a_word, _held_whatever_was_saved),
    Race("a word that says not safe, twice", sends(INSIDE), sends(INSIDE), has_a_word, _one_item),
    Race("PRIVATE and a plan that is saved", sends("PRIVATE"), _saves_the_plan, has_a_word, _neutral),
    Race("a wrong number and a text that leaves", sends("wrong number"), _welcome_leaves, has_a_word, _only_in_the_air),
)
