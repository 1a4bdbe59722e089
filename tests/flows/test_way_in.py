"""The week's text in, from a second number of the clinic's own through the carrier to our door (PG-6): what is taken for it, what it
leaves, and what is said when it did not come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.clinic import read_clinic
from chalicelib.core.exercise import WAY_IN, SelfTest
from chalicelib.core.messages import CarrierRecord, Direction, InboundSms, Status
from chalicelib.core.records import (
    Compared,
    Contact,
    Due,
    Incident,
    Message,
    Receipt,
    RecentText,
    Redacted,
    Thread,
    Update,
)
from chalicelib.errors import CarrierError, CarrierRefused, CarrierUnknown, SecretUnavailable, StoreUnavailable
from chalicelib.flows import redact_at_carrier
from chalicelib.flows.look_ahead import ask
from chalicelib.flows.receive_sms import Answer, receive
from chalicelib.flows.reconcile import reconcile_hourly
from chalicelib.flows.replay_parked import replay
from chalicelib.flows.tick import tick
from tests.cast import CLINIC_NUMBER, STRANGER_NUMBER, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import CLINIC, FakeClock, FakeHasher, a_world

SECOND = "+13035550188"
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # midnight in Denver, and no clock is changed in the weeks after
PASSED, FAILED = {"way_in_passed": 1}, {"way_in_failed": 1}


def a_monday(hour: int = 10, second: str = SECOND, **parts):
    clinic = read_clinic({**CLINIC, "clinic": CLINIC["clinic"] | ({"test_sender": second} if second else {})})
    clinic = replace(clinic, **parts.pop("clinic", {}))
    return a_world(**{"clock": FakeClock(MONDAY.replace(hour=6 + hour)), "clinic": clinic, **parts})


def hour_of(world):
    world.journal.counts.clear()
    ask(world)
    tick(world)
    return {name: n for name, n in world.journal.counts.items() if name.startswith("way_in")}


def sent(world):
    """This Monday's text, as the carrier takes it."""
    hour_of(world)
    return world.carriers["twilio"].sent[-1]


def arrives(world, out, **changed) -> InboundSms:
    return replace(an_sms(out.body, out.sender, world.clock()), **changed)


def stands_in_log(world, out, carrier_id="SM1", minutes_ago=0, **changed):
    at = world.clock() - timedelta(minutes=minutes_ago)
    line = CarrierRecord("twilio", carrier_id, Direction.IN, out.sender, out.recipient, out.body, at, Status.RECEIVED)
    world.carriers["twilio"].log.append(replace(line, **changed))


def left(world):
    """Everything that a text can leave behind."""
    kinds = (Message, Thread, Contact, Incident, RecentText, Receipt)
    return {kind.__name__: len(rows) for kind in kinds if (rows := world.store.rows(kind))}


def why(world):
    return [event[1]["reason"] for event in world.journal.events if event[0] == "way_in_failed"]


# --- it is sent ------------------------------------------------------------------------------------------------------


def test_on_monday_at_ten_it_leaves_from_the_second_number_to_the_clinics():
    world = a_monday()
    out = sent(world)
    assert (out.sender, out.recipient, out.row) == (SECOND, CLINIC_NUMBER, "")
    assert len(world.carriers["twilio"].sent) == 1 and len(out.body) <= 160 and out.body.isascii()


@pytest.mark.parametrize(("hour", "second"), [(9, SECOND), (12, SECOND), (10, ""), (11, "")])
def test_no_other_hour_and_no_clinic_without_a_second_number_sends_or_looks(hour, second):
    world = a_monday(hour, second)
    assert hour_of(world) == {} and world.carriers["twilio"].sent == [] and world.store.rows(SelfTest) == []


def test_each_week_has_words_of_its_own_which_nobody_can_tell_from_last_weeks():
    said = set()
    for week in range(3):
        world = a_monday()
        world.clock.advance(days=7 * week)
        said.add(sent(world).body)
    assert len(said) == 3


# --- what is taken for it, and what it leaves ------------------------------------------------------------------------


def test_it_leaves_its_receipts_and_nothing_else():
    world = a_monday()
    out = sent(world)
    assert receive(world, arrives(world, out), inline=True) == Answer()
    assert left(world) == {"Receipt": 2}
    assert world.pager.pages == [] and len(world.carriers["twilio"].sent) == 1
    assert [row.kind for row in world.store.rows(Due)] == []


