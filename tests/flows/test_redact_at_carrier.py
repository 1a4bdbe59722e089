"""The words of a text leave the carrier's log when we have them and nobody can need them there, each is seen to be gone, and what
is not is tried again and named (N1, N4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.messages import CarrierRecord, Direction, Reason, Status
from chalicelib.core.records import (
    AuditEntry,
    Compared,
    Due,
    Incident,
    Message,
    Redacted,
    Thread,
    Update,
)
from chalicelib.errors import CarrierError, CarrierUnknown, ParkFailed
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.reconcile import reconcile, reconcile_hourly
from chalicelib.flows.redact_at_carrier import MOST_STANDING, ask
from chalicelib.flows.replay_parked import replay
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import CLINIC, FakeCarrier, a_world
from tests.flows.post import queued

HOURS = 24


def a_clinic(hours: int = HOURS, **parts: Any) -> Any:
    world = a_world(**parts)
    a_patient(world)
    return replace(world, clinic=replace(world.clinic, redact_hours=hours))


def log(world: Any) -> list[CarrierRecord]:
    return world.carriers["twilio"].log


def came(world: Any, body: str, number: int = 1, **fields: Any) -> None:
    """Alice wrote: we have it, and so does the carrier's log."""
    sms = an_sms(body, at=world.clock())
    receive(world, sms, inline=True)
    in_log(world, body, sms.carrier_id, **fields)


def in_log(world: Any, body: str, sid: str, direction: Direction = Direction.IN, status: Status = Status.RECEIVED, **fields: Any) -> None:
    numbers = (ALICE_NUMBER, CLINIC_NUMBER) if direction == Direction.IN else (CLINIC_NUMBER, ALICE_NUMBER)
    log(world).append(replace(CarrierRecord("twilio", sid, direction, *numbers, body, world.clock(), status), **fields))


def an_hour(world: Any, hours: float = 1) -> None:
    """The hours pass; the last one is compared, asks and ticks."""
    world.clock.advance(hours=hours)
    ask(world)
    reconcile_hourly(world)
    tick(world)


def words(world: Any) -> list[str]:
    return [each.body for each in log(world)]


def row(world: Any) -> Redacted:
    return world.store.get(Redacted, "twilio")


def entries(world: Any) -> list[tuple[str, str]]:
    return [(each.subject_id, each.result) for each in world.store.rows(AuditEntry) if each.action == "redact_texts"]


def test_both_directions_are_emptied_hours_later_and_are_still_there_to_read_here() -> None:
    world = a_clinic()
    came(world, "can I come at four")
    in_log(world, "Four is fine.", "SMout", Direction.OUT, Status.DELIVERED)
    an_hour(world, HOURS - 1)
    assert words(world) == ["can I come at four", "Four is fine."] and row(world).seen == 0
    an_hour(world, 2)
    assert words(world) == ["", ""]
    assert (row(world).seen, row(world).standing, row(world).looked_at) == (2, (), world.clock())
    assert entries(world) == [("log_twilio", "2")]
    [text] = [each for each in world.store.rows(Message) if each.direction == "in"]
    assert text.sealed_body
    asked = list(world.carriers["twilio"].asked)
    an_hour(world)
    assert world.carriers["twilio"].asked == asked and len(entries(world)) == 1, "what is empty is left alone"


def test_off_until_the_clinic_says_when() -> None:
    world = a_clinic(0)
    came(world, "hello")
    an_hour(world, 300)
    assert words(world) == ["hello"] and not [each for each in world.store.rows(Due) if each.kind == "redact"]


