"""The second look from the flow: it pages, keeps and answers as the first does, never twice, and never passes over in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.incidents import OPEN
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Contact, Due, Incident, Looked, Message, Outage, RecentText, Thread
from chalicelib.errors import ModelUnavailable, OpenFailed, PageFailed, SealFailed, StoreUnavailable
from chalicelib.flows import own_thread, second_look
from chalicelib.flows.outage import WORDS
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, CAROL, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.vault import FakeVault
from tests.fakes.world import CLINIC, FakeCarrier, FakeClock, FakePager, FakeSecondLook, a_world

FIRST, LAST = "i think youd all be", "better off without me"
EVENING = timedelta(hours=7)  # 19:00 in Denver


def a_clinic(**parts) -> World:
    world = a_world(**parts)
    a_patient(world)
    return world


def text(world: World, body: str, **fields) -> str:
    sms = an_sms(body, at=world.clock(), **fields)
    receive(world, sms, inline=True)
    return sms.carrier_id


def copies(world) -> list[RecentText]:
    return world.store.rows(RecentText)


def look(world: World, at: int = -1) -> None:
    copy = copies(world)[at]
    second_look.look(world, copy.thread_id, copy.message_id)


def split(world: World, seconds: int = 20) -> None:
    """A thought in two texts, each looked at when it came."""
    text(world, FIRST)
    look(world)
    world.clock.advance(seconds=seconds)
    text(world, LAST)


def dues(world, kind: str) -> list[Due]:
    return [due for due in world.store.rows(Due) if due.kind == kind]


def test_two_texts_that_mean_nothing_alone_page_together():
    world = a_clinic()
    split(world)
    assert world.pager.pages == []
    look(world)
    [(to, page)] = world.pager.pages
    assert (to, page[:24]) == ("erin", "Porchlight: urgent item ")
    assert world.second_look.asked[-1] == (FIRST, LAST)


def test_what_it_raises_stands_as_any_crisis_does():
    world = a_clinic()
    split(world)
    look(world)
    [incident] = world.store.rows(Incident)
    assert (incident.state, incident.tier, incident.program, incident.categories) == ("paged", 1, "adult", ("second_look",))
    row = [m for m in world.store.rows(Message) if m.direction == "in"][-1]
    assert (row.tier, row.incident_id, row.rules) == (1, incident.incident_id, ("en.second_look",))
    thread = world.store.get(Thread, "alice")
    assert (thread.incident_id, thread.tier) == (incident.incident_id, 1)
    [ref] = world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER)).incidents
    assert ref.incident_id == incident.incident_id
    assert [due.target for due in dues(world, "escalate")] == [incident.incident_id]


def test_the_patient_gets_the_crisis_answer_as_a_text_of_its_own():
    world = a_clinic()
    split(world)
    look(world)
    [sent] = world.carriers["twilio"].sent
    assert sent.recipient == ALICE_NUMBER and "988" in sent.body
    [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    assert (row.status, row.row) == (Status.QUEUED_AT_CARRIER, sent.row)


def test_the_page_leaves_before_anything_is_written():
    order: list[str] = []

    class Store(FakeStore):
        def commit(self, *changes):
            order.append("write")
            super().commit(*changes)

    class Pager(FakePager):
        def page(self, to, text):
            order.append("page")

    world = a_clinic(store=Store(), pager=Pager())
    split(world)
    order.clear()
    look(world)
    assert order[0] == "page"


def test_an_ordinary_text_is_left_alone():
    world = a_clinic()
    text(world, "see you at 3")
    look(world)
    assert (world.pager.pages, world.store.rows(Incident), dues(world, "second_look")) == ([], [], [])
    assert world.store.get(Thread, "alice").note == ""


@pytest.mark.parametrize("times", [2, 3])
def test_a_text_delivered_again_pages_and_answers_once(times):
    world = a_clinic()
    split(world)
    row = copies(world)[-1]
    for _ in range(times):
        second_look.look(world, row.thread_id, row.message_id)
    assert len(world.pager.pages) == len(world.carriers["twilio"].sent) == len(world.store.rows(Incident)) == 1


def test_what_raised_the_thread_is_forgotten_and_raises_it_no_more():
    world = a_clinic()
    split(world)
    look(world)
    assert copies(world) == [] and dues(world, "second_look") == []
    text(world, "thank you")
    look(world)
    assert world.second_look.asked[-1] == ("thank you",)
    assert len(world.pager.pages) == 1


@pytest.mark.parametrize(("apart", "together"), [(599, 2), (600, 2), (601, 1)])
def test_ten_minutes_are_read_together(apart, together):
    world = a_clinic()
    split(world, apart)
    look(world)
    assert len(world.second_look.asked[-1]) == together


def test_only_texts_up_to_the_one_looked_at_are_read():
    world = a_clinic()
    split(world)
    look(world, 0)
    assert world.second_look.asked[-1] == (FIRST,)


def test_a_text_that_the_first_look_paged_needs_no_second():
    world = a_clinic()
    text(world, "I want to kill myself")
    assert copies(world) == [] and dues(world, "second_look") == []


@pytest.mark.parametrize("body", ["", "   "])
def test_a_text_without_words_needs_no_second_look(body):
    world = a_clinic()
    text(world, body, media=1)
    assert copies(world) == []


def test_it_joins_the_open_incident():
    world = a_clinic()
    text(world, "I want to kill myself")
    world.clock.advance(minutes=3)
    split(world)
    look(world)
    [incident] = world.store.rows(Incident)
    assert incident.categories == ("second_look", "suicide")
    assert len(world.pager.pages) == 2


def test_it_never_lowers_an_open_incident():
    world = a_clinic()
    text(world, "I took all my pills")
    world.clock.advance(minutes=3)
    split(world)
    look(world)
    assert world.store.rows(Incident)[0].tier == 0
    text(world, "see you at 3")
    look(world)
    assert world.store.rows(Incident)[0].tier == 0


def test_a_thread_that_was_answered_meanwhile_waits_again():
    world = a_clinic()
    split(world)
    assert own_thread.close(world, CAROL, "alice", world.store.get(Thread, "alice").last_at, next(iter(own_thread.WHY_CLOSED)))
    look(world)
    thread = world.store.get(Thread, "alice")
    assert thread.waiting_since is not None and thread.closed_at is None


def test_a_pager_that_fails_leaves_the_rest_to_the_tick():
    world = a_clinic(pager=FakePager(fails=[PageFailed("sns")]))
    split(world)
    look(world)
    assert world.store.rows(Incident)[0].state == "detected"
    world.clock.advance(seconds=1)
    tick(world)
    assert [to for to, _ in world.pager.pages] == ["erin"]


def test_a_store_that_fails_after_the_page_gives_the_text_back_to_the_stream():
    class Failing(FakeStore):
        fails = 0

        def commit(self, *changes):
            if self.fails:
                self.fails -= 1
                raise StoreUnavailable("commit")
            super().commit(*changes)

    store = Failing()
    world = a_clinic(store=store)
    split(world)
    store.fails = 4
    with pytest.raises(StoreUnavailable):
        look(world)
    assert len(world.pager.pages) == 1  # N2: the page did not wait for the store
    look(world)
    assert len(world.store.rows(Incident)) == 1
    assert len({page for _, page in world.pager.pages}) == 1  # the same item, told again


def test_a_write_that_took_effect_without_an_answer_is_answered_once():
    class Silent(FakeStore):
        silent = False

        def commit(self, *changes):
            super().commit(*changes)
            if self.silent:
                self.silent = False
                raise StoreUnavailable("commit")

    store = Silent()
    world = a_clinic(store=store)
    split(world)
    store.silent = True
    look(world)
    assert len(world.store.rows(Incident)) == len(world.carriers["twilio"].sent) == 1


@pytest.mark.parametrize("failure", [ModelUnavailable("not there"), TimeoutError(), RuntimeError("x"), MemoryError()])
def test_a_model_that_fails_is_never_routine(failure):
    world = a_clinic(second_look=FakeSecondLook(fails=[failure]))
    text(world, "see you at 3")
    look(world)
    assert world.store.get(Thread, "alice").note == "not_read_again"
    assert world.journal.counts["second_look_failed"] == 1
    assert dues(world, "second_look") == []  # it is with a person: the tick need not find it
    assert [due.target for due in dues(world, "read_inbox")] == ["second_look"]


def test_a_copy_that_cannot_be_opened_goes_to_a_person_too():
    class Shut(FakeVault):
        def open(self, *args):
            raise OpenFailed("no key")

    world = a_clinic(vault=Shut())
    text(world, "see you at 3")
    look(world)
    assert world.store.get(Thread, "alice").note == "not_read_again"


def test_a_copy_that_cannot_be_sealed_does_not_stand_between_a_text_and_its_thread():
    class NoCopies(FakeVault):
        def seal(self, context, row_id, text):
            if context.kind == "recent_text":
                raise SealFailed("no key")
            return super().seal(context, row_id, text)

    world = a_clinic(vault=NoCopies())
    text(world, "see you at 3")
    assert [m.meaning for m in world.store.rows(Message)] == ["words"] and copies(world) == []
    world.clock.advance(minutes=3)
    tick(world)
    assert world.store.get(Thread, "alice").note == "not_read_again"


def test_a_text_that_the_stream_dropped_goes_to_a_person_after_three_minutes():
    world = a_clinic()
    text(world, "see you at 3")
    world.clock.advance(minutes=2, seconds=59)
    tick(world)
    assert world.store.get(Thread, "alice").note == ""
    world.clock.advance(seconds=1)
    tick(world)
    assert world.store.get(Thread, "alice").note == "not_read_again"
    assert world.journal.counts["second_look_missed"] == 1


def told(world) -> list[str]:
    return [to for to, words in world.pager.pages if words == WORDS]


def an_outage(**parts) -> World:
    """In the evening, the model is not there."""
    clock = FakeClock()
    clock.now += EVENING
    world = a_clinic(clock=clock, second_look=FakeSecondLook(fails=[ModelUnavailable("x")]), **parts)
    text(world, "see you at 3")
    look(world)
    return world


def test_out_of_hours_a_named_person_reads_the_inbox_each_hour():
    clinic = replace(read_clinic(CLINIC), reader="frank")
    world = an_outage(clinic=clinic)
    for _ in range(181):
        tick(world)
        world.clock.advance(minutes=1)
    assert told(world) == ["frank"] * 4


def test_without_a_name_everyone_on_call_is_told():
    world = an_outage()
    tick(world)
    assert told(world) == ["everyone"]


def test_a_second_failing_text_does_not_tell_twice():
    world = an_outage()
    world.second_look.fails.append(ModelUnavailable("x"))
    world.clock.advance(seconds=30)
    text(world, "and a pen")
    look(world)
    for _ in range(30):
        tick(world)
        world.clock.advance(minutes=1)
    assert len(told(world)) == 1


def test_it_works_again_and_nobody_is_told_any_more():
    world = an_outage()
    tick(world)
    text(world, "never mind")
    look(world)
    assert world.store.get(Outage, "second_look").since is None
    for _ in range(130):
        world.clock.advance(minutes=1)
        tick(world)
    assert len(told(world)) == 1 and dues(world, "read_inbox") == []


def test_in_hours_the_inbox_itself_tells_and_the_evening_is_not_forgotten():
    world = a_clinic(second_look=FakeSecondLook(fails=[ModelUnavailable("x")]))
    text(world, "see you at 3")
    look(world)
    tick(world)
    assert told(world) == []
    for _ in range(6 * 60):
        world.clock.advance(minutes=1)
        tick(world)
    assert told(world)


def test_a_page_that_is_not_taken_is_tried_again_by_the_next_tick():
    world = an_outage(pager=FakePager(fails=[PageFailed("sns")]))
    tick(world)
    assert told(world) == []
    world.clock.advance(minutes=1)
    tick(world)
    assert told(world) == ["everyone"]


def test_an_answer_that_the_carrier_refuses_tells_the_holder_to_call():
    from chalicelib.errors import CarrierRefused

    carrier = FakeCarrier(fails=[CarrierRefused("blocked", permanent=True)])
    world = a_clinic(carriers={"twilio": carrier})
    split(world)
    look(world)
    assert any("not delivered" in page for _, page in world.pager.pages)


def test_the_incident_stays_open_until_a_person_closes_it():
    world = a_clinic()
    split(world)
    look(world)
    assert world.store.rows(Incident)[0].state in OPEN


class NoCount(FakeStore):
    """Keeps everything but the count."""

    def commit(self, *changes) -> None:
        if any(getattr(change, "record", None) is Looked for change in changes):
            raise StoreUnavailable("count")
        super().commit(*changes)


def test_texts_that_paged_nobody_are_counted_for_the_share_that_does() -> None:
    world = a_clinic()
    for _ in range(3):
        text(world, "see you thursday")
        look(world)
    assert sum(row.texts for row in world.store.rows(Looked)) == 3
    assert {(row.program, row.month) for row in world.store.rows(Looked)} == {("adult", "2026-03")}
    split(world)
    look(world)
    assert sum(row.texts for row in world.store.rows(Looked)) == 4, "what was raised is among the pages"


def test_a_count_that_fails_holds_up_nothing() -> None:
    world = a_clinic(store=NoCount())
    text(world, "see you thursday")
    look(world)
    assert dues(world, "second_look") == [] and world.store.rows(Looked) == []
    assert [name for name, _ in world.journal.events if name == "text_not_counted"] == ["text_not_counted"]
