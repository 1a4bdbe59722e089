"""A reminder goes from one channel to the next: only when the one before surely failed, never twice, and never to nobody unseen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.calls import CallEvent, OutboundCall, Script
from chalicelib.core.channels import CHANNELS
from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.mail import OutboundMail
from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.permission import Refuse
from chalicelib.core.reach import Reach
from chalicelib.core.records import Address, Contact, Due, Message, Patient, PhoneCall, Put, Round, Task, Tasks, Update
from chalicelib.core.rounds import Tried, came_of, read_limits
from chalicelib.core.whose_number import Answer
from chalicelib.errors import CarrierRefused, CarrierUnknown, StoreUnavailable
from chalicelib.flows import page_link
from chalicelib.flows.around_text import around_text, leaves_now
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.call_ended import told
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.deliver import deliver
from chalicelib.flows.on_the_phone import goes_on
from chalicelib.flows.page_identity import Opened, Wrong, verify
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.tick import tick
from chalicelib.flows.transfer_patient import Transferred, transfer
from chalicelib.ports import World
from chalicelib.texts.reach import limits
from tests.appointments import DAY, FRIDAY, booked
from tests.cast import ALICE_NUMBER, CAROL, a_patient, an_sms
from tests.fakes.world import FakeMailer

from .looked import looked
from .office import Meddling, an_open_office, clock, outgoing, store
from .test_whose_number import Database, alices

NOW = FRIDAY - 3 * DAY
OWN = Reach("own")


def a_world(reach: Reach = OWN, **fields: Any) -> World:
    world = an_open_office()
    a_patient(world, **fields)
    assert save_sheet(world, CAROL, "alice", reach, 0) == "saved"
    return world


def deliver_all(world: World) -> None:
    for row in outgoing(world):
        if row.status == Status.QUEUED and (row.not_before is None or row.not_before <= clock(world).now):
            deliver(world, row.thread_id, row.message_id)


def at(world: World, when: Any) -> None:
    """The clock goes there minute by ten, as the tick sees it."""
    clock(world).now = when.astimezone(clock(world).now.tzinfo)
    tick(world)
    deliver_all(world)


def on(world: World, minutes: int) -> None:
    for _ in range(0, minutes, 5):
        at(world, clock(world).now + timedelta(minutes=5))


def rounds(world: World) -> list[Round]:
    return store(world).rows(Round)


def the_round(world: World) -> Round:
    return rounds(world)[-1]


def tasks(world: World, kind: str = "tell_them") -> list[Task]:
    known = world.store.get(Tasks, "adult")
    return [each for each in known.items if each.kind == kind] if known else []


def sent(world: World) -> list[str]:
    return [sms.body for sms in world.carriers["twilio"].sent]  # type: ignore[attr-defined]


def failed(world: World, why: Status = Status.FAILED_OTHER) -> None:
    row = outgoing(world)[-1]
    record(world, DeliveryEvent("twilio", row.carrier_id, why, clock(world).now, row.row, "30003"))


def change_contact(world: World, **fields: Any) -> None:
    contact = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER))
    assert contact is not None
    world.store.commit(Update(Contact, (contact.contact_id,), set={**fields, "version": contact.version + 1}))


def test_whom_nobody_asked_gets_texts_alone_and_no_round() -> None:
    world = an_open_office()
    a_patient(world)
    booked(world)
    at(world, FRIDAY - DAY)
    assert len(sent(world)) == 1 and rounds(world) == [] and "round" not in {due.kind for due in store(world).rows(Due)}


def test_a_text_that_the_carrier_took_is_the_only_thing_that_goes() -> None:
    world = a_world()
    booked(world)
    at(world, FRIDAY - DAY)
    on(world, 60)
    assert len(sent(world)) == 1 and the_round(world).state == "told" and tasks(world) == []
    assert [each.channel for each in the_round(world).tried] == ["text"] and "round" not in {due.kind for due in store(world).rows(Due)}


def test_a_text_that_failed_becomes_a_task_for_a_person_and_nothing_is_said_twice() -> None:
    world = a_world()
    visit = booked(world)
    at(world, FRIDAY - DAY)
    failed(world)
    on(world, 30)
    row = the_round(world)
    assert (row.state, [(each.channel, each.why) for each in row.tried]) == (
        "person", [("text", "30003"), ("voice", "no_consent_channel")],
    )  # fmt: skip
    assert [(each.patient_id, each.about) for each in tasks(world)] == [("alice", row.round_id)] and len(sent(world)) == 1
    on(world, 60)
    assert len(tasks(world)) == 1 and tasks(world)[0].due_at <= visit.start_at


def test_a_number_that_is_gone_is_told_by_a_person_at_once_and_a_lesser_text_is_left_out() -> None:
    world = a_world()
    booked(world)
    change_contact(world, doubt="gone")
    at(world, FRIDAY - 3 * DAY)
    at(world, FRIDAY - DAY)
    on(world, 5)
    assert sent(world) == [] and [each.state for each in rounds(world)] == ["person"] * len(tasks(world)) != []
    assert [each.why for each in the_round(world).tried] == ["number_in_doubt", "number_in_doubt"]


def test_whose_first_channel_is_a_person_gets_no_text() -> None:
    world = a_world(Reach("own", first="person"))
    booked(world)
    at(world, FRIDAY - DAY)
    at(world, FRIDAY - DAY + timedelta(minutes=2))
    assert sent(world) == [] and the_round(world).state == "person" and len(tasks(world)) == len(rounds(world)) >= 1
    assert the_round(world).left[0] == "person"


def test_tcpa_3_after_stop_nobody_is_sent_after_them() -> None:
    world = a_world()
    booked(world)
    receive(world, an_sms("STOP", at=clock(world).now), inline=False)
    at(world, FRIDAY - DAY)
    on(world, 30)
    assert tasks(world) == [] and sent(world) == [] and the_round(world).state == "over" and the_round(world).why == "opted_out"


def test_tcpa_8_who_kept_texts_of_visits_after_stop_is_told_by_a_person_where_the_text_fails() -> None:
    world = a_world()
    booked(world)
    for said in ("STOP", "KEEP"):
        clock(world).advance(minutes=1)
        receive(world, an_sms(said, at=clock(world).now), inline=False)
    at(world, FRIDAY - DAY)
    assert outgoing(world)[-1].kind == "reminder" and outgoing(world)[-1].status == Status.QUEUED_AT_CARRIER
    failed(world)
    on(world, 30)
    assert (the_round(world).state, len(tasks(world))) == ("person", 1)
    assert [each.why for each in the_round(world).tried] == ["30003", "no_consent_channel"]


def test_what_was_called_off_meanwhile_is_told_to_nobody_and_an_answer_ends_it() -> None:
    world = a_world()
    visit = booked(world)
    at(world, FRIDAY - DAY)
    failed(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled")
    on(world, 30)
    assert (the_round(world).state, the_round(world).why, tasks(world)) == ("over", "visit_changed", [])
    other = a_world()
    booked(other)
    at(other, FRIDAY - DAY)
    receive(other, an_sms("1", at=clock(other).now), inline=False)
    looked(other)
    failed(other)  # a late word of the carrier: they have answered
    on(other, 30)
    assert the_round(other).state == "told" and tasks(other) == []


def test_a_round_goes_along_to_another_program() -> None:
    world = a_world()
    booked(world)
    at(world, FRIDAY - DAY)
    failed(world)
    assert isinstance(transfer(world, CAROL, "alice", "harbor", world.ids(clock(world).now)), Transferred)
    on(world, 30)
    there = world.store.get(Tasks, "harbor")
    assert the_round(world).state == "person" and there is not None and tasks(world) == []
    assert [each.about for each in there.items if each.kind == "tell_them"] == [the_round(world).round_id] and len(sent(world)) == 1


@pytest.mark.parametrize("status", ["hold", "hospital", "discharged"])
def test_who_is_in_hospital_or_on_hold_since_it_began_is_told_by_nobody(status: str) -> None:
    world = a_world()
    booked(world)
    at(world, FRIDAY - DAY)
    failed(world)
    world.store.commit(Update(Patient, ("alice",), set={"status": status}))
    on(world, 30)
    assert (the_round(world).state, the_round(world).why, tasks(world)) == ("over", "on_hold", [])


def test_a_text_that_still_waits_when_only_a_person_helps_is_taken_back() -> None:
    world = a_world()
    visit = booked(world)
    at(world, FRIDAY - DAY)
    row = outgoing(world)[-1]
    later = {"status": Status.QUEUED, "not_before": visit.start_at}
    world.store.commit(Update(Message, (row.thread_id, row.message_id), set=later))  # whatever keeps it here
    on(world, 60)
    assert the_round(world).state == "going" and tasks(world) == []
    at(world, FRIDAY - timedelta(minutes=30))
    assert outgoing(world)[-1].status == Status.WITHDRAWN and len(tasks(world)) == 1 and the_round(world).why == "not_sure"


def test_a_row_that_nobody_knows_of_is_a_persons() -> None:
    world = a_world()
    booked(world)
    world.carriers["twilio"].lost.append(CarrierUnknown("timeout"))  # type: ignore[attr-defined]
    world.carriers["twilio"].log = None  # type: ignore[attr-defined]
    at(world, FRIDAY - DAY)
    assert outgoing(world)[-1].status == Status.UNKNOWN
    on(world, 30)
    assert (the_round(world).state, the_round(world).why) == ("person", "not_sure") and len(sent(world)) == 1


# --- e-mail --------------------------------------------------------------------------------------------------------

MAIL = Reach("own", email="alice@example.org", email_whose="self", first="email")
TOKEN = re.compile(r"/p/([0-9a-f]{32})")


def mailed(world: World) -> list[OutboundMail]:
    assert isinstance(world.mailer, FakeMailer)
    return world.mailer.sent


def by_mail(reach: Reach = MAIL, **fields: Any) -> World:
    world = a_world(reach, **fields)
    said = Said(TEXT, {EVERYTHING: True}, "verbal", channel="email")
    assert record_consent(world, CAROL, "alice", said) == "saved"
    booked(world)
    return world


def the_token(world: World) -> str:
    found = TOKEN.search(mailed(world)[-1].body)
    assert found is not None
    return found[1]


def test_an_e_mail_says_nothing_but_a_link_and_the_page_behind_it_asks_who_is_there() -> None:
    world = by_mail()
    at(world, FRIDAY - DAY)
    on(world, 5)
    (mail,) = mailed(world)
    assert (mail.sender, mail.recipient, mail.subject) == ("hello@larkspur.example", "alice@example.org", "Larkspur: for you")
    assert "appointment" not in mail.body and "Alice" not in mail.body and world.clinic.display_name not in mail.body
    assert sent(world) == [] and [each.kind for each in outgoing(world)] == ["reminder"]
    assert isinstance(verify(world, the_token(world), "June 1"), Wrong)
    assert isinstance(verify(world, the_token(world), "05/05/1990"), Opened)
    on(world, 300)
    assert the_round(world).state == "told" and tasks(world) == [] and len(mailed(world)) == 1


def test_an_e_mail_that_nobody_opened_in_its_time_is_a_persons_and_no_second_channel() -> None:
    world = by_mail()
    at(world, FRIDAY - DAY)
    on(world, 295)
    assert the_round(world).state == "going" and tasks(world) == []
    on(world, 15)
    assert (the_round(world).state, the_round(world).why, len(tasks(world))) == ("person", "not_sure", 1)
    assert sent(world) == [] and len(mailed(world)) == 1


def test_a_text_that_failed_is_followed_by_an_e_mail_also_from_a_number_that_is_gone() -> None:
    world = by_mail(replace(MAIL, first=""))
    at(world, FRIDAY - DAY)
    failed(world, Status.FAILED_NUMBER)
    change_contact(world, doubt="gone")
    on(world, 30)
    assert [each.channel for each in the_round(world).tried] == ["text", "voice", "email"] and len(mailed(world)) == 1
    assert isinstance(verify(world, the_token(world), "05/05/1990"), Opened)  # the mailbox is hers, whoever has the number
    closed = a_letter_link(world)
    assert verify(world, closed, "05/05/1990") is None


def a_letter_link(world: World) -> str:
    """One that a text brought to the number that is in doubt."""
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    carried = page_link.make(world, CAROL, patient, None, "visits", "m9", clock(world).now)
    world.store.commit(Put(carried.link))
    return carried.address.rpartition("/")[2]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"held_at": NOW}, "not_safe"),
        ({"status": "hold"}, "on_hold"),
        ({"declined": ("appointments",)}, "declined"),
        ({"agreed": {}}, "no_consent_channel"),
        ({"guarded": ("email",)}, "guardian"),
        ({"read_by_others": ("email",)}, "page_needs_word"),
    ],
)
def test_n3_holds_for_an_e_mail_as_for_a_text(change: dict[str, Any], why: str) -> None:
    """Asked when its turn comes, and again by `deliver` when it leaves."""
    world = by_mail()
    at(world, FRIDAY - DAY - timedelta(minutes=2))
    world.store.commit(Update(Patient, ("alice",), set=change))
    on(world, 10)
    assert mailed(world) == [] and why in [each.why for row in rounds(world) for each in row.tried] + [
        touch.why for touch in world.store.appointments_of("alice")[0].touches
    ]
    late = by_mail()
    at(late, FRIDAY - DAY)
    tick_only(late)
    if why not in ("page_needs_word",):
        late.store.commit(Update(Patient, ("alice",), set=change))
        deliver_all(late)
        assert mailed(late) == [] and outgoing(late)[-1].status == Status.REFUSED


def tick_only(world: World) -> None:
    clock(world).advance(minutes=1)
    tick(world)
    assert outgoing(world)[-1].status == Status.QUEUED


def test_tw_6_without_a_paper_of_who_carries_it_no_e_mail_leaves_and_a_person_is_told() -> None:
    world = by_mail()
    clinic = world.clinic
    world = replace(world, clinic=replace(clinic, vendors={name: each for name, each in clinic.vendors.items() if name != "aws"}))
    at(world, FRIDAY - DAY)
    on(world, 5)
    assert mailed(world) == [] and outgoing(world)[-1].status_reason == "no_agreement"
    on(world, 310)
    assert "no_agreement" in [each.why for each in the_round(world).tried] and the_round(world).state in ("going", "told", "person")


def test_an_e_mail_that_ses_refuses_is_the_next_ones_turn_and_one_that_nobody_knows_of_a_persons() -> None:
    world = by_mail()
    world.mailer.fails.append(CarrierRefused("blocked", permanent=True, code="MessageRejected"))  # type: ignore[union-attr]
    at(world, FRIDAY - DAY)
    on(world, 320)
    assert [each.channel for each in the_round(world).tried][:2] == ["email", "text"] and len(sent(world)) == 1
    lost = by_mail()
    lost.mailer.lost.append(CarrierUnknown("timeout"))  # type: ignore[union-attr]
    at(lost, FRIDAY - DAY)
    on(lost, 320)
    assert sent(lost) == [] and len(mailed(lost)) == 1 and the_round(lost).why == "not_sure" and len(tasks(lost)) == 1


class Unread:
    """A store that cannot be asked for one kind of row."""

    def __init__(self, inner: Any, kind: type):
        self._inner, self._kind = inner, kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def get(self, kind: type, *key: Any) -> Any:
        if kind is self._kind:
            raise StoreUnavailable
        return self._inner.get(kind, *key)


def test_an_address_that_cannot_be_read_just_now_is_read_again_and_the_mail_goes_once() -> None:
    world = by_mail()
    at(world, FRIDAY - DAY)
    tick_only(world)
    row = outgoing(world)[-1]
    deliver(replace(world, store=Unread(store(world), Address)), row.thread_id, row.message_id)
    on(world, 10)
    assert len(mailed(world)) == 1 and outgoing(world)[-1].status == Status.QUEUED_AT_CARRIER


# --- an automated call ---------------------------------------------------------------------------------------------

CALL = Reach("own", reading="no")


def by_call(reach: Reach = CALL, channel: str = "voice", **fields: Any) -> World:
    world = a_world(reach, **fields)
    assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel=channel)) == "saved"
    booked(world)
    at(world, FRIDAY - DAY)
    on(world, 5)
    return world


def placed(world: World) -> list[OutboundCall]:
    return world.caller.placed  # type: ignore[attr-defined]


def rings(world: World, moment: str = "", keys: str = "", machine: bool = False, unsure: bool = False) -> Script:
    call = placed(world)[-1]
    return goes_on(world, CallEvent("twilio", "CA1", call.row, clock(world).now, moment, keys, machine=machine, unsure=unsure))


def hangs_up(world: World, ended: str) -> None:
    told(world, CallEvent("twilio", "CA1", placed(world)[-1].row, clock(world).now, ended=ended))


def test_a_call_says_nothing_before_a_key_and_a_key_confirms() -> None:
    world = by_call()
    (call,) = placed(world)
    assert (call.recipient, call.listens) == (ALICE_NUMBER, "first") and sent(world) == []
    hello = rings(world)
    assert hello.ask is not None and hello.ask.says.startswith("Hello. This is a recorded call from Larkspur") and "appointment" not in hello.ask.says
    words = rings(world, hello.ask.moment, "1")
    assert words.ask is not None and "You have an appointment" in words.ask.says and world.clinic.display_name not in words.ask.says
    assert "You are expected" in rings(world, words.ask.moment, "1").says
    assert rings(world, words.ask.moment, "1").says  # told twice
    hangs_up(world, "answered")
    on(world, 30)
    visit = world.store.appointments_of("alice")[0]
    assert visit.confirmation == "confirmed" and the_round(world).state == "told" and tasks(world) == [] and sent(world) == []
    assert outgoing(world)[-1].status == Status.DELIVERED and len(placed(world)) == 1
    assert [each.detail for each in visit.steps if each.what == "said_confirmed"] == ["call"]


@pytest.mark.parametrize(("key", "confirmation"), [("2", "wants_move"), ("3", "")])
def test_another_time_and_a_person_are_somebodys_to_call(key: str, confirmation: str) -> None:
    world = by_call(language="es")
    hello = rings(world)
    assert hello.language == "es" and hello.ask is not None and "Hola" in hello.ask.says
    rings(world, "menu", "1")
    assert rings(world, "choice", key).says.startswith("Gracias")
    on(world, 10)
    assert [each.about[0] for each in tasks(world, "asked_by_call")] == [key] and tasks(world) == []
    assert world.store.appointments_of("alice")[0].confirmation in (confirmation, "asked")


def test_safe_3_a_voicemail_gets_silence_or_one_neutral_line_where_that_was_agreed() -> None:
    world = by_call()
    assert rings(world, machine=True) == Script()
    hangs_up(world, "answered")
    on(world, 20)
    assert (the_round(world).tried[0].channel, the_round(world).tried[0].why) == ("voice", "machine")
    allowed = by_call(voicemail=True)
    assert placed(allowed)[0].listens == "beep"
    said = rings(allowed, machine=True)
    assert said.says == "This is Larkspur. Please call 303-555-0190." and said.ask is None
    hangs_up(allowed, "answered")
    on(allowed, 30)  # it says nothing of a visit: whether they know of it nobody can tell
    assert (the_round(allowed).state, the_round(allowed).why, len(tasks(allowed))) == ("person", "not_sure", 1)
    assert sent(allowed) == [] and outgoing(allowed)[-1].status_reason == "voicemail"
    closed = by_call(voicemail=True, no_voicemail=True)
    assert placed(closed)[0].listens == "first"
    at_home = by_call(Reach("none", landline="+13035550160"), "landline", voicemail=True)
    assert placed(at_home)[0].listens == "first" and rings(at_home, machine=True) == Script()  # it was agreed for the phone


@pytest.mark.parametrize("voicemail", [True, False])
def test_what_may_be_a_voicemail_hears_no_name_until_a_key_says_that_somebody_listens(voicemail: bool) -> None:
    world = by_call(voicemail=voicemail)
    first = rings(world, unsure=True)
    assert first.ask is not None and first.ask.says == "Hello. This is a recorded call. To hear it, press 1." and not first.after
    assert rings(world, first.ask.moment, "4", unsure=True) == first
    hello = rings(world, first.ask.moment, "1", unsure=True)
    assert hello.ask is not None and "Larkspur" in hello.ask.says
    words = rings(world, hello.ask.moment, "1", unsure=True)
    assert words.ask is not None and "You have an appointment" in words.ask.says
    silent = by_call()
    assert rings(silent, unsure=True).ask is not None
    hangs_up(silent, "answered")
    on(silent, 20)
    assert (the_round(silent).tried[0].channel, the_round(silent).tried[0].why) == ("voice", "no_key")


def test_a_key_is_kept_though_the_call_ends_at_the_same_moment() -> None:
    world = by_call()
    rings(world)
    rings(world, "menu", "1")
    racing = replace(world, store=Meddling(store(world), lambda: hangs_up(world, "answered")))
    assert rings(racing, "choice", "3").says.startswith("Thank you. Somebody will call you")
    on(world, 10)
    assert [each.about[0] for each in tasks(world, "asked_by_call")] == ["3"]


def test_rnd_2_no_call_to_a_number_that_has_another_owner() -> None:
    world = a_world(CALL)
    assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel="voice")) == "saved"
    booked(world)
    change_contact(world, created_at=clock(world).now - 60 * DAY, heard_at=None, confirmed_at=None)
    world = replace(world, reassigned=Database(Answer.YES))
    at(world, FRIDAY - DAY)
    on(world, 20)
    assert placed(world) == [] and alices(world).doubt == "reassigned" and sent(world) == []


def test_safe_3_an_e_mail_names_who_writes_as_they_chose() -> None:
    world = by_mail(label="scheduling")
    at(world, FRIDAY - DAY)
    on(world, 5)
    (mail,) = mailed(world)
    assert mail.subject.endswith(": for you") and "Larkspur" not in mail.subject + mail.body


@pytest.mark.parametrize("how", ["no_answer", "busy", "failed", "answered"])
def test_a_call_that_nobody_heard_is_the_next_ones_turn(how: str) -> None:
    world = by_call()
    rings(world)
    hangs_up(world, how)
    on(world, 25)
    assert [each.channel for each in the_round(world).tried] == ["voice", "text"] and len(sent(world)) == 1 and len(placed(world)) == 1


def test_n3_holds_for_a_call_and_a_landline_is_another_address() -> None:
    unsafe = a_world(CALL)
    unsafe.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe", "agreed": {"voice": NOW}}))
    booked(unsafe)
    at(unsafe, FRIDAY - DAY)
    on(unsafe, 5)
    assert placed(unsafe) == [] and the_round(unsafe).tried[0].why == "unsafe_calls"
    at_home = a_world(Reach("own", landline="+13035550160", first="landline"))
    at_home.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe", "agreed": {"landline": NOW}, "safe_phone_at": NOW}))
    booked(at_home)
    at(at_home, FRIDAY - DAY)
    on(at_home, 5)
    assert placed(at_home) == [] and the_round(at_home).tried[0].why == "unsafe_calls"
    landline = by_call(Reach("none", landline="+13035550160"), "landline")
    assert [each.recipient for each in placed(landline)] == ["+13035550160"]
    held = by_call()
    assert b"appointment" not in store(held).rows(PhoneCall)[0].spoken and store(held).rows(PhoneCall)[0].staff == ""
    no_paper = replace(held, clinic=replace(held.clinic, vendors={}))
    assert leaves_now(no_paper, outgoing(held)[-1], around_text(held, outgoing(held)[-1]), clock(held).now) == Refuse("no_agreement")


# --- the table ------------------------------------------------------------------------------------------------------

LIMITS = limits()["reminder"]
TURN = Tried("text", NOW, "m1")


@pytest.mark.parametrize(
    ("channel", "status", "opened", "minutes", "came"),
    [
        ("text", Status.QUEUED, False, 600, "open"),
        ("text", Status.DELIVERED, False, 1, "open"),
        ("text", Status.DELIVERED, False, 20, "told"),
        ("text", Status.QUEUED_AT_CARRIER, False, 20, "told"),
        ("text", Status.FAILED_NUMBER, False, 1, "failed"),
        ("text", Status.REFUSED, False, 1, "failed"),
        ("text", Status.UNKNOWN, False, 1, "open"),
        ("text", Status.UNKNOWN, False, 20, "not_sure"),
        ("text", "", False, 1, "failed"),
        ("email", Status.QUEUED_AT_CARRIER, False, 299, "open"),
        ("email", Status.QUEUED_AT_CARRIER, False, 300, "not_sure"),
        ("email", Status.QUEUED_AT_CARRIER, True, 5, "told"),
        ("voice", Status.DELIVERED, False, 15, "told"),
        ("voice", Status.QUEUED_AT_CARRIER, False, 15, "not_sure"),
        ("voice", Status.FAILED_OTHER, False, 1, "failed"),
    ],
)
def test_what_became_of_a_turn(channel: str, status: str, opened: bool, minutes: int, came: str) -> None:
    assert came_of(replace(TURN, channel=channel), status, opened, NOW + timedelta(minutes=minutes), LIMITS) == came


def test_each_channel_has_its_room_and_what_is_not_in_the_file_is_an_error() -> None:
    assert set(LIMITS.room) == set(CHANNELS) and LIMITS.room["letter"] == timedelta(days=5)
    with pytest.raises(ValueError, match="room"):
        read_limits([{"id": "x", "waits": {}, "room": {"text": 1}}])

