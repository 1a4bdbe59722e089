"""Somebody asks on the web page to be texted, told as stories: anybody may type anybody's number, so nothing is a permission before
the phone itself said yes and a person looked whose it is; and nobody's phone is flooded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.core.asked import MOST, AskCount, Asked, may_ask_back
from chalicelib.core.consent import stopped
from chalicelib.core.consent_ledger import comes_to
from chalicelib.core.messages import Status
from chalicelib.core.page_links import TOKEN
from chalicelib.core.people import PatientRef
from chalicelib.core.records import ConsentEntry, Contact, Incident, Message, Patient, Prompt, Put, Thread, Update
from chalicelib.errors import SecretUnavailable, StoreUnavailable
from chalicelib.flows import ask_form, asked_desk
from chalicelib.flows.deliver import deliver
from chalicelib.flows.patient_rows import without_person
from chalicelib.flows.read_asked import Typed
from chalicelib.flows.read_consent import read_consent
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.ports import SealContext
from tests.asking import NAME, asked_back, asks, asks_and_says_yes, questions, says_yes
from tests.cast import ALICE_NUMBER, CAROL, STRANGER_NUMBER, a_patient, an_sms
from tests.first_look import the_screen
from tests.flows.office import an_open_office

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BOTH = replace(CAROL, programs=("adult", "unmatched"))


def alices(world) -> Contact:
    return world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))


def changes(world, **fields) -> None:
    contact = alices(world)
    world.store.commit(Update(Contact, (contact.contact_id,), set={**fields, "version": contact.version + 1}))


def sent(world) -> list[str]:
    return [each.body for each in world.carriers["twilio"].sent]


def test_a_number_that_is_nobodys_is_asked_once_and_a_yes_is_a_persons_to_look_at():
    world = an_open_office()
    assert asks(world, STRANGER_NUMBER)
    assert world.store.rows(Contact) == [] and world.store.rows(Message) == [] and sent(world) == []  # the page sends nothing
    [row] = asked_back(world)
    assert row.status == Status.QUEUED_AT_CARRIER and (row.content_level, row.patient_id) == (0, "")
    assert len(sent(world)) == 1 and NAME not in sent(world)[0] and "Reply 1" in sent(world)[0]
    contact = world.store.get(Contact, world.hasher.contact_id(STRANGER_NUMBER))
    assert world.store.rows(Thread) == [] and world.store.rows(ConsentEntry) == [] and contact.joined_at is None  # nobody's inbox yet
    says_yes(world, STRANGER_NUMBER)
    lines = world.store.consents_of(contact.contact_id)
    assert {(each.ledger, each.kind) for each in lines} == {("text", "conversation")}  # who holds the phone saw no box
    assert {(each.medium, each.words, each.language, each.change, each.by) for each in lines} == {("web", "web-en-1", "en", "granted", "patient")}
    assert all(each.rule_version and each.ask_id and each.message_id for each in lines)
    thread = world.store.get(Thread, contact.contact_id)
    assert (thread.note, thread.program, thread.unanswered) == ("joined", "unmatched", 1)
    assert world.store.rows(Patient) == []  # never an automatic patient


def test_who_chose_spanish_on_the_page_is_asked_and_thanked_in_spanish():
    world = an_open_office()
    wish = ask_form.Wish(STRANGER_NUMBER, NAME, "1990-05-05", "es", "web-es-1", ("groups",), True, "f")
    ask_form.ask(world, wish, "")
    asked_back(world)
    says_yes(world, STRANGER_NUMBER)
    rows = [row for row in world.store.newest(questions(world)[0].thread_id, 10) if row.direction == "out"]
    assert {(row.template, row.language) for row in rows} == {("ask_back", "es"), ("joined", "es")}
    assert {line.language for line in world.store.rows(ConsentEntry)} == {"es"}


def test_a_patients_own_number_is_asked_in_her_thread_and_only_a_person_notes_what_was_ticked():
    world = an_open_office()
    a_patient(world, consent={})
    asks(world)
    [row] = asked_back(world)
    assert (row.thread_id, row.patient_id) == ("alice", "alice")
    [form] = read_consent(world, BOTH, "alice").forms
    assert (form.typed, form.yes_at, form.noted_at) == (Typed(NAME, "1990-05-05"), None, None)
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "not_yet"
    says_yes(world)
    assert world.store.get(Patient, "alice").consent == {}  # whoever holds the phone said it
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at == world.clock.now
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id, risk=True) == "saved"
    patient = world.store.get(Patient, "alice")
    assert set(patient.consent) == {"conversation", "appointments", "groups"} and patient.unencrypted == "yes"
    assert patient.declined == ("waitlist",)  # the first yes would have named it, and its box stayed empty
    own = world.store.consents_of("alice")
    assert {(each.medium, each.words, each.language, each.ask_id) for each in own} == {("web", "web-en-1", "en", form.ask.ask_id)}
    assert comes_to(own, world.clock.now).consent.keys() == patient.consent.keys()
    assert not read_consent(world, BOTH, "alice").differs
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "saved" and len(world.store.consents_of("alice")) == len(own)


def test_an_empty_box_takes_nothing_back_from_who_had_agreed():
    world = an_open_office()
    a_patient(world, consent={"conversation": world.clock.now, "waitlist": world.clock.now}, unencrypted="yes")
    asks(world, kinds=("groups",), risk=False)
    asked_back(world)
    says_yes(world)
    [form] = read_consent(world, BOTH, "alice").forms
    asked_desk.note(world, BOTH, "alice", form.ask.ask_id)
    patient = world.store.get(Patient, "alice")
    assert set(patient.consent) == {"conversation", "waitlist", "groups"} and patient.declined == () and patient.unencrypted == "yes"


@pytest.mark.parametrize(("ticked", "told"), [(False, False), (False, True), (True, False)])
def test_without_the_box_of_the_risk_there_and_here_only_neutral_words_go(ticked, told):
    """The risk is theirs to say to a person: whoever ticked it on the page may be anybody."""
    world = an_open_office()
    a_patient(world, consent={}, content_level=1)
    asks(world, risk=ticked)
    asked_back(world)
    says_yes(world)
    [form] = read_consent(world, BOTH, "alice").forms
    asked_desk.note(world, BOTH, "alice", form.ask.ask_id, risk=told)
    assert world.store.get(Patient, "alice").unencrypted == "no"


def test_a_yes_to_a_question_and_lines_of_an_older_version_are_read():
    """It wrote the ticked boxes into the question, and a line for each of them."""
    world = an_open_office()
    a_patient(world, consent={})
    asks(world)
    asked_back(world)
    prompt = alices(world).prompt
    assert prompt.about[3:] == ()
    changes(world, prompt=replace(prompt, about=(*prompt.about[:3], "appointments", "groups", "risk")))
    says_yes(world)
    [line] = world.store.consents_of(alices(world).contact_id)
    assert line.kind == "conversation"
    for kind, ledger in (("groups", "text"), ("risk", "risk")):
        world.store.commit(Put(replace(line, entry_id=line.entry_id + kind, kind=kind, ledger=ledger)))
    found = read_consent(world, BOTH, "alice")
    assert {each.entry.kind for each in found.lines} == {"conversation", "groups", "risk"} and found.forms[0].yes_at == line.at


# --- several forms for one number ----------------------------------------------------------------------------------


def test_a_strangers_form_in_the_same_minute_adds_no_box_to_her_yes():
    world = an_open_office()
    a_patient(world, consent={})
    asks(world, kinds=("appointments",), risk=False)
    world.clock.now += timedelta(seconds=10)
    asks(world, kinds=("appointments", "check_ins", "groups"))
    asked_back(world)
    world.clock.now += timedelta(seconds=10)
    asks(world, kinds=("appointments", "waitlist"))
    says_yes(world)
    [form] = [each for each in read_consent(world, BOTH, "alice").forms if each.yes_at]
    assert (form.common, form.risk, form.differ) == (("appointments",), False, True)
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id, risk=True) == "saved"
    patient = world.store.get(Patient, "alice")
    assert set(patient.consent) == {"conversation", "appointments"} and patient.unencrypted == "no"
    assert patient.declined == ()  # one form wanted earlier times: nobody said no to them


def test_forms_that_say_the_same_differ_in_nothing():
    world = an_open_office()
    a_patient(world, consent={})
    for _ in range(6):
        world.clock.now += timedelta(seconds=10)
        asks(world, kinds=("groups",))
    asked_back(world)
    says_yes(world)
    form = next(each for each in read_consent(world, BOTH, "alice").forms if each.yes_at)
    assert (form.common, form.risk, form.differ) == (("groups",), True, False)


def test_her_form_that_others_pushed_out_still_bounds_what_can_be_noted():
    """Three are kept: whoever types three more had been alone with her yes."""
    world = an_open_office()
    a_patient(world, consent={})
    asks(world, kinds=("waitlist",))
    world.clock.now += timedelta(seconds=10)
    asks(world, kinds=("appointments",), risk=False)
    for _ in range(MOST):
        world.clock.now += timedelta(seconds=10)
        asks(world, kinds=("waitlist", "groups"))
    asked_back(world)
    for _ in range(MOST):
        world.clock.now += timedelta(seconds=10)
        asks(world, kinds=("waitlist", "groups"))
    says_yes(world)
    form = next(each for each in read_consent(world, BOTH, "alice").forms if each.yes_at)
    assert (form.common, form.risk, form.differ) == ((), False, True)


def test_a_form_that_the_phone_let_lie_last_week_bounds_nothing():
    world = an_open_office()
    a_patient(world, consent={})
    asks(world, kinds=("waitlist",))
    asked_back(world)
    world.clock.now += 8 * DAY
    asks(world, kinds=("appointments",))
    assert len(asked_back(world)) == 2
    says_yes(world)
    form = next(each for each in read_consent(world, BOTH, "alice").forms if each.yes_at)
    assert (form.common, form.differ) == (("appointments",), False)


# --- whose yes it was ----------------------------------------------------------------------------------------------


def test_a_yes_of_who_had_the_number_before_is_nothing_to_note_for_who_has_it_now():
    world = an_open_office()
    a_patient(world, consent={})
    asks_and_says_yes(world)
    world.clock.now += DAY
    world.store.commit(without_person(alices(world), "alice", world.clock.now))
    bob = a_patient(world, "bob", ALICE_NUMBER, consent={})
    [form] = read_consent(world, BOTH, bob.patient_id).forms
    assert (form.yes_at, form.anothers) == (None, True)
    assert asked_desk.note(world, BOTH, "bob", form.ask.ask_id) == "anothers" and world.store.consents_of("bob") == []


def test_who_is_registered_after_the_yes_of_a_number_that_was_nobodys_is_who_said_it():
    world = an_open_office()
    asks_and_says_yes(world)
    world.clock.now += MINUTE
    a_patient(world, consent={})
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at and not form.anothers
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "saved"


def test_a_yes_before_a_stop_does_not_come_back_with_a_later_join():
    world = an_open_office()
    a_patient(world, consent={})
    asks_and_says_yes(world)
    says_yes(world, body="STOP")
    world.clock.now += timedelta(hours=1)
    says_yes(world, body="START")
    join(world)
    assert alices(world).joined_at
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at is None and not form.anothers


def test_somebody_under_age_does_not_agree_alone():
    world = an_open_office()
    patient = a_patient(world, consent={})
    born = json.dumps({"name": "Alice", "number": ALICE_NUMBER, "birth_date": "2012-05-05"})
    sealed = world.vault.seal(SealContext("alice", "adult", "profile"), "alice", born)
    world.store.commit(Update(Patient, ("alice",), set={"sealed_profile": sealed}, expect={"version": patient.version}))
    asks_and_says_yes(world)
    [form] = read_consent(world, BOTH, "alice").forms
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "minor" and world.store.consents_of("alice") == []


def test_who_does_not_see_unknown_numbers_is_told_that_somebody_does_and_opens_nothing():
    world = an_open_office()
    a_patient(world)
    asks(world)
    [form] = read_consent(world, CAROL, "alice").forms
    assert form.typed is None
    assert not [each for each in world.vault.opened if form.ask.ask_id in repr(each)]


def test_n3_no_question_is_even_queued_for_who_said_stop():
    world = an_open_office()
    a_patient(world, consent={})
    says_yes(world, body="STOP")
    world.clock.now += 7 * DAY  # what its confirmation asked is long over
    asks(world)
    assert asked_back(world) == []


def test_a_stop_after_the_yes_ends_it():
    world = an_open_office()
    a_patient(world, consent={})
    asks_and_says_yes(world)
    says_yes(world, body="STOP")
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at is None and asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "not_yet"
    assert stopped(alices(world))


def test_a_join_from_that_phone_says_yes_to_what_it_asked_for_on_the_page():
    """For who gets no question: a phone of several people, one that had said STOP and came back."""
    world = an_open_office()
    a_patient(world, consent={})
    changes(world, stopped_at=world.clock.now - DAY)
    asks(world)
    assert asked_back(world) == []
    says_yes(world, body="START")
    says_yes(world, body="JOIN")
    joined = next(row for row in world.store.newest("alice", 10) if row.template == "join")
    deliver(world, "alice", joined.message_id)
    says_yes(world, body="yes")
    [form] = read_consent(world, BOTH, "alice").forms
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "saved"


def join(world) -> None:
    says_yes(world, body="JOIN")
    joined = next(row for row in world.store.newest("alice", 10) if row.template == "join")
    deliver(world, "alice", joined.message_id)
    says_yes(world, body="yes")


def test_who_let_our_question_lie_says_no_yes_to_that_form_by_a_posters_join():
    """Whoever ticked what there for her: a JOIN is about texts, and she had been told to do nothing if it was not her."""
    world = an_open_office()
    a_patient(world, consent={})
    asks(world)
    assert len(asked_back(world)) == 1
    world.clock.now += 2 * DAY
    join(world)
    assert alices(world).joined_at
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at is None and asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "not_yet"


def test_a_join_says_yes_to_the_newest_form_alone_and_not_weeks_later():
    world = an_open_office()
    a_patient(world, consent={})
    changes(world, stopped_at=world.clock.now - DAY)
    asks(world)
    world.clock.now += MINUTE
    asks(world, kinds=("appointments",), risk=False)
    assert asked_back(world) == []
    says_yes(world, body="START")
    join(world)
    newest, first = read_consent(world, BOTH, "alice").forms
    assert newest.ask.kinds == ("appointments",) and newest.yes_at and first.yes_at is None


def test_a_join_long_after_a_form_says_nothing_of_it():
    world = an_open_office()
    a_patient(world, consent={})
    changes(world, stopped_at=world.clock.now - DAY)
    asks(world)
    assert asked_back(world) == []
    world.clock.now += 4 * DAY
    says_yes(world, body="START")
    join(world)
    [form] = read_consent(world, BOTH, "alice").forms
    assert form.yes_at is None


def test_no_later_form_pushes_out_the_one_that_the_phone_is_asked_about():
    world = an_open_office()
    a_patient(world, consent={})
    asks(world, kinds=("waitlist",))
    world.clock.now += timedelta(seconds=10)
    asks(world, kinds=("appointments",))
    asked_back(world)
    for _ in range(MOST):
        world.clock.now += MINUTE
        asks(world, kinds=("groups",))
    says_yes(world)
    [form] = [each for each in read_consent(world, BOTH, "alice").forms if each.yes_at]
    assert form.ask.kinds == ("appointments",) and form.differ
    assert asked_desk.note(world, BOTH, "alice", form.ask.ask_id) == "saved"
    assert set(world.store.get(Patient, "alice").consent) == {"conversation"}


# --- a flood -------------------------------------------------------------------------------------------------------


def test_however_often_a_number_is_typed_it_is_asked_once_a_week_and_three_forms_are_kept():
    world = an_open_office()
    for _ in range(40):
        world.clock.now += MINUTE
        assert asks(world, STRANGER_NUMBER)
        asked_back(world)
    assert len(sent(world)) == 1
    [asked] = world.store.rows(Asked)
    assert len(asked.asks) == MOST and asked.asks[0].at == asked.texted_at  # what the phone was asked about stays
    world.clock.now += 6 * DAY
    asks(world, STRANGER_NUMBER)
    assert len(asked_back(world)) == 1
    world.clock.now += 2 * DAY
    asks(world, STRANGER_NUMBER)
    assert len(asked_back(world)) == 2


def test_the_same_form_pressed_twice_is_one_ask():
    world = an_open_office()
    wish = ask_form.Wish(STRANGER_NUMBER, NAME, "1990-05-05", "en", "web-en-1", ("groups",), True, "one form")
    assert ask_form.ask(world, wish, "") and ask_form.ask(world, wish, "")
    assert len(world.store.rows(Asked)[0].asks) == 1


def test_one_address_and_all_together_have_their_measure():
    world = an_open_office()
    wish = ask_form.Wish(STRANGER_NUMBER, NAME, "1990-05-05", "en", "web-en-1", ("groups",), True, "f")
    said = [ask_form.ask(world, replace(wish, number=f"+1303555{n:04d}"), "203.0.113.9") for n in range(100, 131)]
    assert said == [True] * ask_form.OF_ADDRESS + [False]
    assert ask_form.ask(world, replace(wish, form="g"), "203.0.113.10")
    world.clock.now += timedelta(hours=1)
    assert ask_form.ask(world, replace(wish, form="h"), "203.0.113.9")
    kept = len(world.store.rows(Asked))
    assert [ask_form.ask(world, replace(wish, form=f"i{n}"), "") for n in range(ask_form.OF_ALL)][-1] is False
    assert len(world.store.rows(Asked)) == kept
    world.clock.now += DAY
    assert ask_form.ask(world, replace(wish, form="j"), "")


def test_a_network_of_ipv6_is_one_address():
    """One connection has 2**64 of them: each had been let in anew."""
    world = an_open_office()
    wish = ask_form.Wish(STRANGER_NUMBER, NAME, "1990-05-05", "en", "web-en-1", ("groups",), True, "f")
    said = [ask_form.ask(world, replace(wish, form=f"f{n}"), f"2001:db8:1:2::{n:x}") for n in range(ask_form.OF_ADDRESS + 1)]
    assert said == [True] * ask_form.OF_ADDRESS + [False]
    assert ask_form.ask(world, wish, "2001:db8:1:3::1") and ask_form.ask(world, wish, "nonsense:")


def test_danger_from_one_network_is_one_thread_and_its_id_is_no_address_that_can_be_tried():
    world = an_open_office(screen=the_screen())
    for where in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::1"):
        assert ask_form.overhear(world, ["I want to die"], "", where, "en")
    [thread] = world.store.rows(Thread)
    at = f"{world.clock.now:%Y%m%d}"
    for tried in ("2001:db8:1:2::1", "2001:db8:1:2::/64"):
        assert thread.thread_id != sha256(f"web form {tried} {at}".encode()).hexdigest()


def of_danger(world) -> dict[str, list[str]]:
    """Each item's thread, to what was typed there."""
    threads = {row.thread_id: [] for row in world.store.rows(Incident)}
    for row in world.store.rows(Message):
        if row.direction == "in":
            threads[row.thread_id].append(row.message_id)
    return threads


