"""A text arrives: what is paged, kept, answered, and in which order."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.incidents import HISTORY
from chalicelib.core.messages import Kind, Status
from chalicelib.core.permission import stopped
from chalicelib.core.records import ConsentEntry, Contact, Due, Incident, Message, Prompt, Receipt, Thread, Update
from chalicelib.errors import DeadlineExceeded, PageFailed, ParkFailed, SealFailed, SecretUnavailable, StoreUnavailable
from chalicelib.flows import handle_incident
from chalicelib.flows.deliver import deliver
from chalicelib.flows.outbox import words_of
from chalicelib.flows.receive_sms import NotKept, receive
from chalicelib.storage.codec import wire
from tests.cast import ERIN, STRANGER_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.vault import FakeVault
from tests.fakes.world import FakeCarrier, FakeHasher, FakePager, FakeParking, a_world
from tests.flows.post import queued

CRISIS = "I can't do this anymore, I took all my pills"


def opened(world, message):
    return words_of(world, message, "test")


def inbound(world):
    return [m for m in world.store.rows(Message) if m.direction == "in"]


def outgoing(world, kind):
    return [m for m in world.store.rows(Message) if m.direction == "out" and m.kind == kind]


def test_an_ordinary_text_is_kept_in_its_patients_thread_and_owes_an_answer():
    world = a_world()
    a_patient(world)
    answer = receive(world, an_sms("running ten minutes late"), inline=True)
    [kept] = inbound(world)
    assert (kept.thread_id, kept.program, kept.tier) == ("alice", "adult", 3)
    assert opened(world, kept) == "running ten minutes late"
    assert world.store.get(Thread, "alice").waiting_since == world.clock()
    assert answer.text == "" and world.pager.pages == []


def test_the_same_webhook_twice_is_one_text():
    world = a_world()
    a_patient(world)
    sms = an_sms("hello")
    receive(world, sms, inline=True)
    receive(world, sms, inline=True)
    assert len(inbound(world)) == 1
    assert world.store.get(Thread, "alice").unanswered == 1


def test_the_same_words_with_another_id_are_two_texts():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("yes"), inline=True)
    receive(world, an_sms("yes"), inline=True)
    assert len(inbound(world)) == 2


def test_a_crisis_pages_who_is_on_call_without_a_word_of_content():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(CRISIS), inline=True)
    [(to, text)] = world.pager.pages
    [incident] = world.store.rows(Incident)
    assert to == "erin"
    assert text == f"Porchlight: urgent item {incident.code}. Open the console."
    assert (incident.state, incident.tier, incident.holder) == ("paged", 0, "erin")


def test_a_crisis_is_answered_in_the_response_with_988_and_911():
    world = a_world()
    a_patient(world)
    answer = receive(world, an_sms(CRISIS), inline=True)
    assert "988" in answer.text and "911" in answer.text
    [row] = outgoing(world, Kind.CRISIS_ANSWER)
    assert answer.row == row.row and opened(world, row) == answer.text
    assert [d.kind for d in world.store.rows(Due)].count("answer_check") == 1


def test_a_crisis_through_aws_is_answered_by_a_direct_send():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    [sent] = world.carriers["aws"].sent
    assert sent.recipient == "+13035550101" and "988" in sent.body
    assert outgoing(world, Kind.CRISIS_ANSWER)[0].status == Status.QUEUED_AT_CARRIER


def test_the_page_leaves_before_anything_is_stored():
    order = []

    class Pager(FakePager):
        def page(self, to, text):
            order.append("page")

    class Store(FakeStore):
        def commit(self, *changes):
            order.append("commit")
            super().commit(*changes)

    world = a_world(pager=Pager(), store=Store())
    receive(world, an_sms(CRISIS), inline=True)
    assert order == ["page", "commit"]


class DownStore(FakeStore):
    """Reads and writes that never answer, as long as `down`."""

    down = True

    def get(self, record, *key):
        if self.down:
            raise StoreUnavailable("down")
        return super().get(record, *key)

    def commit(self, *changes):
        if self.down:
            raise StoreUnavailable("down")
        super().commit(*changes)


def test_with_the_store_down_everyone_is_paged_the_text_is_parked_and_answered():
    world = a_world(store=DownStore())
    answer = receive(world, an_sms(CRISIS), inline=True)
    assert [to for to, _ in world.pager.pages] == ["everyone"]
    assert "988" in answer.text
    [parked] = world.parking.parked
    assert "pills" not in parked and "+1303" not in parked


def test_with_the_store_down_an_ordinary_text_is_parked_in_silence():
    world = a_world(store=DownStore())
    assert receive(world, an_sms("hello"), inline=True).text == ""
    assert len(world.parking.parked) == 1 and world.pager.pages == []


@pytest.mark.parametrize("failure", [ParkFailed("x"), SealFailed("x")])
def test_what_can_be_neither_kept_nor_parked_is_refused_after_the_page(failure):
    world = a_world(store=DownStore(), parking=FakeParking(fails=[failure]))
    with pytest.raises(NotKept):
        receive(world, an_sms(CRISIS), inline=True)
    assert len(world.pager.pages) == 1


def test_a_page_that_was_not_taken_is_due_at_once_and_the_answer_promises_nobody():
    world = a_world(pager=FakePager(fails=[PageFailed("x")]))
    a_patient(world)
    answer = receive(world, an_sms(CRISIS), inline=True)
    [incident] = world.store.rows(Incident)
    assert incident.state == "detected"
    assert [d.kind for d in world.store.due(0, world.clock())] == ["escalate"]
    assert "has been alerted" not in answer.text


def test_look_ups_that_hang_do_not_stand_between_a_crisis_and_its_page():
    asked = []

    class Patience:
        def within(self, seconds, work):
            asked.append(seconds)
            if len(asked) == 1:
                raise DeadlineExceeded("1 s")
            return work()

    world = a_world(patience=Patience())
    a_patient(world)
    receive(world, an_sms(CRISIS), inline=True)
    assert asked[0] == 1.0
    assert [to for to, _ in world.pager.pages] == ["everyone"]
    assert inbound(world)[0].thread_id == "alice"


@pytest.mark.parametrize(("before", "left"), [(None, 1.0), (0.0, 1.0), (0.4, 0.6), (0.5, 0.5), (4.0, 0.5)])
def test_what_the_clinic_was_waited_for_is_taken_off_the_second_that_look_ups_share(before, left):
    asked = []

    class Patience:
        def within(self, seconds, work):
            asked.append(seconds)
            return work()

    world = a_world(patience=Patience())
    a_patient(world)
    came = None if before is None else world.clock() - timedelta(seconds=before)
    receive(world, an_sms(CRISIS), inline=True, started=came)
    assert asked[0] == pytest.approx(left)


@pytest.mark.parametrize("part", ["clinic", "hasher"])
def test_whatever_a_rota_or_a_key_does_a_crisis_pages_everyone_and_is_kept(part):
    """A rota that cannot be read; a key that is gone between two uses of it."""

    class NoRota(type(a_world().clinic)):
        def on_call(self, program, now):
            raise ValueError("a rota nobody can read")

    class NoKey(FakeHasher):
        def text_hash(self, text):
            raise SecretUnavailable("gone")

    world = a_world()
    a_patient(world)
    kind = {"clinic": NoRota, "hasher": NoKey}[part]
    clinic = kind(**{name: getattr(world.clinic, name) for name in world.clinic.__slots__}) if part == "clinic" else None
    broken = replace(world, clinic=clinic) if clinic else replace(world, hasher=NoKey())
    with suppress(Exception):  # what is answered then is another matter
        receive(broken, an_sms(f"Loved “{CRISIS}”"), inline=True)
    assert [to for to, _ in world.pager.pages] == ["everyone" if clinic else "erin"]
    assert len(inbound(world)) + len(world.parking.parked) == 1


def test_a_screen_that_fails_is_never_routine():
    class Broken:
        def look(self, text):
            raise RuntimeError("model")

    world = a_world(screen=Broken())
    a_patient(world)
    receive(world, an_sms("hello"), inline=True)
    assert len(world.pager.pages) == 1
    assert inbound(world)[0].tier == 1


def test_t10_a_crisis_from_an_unknown_number_is_paged_answered_and_kept():
    world = a_world()
    answer = receive(world, an_sms(CRISIS, STRANGER_NUMBER), inline=True)
    [kept] = inbound(world)
    assert kept.program == "unmatched" and kept.thread_id == world.hasher.contact_id(STRANGER_NUMBER)
    assert len(world.pager.pages) == 1 and "988" in answer.text


def test_an_unknown_number_is_remembered_sealed():
    world = a_world()
    receive(world, an_sms("hello?", STRANGER_NUMBER), inline=True)
    [contact] = world.store.rows(Contact)
    assert STRANGER_NUMBER.encode() not in contact.sealed_number
    assert contact.version == 1


# --- consent words -----------------------------------------------------------------------------------------------


def test_stop_stops_the_number_writes_the_ledger_and_confirms_once():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Stop"), inline=True)
    receive(world, an_sms("STOP"), inline=True)
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact.stopped_at == world.clock()
    [confirmation] = outgoing(world, Kind.STOP_CONFIRMATION)
    assert (confirmation.expires_at - confirmation.at).total_seconds() == 300  # TCPA-7
    assert [e.change for e in world.store.rows(ConsentEntry)] == ["revoked", "revoked"]  # each time they said it (TCPA-14)


def test_tw4_when_the_carrier_has_confirmed_a_stop_we_do_not():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("STOP", opt_out_type="STOP"), inline=True)
    assert outgoing(world, Kind.STOP_CONFIRMATION) == []


def test_c11_stop_inside_a_sentence_is_a_crisis_and_not_an_opt_out():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Stop me I'm going to hurt myself"), inline=True)
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact.stopped_at is None
    assert len(world.pager.pages) == 1
    assert world.store.get(Thread, "alice").waiting_since is not None


def test_an_opted_out_patient_in_crisis_still_reaches_people():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("STOP"), inline=True)
    answer = receive(world, an_sms(CRISIS), inline=True)
    assert len(world.pager.pages) == 1 and "988" in answer.text


def test_a_start_soon_after_a_stop_leaves_the_person_stopped_and_asks_a_person():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("STOP"), inline=True)
    world.clock.advance(seconds=30)
    receive(world, an_sms("START"), inline=True)
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact.started_at is None
    assert world.store.get(Thread, "alice").note == "start_after_stop"


def test_c32_a_later_start_is_the_way_back():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("STOP"), inline=True)
    world.clock.advance(hours=3)
    receive(world, an_sms("Unstop", at=world.clock()), inline=True)
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact.started_at == world.clock()
    assert len(outgoing(world, Kind.START_CONFIRMATION)) == 1


def test_a_stop_that_cannot_be_sealed_still_stops_the_number():
    class Sealless(FakeVault):
        broken = False

        def seal(self, context, row_id, text):
            if self.broken:
                raise SealFailed("no key")
            return super().seal(context, row_id, text)

    world = a_world(vault=Sealless())
    a_patient(world)
    world.vault.broken = True
    with pytest.raises(NotKept):
        receive(world, an_sms("STOP"), inline=True)
    assert world.store.get(Contact, world.hasher.contact_id("+13035550101")).stopped_at == world.clock()


def test_n1_a_start_only_the_log_knew_of_does_not_undo_the_stop_written_after_it():
    world = a_world()
    a_patient(world)
    written = world.clock()
    world.clock.advance(minutes=5)
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(hours=1)
    receive(world, an_sms("START", at=written), inline=False)
    assert stopped(world.store.get(Contact, world.hasher.contact_id("+13035550101")))
    assert world.store.get(Thread, "alice").note == "start_after_stop"


def test_n1_of_somebody_stopped_long_ago_a_stop_stays_the_last_word():
    """START, then STOP within a second, handed over in the wrong order."""
    world = a_world()
    a_patient(world)
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(days=30)
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(seconds=1)
    receive(world, an_sms("START", at=world.clock()), inline=True)
    assert stopped(world.store.get(Contact, world.hasher.contact_id("+13035550101")))
    assert len(outgoing(world, Kind.STOP_CONFIRMATION)) == 1


@pytest.mark.parametrize(
    ("body", "media", "minutes", "answers"), [("STOP", 0, 4, 1), ("STOP", 0, 5, 0), ("help", 0, 59, 1), ("help", 0, 60, 0), ("", 1, 60, 0)]
)
def test_tcpa_7_t7_what_comes_late_is_kept_and_no_longer_answered_by_itself(body, media, minutes, answers):
    world = a_world()
    a_patient(world)
    written = world.clock()
    world.clock.advance(minutes=minutes)
    receive(world, an_sms(body, at=written, media=media), inline=False)
    automatic = [m for m in world.store.rows(Message) if m.direction == "out"]
    assert (len(inbound(world)), len(automatic)) == (1, answers)
    assert all(row.expires_at is None or row.expires_at == written + timedelta(minutes=5) for row in automatic)


def test_yes_is_a_word_for_a_person_unless_the_number_is_stopped():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Yes"), inline=True)
    assert inbound(world)[0].meaning == "words"


def test_help_is_answered_and_still_seen_by_a_person():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("help"), inline=True)
    assert len(outgoing(world, Kind.HELP)) == 1
    assert world.store.get(Thread, "alice").waiting_since is not None


def test_c56_a_wrong_number_stops_and_asks_a_person_to_detach():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Sorry, wrong number"), inline=True)
    contact = world.store.get(Contact, world.hasher.contact_id("+13035550101"))
    assert contact.stopped_at is not None and len(contact.patients) == 1
    assert opened(world, outgoing(world, Kind.STOP_CONFIRMATION)[0]) == "Sorry about that. We will stop."
    assert world.store.get(Thread, "alice").note == "wrong_number"


# --- several people on one phone ---------------------------------------------------------------------------------


def test_t11_a_shared_phone_is_a_set_never_the_first():
    world = a_world()
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    receive(world, an_sms("see you tomorrow"), inline=True)
    [kept] = inbound(world)
    assert (kept.patient_id, kept.program) == ("", "unmatched")
    assert world.store.get(Thread, kept.thread_id).note == "shared_number"


def test_a_crisis_on_a_shared_phone_pages_whoever_all_programs_agree_on():
    world = a_world()
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    receive(world, an_sms(CRISIS), inline=True)
    assert [to for to, _ in world.pager.pages] == ["erin"]


def with_prompt(world, **fields):
    prompt = Prompt(
        "p1", "bob", "confirm", ("1", "2"), world.clock().replace(hour=23), world.clock().replace(hour=10), **fields
    )
    contact_id = world.hasher.contact_id("+13035550101")
    contact = world.store.get(Contact, contact_id)
    _ask(world, contact, prompt)


def _ask(world, contact, prompt):
    fields = {"prompt": prompt, "version": contact.version + 1}
    world.store.commit(Update(Contact, (contact.contact_id,), set=fields, expect={"version": contact.version}))


def test_the_open_question_tells_who_answers_on_a_shared_phone():
    world = a_world()
    a_patient(world)
    a_patient(world, "bob", program="harbor")
    with_prompt(world)
    receive(world, an_sms(" 1. "), inline=True)
    [kept] = inbound(world)
    assert (kept.thread_id, kept.meaning) == ("bob", "answer:confirm:1")
    assert world.store.get(Contact, kept.contact_id).prompt is None


def test_c13_a_number_inside_a_sentence_is_not_an_answer_and_the_question_waits():
    world = a_world()
    a_patient(world)
    with_prompt(world)
    receive(world, an_sms("I have 1 question"), inline=True)
    [kept] = inbound(world)
    assert kept.meaning == "words"
    assert world.store.get(Contact, kept.contact_id).prompt is not None


def test_t16_a_digit_just_after_a_new_question_is_asked_again():
    world = a_world()
    a_patient(world)
    prompt_now = world.clock()
    with_prompt(world, replaced=True)
    contact_id = world.hasher.contact_id("+13035550101")
    contact = world.store.get(Contact, contact_id)
    fresh = replace(contact.prompt, opened_at=prompt_now, patient_id="alice")
    _ask(world, contact, fresh)
    receive(world, an_sms("1"), inline=True)
    assert inbound(world)[0].meaning == "ask_again"


# --- shapes of text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", ["x" * 1600, "\U0001f642" * 400, "áéíóú ñ 你好", "line\nline", "\x00", "'" * 300, "a\u200bb"]
)
def test_any_body_comes_back_as_it_was(body):
    world = a_world()
    a_patient(world)
    receive(world, an_sms(body), inline=True)
    assert opened(world, inbound(world)[0]) == body


def test_an_empty_text_is_kept_for_a_person():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(""), inline=True)
    assert inbound(world)[0].meaning == "empty"
    assert world.store.get(Thread, "alice").note == "empty"


def test_a_picture_is_noted_and_the_person_told_kindly():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("", media=1), inline=True)
    [kept] = inbound(world)
    assert (kept.meaning, kept.media) == ("picture", 1)
    assert "cannot see pictures" in opened(world, outgoing(world, Kind.NOTICE)[0])


def test_a_picture_with_crisis_words_is_a_crisis():
    world = a_world()
    a_patient(world)
    receive(world, an_sms(CRISIS, media=1), inline=True)
    assert len(world.pager.pages) == 1


def test_c17_an_exact_reaction_to_our_exact_text_pages_nobody_and_shows_in_the_incident():
    world = a_world()
    a_patient(world)
    answer = receive(world, an_sms(CRISIS), inline=True)
    receive(world, an_sms(f"Loved “{answer.text}”"), inline=True)
    reaction = inbound(world)[-1]
    [incident] = world.store.rows(Incident)
    assert len(world.pager.pages) == 1
    assert (reaction.kind, reaction.incident_id) == (Kind.REACTION, incident.incident_id)


def test_c17_a_reaction_to_the_crisis_answer_is_a_line_of_its_incident_and_one_to_another_text_is_not():
    world = a_world()
    a_patient(world)
    answer = receive(world, an_sms(CRISIS), inline=True)
    reply = queued(world, "I am calling you now")
    deliver(world, reply.thread_id, reply.message_id)
    before = world.store.rows(Incident)[0].version
    receive(world, an_sms(f"Questioned “{answer.text}”"), inline=True)
    receive(world, an_sms("Liked “I am calling you now”"), inline=True)
    [incident] = world.store.rows(Incident)
    reactions = [m for m in inbound(world) if m.kind == Kind.REACTION]
    assert [m.incident_id for m in reactions] == [incident.incident_id, ""]
    assert [(s.who, s.detail) for s in incident.steps if s.what == "reaction"] == [("patient", reactions[0].message_id)]
    assert incident.version == before + 1 and world.store.get(Thread, "alice").unanswered == 1


def test_c17_a_reaction_to_words_that_are_not_ours_is_screened():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Questioned “I want to kill myself”"), inline=True)
    assert len(world.pager.pages) == 1


# --- one incident, several texts ---------------------------------------------------------------------------------


def test_later_crisis_texts_join_the_incident_and_page_at_most_every_two_minutes():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("I want to kill myself"), inline=True)
    world.clock.advance(seconds=30)
    receive(world, an_sms("I will kill myself tonight"), inline=True)
    assert len(world.store.rows(Incident)) == 1 and len(world.pager.pages) == 1
    world.clock.advance(minutes=2)
    receive(world, an_sms("I will kill myself"), inline=True)
    assert len(world.pager.pages) == 2


def test_a_worse_text_pages_at_once_and_brings_the_next_step_forward():
    world = a_world()
    a_patient(world)
    receive(world, an_sms("I want to kill myself"), inline=True)
    world.clock.advance(seconds=10)
    answer = receive(world, an_sms(CRISIS), inline=True)
    [incident] = world.store.rows(Incident)
    assert len(world.pager.pages) == 2 and incident.tier == 0
    assert (incident.escalate_at - world.clock()).total_seconds() == 300
    assert "988" in answer.text


def test_a_flood_is_bounded_and_never_silences_the_first():
    world = a_world()
    a_patient(world)
    for _ in range(40):
        receive(world, an_sms(CRISIS), inline=True)
        world.clock.advance(seconds=1)
    assert 1 <= len(world.pager.pages) <= 7
    assert len(inbound(world)) == 40


def test_a_flood_for_hours_never_fills_its_incidents_row():
    """400 KB is DynamoDB's limit: past it nothing could be acknowledged, and every text would page."""
    world = a_world()
    a_patient(world)
    for _ in range(HISTORY + 50):
        receive(world, an_sms(CRISIS, at=world.clock()), inline=True)
        world.clock.advance(minutes=3)
    [incident] = world.store.rows(Incident)
    assert len(incident.steps) <= 2 * HISTORY + 10 and incident.version == HISTORY + 50
    assert len(json.dumps(wire(incident))) < 300_000
    assert handle_incident.acknowledge(world, ERIN, incident.incident_id).steps[-1].what == "acknowledged"