def test_the_same_webhook_twice_is_one_and_a_second_text_of_the_week_leaves_no_more_than_its_receipt():
    world = a_monday()
    out = sent(world)
    sms = arrives(world, out)
    receive(world, sms, inline=True)
    receive(world, sms, inline=True)
    assert left(world) == {"Receipt": 2} and world.journal.counts["own_text_received"] == 1
    receive(world, arrives(world, out), inline=True)
    assert left(world) == {"Receipt": 3}


def one_letter_more(out):
    return out.body + "."


def one_letter_other(out):
    return out.body[:-1] + ("b" if out.body[-1] != "b" else "c")


def lower(out):
    return out.body.lower()


def without_mark(out):
    return out.body.rsplit(" ", 1)[0]


@pytest.mark.parametrize("changed", [one_letter_more, one_letter_other, lower, without_mark])
def test_one_letter_different_is_an_ordinary_text(changed):
    world = a_monday()
    out = sent(world)
    receive(world, arrives(world, out, body=changed(out)), inline=True)
    [kept] = [row for row in world.store.rows(Message) if row.direction == "in"]
    assert kept.tier == 3 and world.store.get(Thread, kept.thread_id).unanswered == 1
    assert [each.message_id for each in world.store.rows(RecentText)] == [kept.message_id]  # the second look reads it too


def test_crisis_words_behind_the_mark_page_and_are_answered():
    world = a_monday()
    out = sent(world)
    answer = receive(world, arrives(world, out, body=f"{out.body} I took all my pills"), inline=True)
    assert [to for to, _ in world.pager.pages] == ["erin"] and answer.text
    assert len(world.store.rows(Incident)) == 1


@pytest.mark.parametrize(
    "other", [{"sender": STRANGER_NUMBER}, {"our_number": "+13035550177"}, {"media": 1}], ids=["sender", "number", "picture"]
)
def test_the_right_words_from_another_number_to_another_or_with_a_picture_are_an_ordinary_text(other):
    world = a_monday()
    receive(world, arrives(world, sent(world), **other), inline=True)
    assert len([row for row in world.store.rows(Message) if row.direction == "in"]) == 1


@pytest.mark.parametrize("days", [7, 28, 364])
def test_played_again_a_week_or_a_month_later_it_is_an_ordinary_text(days):
    world = a_monday()
    out = sent(world)
    receive(world, arrives(world, out), inline=True)
    world.clock.advance(days=days)
    receive(world, arrives(world, out), inline=True)
    assert len(world.store.rows(Message)) >= 1


def test_a_screen_that_fails_pages_for_it_as_for_every_text():
    class Broken:
        def look(self, text):
            raise RuntimeError

    world = a_monday(screen=Broken())
    receive(world, arrives(world, sent(world)), inline=True)
    assert len(world.pager.pages) == 1


def test_a_key_that_cannot_be_read_makes_it_an_ordinary_text_which_is_parked_and_comes_back_as_what_it_is():
    world = a_monday()
    out = sent(world)

    class NoKey(FakeHasher):
        def _fail(self, *_):
            raise SecretUnavailable

        week_mark = contact_id = text_hash = _fail

    receive(replace(world, hasher=NoKey()), arrives(world, out), inline=True)
    assert left(world) == {} and len(world.parking.parked) == 1
    replay(world, world.parking.parked[0])
    assert left(world) == {"Receipt": 2}


def test_what_the_store_cannot_take_is_parked_and_comes_back():
    class Down(FakeStore):
        down = True

        def commit(self, *changes):
            if self.down and any(isinstance(each, Update) and each.record is Receipt for each in changes):
                raise StoreUnavailable
            super().commit(*changes)

    world = a_monday(store=Down())
    assert receive(world, arrives(world, sent(world)), inline=True) == Answer()
    assert left(world) == {} and len(world.parking.parked) == 1
    world.store.down = False
    replay(world, world.parking.parked[0])
    assert left(world) == {"Receipt": 2}


