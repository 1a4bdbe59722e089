"""The second path: beside the pager, each page goes straight to the phone of whom it calls, and neither waits for the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.phones import Errand, StaffPhone
from chalicelib.core.records import Due, Incident
from chalicelib.errors import CarrierRefused, CarrierUnknown, PageFailed
from chalicelib.flows import errands
from chalicelib.flows.handle_incident import acknowledge, contacted, resolve, unable
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.flows.transfer_incident import transfer
from tests.cast import CAROL, DAN, ERIN, a_patient, an_sms
from tests.fakes.world import FakeCarrier, FakePager, a_world

from .phones import CAROL_PHONE, DAN_PHONE, ERIN_PHONE, a_work_phone, direct, sent, stream

TOOK_PILLS = "I took all my pills"


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    for who, number in ((ERIN, ERIN_PHONE), (CAROL, CAROL_PHONE), (DAN, DAN_PHONE)):
        a_work_phone(world, who, number)
    return world


def a_crisis(world, body=TOOK_PILLS):
    receive(world, an_sms(body, at=world.clock()), inline=True)
    [incident] = world.store.rows(Incident)
    return incident


def numbers(world):
    return [number for number, _ in direct(world)]


def test_a_crisis_calls_the_person_on_both_paths():
    world = a_clinic()
    incident = a_crisis(world)
    assert world.pager.pages == [("erin", f"Porchlight: urgent item {incident.code}. Open the console.")]
    assert direct(world) == []  # the door seals and pages; the number is opened by another function
    stream(world)
    words = f"Porchlight: urgent item {incident.code}. Open the console. Or reply {incident.code} to take it."
    assert direct(world) == [(ERIN_PHONE, words)]
    assert not world.store.rows(Errand) and not [due for due in world.store.rows(Due) if due.kind == "errand"]


def test_a_pager_that_is_down_does_not_stop_the_direct_path():
    world = a_clinic(pager=FakePager(fails=[PageFailed("erin")]))
    a_crisis(world)
    stream(world)
    assert world.pager.pages == [] and numbers(world) == [ERIN_PHONE]


def test_pg_5_a_pager_that_stays_down_holds_back_no_repeated_page():
    """The door's own direct call apart, the repeated page calls the phone by itself, once, and asks the pager until it works."""
    world = a_clinic()
    a_crisis(world)
    stream(world)
    world.clock.advance(minutes=3)
    world.pager.fails += [PageFailed("erin")] * 99
    receive(world, an_sms(TOOK_PILLS, at=world.clock()), inline=True)
    stream(world)
    sent(world).clear()
    for _ in range(3):
        world.clock.advance(minutes=1)
        tick(world)
        stream(world)
    repeated = [number for number, body in direct(world) if "urgent" in body and "waits" not in body]
    assert repeated == [ERIN_PHONE]
    assert [due.kind for due in world.store.rows(Due)].count("repage") == 1
    world.pager.fails.clear()
    world.clock.advance(minutes=1)
    tick(world)
    assert "erin" in [to for to, _ in world.pager.pages] and not [due for due in world.store.rows(Due) if due.kind == "repage"]


def test_pg_5_a_pager_that_stays_down_holds_back_no_reminder():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, ERIN, incident.incident_id)
    unable(world, ERIN, incident.incident_id)
    stream(world)
    sent(world).clear()
    world.pager.fails += [PageFailed("erin")] * 3
    world.clock.advance(minutes=10)
    for _ in range(4):
        tick(world)
        stream(world)
        world.clock.advance(minutes=1)
    words = f"Porchlight: item {incident.code}: not reached yet. Open the console."
    assert [body for _, body in direct(world) if "not reached" in body] == [words]
    assert [text for _, text in world.pager.pages if "not reached" in text] == [words]


def test_pg_5_a_pager_that_stays_down_holds_back_no_word_of_an_answer_that_was_not_delivered():
    world = a_clinic()
    incident = a_crisis(world)
    stream(world)
    sent(world).clear()
    world.pager.fails += [PageFailed("erin")] * 2
    world.clock.advance(seconds=91)
    tick(world)
    stream(world)
    assert [body for _, body in direct(world) if "reply" in body] and not [text for _, text in world.pager.pages if "reply" in text]
    for _ in range(3):
        tick(world)
        stream(world)
        world.clock.advance(minutes=1)
    words = f"Porchlight: item {incident.code}: reply not delivered: call. Open the console."
    assert [body for _, body in direct(world) if "reply" in body] == [words]
    assert [text for _, text in world.pager.pages if "reply" in text] == [words]