def test_n1_what_we_do_not_have_keeps_its_words_until_it_came_in() -> None:
    """The log was compared past it, and still one text could not be kept: its only copy stays."""

    class Store(FakeStore):
        refuses = True

        def commit(self, *changes: Any) -> None:
            if self.refuses and any(getattr(getattr(each, "record", None), "carrier_id", "") == "SMlost" for each in changes):
                raise ParkFailed("this one never")
            super().commit(*changes)

    world = a_clinic(store=Store())
    in_log(world, "only you have this", "SMlost")
    world.clock.advance(hours=HOURS + 1)
    world.store.commit(Update(Compared, ("twilio",), set={"at": world.clock()}, create=True))
    ask(world)
    tick(world)
    assert words(world) == ["only you have this"] and [each.why for each in row(world).standing] == ["not_kept"]
    world.store.refuses = False
    assert reconcile(world) == 1
    an_hour(world)
    assert words(world) == [""] and not row(world).standing


def test_n1_nothing_is_emptied_of_what_was_not_compared() -> None:
    world = a_clinic()
    came(world, "hello")
    world.clock.advance(hours=100)
    ask(world)
    tick(world)
    assert words(world) == ["hello"]
    world.store.commit(Update(Compared, ("twilio",), set={"at": world.clock() - timedelta(hours=101)}, create=True))
    ask(world)
    world.clock.advance(hours=1)
    ask(world)
    tick(world)
    assert words(world) == ["hello"]


def test_n4_while_nobody_knows_whether_a_text_left_the_log_keeps_what_it_is_asked_for() -> None:
    world = a_clinic()
    message = queued(world, "See you at four.")
    world.carriers["twilio"].lost = [CarrierUnknown("gone")]
    deliver(world, message.thread_id, message.message_id)
    assert world.store.get(Message, message.thread_id, message.message_id).status == Status.UNKNOWN
    in_log(world, "Yesterday's.", "SMold", Direction.OUT, Status.DELIVERED, at=world.clock() - timedelta(hours=5))
    in_log(world, "See you at four.", "SMnew", Direction.OUT, Status.DELIVERED)
    world.clock.advance(hours=HOURS + 1)
    world.store.commit(Update(Compared, ("twilio",), set={"at": world.clock()}, create=True))
    ask(world)
    from chalicelib.flows import redact_at_carrier

    [due] = [each for each in world.store.rows(Due) if each.kind == "redact"]
    redact_at_carrier.redact(world, due)
    assert words(world) == ["", "See you at four."]
    tick(world)
    assert world.store.get(Message, message.thread_id, message.message_id).status == Status.DELIVERED
    an_hour(world)
    assert words(world) == ["", ""]


def test_what_the_carrier_does_not_let_go_is_tried_each_hour_and_named_after_a_day() -> None:
    world = a_clinic()
    came(world, "hello")
    sid = log(world)[0].carrier_id
    carrier = world.carriers["twilio"]
    carrier.refuses = {sid: CarrierError(Reason.BAD_REQUEST, permanent=False, code="not_final")}
    an_hour(world, HOURS + 1)
    [left] = row(world).standing
    assert (left.carrier_id, left.why, left.inbound) == (sid, "not_final", True)
    assert not row(world).late(world.clock(), HOURS)
    carrier.refuses, carrier.keeps = {}, {sid}
    an_hour(world, HOURS)
    assert [each.why for each in row(world).late(world.clock(), HOURS)] == ["not_seen_empty"] and len(carrier.asked) == 2
    carrier.keeps = set()
    an_hour(world)
    assert words(world) == [""] and not row(world).standing and row(world).seen == 1


def test_a_carrier_that_is_down_is_asked_again_in_an_hour_and_is_nobodys_single_text() -> None:
    world = a_clinic()
    came(world, "one")
    came(world, "two")
    first = log(world)[0].carrier_id
    world.carriers["twilio"].refuses = {first: CarrierError(Reason.CARRIER_DOWN, permanent=False)}
    an_hour(world, HOURS + 1)
    assert words(world) == ["one", "two"] and len(world.carriers["twilio"].asked) == 1
    world.carriers["twilio"].refuses = {}
    an_hour(world)
    assert words(world) == ["", ""] and not row(world).standing