def test_danger_from_two_hundred_addresses_is_six_items_and_each_of_their_texts_is_there():
    """It had been two hundred pages within a minute: a pager that does not stop silences the next crisis."""
    world = an_open_office(screen=the_screen())
    for n in range(200):
        world.clock.now += timedelta(milliseconds=300)
        assert "988" in ask_form.overhear(world, [f"I want to die, {n}"], "", f"203.0.113.{n}", "en")
    items = of_danger(world)
    assert len(items) == len(world.pager.pages) == ask_form.ALONE + 1
    assert sorted(map(len, items.values())) == [1] * ask_form.ALONE + [195]
    [many] = [row for row in world.store.rows(Incident) if len(items[row.thread_id]) > 1]
    thread = world.store.get(Contact, many.thread_id)
    assert thread.incidents[0].joined == 194
    world.clock.now += timedelta(minutes=2)
    ask_form.overhear(world, ["I want to die"], "", "198.51.100.1", "en")
    assert len(world.pager.pages) == ask_form.ALONE + 2 and len(of_danger(world)) == ask_form.ALONE + 1  # it goes on paging
    world.clock.now += timedelta(minutes=10)
    ask_form.overhear(world, ["I want to die"], "", "198.51.100.2", "en")
    assert len(of_danger(world)) == ask_form.ALONE + 2