def test_a_carrier_that_is_down_does_not_stop_the_pager():
    world = a_clinic()
    world.carriers["twilio"].fails.append(CarrierRefused("carrier_down", permanent=False))
    a_crisis(world)
    with pytest.raises(CarrierRefused):
        stream(world)
    assert [to for to, _ in world.pager.pages] == ["erin"]
    world.clock.advance(minutes=1)
    tick(world)
    assert numbers(world) == [ERIN_PHONE]


def test_the_tick_finds_what_the_stream_forgot():
    world = a_clinic()
    a_crisis(world)
    world.clock.advance(minutes=1)
    tick(world)
    assert numbers(world) == [ERIN_PHONE]
    tick(world)
    assert numbers(world) == [ERIN_PHONE] and not world.store.rows(Errand)


def test_two_workers_send_one_page():
    world = a_clinic()
    a_crisis(world)
    [errand] = world.store.rows(Errand)
    world.carriers["twilio"] = Doubling(world, errand.errand_id)
    errands.run(world, errand.errand_id)
    assert numbers(world) == [ERIN_PHONE]


class Doubling(FakeCarrier):
    """While it sends, another worker comes for the same errand."""

    def __init__(self, world, errand_id):
        super().__init__()
        self.world, self.errand_id = world, errand_id

    def send(self, sms):
        carrier_id = super().send(sms)
        errands.run(self.world, self.errand_id)
        return carrier_id


def test_a_page_that_may_have_left_is_sent_again():
    """For a colleague twice is better than not: this is no text to a patient (N4)."""
    world = a_clinic()
    world.carriers["twilio"].lost.append(CarrierUnknown("timeout"))
    a_crisis(world)
    with pytest.raises(CarrierUnknown):
        stream(world)
    world.clock.advance(minutes=1)
    tick(world)
    assert numbers(world) == [ERIN_PHONE] * 2


def test_c22_nobody_is_called_for_what_somebody_took_meanwhile():
    world = a_clinic()
    incident = a_crisis(world)
    world.clock.advance(seconds=1)
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    assert [text for _, text in direct(world) if "urgent" in text] == []
    assert not world.store.rows(Errand)


def test_c22_who_was_called_is_told_to_stand_down_on_both_paths():
    world = a_clinic()
    incident = a_crisis(world)
    stream(world)
    world.clock.advance(seconds=30)
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    down = f"Porchlight: item {incident.code} is taken by carol. You can stand down."
    assert direct(world)[1:] == [(ERIN_PHONE, down)] and ("erin", down) in world.pager.pages


def test_who_was_reached_by_text_alone_stands_down_too():
    world = a_clinic(pager=FakePager(fails=[PageFailed("erin")]))
    incident = a_crisis(world)
    stream(world)
    world.clock.advance(seconds=1)
    acknowledge(world, CAROL, incident.incident_id)
    assert [to for to, text in world.pager.pages if "stand down" in text] == ["erin"]


def test_a_later_text_of_a_taken_item_calls_its_holder():
    world = a_clinic()
    incident = a_crisis(world)
    world.clock.advance(seconds=1)
    acknowledge(world, CAROL, incident.incident_id)
    stream(world)
    sent(world).clear()
    world.clock.advance(minutes=3)
    receive(world, an_sms("I will kill myself", at=world.clock()), inline=True)
    stream(world)
    assert numbers(world) == [CAROL_PHONE]


def test_the_next_steps_go_both_ways_and_everyone_is_each_person_of_the_rota():
    world = a_clinic()
    a_crisis(world)
    for _ in range(3):
        world.clock.advance(minutes=5)
        tick(world)
        stream(world)
    called = {to for to, _ in world.pager.pages}
    assert "everyone" in called and set(numbers(world)) == {ERIN_PHONE, CAROL_PHONE, DAN_PHONE}


def test_an_item_that_opens_again_calls_both_ways():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, ERIN, incident.incident_id)
    stream(world)
    sent(world).clear()
    world.clock.advance(minutes=11)
    tick(world)
    stream(world)
    assert [to for to, text in direct(world) if "open again" in text] == [ERIN_PHONE]


def test_a_slow_carrier_never_stands_before_the_pager():
    """A tick has less than a minute: what waits for a carrier comes after what the pager is to be told."""
    world = a_clinic()
    a_crisis(world)
    world.clock.advance(minutes=6)
    began, when = world.clock(), []
    world.carriers["twilio"] = Slow(world)
    world.pager.page = lambda to, text: when.append(world.clock())
    tick(world)
    assert sent(world) and when and set(when) == {began}


class Slow(FakeCarrier):
    def __init__(self, world):
        super().__init__()
        self.world = world

    def send(self, sms):
        self.world.clock.advance(seconds=30)
        return super().send(sms)