def test_what_our_own_number_wrote_to_the_second_is_no_text_of_anybodys_at_the_door_or_in_the_log():
    world = a_monday()
    echo = {"sender": CLINIC_NUMBER, "recipient": SECOND}
    receive(world, an_sms("anything, even pills", CLINIC_NUMBER, world.clock(), our_number=SECOND), inline=True)
    assert left(world) == {"Receipt": 1} and world.pager.pages == []
    stands_in_log(world, sent(world), "SM9", body="We read texts on weekdays.", **echo)
    assert reconcile_hourly(world) == 0 and left(world) == {"Receipt": 1}


def test_without_a_second_number_no_text_is_asked_whether_it_is_the_weeks():
    class Asked(FakeHasher):
        def week_mark(self, week, number):
            raise AssertionError("asked")

    world = a_monday(second="", hasher=Asked())
    for sender in (SECOND, CLINIC_NUMBER):
        receive(world, an_sms("hello", sender, world.clock()), inline=True)
    assert len([row for row in world.store.rows(Message) if row.direction == "in"]) == 2


# --- an hour later ---------------------------------------------------------------------------------------------------


def an_hour_later(world):
    world.clock.advance(hours=1)
    return hour_of(world)


def test_it_passes_when_the_log_has_it_and_our_door_took_it():
    world = a_monday()
    out = sent(world)
    receive(world, arrives(world, out), inline=True)
    stands_in_log(world, out)
    assert an_hour_later(world) == PASSED and why(world) == []
    assert world.store.get(SelfTest, WAY_IN) == SelfTest(WAY_IN, world.clock(), world.clock(), 0, ())


def test_a_webhook_that_leads_elsewhere_is_named_also_when_the_log_was_compared_meanwhile():
    world = a_monday()
    out = sent(world)
    stands_in_log(world, out)
    for _ in range(3):
        world.clock.advance(minutes=15)
        assert reconcile_hourly(world) == 0
    assert left(world) == {} and world.journal.counts.get("reconciled") == 0
    assert world.store.get(Compared, "twilio") is not None  # the comparison was whole
    world.clock.advance(minutes=15)
    assert hour_of(world) == FAILED and why(world) == ["not_at_door"]
    assert world.store.get(SelfTest, WAY_IN).wrong == ("not_at_door",)


def test_what_the_log_brings_in_makes_no_receipt_even_where_it_was_not_told_apart_before():
    world = a_monday()
    receive(world, arrives(world, sent(world)), inline=False, found=True)
    assert left(world) == {}


def test_one_letter_different_in_the_log_is_brought_in_as_any_text():
    world = a_monday()
    out = sent(world)
    stands_in_log(world, out, body=one_letter_other(out))
    stands_in_log(world, out, "SM2", sender=STRANGER_NUMBER)
    assert reconcile_hourly(world) == 2


def test_a_key_that_cannot_be_read_keeps_nobodys_text_out():
    class NoWeeks(FakeHasher):
        def week_mark(self, week, number):
            raise SecretUnavailable

    world = a_monday()
    out = sent(world)
    stands_in_log(world, out)
    assert reconcile_hourly(replace(world, hasher=NoWeeks())) == 1


def test_a_key_that_comes_back_between_the_look_at_the_log_and_the_keeping_makes_no_receipt():
    class Late(FakeHasher):
        asked = 0

        def week_mark(self, week, number):
            self.asked += 1
            if self.asked == 1:
                raise SecretUnavailable
            return super().week_mark(week, number)

    world = a_monday()
    out = sent(world)
    stands_in_log(world, out)
    reconcile_hourly(replace(world, hasher=Late()))
    assert left(world) == {}


@pytest.mark.parametrize(
    ("in_log", "at_door", "reason"), [(False, False, "not_in_log"), (False, True, "only_at_door")], ids=["nowhere", "only ours"]
)
def test_a_log_that_does_not_show_it_is_named(in_log, at_door, reason):
    world = a_monday()
    out = sent(world)
    if at_door:
        receive(world, arrives(world, out), inline=True)
    assert an_hour_later(world) == FAILED and why(world) == [reason]


def test_another_line_of_the_log_is_not_taken_for_it():
    world = a_monday()
    out = sent(world)
    receive(world, arrives(world, out), inline=True)
    stands_in_log(world, out, direction=Direction.OUT)
    stands_in_log(world, out, "SM2", body=one_letter_more(out))
    stands_in_log(world, out, "SM3", minutes_ago=7 * 24 * 60)
    assert an_hour_later(world) == FAILED and why(world) == ["only_at_door"]