def test_who_has_an_item_already_goes_on_there_in_the_middle_of_a_flood():
    world = an_open_office(screen=the_screen())
    for n in (*range(ask_form.ALONE + 2), 0, 0):
        world.clock.now += timedelta(seconds=1)
        ask_form.overhear(world, [f"I want to die, {world.clock.now}"], "", f"203.0.113.{n}", "en")
    assert sorted(map(len, of_danger(world).values())) == [1] * (ask_form.ALONE - 1) + [2, 3]


def test_danger_pages_for_itself_where_nobody_can_count():
    class NoCount:
        def __init__(self, store):
            self._store = store

        def get(self, kind, *key, **more):
            if kind is AskCount:
                raise StoreUnavailable("down")
            return self._store.get(kind, *key, **more)

        def __getattr__(self, name):
            return getattr(self._store, name)

    world = an_open_office(screen=the_screen())
    blind = replace(world, store=NoCount(world.store))
    for n in range(ask_form.ALONE + 2):
        assert ask_form.overhear(blind, ["I want to die"], "", f"203.0.113.{n}", "en")
    assert len(world.pager.pages) == len(of_danger(world)) == ask_form.ALONE + 2


def test_danger_is_heard_without_the_key():
    world = an_open_office(screen=the_screen())

    class NoKey:
        def __getattr__(self, name):
            raise SecretUnavailable("down")

    blind = replace(world, hasher=NoKey())
    assert ask_form.overhear(blind, ["I want to die"], "", "203.0.113.9", "en") and world.pager.pages


