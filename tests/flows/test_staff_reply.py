"""An item is taken by replying its code from a verified phone; every code gets an answer, and every text is kept once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.records import AuditEntry, Errand, Incident, Message, StaffPhone, Thread, Update
from chalicelib.errors import StoreUnavailable
from chalicelib.flows import errands
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.staff_reply import serves
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CAROL, FRANK, STRANGER_NUMBER, a_patient, an_sms

from .phones import CAROL_PHONE, DAN_PHONE, ERIN_PHONE, a_work_phone, direct, sent, stream
from .test_direct_page import TOOK_PILLS, a_clinic, a_crisis


def says(world, body, number=ERIN_PHONE, **fields):
    receive(world, an_sms(body, number, at=world.clock(), **fields), inline=True)
    stream(world)


def a_call(world=None):
    """A crisis whose page has left on both paths."""
    world = world or a_clinic()
    incident = a_crisis(world)
    stream(world)
    sent(world).clear()
    world.clock.advance(seconds=30)
    return world, incident


def now(world):
    [incident] = world.store.rows(Incident)
    return incident


def kept(world, body_of):
    return [row for row in world.store.rows(Message) if row.direction == "in" and row.contact_id == world.hasher.contact_id(body_of)]


@pytest.mark.parametrize("spelling", ["{}", "{} ok", " {} ", "ok {}"])
def test_the_code_takes_the_item_as_the_person_whose_phone_it_is(spelling):
    world, incident = a_call()
    says(world, spelling.format(incident.code.lower()))
    assert (now(world).state, now(world).holder) == ("acknowledged", "erin")
    assert [step.who for step in now(world).steps if step.what == "acknowledged"] == ["erin"]
    assert direct(world) == [
        (ERIN_PHONE, f"Porchlight: {incident.code} is yours. Call now, then say in the console that you reached them.")
    ]
    assert [e.who for e in world.store.rows(AuditEntry) if e.action == "incident_acknowledged"] == ["erin"]


def test_the_others_stand_down_as_in_the_console():
    world, incident = a_call()
    for _ in range(2):
        world.clock.advance(minutes=5)
        tick(world)
        stream(world)
    sent(world).clear()
    says(world, incident.code, CAROL_PHONE)
    down = f"Porchlight: item {incident.code} is taken by carol. You can stand down."
    assert {to for to, text in direct(world) if text == down} == {ERIN_PHONE, DAN_PHONE}
    assert {to for to, text in world.pager.pages if text == down} == {"erin", "dan"}


def test_no_further_step_is_paged_after_it():
    world, incident = a_call()
    says(world, incident.code)
    pages = len(world.pager.pages)
    world.clock.advance(minutes=6)
    tick(world)
    stream(world)
    assert [text for _, text in world.pager.pages[pages:] if "waits" in text] == []


def test_the_text_is_kept_once_and_asks_nobody_for_an_answer():
    world, incident = a_call()
    says(world, incident.code)
    [row] = kept(world, ERIN_PHONE)
    assert (row.meaning, row.sealed_body != b"") == ("staff_code", True)
    assert world.store.get(Thread, row.thread_id).waiting_since is None


def test_the_same_text_twice_is_kept_once_and_answered_once():
    world, incident = a_call()
    for _ in range(2):
        says(world, incident.code, carrier_id="SM-same")
    assert len(kept(world, ERIN_PHONE)) == 1 and len(direct(world)) == 1


def test_said_again_it_is_still_yours():
    world, incident = a_call()
    says(world, incident.code)
    says(world, f"{incident.code} ok")
    assert [text.partition(". ")[0] for _, text in direct(world)] == [f"Porchlight: {incident.code} is yours"] * 2
    assert [step.what for step in now(world).steps].count("acknowledged") == 1


def test_a_late_reply_takes_nothing_from_who_has_it():
    world, incident = a_call()
    acknowledge(world, CAROL, incident.incident_id)
    says(world, incident.code)
    assert now(world).holder == "carol"
    assert direct(world)[-1] == (ERIN_PHONE, f"Porchlight: {incident.code} is taken by carol. To take it over, open the console.")


def test_c25_an_unknown_code_gets_a_clear_answer():
    world = a_clinic()
    says(world, "ZZZ9")
    assert direct(world) == [(ERIN_PHONE, "Porchlight: no open item ZZZ9. It may be closed. Open the console.")]


@pytest.mark.parametrize("word", ["ZZZ9", "sure"])
def test_c25_a_mistyped_code_is_never_told_that_the_item_which_waits_may_be_closed(word):
    world, incident = a_call()
    says(world, word)
    [(to, text)] = direct(world)
    assert to == ERIN_PHONE and "closed" not in text and f"{incident.code} is not taken. Reply {incident.code} to take it" in text


def test_c25_a_closed_item_is_answered_like_that_too():
    world, incident = a_call()
    for step in (acknowledge, contacted):
        step(world, CAROL, incident.incident_id)
    resolve(world, CAROL, incident.incident_id, "visit_arranged")
    stream(world)
    sent(world).clear()
    says(world, incident.code)
    assert "no open item" in direct(world)[-1][1] and now(world).state == "resolved"


def test_a_phone_that_is_nobodys_cannot_take_it_and_is_told_so():
    world, incident = a_call()
    says(world, incident.code, STRANGER_NUMBER)
    assert now(world).state == "paged"
    assert direct(world) == [
        (STRANGER_NUMBER, f"Porchlight: this phone is not verified, so it cannot take {incident.code}. Open the console.")
    ]
    assert len(kept(world, STRANGER_NUMBER)) == 1


def test_a_strangers_word_that_only_looks_like_a_code_is_a_text_like_any_other():
    world, _ = a_call()
    says(world, "Yeah", STRANGER_NUMBER)
    assert direct(world) == []
    [row] = kept(world, STRANGER_NUMBER)
    assert row.meaning == "words" and world.store.get(Thread, row.thread_id).waiting_since is not None


def test_a_patients_word_never_meets_the_codes():
    world, incident = a_call()
    says(world, incident.code, ALICE_NUMBER)
    assert direct(world) == [] and now(world).state == "paged"


def test_a_colleague_whose_phone_a_patient_answers_too():
    """Alice's guardian works here: the text is in her thread as ever, and the item is taken."""
    world = a_clinic()
    a_patient(world, "zoe", ERIN_PHONE)
    world, incident = a_call(world)
    says(world, incident.code)
    [row] = [row for row in kept(world, ERIN_PHONE) if row.thread_id == "zoe"]
    assert row.meaning == "words" and world.store.get(Thread, "zoe").waiting_since is not None
    assert now(world).holder == "erin"


