"""A number nobody knew: matched or dismissed, its history whole, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.core.messages import DeliveryEvent, Kind, Status
from chalicelib.core.records import (
    Contact,
    Due,
    Forward,
    Incident,
    Message,
    Move,
    Patient,
    Put,
    Receipt,
    Thread,
    Update,
)
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound, PorchlightError
from chalicelib.flows import deliver, record_delivery
from chalicelib.flows.match_number import Match, Matched, NotMatched, dismiss, match
from chalicelib.flows.read_thread import open_profile, read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.whose_number import ANOTHERS, settle
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from .moving import Between, DiesAt, Dying, finished, unfinished, words
from .office import an_open_office, clock, outgoing, store, traces
from .post import queued

DESK = Staff("erin", "front_desk", ("adult", "unmatched"))


def _office(*texts: str, sender: str = STRANGER_NUMBER) -> World:
    world = an_open_office()
    a_patient(world)
    if sender == STRANGER_NUMBER:
        _greeted(world)
    for text in texts or ("hello", "it is me, new phone"):
        clock(world).advance(seconds=5)
        receive(world, an_sms(text, sender, at=world.clock()), inline=False)
    return world


def _greeted(world: World) -> None:
    """The number wrote before: a greeting would be one text more in each of these stories (tests/flows/test_greeting.py)."""
    contact_id = world.hasher.contact_id(STRANGER_NUMBER)
    sealed = world.vault.seal(SealContext(contact_id, "numbers", "number"), contact_id, STRANGER_NUMBER)
    world.store.commit(Put(Contact(contact_id, 1, sealed, carrier="twilio", greeted_at=world.clock())))


def _stranger(world: World, number: str = STRANGER_NUMBER) -> str:
    return world.hasher.contact_id(number)


def _wish(world: World, keep: str = "new", number: str = STRANGER_NUMBER, **fields: object) -> Match:
    thread = world.store.get(Thread, _stranger(world, number))
    wish = Match("alice", keep, thread.last_at if thread else None, world.ids(world.clock()))
    return replace(wish, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("keep", ["new", "once"])
def test_the_texts_stand_in_the_patients_thread_and_can_be_read_there(keep: str) -> None:
    world = _office()
    wish = _wish(world, keep)
    assert match(world, DESK, _stranger(world), wish) == Matched(wish.form_id)
    finished(world)
    assert words(world, CAROL, "alice") == ["hello", "it is me, new phone"]
    assert store(world).newest(_stranger(world)) == [] and unfinished(world) == []
    thread, emptied = world.store.get(Thread, "alice"), world.store.get(Thread, _stranger(world))
    assert thread is not None and thread.unanswered == 2 and thread.waiting_since is not None
    assert emptied is not None and emptied.waiting_since is None and emptied.last_at is None
    assert ("erin", "match_number", "done") in traces(world, "alice") and ("job:move", "match_done", "done") in traces(world, "alice")


def test_a_new_number_is_theirs_from_now_on_and_permission_is_asked_again() -> None:
    world = _office()
    match(world, DESK, _stranger(world), _wish(world))
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.contact_id == _stranger(world) and patient.consent == {}
    assert open_profile(world, CAROL, patient).number == STRANGER_NUMBER
    receive(world, an_sms("thank you", STRANGER_NUMBER, at=world.clock()), inline=False)
    finished(world)
    assert words(world, CAROL, "alice")[-1] == "thank you"
    old = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert old is not None and old.patients == () and old.owner_at is not None  # what its phone said is another's now
    theirs = world.store.get(Contact, _stranger(world))
    assert theirs is not None and theirs.owner_at is None  # and what this one said is theirs


def test_once_leaves_both_numbers_as_they_are() -> None:
    world = _office()
    match(world, DESK, _stranger(world), _wish(world, "once"))
    finished(world)
    receive(world, an_sms("me again", STRANGER_NUMBER, at=world.clock()), inline=False)
    assert words(world, ERIN, _stranger(world)) == ["me again"]
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.contact_id == world.hasher.contact_id(ALICE_NUMBER) and patient.consent


def test_c11_a_shared_phones_text_is_given_to_one_of_them_and_the_next_is_asked_again() -> None:
    world = an_open_office()
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    receive(world, an_sms("running late"), inline=False)
    match(world, DESK, _stranger(world, ALICE_NUMBER), _wish(world, "once", ALICE_NUMBER))
    finished(world)
    assert words(world, CAROL, "alice")[:1] == ["running late"] and "initials" in words(world, CAROL, "alice")[1]
    receive(world, an_sms("and now?", at=world.clock()), inline=False)
    assert words(world, ERIN, _stranger(world, ALICE_NUMBER)) == ["and now?"]


def test_a_number_that_others_have_cannot_become_somebodys_alone() -> None:
    world = an_open_office()
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    receive(world, an_sms("running late"), inline=False)
    assert match(world, DESK, _stranger(world, ALICE_NUMBER), _wish(world, "new", ALICE_NUMBER)) == NotMatched("in_use")


def test_a_text_that_nobody_read_is_not_moved() -> None:
    world = _office()
    wish = _wish(world)
    clock(world).advance(seconds=9)
    receive(world, an_sms("wait, wrong person", STRANGER_NUMBER, at=world.clock()), inline=False)
    assert match(world, DESK, _stranger(world), wish) == NotMatched("newer")


def test_who_may_not_see_the_list_or_the_patient_cannot_match() -> None:
    world = _office()
    for who in (CAROL, DAN):
        with pytest.raises(NotFound):
            match(world, who, _stranger(world), _wish(world))
    harbor = Staff("dan", "clinician", ("harbor", "unmatched"))
    assert match(world, harbor, _stranger(world), _wish(world)) == NotMatched("nobody")
    assert match(world, DESK, _stranger(world), _wish(world, patient_id="nobody")) == NotMatched("nobody")
    with pytest.raises(NotFound):
        match(world, DESK, "alice", _wish(world))
    assert store(world).rows(Move) == []


def test_the_same_form_twice_moves_once() -> None:
    world = _office()
    wish = _wish(world)
    match(world, DESK, _stranger(world), wish)
    assert match(world, DESK, _stranger(world), wish) == Matched(wish.form_id, again=True)


def test_the_same_webhook_after_the_move_is_still_known() -> None:
    """N1: the receipt knows where its text is now, and there is one."""
    world = _office()
    sms = an_sms("one more", STRANGER_NUMBER, at=world.clock())
    receive(world, sms, inline=False)
    match(world, DESK, _stranger(world), _wish(world))
    finished(world)
    receive(world, sms, inline=False)
    assert words(world, CAROL, "alice").count("one more") == 1
    assert {receipt.thread_id for receipt in store(world).rows(Receipt)} == {"alice"}


@pytest.mark.parametrize("keep", ["new", "once"])
def test_n2_an_incident_goes_along_and_a_further_text_pages_its_holder(keep: str) -> None:
    world = _office("I took pills")
    [before] = store(world).rows(Incident)
    match(world, DESK, _stranger(world), _wish(world, keep))
    finished(world)
    sender = STRANGER_NUMBER if keep == "new" else ALICE_NUMBER
    receive(world, an_sms("I will hurt myself", sender, at=world.clock()), inline=False)
    [incident] = store(world).rows(Incident)
    assert incident.incident_id == before.incident_id
    assert (incident.thread_id, incident.patient_id, incident.program, incident.open_in) == ("alice", "alice", "adult", "adult")
    thread = world.store.get(Thread, "alice")
    assert thread is not None and thread.incident_id == incident.incident_id
    assert [step.what for step in incident.steps].count("text") == 1


def test_a_late_callback_finds_the_crisis_answer_where_it_is_now() -> None:
    world = _office("I took pills")
    [answer] = outgoing(world, _stranger(world))
    clock(world).advance(minutes=40)
    match(world, DESK, _stranger(world), _wish(world))
    finished(world)
    record_delivery.record(world, DeliveryEvent("twilio", "SMx", Status.DELIVERED, world.clock(), answer.row))
    [moved] = outgoing(world)
    assert moved.status == Status.DELIVERED and [each.to for each in store(world).rows(Forward)] == ["alice"]


def test_a_callback_at_the_very_moment_of_the_move_is_not_lost() -> None:
    world = _office()
    row = queued(world, thread_id=_stranger(world), program="unmatched", contact_id=_stranger(world), patient_id="", kind=Kind.NOTICE)
    at_carrier = {"status": Status.QUEUED_AT_CARRIER}
    from chalicelib.core.records import Update

    world.store.commit(Update(Message, (row.thread_id, row.message_id), set=at_carrier))
    wish = _wish(world)
    meddled = replace(world, store=Between(store(world), 1, lambda: match(world, DESK, _stranger(world), wish)))
    record_delivery.record(meddled, DeliveryEvent("twilio", "SMx", Status.DELIVERED, world.clock(), row.row))
    assert [each.status for each in outgoing(world)] == [Status.DELIVERED]


def test_n4_a_queued_line_is_queued_once_after_the_move() -> None:
    world = _office()
    row = queued(world, thread_id=_stranger(world), program="unmatched", contact_id=_stranger(world), patient_id="", kind=Kind.NOTICE)
    match(world, DESK, _stranger(world), _wish(world))
    dues = [due.target for due in store(world).rows(Due) if due.kind == "deliver"]
    assert dues == [f"alice.{row.message_id}"]
    finished(world)
    assert len(world.carriers["twilio"].sent) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("at", range(1, 6))
def test_n4_a_delivery_in_every_gap_of_a_match_sends_once(at: int) -> None:
    world = _office()
    row = queued(world, thread_id=_stranger(world), program="unmatched", contact_id=_stranger(world), patient_id="", kind=Kind.NOTICE)
    leaves = Between(store(world), at, lambda: deliver.deliver(world, row.thread_id, row.message_id))
    match(replace(world, store=leaves), DESK, _stranger(world), _wish(world))
    finished(world, 4)
    assert len(world.carriers["twilio"].sent) == 1  # type: ignore[attr-defined]
    assert [each.status for each in outgoing(world)] == [Status.QUEUED_AT_CARRIER] and unfinished(world) == []


def test_n4_a_text_on_its_way_waits_for_its_carriers_word() -> None:
    world = _office()
    row = queued(world, thread_id=_stranger(world), program="unmatched", contact_id=_stranger(world), patient_id="", kind=Kind.NOTICE)
    world.store.claim(row.thread_id, row.message_id, world.clock(), world.clock(), "one")
    match(world, DESK, _stranger(world), _wish(world))
    assert outgoing(world) == [] and len(words(world, CAROL, "alice")) == 2
    finished(world, 40)
    assert [each.status for each in outgoing(world)] == [Status.NOT_SENT] and unfinished(world) == []


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 9))
def test_a_process_that_dies_anywhere_loses_nothing(at: int, after: bool) -> None:
    world = _office("I took pills", "please")
    wish, dying = _wish(world), DiesAt(store(world), at, after)
    try:
        match(replace(world, store=dying), DESK, _stranger(world), wish)
    except Dying:
        pass
    match(world, DESK, _stranger(world), replace(wish, seen=wish.seen))  # the person presses again
    clock(world).advance(minutes=40)
    finished(world)
    assert [each for each in words(world, CAROL, "alice") if each in ("I took pills", "please")] == ["I took pills", "please"]
    assert unfinished(world) == [] and store(world).newest(_stranger(world)) == []


@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", range(1, 9))
def test_a_new_text_in_every_gap_of_a_match_is_read_by_somebody(at: int, text: str) -> None:
    world = _office()
    wish = _wish(world)

    def arrives() -> None:
        clock(world).advance(seconds=1)
        receive(world, an_sms(text, STRANGER_NUMBER, at=world.clock()), inline=False)

    meddled = replace(world, store=Between(store(world), at, arrives))
    outcome = match(meddled, DESK, _stranger(world), wish)
    finished(world)
    if meddled.store.left > 0:  # type: ignore[attr-defined]  # the match had fewer steps
        return
    where = _stranger(world) if outcome == NotMatched("newer") else "alice"
    assert words(world, ERIN, where)[-1 if text == "and one more" else 0] is not None
    assert text in words(world, ERIN, where) and unfinished(world) == []
    thread = world.store.get(Thread, where)
    assert thread is not None and thread.waiting_since is not None
    for incident in store(world).rows(Incident):
        assert (incident.thread_id, incident.program) == (where, "adult" if where == "alice" else "unmatched")


@pytest.mark.parametrize("text", ["and one more", "I took pills"])
@pytest.mark.parametrize("at", range(1, 3))
def test_a_match_in_every_gap_of_a_new_text(at: int, text: str) -> None:
    world = _office()
    wish = _wish(world)

    def matched() -> None:
        try:
            match(world, DESK, _stranger(world), wish)
        except PorchlightError:
            pytest.fail("a match must not fail")

    clock(world).advance(seconds=1)
    receive(replace(world, store=Between(store(world), at, matched)), an_sms(text, STRANGER_NUMBER, at=world.clock()), inline=False)
    finished(world)
    moved = bool(store(world).rows(Move))
    assert text in words(world, ERIN, "alice" if moved else _stranger(world)) and unfinished(world) == []
    for incident in store(world).rows(Incident):
        assert incident.thread_id == ("alice" if moved else _stranger(world))


def test_dismissed_is_off_the_list_with_its_history_and_comes_back_with_the_next_text() -> None:
    world = _office()
    thread = world.store.get(Thread, _stranger(world))
    assert thread is not None and dismiss(world, ERIN, _stranger(world), thread.last_at)
    assert store(world).waiting("unmatched") == [] and len(words(world, ERIN, _stranger(world))) == 2
    assert ("erin", "dismiss_number", "done") in traces(world, _stranger(world))
    clock(world).advance(days=1)
    receive(world, an_sms("I took pills", STRANGER_NUMBER, at=world.clock()), inline=False)
    assert len(store(world).waiting("unmatched")) == 1 and len(store(world).rows(Incident)) == 1
    assert not dismiss(world, ERIN, _stranger(world), thread.last_at)
    with pytest.raises(NotFound):
        dismiss(world, ERIN, "alice", None)


def test_a_thread_longer_than_a_request_carries_is_brought_to_its_end_by_the_tick() -> None:
    world = _office(*[f"text {at}" for at in range(130)])
    match(world, DESK, _stranger(world), _wish(world))
    assert 0 < len(store(world).newest("alice", 500)) < 130
    finished(world, 4)
    assert len(store(world).newest("alice", 500)) == 130 and unfinished(world) == []
    assert [move.moved for move in store(world).rows(Move)] == [130]
    assert read_thread(world, CAROL, "alice").messages[-1].body == "text 129"


def test_safe_1_a_number_that_becomes_theirs_has_not_been_asked_about() -> None:
    world = _office()
    marked = Update(Patient, ("alice",), set={"safe_phone": "safe", "veteran": True})
    world.store.commit(marked)
    match(world, DESK, _stranger(world), _wish(world))
    patient, contact = world.store.get(Patient, "alice"), world.store.get(Contact, _stranger(world))
    assert patient is not None and patient.safe_phone == ""
    assert contact is not None and [(ref.safe_phone, ref.veteran) for ref in contact.patients] == [("", True)]


def test_who_had_no_number_has_one_again_and_what_a_phone_said_a_moment_ago_goes_along() -> None:
    """Of a patient taken off a number, the next number would have got nothing, for ever; and a PRIVATE or a word for "not safe"
    that the tick had not written down yet would have stayed with the old number."""
    world = _office()
    old = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert old is not None
    held = (replace(old.patients[0], held_at=clock(world).now),)
    said = {"patients": held, "no_more": ("alice level", "alice appointments"), "version": old.version + 1}
    world.store.commit(
        Update(Contact, (old.contact_id,), set=said), Update(Patient, ("alice",), set={"no_phone": True, "content_level": 1})
    )
    assert isinstance(match(world, DESK, _stranger(world), _wish(world)), Matched)
    patient = world.store.get(Patient, "alice")
    contact = world.store.get(Contact, _stranger(world))
    assert patient and contact and not patient.no_phone
    assert (patient.content_level, patient.declined) == (0, ("appointments",))
    assert [ref.held_at for ref in contact.patients] == [clock(world).now]


def test_who_was_taken_off_a_number_by_mistake_is_put_back_on_it() -> None:
    world = _office("wrong number", sender=ALICE_NUMBER)
    assert settle(world, CAROL, "alice", ANOTHERS, "") == "done"
    clock(world).advance(minutes=5)
    receive(world, an_sms("it is alice, I took pills", at=world.clock()), inline=False)
    wish = _wish(world, "new", ALICE_NUMBER)
    assert isinstance(match(world, DESK, _stranger(world, ALICE_NUMBER), wish), Matched)
    contact, patient = world.store.get(Contact, _stranger(world, ALICE_NUMBER)), world.store.get(Patient, "alice")
    assert contact and patient and not patient.no_phone
    assert [ref.patient_id for ref in contact.patients] == ["alice"] and [ref.thread_id for ref in contact.incidents] == ["alice"]
    finished(world)
    assert "it is alice, I took pills" in words(world, CAROL, "alice")
