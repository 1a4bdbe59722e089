"""The dead man's text: the whole road every quarter of an hour, to a machine and nobody else (PG-6)."""

from __future__ import annotations

import pytest

from chalicelib.core import exercise
from chalicelib.core.exercise import DEAD_MAN, MACHINE, SECOND, SELF_TEST, SelfTest
from chalicelib.core.messages import InboundSms
from chalicelib.core.phones import Errand
from chalicelib.core.records import Due, Incident, Message, Outage, Receipt, Thread
from chalicelib.core.triage import SecondReading
from chalicelib.errors import CarrierError, ModelUnavailable, PageFailed, ParkFailed, StoreUnavailable
from chalicelib.flows import receive_sms, self_test
from chalicelib.flows.tick import tick
from chalicelib.texts.exercise import body
from tests.fakes.store import FakeStore
from tests.fakes.world import FakePager

from .exercising import an_exercise_world, looked_at_again, stream


def a_quarter(world, minutes=15):
    """The stream and the tick do their work."""
    stream(world)
    for _ in range(minutes):
        world.clock.advance(minutes=1)
        tick(world)
        stream(world)


def rows(world, *kinds):
    return [row for kind in kinds for row in world.store.rows(kind)]


def woken(world):
    return [to for to, _ in world.pager.pages if to != MACHINE]


def test_it_goes_the_whole_road_and_its_page_arrives():
    world = an_exercise_world()
    done = self_test.run(world)
    assert done is not None and done.wrong == () and done.passed_at == world.clock() and done.milliseconds < 60_000
    incident, second = world.store.rows(Incident)
    assert (incident.exercise, incident.program, incident.tier, incident.holder) == (DEAD_MAN, SELF_TEST, 0, MACHINE)
    assert "overdose" in incident.categories and incident.logged_in == second.logged_in == ""
    assert (second.exercise, second.thread_id, second.holder, second.rules) == (DEAD_MAN, SECOND, MACHINE, ("en.second_look",))
    [text, answer] = [row for row in world.store.rows(Message) if row.thread_id == DEAD_MAN]
    assert (text.thread_id, answer.kind, answer.status) == (DEAD_MAN, "crisis_answer", "delivered")
    assert world.journal.counts[self_test.PASSED] == 1


def test_it_wakes_nobody_texts_nobody_and_owes_nobody_an_answer():
    world = an_exercise_world()
    for _ in range(8):
        assert self_test.run(world) is not None
        a_quarter(world)
    assert woken(world) == [] and world.carriers["twilio"].sent == [] and world.carriers["aws"].sent == []
    assert world.journal.counts.get("direct_page_sent", 0) == 0
    assert not [thread for thread in world.store.rows(Thread) if thread.waiting_since]


def test_the_next_one_sees_that_the_stream_and_the_escalation_did_their_part_and_clears_it_away():
    world = an_exercise_world()
    for _ in range(10):
        done = self_test.run(world)
        assert done is not None and done.wrong == ()
        a_quarter(world)
    assert self_test.run(world).wrong == ()
    assert len(rows(world, Incident)) == 2 and len(rows(world, Message)) == 4 and len(rows(world, Receipt)) == 2
    a_quarter(world, 3)
    assert not rows(world, Errand) and {due.kind for due in rows(world, Due)} == {"escalate"}


def test_a_stream_that_stands_still_is_said_by_the_next():
    world = an_exercise_world()
    self_test.run(world)
    for _ in range(15):  # the tick does its errands, a minute late
        world.clock.advance(minutes=1)
        tick(world)
    assert self_test.run(world).wrong == ("stream",)
    assert world.journal.counts[self_test.FAILED] == 1


def test_a_tick_that_stands_still_is_said_by_the_next():
    world = an_exercise_world()
    self_test.run(world)
    stream(world)
    world.clock.advance(minutes=15)
    assert self_test.run(world).wrong == ("escalation",)


def test_no_page_within_sixty_seconds_is_no_pass():
    world = an_exercise_world(pager=FakePager(fails=[PageFailed("down")] * 3))
    done = self_test.run(world)
    assert done.wrong == ("page", "second") and world.journal.counts == {**world.journal.counts, self_test.FAILED: 1}
    assert self_test.PASSED not in world.journal.counts
    assert world.store.get(SelfTest, DEAD_MAN).passed_at is None