def test_a_colleague_in_danger_is_a_person_in_danger():
    world, _ = a_call()
    says(world, "K7Q2 I want to kill myself")
    assert len(world.store.rows(Incident)) == 2
    [row] = kept(world, ERIN_PHONE)
    assert row.meaning == "crisis"


def test_stop_is_stop_from_a_colleague_too():
    world, _ = a_call()
    says(world, "STOP")
    [row] = kept(world, ERIN_PHONE)
    assert row.meaning == "stop"


def test_other_words_of_a_colleague_ask_for_an_answer():
    world, _ = a_call()
    says(world, "what is this about?")
    [row] = kept(world, ERIN_PHONE)
    assert row.meaning == "words" and world.store.get(Thread, row.thread_id).waiting_since is not None


def test_who_serves_another_program_takes_it_only_when_called():
    world, incident = a_call()
    assert serves(world.clinic, "dan", "adult")  # the house's one shift is the clinic's
    assert not serves(world.clinic, "frank", "adult")
    frank_phone = "+13035550124"
    a_work_phone(world, FRANK, frank_phone)
    says(world, incident.code, frank_phone)
    assert "not for your programs" in direct(world)[-1][1] and now(world).state == "paged"


def test_a_code_brought_in_hours_later_does_nothing():
    world, incident = a_call()
    late = an_sms(incident.code, ERIN_PHONE, at=world.clock())
    world.clock.advance(minutes=31)
    receive(world, late, inline=False)
    assert not [errand for errand in world.store.rows(Errand) if errand.kind == "code_said"]
    assert len(kept(world, ERIN_PHONE)) == 1


def test_what_failed_half_way_is_done_by_the_tick():
    world, incident = a_call()
    receive(world, an_sms(incident.code, ERIN_PHONE, at=world.clock()), inline=True)
    [errand] = [errand for errand in world.store.rows(Errand) if errand.kind == "code_said"]
    broken = Breaking(world.store)
    with pytest.raises(StoreUnavailable):
        errands.run(replace(world, store=broken), errand.errand_id)
    assert now(world).holder == "erin" and direct(world) == []
    world.clock.advance(minutes=1)
    tick(world)
    stream(world)
    assert len([text for _, text in direct(world) if "is yours" in text]) == 1


class Breaking:
    """A store that loses its last write: the item is taken and the answer is not written."""

    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def commit(self, *changes):
        if any(getattr(change, "record", None) is Errand and not hasattr(change, "set") for change in changes):
            raise StoreUnavailable("simulated")
        self._inner.commit(*changes)