REF = PatientRef("alice", "adult")
NOON = an_open_office().clock.now
KNOWN = Contact("c", 1, patients=(REF,))
ONE = Asked("c", 1, b"", (ask_form.Ask("a", NOON, "en", "web-en-1", ("groups",), True, "", b""),))


@pytest.mark.parametrize(("contact", "asked", "may"), [
    (None, ONE, True),
    (KNOWN, ONE, True),
    (Contact("c", 1), ONE, True),
    (None, replace(ONE, asks=()), False),
    (None, replace(ONE, texted_at=NOON - 6 * DAY), False),
    (None, replace(ONE, texted_at=NOON - 7 * DAY), True),
    (replace(KNOWN, stopped_at=NOON), ONE, False),
    (replace(KNOWN, stopped_at=NOON, kept=("appointments",), kept_at=NOON + MINUTE), ONE, False),
    (replace(KNOWN, stopped_at=NOON, started_at=NOON + MINUTE), ONE, True),
    (replace(KNOWN, unsure_at=NOON), ONE, False),
    (replace(KNOWN, doubt="new_owner"), ONE, False),
    (replace(KNOWN, staff="carol"), ONE, False),
    (replace(KNOWN, patients=(REF, PatientRef("bob", "harbor", "shared"))), ONE, False),
    (replace(KNOWN, patients=(PatientRef("alice", "adult", "guardian"),)), ONE, False),
])  # fmt: skip
def test_whom_the_machine_may_ask(contact, asked, may):
    assert may_ask_back(asked, contact, NOON) is may