def test_last_weeks_receipt_is_none_for_this_week():
    world = a_monday()
    receive(world, arrives(world, sent(world)), inline=True)
    world.clock.advance(days=7)
    stands_in_log(world, sent(world))
    assert an_hour_later(world) == FAILED and why(world) == ["not_at_door"]


@pytest.mark.parametrize(("at_door", "found", "reasons"), [(True, PASSED, []), (False, FAILED, ["nowhere"])])
def test_of_a_carrier_without_a_log_or_with_one_that_cannot_be_read_the_receipt_alone_decides(at_door, found, reasons):
    for carrier in ("aws", "twilio"):
        world = a_monday(clinic={"carrier": carrier})
        hour_of(world)
        [out] = world.carriers[carrier].sent
        if carrier == "twilio":
            world.carriers[carrier].log_since = lambda since, until=None: (_ for _ in ()).throw(CarrierError("carrier_down", permanent=False))
        if at_door:
            receive(world, arrives(world, out, carrier=carrier), inline=True)
        assert an_hour_later(world) == found and why(world) == reasons


def test_a_text_that_the_carrier_refuses_is_said_once_and_stops_nothing():
    world = a_monday()
    world.carriers["twilio"].fails.append(CarrierRefused("blocked", permanent=True, code="30034"))
    assert hour_of(world) == FAILED and why(world) == ["not_taken"] and "coverage_gaps" in world.journal.counts
    assert ("way_in_failed", {"reason": "not_taken", "code": "30034"}) in world.journal.events
    assert an_hour_later(world) == {} and world.store.get(SelfTest, WAY_IN).wrong == ("not_taken",)


def test_a_text_of_which_nobody_knows_whether_it_left_waits_for_what_shows_an_hour_later():
    world = a_monday()
    world.carriers["twilio"].lost.append(CarrierUnknown("timeout"))
    assert hour_of(world) == {}
    receive(world, arrives(world, world.carriers["twilio"].sent[0]), inline=True)
    stands_in_log(world, world.carriers["twilio"].sent[0])
    assert an_hour_later(world) == PASSED


def test_the_text_out_is_sent_and_looked_for_whatever_became_of_the_one_in():
    world = a_monday(clinic={"test_number": "+13035550177"})
    world.carriers["twilio"].fails += [CarrierRefused("blocked", permanent=True), CarrierRefused("blocked", permanent=True)]
    assert hour_of(world) == FAILED and world.journal.counts["carrier_test_failed"] == 1


# --- the carrier's own log loses its words ---------------------------------------------------------------------------


def test_the_weeks_text_is_asked_to_be_emptied_when_we_have_it_and_stands_in_nobodys_way_when_we_do_not():
    for at_door in (True, False):
        world = a_monday(clinic={"redact_hours": 2})
        out = sent(world)
        sms = arrives(world, out)
        if at_door:
            receive(world, sms, inline=True)
        stands_in_log(world, out, sms.carrier_id)
        for _ in range(4):
            world.clock.advance(hours=1)
            reconcile_hourly(world)
            redact_at_carrier.ask(world)
            tick(world)
        assert world.store.get(Redacted, "twilio").standing == ()


# --- the clinic's own file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["number", "voice", "phone", "test_number"])
def test_the_second_number_is_for_nothing_else(key):
    head = CLINIC["clinic"] | {key: SECOND, "test_sender": SECOND}
    with pytest.raises(ValueError, match="clinic: 'test_sender' is in this file already"):
        read_clinic({**CLINIC, "clinic": head})


def test_the_second_number_is_no_programs_and_writes_to_one_number_not_to_a_pool():
    with pytest.raises(ValueError, match="in this file already"):
        read_clinic({**CLINIC, "clinic": CLINIC["clinic"] | {"test_sender": CLINIC["program"][0]["phone"]}})
    with pytest.raises(ValueError, match="one number and not a carrier's pool"):
        read_clinic({**CLINIC, "clinic": CLINIC["clinic"] | {"number": "MG0123", "test_sender": SECOND}})
    with pytest.raises(ValueError, match="'test_sender' is not a number"):
        read_clinic({**CLINIC, "clinic": CLINIC["clinic"] | {"test_sender": "303-555-0188"}})
