"""Which answer a person in danger gets: from the marks of their phone, the rota of this minute, and what they wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.messages import Kind
from chalicelib.core.place import written_in
from chalicelib.core.records import Contact, Message, Update
from chalicelib.core.triage import FirstLook
from chalicelib.errors import PageFailed
from chalicelib.flows.receive_sms import receive
from tests.cast import STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.world import CLINIC, FakePager, a_world
from tests.first_look import the_screen

FRIDAY_NIGHT = timedelta(days=3, hours=11)  # after TUESDAY_NOON: Friday 11 PM in Denver
OPENS = "Mon 8:00 AM"


class Says:
    """A screen that finds what the test asks for."""

    def __init__(self, *categories, tier=0, rules=("en.test",)):
        self.found = FirstLook(tier, categories, rules)

    def look(self, text):
        return self.found


def answered(world, **sms):
    return receive(world, an_sms("words", at=world.clock.now, **sms), inline=True).text


def template(world):
    [row] = [row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    return row.template


def a_clinic(**rows):
    return read_clinic({**CLINIC, **rows})


def test_the_row_names_the_words_that_were_said():
    world = a_world(screen=Says("overdose"))
    a_patient(world)
    text = answered(world)
    assert template(world) == "ingestion/0/crisis_staffed/0"
    assert "1-800-222-1222" in text and "try to call" in text and "Reply TEXT" in text


def test_cr_4_the_domestic_violence_line_goes_to_a_phone_marked_safe_and_to_no_other():
    for mark, expected in (("", False), ("unsafe", False), ("safe", True)):
        world = a_world(screen=Says("danger_from_someone", tier=1))
        a_patient(world, safe_phone=mark)
        assert ("1-800-799-7233" in answered(world)) == expected


def test_t11_on_a_phone_that_two_people_share_nobody_reads_of_violence_even_where_both_said_safe():
    world = a_world(screen=Says("danger_from_someone", tier=1))
    a_patient(world, safe_phone="safe")
    a_patient(world, "bob", program="harbor", safe_phone="safe")
    assert "1-800-799-7233" not in answered(world)


def test_a_guardians_phone_is_a_shared_phone():
    world = a_world(screen=Says("danger_from_someone", tier=1))
    patient = a_patient(world, safe_phone="safe")
    contact = world.store.get(Contact, patient.contact_id)
    people = (replace(contact.patients[0], role="guardian"),)
    world.store.commit(Update(Contact, (contact.contact_id,), set={"patients": people}))
    assert "1-800-799-7233" not in answered(world)


def test_cr_3_no_call_is_promised_to_a_phone_where_a_call_is_not_safe():
    world = a_world(screen=Says("suicide"))
    a_patient(world, safe_phone="unsafe")
    text = answered(world)
    assert "We alerted our on-call team" in text and "try to call" not in text and "TEXT" not in text


def test_of_several_people_behind_a_phone_the_strictest_mark_counts():
    world = a_world(screen=Says("suicide"))
    a_patient(world, safe_phone="safe", content_level=1, veteran=True)
    a_patient(world, "bob", program="harbor", safe_phone="unsafe")
    text = answered(world)
    assert "try to call" not in text and "Larkspur" not in text and "838255" not in text


def test_veterans_are_told_their_line():
    world = a_world(screen=Says("suicide"))
    a_patient(world, veteran=True)
    assert "838255" in answered(world)


def test_txt_4_only_who_agreed_to_the_clinics_name_reads_it():
    for level, expected in ((0, False), (1, True), (2, True)):
        world = a_world(screen=Says("suicide"))
        a_patient(world, content_level=level)
        assert ("Larkspur Counseling" in answered(world)) == expected


def test_an_answer_in_spanish():
    world = a_world(screen=Says("suicide", tier=1))
    a_patient(world, language="es")
    text = answered(world)
    assert "AYUDA al 988" in text and "TEXTO" in text


@pytest.mark.parametrize(
    ("recorded", "rules", "expected"),
    [
        ("en", ("es.test", "es.other", "en.test"), "es"),
        ("en", ("en.test", "es.test", "es.other"), "en"),  # the gravest was said in English
        ("en", ("es.test", "en.test"), "en"),  # as much in one as in the other
        ("en", (), "en"),
        ("es", ("en.test",), "es"),
    ],
)
def test_acc_4_who_writes_in_spanish_is_answered_in_spanish_whatever_was_recorded(recorded, rules, expected):
    world = a_world(screen=Says("suicide", tier=1, rules=rules))
    a_patient(world, language=recorded)
    assert ("AYUDA al 988" in answered(world)) == (expected == "es")


@pytest.mark.parametrize(("said", "expected"), [("ya no puedo, me quiero matar", "es"), ("i want to kill myself", "en")])
def test_the_released_rules_tell_spanish_from_english(said, expected):
    assert written_in(the_screen().look(said), "en") == expected


def test_a_number_that_is_nobodys_gets_the_plain_answer():
    world = a_world(screen=Says("danger_from_someone"))
    text = answered(world, sender=STRANGER_NUMBER)
    assert "988" in text and "911" in text and "1-800" not in text and "Larkspur" not in text


# --- who reads now ---------------------------------------------------------------------------------------------------


def test_with_nobody_on_call_and_closed_it_says_when_somebody_reads():
    world = a_world(screen=Says("suicide"), clinic=a_clinic(shift=[]))
    a_patient(world)
    world.clock.now += FRIDAY_NIGHT
    text = answered(world)
    assert OPENS in text and "on-call" not in text and "TEXT" not in text


def test_with_nobody_on_call_though_we_are_open_it_names_no_hour_and_promises_nobody():
    world = a_world(screen=Says("suicide"), clinic=a_clinic(shift=[]))
    a_patient(world)
    text = answered(world)
    assert "Please do not wait for us" in text and "until" not in text


def test_a_time_declared_closed_says_its_own_words_and_still_pages_the_last_resort():
    closed = [{"id": "nights", "hours": "17:00-08:00", "says": "crisis_holiday"}]
    world = a_world(screen=Says("suicide"), clinic=a_clinic(closed=closed, rota={"last_resort": "frank"}))
    a_patient(world)
    world.clock.now += FRIDAY_NIGHT
    text = answered(world)
    assert "closed for a holiday" in text and OPENS in text and "try to call" not in text
    assert [to for to, _ in world.pager.pages] == ["frank"]


def test_a_closed_time_whose_words_nobody_wrote_is_answered_all_the_same():
    closed = [{"id": "nights", "hours": "17:00-08:00", "says": "crisis_of_tomorrow"}]
    world = a_world(screen=Says("suicide"), clinic=a_clinic(closed=closed))
    a_patient(world)
    world.clock.now += FRIDAY_NIGHT
    assert "Please do not wait for us" in answered(world)


def test_a_page_that_was_not_taken_promises_nobody():
    world = a_world(screen=Says("suicide"), pager=FakePager(fails=[PageFailed("no")]))
    a_patient(world)
    text = answered(world)
    assert "We are trying to reach our on-call team" in text and "alerted" not in text


def test_for_two_programs_one_without_a_person_is_enough_to_promise_nobody():
    shift = [{"hours": "00:00-24:00", "programs": ["adult"], "primary": "erin"}]
    world = a_world(screen=Says("suicide"), clinic=a_clinic(shift=shift))
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    assert "alerted" not in answered(world)


class NoRota:
    def on_call(self, program, now):
        raise ValueError("a rota nobody can read")

    def names(self):
        return frozenset()

    holidays = frozenset()


def test_a_rota_that_cannot_be_read_leaves_nobody_without_an_answer():
    world = a_world(screen=Says("suicide"))
    a_patient(world)
    world = replace(world, clinic=replace(world.clinic, rota=NoRota()))
    assert "We are trying to reach our on-call team" in answered(world)


# --- the same answer once more -------------------------------------------------------------------------------------


def test_n4_the_same_text_again_is_answered_in_the_same_words():
    world = a_world(screen=Says("overdose"))
    a_patient(world, veteran=True, content_level=1)
    sms = an_sms("words")
    first = receive(world, sms, inline=True).text
    assert receive(world, sms, inline=True).text == first


def test_a_row_of_the_version_before_is_answered_again_plainly():
    world = a_world(screen=Says("suicide"))
    a_patient(world)
    sms = an_sms("words")
    receive(world, sms, inline=True)
    [row] = [row for row in world.store.rows(Message) if row.kind == Kind.CRISIS_ANSWER]
    world.store.commit(Update(Message, (row.thread_id, row.message_id), set={"template": "crisis_staffed"}))
    again = receive(world, sms, inline=True).text
    assert "988" in again and "911" in again


@pytest.mark.parametrize(("minutes", "tier", "expected"), [(14, 1, False), (15, 1, True), (1, 0, True)])
def test_cr_1_once_per_incident_per_fifteen_minutes_unless_the_tier_rises(minutes, tier, expected):
    world = a_world(screen=Says("suicide", tier=1))
    a_patient(world)
    answered(world)
    world.clock.advance(minutes=minutes)
    world.screen.found = FirstLook(tier, ("suicide",), ("en.test",))
    assert bool(answered(world)) == expected