def test_nobody_in_danger_is_asked():
    world = an_open_office(screen=the_screen())
    a_patient(world)
    receive(world, an_sms("I want to die", at=world.clock.now), inline=False)
    assert alices(world).incidents
    asks(world)
    assert asked_back(world) == []


def test_a_question_that_is_open_on_that_phone_keeps_its_meaning():
    world = an_open_office()
    a_patient(world)
    until = world.clock.now + timedelta(hours=5)
    changes(world, prompt=Prompt("q", "alice", "visit", ("1", "2", "3"), until, world.clock.now, about=("v1",)))
    asks(world)
    assert asked_back(world) == []
    world.clock.now = until - MINUTE
    assert asked_back(world) == []
    world.clock.now = until
    assert len(asked_back(world)) == 1


def test_a_question_that_was_opened_while_ours_waited_for_her_hours_keeps_its_meaning_too():
    """A form at night and a reminder in the morning: her "1" to the reminder had been a yes to what a stranger ticked."""
    world = an_open_office()
    a_patient(world, safe_hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "15:00-16:00"))
    asks(world)
    asked_back(world)
    world.clock.now += timedelta(hours=3)
    until = world.clock.now + timedelta(minutes=30)
    changes(world, prompt=Prompt("q", "alice", "visit", ("1", "2", "3"), until, world.clock.now, about=("v1",)))
    [row] = asked_back(world)
    assert (row.status, row.status_reason, row.not_before) == (Status.QUEUED, "other_question", until)
    says_yes(world)
    assert world.store.rows(ConsentEntry) == [] and sent(world) == []
    world.clock.now = until
    assert len(asked_back(world)) == len(sent(world)) == 1