def test_who_is_handed_an_item_is_called_both_ways():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, ERIN, incident.incident_id)
    stream(world)
    sent(world).clear()
    world.clock.advance(minutes=1)
    transfer(world, ERIN, incident.incident_id, "carol")
    stream(world)
    assert [(to, "handed to you" in text) for to, text in direct(world)] == [(CAROL_PHONE, True)]


def test_a_pager_that_is_down_holds_back_no_hand_over():
    """Carol's own phone is called once, the pager is asked until it works, and not once she took it (PG-5)."""
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, ERIN, incident.incident_id)
    stream(world)
    sent(world).clear()
    world.clock.advance(seconds=5)
    world.pager.fails += [PageFailed("carol")] * 2
    after = transfer(world, ERIN, incident.incident_id, "carol")
    assert (after.state, after.holder, after.steps[-1].what) == ("paged", "carol", "page_failed")
    stream(world)
    assert [(to, "handed to you" in text) for to, text in direct(world)] == [(CAROL_PHONE, True)]
    pages = len(world.pager.pages)
    for _ in range(3):
        world.clock.advance(minutes=1)
        tick(world)
        stream(world)
    assert world.pager.pages[pages][0] == "carol" and not [due for due in world.store.rows(Due) if due.kind == "repage"]
    assert len([text for _, text in direct(world) if "handed to you" in text]) == 1

    world.pager.fails.append(PageFailed("dan"))
    acknowledge(world, CAROL, incident.incident_id)
    world.clock.advance(seconds=5)
    transfer(world, CAROL, incident.incident_id, "dan")
    world.clock.advance(seconds=5)
    acknowledge(world, DAN, incident.incident_id)
    pages = len(world.pager.pages)
    world.clock.advance(minutes=1)
    tick(world)
    assert not [due for due in world.store.rows(Due) if due.kind == "repage"]
    assert not [to for to, text in world.pager.pages[pages:] if to == "dan"]


def test_an_old_call_misleads_nobody():
    world = a_clinic()
    a_crisis(world)
    [errand] = world.store.rows(Errand)
    world.clock.advance(minutes=16)
    errands.run(world, errand.errand_id)
    assert direct(world) == [] and not world.store.rows(Errand)


def test_nothing_leaves_for_what_is_over():
    world = a_clinic()
    incident = a_crisis(world)
    acknowledge(world, ERIN, incident.incident_id)
    contacted(world, ERIN, incident.incident_id)
    resolve(world, ERIN, incident.incident_id, "visit_arranged")
    stream(world)
    assert direct(world) == []


def test_a_number_that_takes_nothing_is_marked():
    world = a_clinic()
    world.carriers["twilio"].fails.append(CarrierRefused("bad_number", permanent=True))
    a_crisis(world)
    stream(world)
    assert world.store.get(StaffPhone, "erin").methods[0].trouble == "bad_number"
    assert not world.store.rows(Errand)


def test_a_phone_that_said_stop_gets_nothing_and_shows_it():
    world = a_clinic()
    receive(world, an_sms("STOP", ERIN_PHONE, at=world.clock()), inline=True)
    sent(world).clear()
    world.clock.advance(minutes=5)
    a_crisis(world)
    stream(world)
    assert ERIN_PHONE not in numbers(world)
    assert world.store.get(StaffPhone, "erin").methods[0].trouble == "opted_out"


def test_a_person_without_a_phone_is_called_by_the_pager_alone():
    world = a_world()
    a_patient(world)
    a_crisis(world)
    stream(world)
    assert [to for to, _ in world.pager.pages] == ["erin"] and direct(world) == [] and not world.store.rows(Errand)


def test_the_carrier_drops_what_it_cannot_deliver_in_time():
    world = a_clinic()
    a_crisis(world)
    stream(world)
    assert sent(world)[-1].expires_at == world.clock() + timedelta(minutes=15)
    assert (sent(world)[-1].row, sent(world)[-1].sender) == ("", world.clinic.number)


def test_no_page_says_a_word_of_anybody():
    world = a_clinic()
    a_crisis(world)
    for _ in range(4):
        world.clock.advance(minutes=5)
        tick(world)
        stream(world)
    assert direct(world) and not [text for _, text in direct(world) if "pills" in text or "lice" in text or "adult" in text]


def test_a_page_of_a_text_that_was_parked_goes_both_ways():
    world = a_clinic()
    receive(world, an_sms(TOOK_PILLS, at=world.clock()), inline=False, paged_before=True)
    stream(world)
    assert ERIN_PHONE in numbers(world)