def test_a_page_that_comes_late_is_none():
    world = an_exercise_world()
    real = world.machine.pages
    world.machine.pages = lambda seconds: (world.clock.advance(seconds=61), real(seconds))[1]
    assert self_test.run(world).wrong == ("page", "second")


def test_a_machine_that_cannot_be_read_is_no_pass():
    world = an_exercise_world()
    world.machine.fails.append(ParkFailed("x"))
    assert self_test.run(world).wrong == ("page", "second")


def test_a_door_that_does_not_answer_is_said():
    world = an_exercise_world()
    world.synthetic.fails.append(CarrierError("carrier_down", permanent=False))
    assert self_test.run(world).wrong == ("door", "page")


def test_n2_with_the_tables_away_its_page_leaves_all_the_same_and_wakes_nobody():
    class Store(FakeStore):
        def _away(self, *args, **named):
            raise StoreUnavailable("away")

        get = get_many = commit = open_incidents = newest = _away

    world = an_exercise_world(store=Store())
    done = self_test.run(world)
    assert "page" not in done.wrong and "tables" in done.wrong
    assert [to for to, _ in world.pager.pages] == [MACHINE]


class Blind:
    """A second look that finds nothing, or cannot be asked."""

    def __init__(self, *fails):
        self.fails = list(fails)

    def read(self, texts):
        if self.fails:
            raise self.fails.pop(0)
        return SecondReading(0.1, False)


@pytest.mark.parametrize("blind", [Blind(), Blind(*[ModelUnavailable("x")] * 9)])
def test_a_second_look_that_does_not_raise_its_text_is_said_and_wakes_nobody(blind):
    """Nor is somebody told each hour to read the inbox: this text is nobody's, and the alarm speaks."""
    world = an_exercise_world(second_look=blind)
    assert self_test.run(world).wrong == ("second",) and world.journal.counts[self_test.FAILED] == 1
    a_quarter(world)
    assert woken(world) == [] and not world.store.rows(Outage)
    assert not [thread for thread in world.store.rows(Thread) if thread.waiting_since]


def test_a_schedule_that_fires_twice_sends_one():
    world = an_exercise_world()
    assert self_test.run(world) is not None
    world.clock.advance(minutes=1)
    assert self_test.run(world) is None
    assert len(world.synthetic.texts) == 2


def test_a_screen_that_no_longer_sees_it_is_said():
    from tests.fakes.world import FakeScreen

    world = an_exercise_world(screen=FakeScreen())
    world.synthetic.door = lambda carrier_id, sender, body: _said(world, carrier_id, sender, "see you Thursday")
    assert "page" in self_test.run(world).wrong


def _said(world, carrier_id, sender, words):
    receive_sms.receive(world, InboundSms("twilio", carrier_id, sender, world.clinic.number, words, world.clock()), inline=True)
    return ""


@pytest.mark.parametrize(
    ("carrier_id", "sender"), [("SM0001", exercise.DEAD_MAN_NUMBER), ("dead-man-1", "+13035550101"), ("SM0002", "+13035550101")]
)
def test_half_a_mark_is_none_a_real_person_is_never_taken_for_an_exercise(carrier_id, sender):
    world = an_exercise_world()
    sms = InboundSms("twilio", carrier_id, sender, world.clinic.number, body(DEAD_MAN, 0), world.clock())
    receive_sms.receive(world, sms, inline=True)
    assert woken(world) == ["erin"]
    assert [incident.exercise for incident in world.store.rows(Incident)] == [""]


def test_through_aws_its_answer_is_kept_and_never_sent():
    """There no response carries the answer: `send_now` would send it, and a number that is nobody's is sent nothing."""
    world = an_exercise_world()
    world.synthetic.door = lambda *text: _published(world, *text)
    for _ in range(3):
        assert self_test.run(world).wrong == ()
        a_quarter(world)
    assert world.carriers["aws"].sent == world.carriers["twilio"].sent == [] and woken(world) == []


def _published(world, carrier_id, sender, words):
    sms = InboundSms("aws", carrier_id, sender, world.clinic.number, words, world.clock())
    receive_sms.receive(world, sms, inline=False)
    looked_at_again(world)
    return ""