@pytest.mark.parametrize("why", ["open_incident", "not_alone"])
def test_who_came_into_danger_or_is_not_alone_any_more_while_it_waited_is_not_asked(why):
    """"Reply 1 to get them" had come in the morning to who had written at night that they want to die."""
    world = an_open_office(screen=the_screen())
    a_patient(world, safe_hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "15:00-16:00"))
    asks(world)
    asked_back(world)
    world.clock.now += timedelta(hours=2)
    if why == "open_incident":
        receive(world, an_sms("I want to die", at=world.clock.now), inline=False)
    else:
        changes(world, patients=(REF, PatientRef("bob", "harbor", "shared")))
    before = len(sent(world))
    world.clock.now += timedelta(hours=1)
    [row] = asked_back(world)
    assert (row.status, row.status_reason, len(sent(world))) == (Status.REFUSED, why, before)


@pytest.mark.parametrize(("fields", "why"), [
    ({"status": "hold"}, "on_hold"), ({"status": "deceased"}, "deceased"), ({"held_at": NOON}, "not_safe"), ({"no_phone": True}, "no_phone"),
])  # fmt: skip
def test_n3_is_asked_as_it_leaves_and_nobody_has_to_look_at_what_stays(fields, why):
    world = an_open_office()
    a_patient(world, **fields)
    asks(world)
    [row] = asked_back(world)
    assert (row.status, row.status_reason) == (Status.REFUSED, why) and sent(world) == []
    assert world.store.get(Thread, "alice").note == "" and alices(world).prompt is None