def test_a_direct_answer_that_died_on_its_way_is_sent_when_the_text_comes_again():
    """Kept, and the process gone before the send: SNS gives the text again. A second answer is safer than none (EUM-8)."""

    class Gone(BaseException):
        pass

    class Dies(FakeCarrier):
        def send(self, sms):
            raise Gone

    world = a_world(carriers={"aws": Dies("aws", False)})
    a_patient(world)
    sms = an_sms(CRISIS, carrier="aws")
    with pytest.raises(Gone):
        receive(world, sms, inline=False)
    world.carriers["aws"] = FakeCarrier("aws", False)
    for _ in range(2):
        receive(world, sms, inline=False)
    assert len(world.carriers["aws"].sent) == 1  # the second time it is known to have left
    assert outgoing(world, Kind.CRISIS_ANSWER)[0].status == Status.QUEUED_AT_CARRIER
    assert len(world.pager.pages) == 1 and len(inbound(world)) == 1


def test_a_repeated_webhook_of_a_crisis_pages_once_and_is_answered_again():
    world = a_world()
    a_patient(world)
    sms = an_sms(CRISIS)
    first = receive(world, sms, inline=True)
    second = receive(world, sms, inline=True)
    assert first == second and len(world.pager.pages) == 1
    assert len(outgoing(world, Kind.CRISIS_ANSWER)) == 1


