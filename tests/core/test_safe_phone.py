"""What loosens a safe-phone plan, which words somebody may choose, and how long a plan is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import Contact
from chalicelib.core.safe_phone import SafePhone, differs, known_as, loosens, own_word, review_after, wrong_word
from tests.fakes.world import TUESDAY_NOON

from ..cast import a_patient
from ..flows.office import an_open_office

BEFORE = SafePhone(
    hours={"mon": "10:00-15:00"}, level=1, phone="unsafe", voicemail="no", others="Bob", word="maple", duress="lasagna",
    needs_word=True, way="her sister", avoid="Bob", agreed="Call her sister.",
)  # fmt: skip
LOOSER = {
    "hours": {"mon": "10:00-15:30"}, "level": 2, "phone": "", "voicemail": "yes", "word": "walnut", "duress": "stew",
    "needs_word": False, "way": "her brother", "avoid": "", "agreed": "Call Bob.",
}  # fmt: skip
STRICTER = {
    "hours": {"mon": "11:00-15:00"}, "level": 0, "voicemail": "", "way": "", "avoid": "Bob, and his mother", "others": "Bob, Rosa",
    "label": "office", "word": "MÁPLE",
}  # fmt: skip


@pytest.mark.parametrize("name", LOOSER)
def test_each_thing_that_lets_more_through_is_named(name: str) -> None:
    after = replace(BEFORE, **{name: LOOSER[name]})
    assert loosens(BEFORE, after) == (name,) and differs(BEFORE, after) == (name,)


@pytest.mark.parametrize("name", STRICTER)
def test_what_only_tightens_needs_no_check(name: str) -> None:
    assert loosens(BEFORE, replace(BEFORE, **{name: STRICTER[name]})) == ()


def test_no_hours_are_the_houses_hours_and_not_all_of_them() -> None:
    house = SafePhone()
    assert loosens(house, replace(house, hours={"mon": "09:00-20:00"})) == ()
    assert loosens(house, replace(house, hours={"mon": "08:00-20:00"})) == ("hours",)
    assert loosens(replace(house, hours={"mon": "09:00-20:00"}), house) == ("hours",)


@pytest.mark.parametrize(
    ("word", "why"),
    [("pie", "short"), ("1234", "digits"), ("a b c d", "long"), ("x" * 41, "long"), ("Maple!", "same"), ("tía Rosa", ""), ("lasaña", "")],
)
def test_words_that_somebody_may_choose(word: str, why: str) -> None:
    assert wrong_word(word, "maple") == why


def test_an_unsafe_or_shared_phone_is_asked_about_every_ninety_days() -> None:
    year, often = timedelta(days=365), timedelta(days=90)
    assert review_after(SafePhone(), shared=False) == year and review_after(SafePhone(), shared=True) == often
    assert review_after(SafePhone(phone="unsafe"), shared=False) == often


def test_id_1_who_is_at_risk_from_somebody_near_is_known_by_their_word_alone() -> None:
    world = an_open_office()
    patient = a_patient(world)
    assert not own_word(patient, None).needed and own_word(patient, None).hashed == ""
    assert own_word(replace(patient, safe_phone="unsafe"), None).needed
    assert own_word(replace(patient, needs_word=True, word="h"), None).hashed == "h"
    assert own_word(replace(patient, held_at=TUESDAY_NOON), None).needed
    contact = world.store.get(Contact, patient.contact_id)
    assert contact is not None and not own_word(patient, contact).needed
    for role in ("guardian", "shared"):  # a parent knows the birth date (MIN-2)
        assert own_word(patient, replace(contact, patients=(replace(contact.patients[0], role=role),))).needed, role
    a_patient(world, "bob")
    assert own_word(patient, world.store.get(Contact, patient.contact_id)).needed


def test_id_1_who_else_uses_the_phone_knows_the_birth_date() -> None:
    assert known_as(SafePhone(others="Bob")).needs_word and not known_as(SafePhone()).needs_word
