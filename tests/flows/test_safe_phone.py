"""The safe-phone plan as staff keep it: versions, what needs to be checked first, its words as hashes, and its review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.records import ConsentEntry, Contact, Patient, SafePlan, Tasks
from chalicelib.core.safe_phone import SafePhone
from chalicelib.errors import NotFound
from chalicelib.flows import tick
from chalicelib.flows.plan_rows import is_their_word
from chalicelib.flows.safe_phone import Outcome, read_plan, save_plan
from chalicelib.flows.transfer_patient import Transferred, transfer
from chalicelib.ports import World

from ..cast import CAROL, DAN, a_patient
from .office import Meddling, an_open_office, clock, store, traces

WISH = SafePhone(hours={"mon": "10:00-15:00"}, phone="unsafe", word="Maple", duress="lasagna", way="her sister", avoid="Bob")


def _alice(world: World) -> Patient:
    found = world.store.get(Patient, "alice")
    assert found is not None
    return found


def _saved(world: World, wish: SafePhone = WISH, how: str = "in_person", version: int = 0) -> Outcome:
    return save_plan(world, CAROL, "alice", wish, how, version)


def test_a_plan_is_sealed_and_its_words_are_nowhere_in_clear() -> None:
    world = an_open_office()
    a_patient(world)
    assert _saved(world).why == "saved"
    row, patient = store(world).rows(SafePlan)[0], _alice(world)
    contact = world.store.get(Contact, patient.contact_id)
    assert contact is not None and contact.patients[0].duress == patient.duress != ""
    for row_of in (row, patient, contact):
        assert "lasagna" not in repr(row_of).lower() and "maple" not in repr(row_of).lower()
    assert read_plan(world, CAROL, "alice").now == WISH
    assert (row.by, row.how, row.version) == ("carol", "in_person", 1) and "duress" in row.changed
    assert ("carol", "safe_phone", "done") in traces(world, "alice")


def test_staff_are_told_whether_a_word_is_theirs_and_a_word_nobody_chose_is_nobodys() -> None:
    world = an_open_office()
    a_patient(world)
    assert not is_their_word(world, _alice(world), "")
    _saved(world)
    patient = _alice(world)
    assert is_their_word(world, patient, " MAPLE. ") and not is_their_word(world, patient, "lasagna")
    assert not is_their_word(world, replace(patient, patient_id="bob"), "maple")  # keyed to one person


def test_what_loosens_needs_a_check_and_what_tightens_does_not() -> None:
    world = an_open_office()
    a_patient(world, content_level=1, consent={})
    assert _saved(world, replace(WISH, level=1), how="") == Outcome("check", ("word", "duress", "way"))
    assert _saved(world, replace(WISH, level=1)).why == "saved"
    assert _saved(world, replace(WISH, level=0), how="", version=1).why == "saved"
    assert _alice(world).content_level == 0
    assert [each.change for each in store(world).rows(ConsentEntry) if each.kind == "content_level_0"] == ["revoked"]
    assert _saved(world, replace(WISH, level=2), how="", version=2) == Outcome("check", ("level",))
    assert _saved(world, replace(WISH, level=0), how="", version=2).why == "same"
    assert _saved(world, replace(WISH, level=2), version=1).why == "stale"


def test_id_1_who_else_uses_the_phone_makes_their_word_needed() -> None:
    world = an_open_office()
    a_patient(world)
    assert _saved(world, replace(WISH, phone="", others="Bob")).why == "saved"
    assert _alice(world).needs_word and read_plan(world, CAROL, "alice").now.needs_word


@pytest.mark.parametrize(("word", "why"), [("stop", "taken"), ("thanks", "taken"), ("kill myself", "pages"), ("pie", "short")])
def test_a_word_means_nothing_else(word: str, why: str) -> None:
    world = an_open_office()
    a_patient(world)
    assert _saved(world, replace(WISH, duress=word)) == Outcome("duress", (why,))


def test_another_program_reads_nothing_and_leaves_a_trace() -> None:
    world = an_open_office()
    a_patient(world)
    _saved(world)
    for act in (lambda: read_plan(world, DAN, "alice"), lambda: save_plan(world, DAN, "alice", WISH, "in_person", 1)):
        with pytest.raises(NotFound):
            act()
    assert [result for who, _, result in traces(world, "alice") if who == "dan"] == ["refused", "refused"]


def test_a_colleague_who_was_faster_is_not_overwritten() -> None:
    world = an_open_office()
    a_patient(world)
    other = Meddling(store(world), lambda: _saved(world, replace(WISH, voicemail="no")), 4)
    assert _saved(replace(world, store=other)).why == "stale"
    assert _alice(world).plan == 1


def test_safe_1_a_plan_is_asked_about_again_once_and_saving_it_puts_that_off() -> None:
    world = an_open_office()
    a_patient(world)
    _saved(world)
    clock(world).advance(days=60)
    assert _saved(world, version=1).why == "saved"  # looked at again, with them
    clock(world).advance(days=89)
    tick.tick(world)
    assert world.store.get(Tasks, "adult") is None
    clock(world).advance(days=2)
    tick.tick(world)  # at once: nothing of it fails first
    assert world.store.get(Tasks, "adult") is not None
    clock(world).advance(days=2)
    tick.tick(world)
    listed = world.store.get(Tasks, "adult")
    assert listed is not None and [each.kind for each in listed.items if each.kind == "plan_review"] == ["plan_review"]


def test_a_plan_goes_along_to_another_program() -> None:
    world = an_open_office()
    a_patient(world)
    _saved(world)
    assert isinstance(transfer(world, CAROL, "alice", "harbor", "01MOVE"), Transferred)
    assert read_plan(world, DAN, "alice").now == WISH