def test_cr7_a_direct_answer_that_is_refused_pages_call():
    from chalicelib.errors import CarrierRefused

    carrier = FakeCarrier("aws", False, fails=[CarrierRefused("opted_out", permanent=True)])
    world = a_world(carriers={"aws": carrier})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert "reply not delivered: call" in world.pager.pages[-1][1]
    assert world.store.rows(Incident)[0].reply_undelivered


def test_n4_only_the_crisis_answer_may_repeat_when_the_outcome_is_unknown():
    from chalicelib.errors import CarrierUnknown

    carrier = FakeCarrier("aws", False, lost=[CarrierUnknown()])
    world = a_world(carriers={"aws": carrier})
    a_patient(world)
    receive(world, an_sms(CRISIS, carrier="aws"), inline=False)
    assert len(carrier.sent) == 2


def test_receipts_are_for_ever():
    world = a_world()
    sms = an_sms("hello")
    receive(world, sms, inline=True)
    world.clock.advance(days=400)
    receive(world, sms, inline=True)
    assert len(world.store.rows(Receipt)) == 1 and len(inbound(world)) == 1


@pytest.mark.parametrize("failure", [RuntimeError("no XML"), ValueError("odd")])
def test_whatever_a_pager_raises_the_text_is_kept_and_answered(failure):
    world = a_world(pager=FakePager(fails=[failure]))
    a_patient(world)
    answer = receive(world, an_sms(CRISIS), inline=True)
    assert len(inbound(world)) == 1 and "988" in answer.text
    assert [d.kind for d in world.store.due(0, world.clock())] == ["escalate"]


def test_whatever_a_store_raises_the_text_is_parked():
    class Odd(FakeStore):
        def commit(self, *changes):
            raise RuntimeError("odd")

    world = a_world(store=Odd())
    assert "988" in receive(world, an_sms(CRISIS), inline=True).text
    assert len(world.parking.parked) == 1 and len(world.pager.pages) == 1