def test_pictures_go_with_their_words() -> None:
    world = a_clinic()
    sms = replace(an_sms("", at=world.clock()), media=2)
    receive(world, sms, inline=True)
    in_log(world, "", sms.carrier_id, media=2)
    an_hour(world, HOURS + 1)
    assert [each.media for each in log(world)] == [0]


def test_more_than_can_be_named_stays_in_the_log_and_is_found_there_again() -> None:
    world = a_clinic()
    for number in range(MOST_STANDING + 30):
        in_log(world, "stuck", f"SM{number}", Direction.OUT, Status.DELIVERED)
    carrier = world.carriers["twilio"]
    carrier.refuses = {each.carrier_id: CarrierError(Reason.BAD_REQUEST, permanent=False, code="x") for each in log(world)}
    an_hour(world, HOURS + 1)
    through = row(world).through
    came(world, "a day later")
    an_hour(world, HOURS + 1)
    assert row(world).through == max(through, row(world).through) and "a day later" in words(world)
    carrier.refuses = {}
    an_hour(world)
    an_hour(world)
    assert set(words(world)) == {""} and row(world).seen == MOST_STANDING + 31


def test_aws_keeps_no_log_and_nothing_is_asked_of_it() -> None:
    world = a_clinic()
    an_hour(world, HOURS + 1)
    assert world.store.get(Redacted, "aws") is None


def test_the_time_of_a_tick_is_not_used_up() -> None:
    """Ten seconds of it, then the next minute goes on."""
    world = a_clinic()

    class Slow(FakeCarrier):
        def redact(self, carrier_id: str) -> bool:
            world.clock.advance(seconds=0.3)
            return super().redact(carrier_id)

    world.carriers["twilio"] = Slow()
    for number in range(120):
        in_log(world, "hello", f"SM{number}", Direction.OUT, Status.DELIVERED)
    an_hour(world, HOURS + 1)
    assert words(world).count("") == 50
    for _ in range(2):
        world.clock.advance(minutes=1)
        tick(world)
    assert words(world).count("") == 120 and row(world).seen == 120
    assert not [each for each in world.store.rows(Due) if each.kind == "redact"]


# --- words that are gone -------------------------------------------------------------------------------------------


def test_n2_a_text_without_its_words_is_not_called_routine() -> None:
    """A restored table has forgotten a text whose words were taken out since: somebody has to ask what they wrote."""
    world = a_clinic()
    in_log(world, "", "SMempty")
    assert reconcile(world) == 1
    [incident] = world.store.rows(Incident)
    assert incident.categories == ("words_gone",) and len(world.pager.pages) == 1
    [text] = [each for each in world.store.rows(Message) if each.direction == "in"]
    assert (text.tier, text.categories) == (1, ("words_gone",))


def a_restored_table(world: Any, many: int) -> None:
    """It forgot what many people wrote, and the log has no words any more."""
    at = world.clock() - timedelta(hours=5)
    log(world).extend(
        CarrierRecord("twilio", f"SM{n}", Direction.IN, f"+1303555{1000 + n}", CLINIC_NUMBER, "", at + timedelta(minutes=n), Status.RECEIVED)
        for n in range(many)
    )


def test_n2_many_texts_without_words_page_a_few_times_and_none_is_routine() -> None:
    """A pager that does not stop is one that people put away."""
    world = a_clinic()
    a_restored_table(world, 30)
    assert reconcile(world) == 30 and len(world.pager.pages) == 5
    texts = [each for each in world.store.rows(Message) if each.direction == "in"]
    assert {each.categories for each in texts} == {("words_gone",)} and sorted(each.tier for each in texts) == [1] * 5 + [2] * 25
    assert {each.carrier_id for each in texts if each.tier == 1} == {f"SM{n}" for n in range(25, 30)}, "the newest"