def test_it_waits_for_the_hours_that_she_chose_and_not_for_ever():
    world = an_open_office()
    a_patient(world, safe_hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "15:00-16:00"))
    asks(world)
    [row] = asked_back(world)
    assert (row.status, row.status_reason, row.not_before) == (Status.QUEUED, "safe_hours", NOON + timedelta(hours=3))
    world.clock.now += timedelta(hours=3)
    asked_back(world)
    assert len(sent(world)) == 1


def test_a_tick_that_comes_days_late_asks_nobody():
    world = an_open_office()
    asks(world, STRANGER_NUMBER)
    world.clock.now += 3 * DAY
    assert asked_back(world) == []


def test_it_leaves_her_reminders_their_room():
    world = an_open_office()
    a_patient(world)
    asks(world)
    asked_back(world)
    assert alices(world).auto_sent == ()


def test_a_digit_that_answers_nothing_a_day_after_it_ran_out_grants_nothing():
    world = an_open_office()
    asks(world, STRANGER_NUMBER)
    asked_back(world)
    world.clock.now += 6 * DAY
    says_yes(world, STRANGER_NUMBER)
    assert world.store.rows(ConsentEntry) == []


# --- the form itself -----------------------------------------------------------------------------------------------


def test_what_is_kept_of_a_form_is_sealed_and_says_nothing_of_whose_number_it_is():
    world = an_open_office()
    a_patient(world)
    asks(world)
    asks(world, STRANGER_NUMBER)
    rows = repr(world.store.rows(Asked))
    assert not any(mark in rows for mark in (NAME, "1990", "5550101", "5550150", "alice", "adult"))


def test_a_form_holds_for_four_hours_and_only_ours():
    world = an_open_office()
    token = ask_form.token(world)
    assert ask_form.holds(world, token) and not TOKEN.fullmatch(token)
    for wrong in ("", ".", "zz.1", token[:-1], token + "0", "f" * 13 + ".x", "\u00b2." + token):
        assert not ask_form.holds(world, wrong), wrong
    world.clock.now += timedelta(hours=4)
    assert not ask_form.holds(world, token)


def test_the_tick_is_done_with_it():
    world = an_open_office()
    asks(world, STRANGER_NUMBER)
    tick(world)
    world.clock.now += MINUTE
    tick(world)
    assert len(questions(world)) == 1