def test_two_items_of_one_code_and_the_one_that_waits_is_taken():
    world, incident = a_call()
    acknowledge(world, CAROL, incident.incident_id)
    a_patient(world, "yara", "+13035550177")
    receive(world, an_sms(TOOK_PILLS, "+13035550177", at=world.clock()), inline=True)
    second = next(each for each in world.store.rows(Incident) if each.thread_id == "yara")
    world.store.commit(Update(Incident, (second.incident_id,), set={"code": incident.code}))
    says(world, incident.code)
    assert world.store.get(Incident, second.incident_id).holder == "erin"
    assert world.store.get(Incident, incident.incident_id).holder == "carol"


# --- words that are no code (3 a.m., by thumb) ------------------------------------------------------------------------

NOT_YET = "Porchlight: {} is not taken. Reply {} to take it, or open the console."
WORK_PHONE = "Porchlight: this phone takes urgent items by their code. Whatever else you write here waits for whoever reads the inbox."


@pytest.mark.parametrize("words", ["omw", "on it!", "ok", "got it", "cant, i had two beers", "Liked “Porchlight: urgent item. Open the console.”"])
def test_whoever_was_called_and_answers_in_words_hears_that_they_took_nothing(words):
    world, incident = a_call()
    says(world, words)
    assert direct(world) == [(ERIN_PHONE, NOT_YET.format(incident.code, incident.code))]
    assert now(world).state == "paged" and [row.template for row in world.store.rows(Message) if row.kind == "notice"] == []
    says(world, incident.code)
    assert now(world).holder == "erin"


def test_whoever_was_not_called_hears_nothing_of_the_item():
    world, _ = a_call()
    says(world, "running late tomorrow", CAROL_PHONE)
    assert direct(world) == [(CAROL_PHONE, WORK_PHONE)]


def test_what_somebody_took_meanwhile_is_no_item_that_waits():
    world, incident = a_call()
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    sent(world).clear()
    says(world, "ok thanks")
    assert direct(world) == []


def test_c56_a_phone_that_answers_by_itself_is_answered_once_in_two_minutes():
    world, _ = a_call()
    for _ in range(3):
        world.clock.advance(seconds=20)
        says(world, "I'm driving with Driving Focus turned on. I'll see your message when I get where I'm going.")
    assert len(direct(world)) == 1
    world.clock.advance(minutes=2)
    says(world, "omw")
    assert len(direct(world)) == 2


@pytest.mark.parametrize("answers", ["Received", "OK", "\N{THUMBS UP SIGN}"])
def test_c56_nor_does_one_that_says_ok_by_itself_go_on_with_us_for_ever(answers):
    """A pager's gateway receipts each text with "Received": until the item was taken, each of ours had brought the next."""
    world, incident = a_call()
    for _ in range(3):
        world.clock.advance(seconds=20)
        says(world, answers)
    assert direct(world) == [(ERIN_PHONE, NOT_YET.format(incident.code, incident.code))]
    world.clock.advance(minutes=2)
    says(world, answers)
    assert len(direct(world)) == 2


def test_an_ok_that_comes_soon_after_other_words_passes_the_test_all_the_same():
    world = a_clinic()
    says(world, "one moment")
    world.clock.advance(seconds=20)
    phone = world.store.get(StaffPhone, "erin")
    world.store.commit(Update(StaffPhone, ("erin",), set={"methods": tuple(replace(each, asked_at=world.clock()) for each in phone.methods)}))
    says(world, "ok")
    [method] = world.store.get(StaffPhone, "erin").methods
    assert method.passed_at == world.clock() and (ERIN_PHONE, "Porchlight: thank you, this phone works.") in direct(world)


def test_a_colleagues_ordinary_text_is_no_strangers():
    world = a_clinic()
    says(world, "can you ask my two o'clock to come early?")
    assert direct(world) == [(ERIN_PHONE, WORK_PHONE)]
    [row] = kept(world, ERIN_PHONE)
    assert world.store.get(Thread, row.thread_id).waiting_since is not None  # a person reads it, as before
    assert [each.template for each in world.store.rows(Message) if each.direction == "out"] == []
    says(world, "never mind")
    assert len(direct(world)) == 1
    world.clock.advance(days=1, minutes=1)
    says(world, "hello again")
    assert len(direct(world)) == 2


def test_a_test_that_is_passed_while_an_item_waits_says_that_it_waits():
    world, incident = a_call()
    phone = world.store.get(StaffPhone, "erin")
    world.store.commit(Update(StaffPhone, ("erin",), set={"methods": tuple(replace(each, asked_at=world.clock()) for each in phone.methods)}))
    says(world, "ok")
    assert direct(world) == [(ERIN_PHONE, NOT_YET.format(incident.code, incident.code))]
    [method] = world.store.get(StaffPhone, "erin").methods
    assert method.passed_at == world.clock()


def test_words_on_a_patients_own_phone_are_the_patients():
    world = a_clinic()
    a_work_phone(world, CAROL, ALICE_NUMBER)
    says(world, "omw", ALICE_NUMBER)
    assert direct(world) == []