def test_n2_a_crisis_whose_words_are_there_waits_behind_none_of_them() -> None:
    world = a_clinic()
    a_restored_table(world, 3)
    in_log(world, "I want to kill myself", "SMcrisis")
    reconcile(world)
    [first, *_] = sorted(world.store.rows(Incident), key=lambda each: world.pager.pages.index(next(p for p in world.pager.pages if each.code in p[1])))
    assert first.categories != ("words_gone",) and len(world.pager.pages) == 4


def test_n2_nor_when_it_had_to_be_parked() -> None:
    class Store(FakeStore):
        down = True

        def commit(self, *changes: Any) -> None:
            if self.down:
                raise ParkFailed("down")
            super().commit(*changes)

    store = Store()
    store.down = False
    world = a_clinic(store=store)
    in_log(world, "", "SMempty")
    store.down = True
    reconcile(world)
    store.down = False
    [parked] = world.parking.parked
    replay(world, parked)
    assert [each.categories for each in world.store.rows(Incident)] == [("words_gone",)]


def test_a_picture_alone_has_no_words_to_miss() -> None:
    world = a_clinic()
    in_log(world, "", "SMpicture", media=1)
    assert reconcile(world) == 1 and not world.store.rows(Incident)


def test_n4_a_text_of_ours_is_not_called_unsent_where_the_log_has_one_without_words() -> None:
    world = a_clinic()
    message = queued(world, "See you at four.")
    world.carriers["twilio"].lost = [CarrierUnknown("gone")]
    deliver(world, message.thread_id, message.message_id)
    in_log(world, "", "SMours", Direction.OUT, Status.DELIVERED)
    for _ in range(6):
        world.clock.advance(minutes=10)
        tick(world)
    assert world.store.get(Message, message.thread_id, message.message_id).status == Status.UNKNOWN
    assert world.store.get(Thread, message.thread_id).note == "unknown_delivery"


def test_n4_nor_is_it_given_up_for_another_text_without_words_to_that_number() -> None:
    """The log shows ours some minutes later."""
    world = a_clinic()
    message = queued(world, "See you at four.")
    world.carriers["twilio"].lost = [CarrierUnknown("gone")]
    deliver(world, message.thread_id, message.message_id)
    left = world.clock()
    in_log(world, "", "SMother", Direction.OUT, Status.DELIVERED)
    for _ in range(3):
        world.clock.advance(minutes=1)
        tick(world)
    in_log(world, "See you at four.", "SMours", Direction.OUT, Status.DELIVERED, at=left)
    for _ in range(2):
        world.clock.advance(minutes=5)
        tick(world)
    assert world.store.get(Message, message.thread_id, message.message_id).status == Status.DELIVERED


def test_on_a_campaigns_morning_the_texts_that_wait_are_read_many_at_once() -> None:
    class Store(FakeStore):
        reads = 0

        def get_many(self, wanted: Any) -> Any:
            self.reads += 1
            read, found = self.reads, super().get_many(wanted)
            self.reads = read
            return found

        def get(self, kind: Any, *key: Any) -> Any:
            self.reads += 1
            return super().get(kind, *key)

    world = a_clinic(store=Store())
    for number in range(150):
        queued(world, f"Text {number}.")
    came(world, "hello")
    world.clock.advance(hours=HOURS + 1)
    world.store.commit(Update(Compared, ("twilio",), set={"at": world.clock()}, create=True))
    ask(world)
    from chalicelib.flows import redact_at_carrier

    [due] = [each for each in world.store.rows(Due) if each.kind == "redact"]
    world.store.reads = 0
    redact_at_carrier.redact(world, due)
    assert world.store.reads < 10 and words(world) == [""]


@pytest.mark.parametrize("hours", [1, 241, -1, True, "24", 2.5])
def test_the_hours_are_within_bounds(hours: object) -> None:
    from chalicelib.core.clinic import read_clinic

    with pytest.raises(ValueError, match="redact_after_hours"):
        read_clinic({**CLINIC, "clinic": {**CLINIC["clinic"], "redact_after_hours": hours}})  # type: ignore[dict-item]
