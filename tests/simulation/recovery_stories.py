"""What comes back late: a text only the carrier knows of, one that was parked, one that waits for the morning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.core.messages import CarrierRecord, Direction, InboundSms, Kind, Status
from chalicelib.core.records import Contact, Message, Thread
from chalicelib.flows import outbox, park_text, reconcile, tick
from tests.cast import ALICE_NUMBER, an_sms

from .told import CRISIS, Story
from .town import Town

ANOTHER_DESKS = "SM" + "d" * 32


def only_the_carrier_knows(town: Town, sms: InboundSms) -> None:
    """The webhook never reached us; the fallback address answered."""
    town.arrived.append(sms)
    _in_the_log(town)
    town.fallback(sms)


def _in_the_log(town: Town) -> None:
    sms, now = town.arrived[-1], town.clock.now
    line = CarrierRecord("twilio", sms.carrier_id, Direction.IN, sms.sender, sms.our_number, sms.body, now, Status.RECEIVED)
    town.carriers["twilio"].log.append(line)


def a_lost_text(town: Town) -> None:
    only_the_carrier_knows(town, an_sms("running late", at=town.clock.now))


def _a_lost_text_and_another_desks(town: Town) -> None:
    """The same account has a number that is not in the clinic's file."""
    a_lost_text(town)
    numbers, now = ("+13035550888", "+13035550777"), town.clock.now
    line = CarrierRecord("twilio", ANOTHER_DESKS, Direction.IN, *numbers, "are my glasses ready", now, Status.RECEIVED)
    town.carriers["twilio"].log.append(line)


def _theirs_alone(town: Town) -> list[str]:
    return ["another desk's text was taken in"] * any(row.carrier_id == ANOTHER_DESKS for row in town.store.rows(Message))


def a_lost_crisis(town: Town) -> None:
    sms = an_sms(CRISIS, at=town.clock.now)
    town.crises.append((town.clock.now, sms))
    only_the_carrier_knows(town, sms)


def an_unheard_failure(town: Town) -> None:
    """Carol's text left; its callback never came through our door, and the carrier's log says that nobody got it."""
    letter = outbox.Letter("alice", "adult", town.world.hasher.contact_id(ALICE_NUMBER), Kind.REPLY, "See you at 3", "carol", "alice")
    town.world.store.commit(*outbox.queue(town.world, letter, town.clock.now))
    town.stream()
    log = town.carriers["twilio"].log
    log[-1] = replace(log[-1], status=Status.FAILED_NUMBER, error_code="30005", number="gone")


def _learnt(town: Town) -> list[str]:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.REPLY]
    contact, thread = town.store.get(Contact, row.contact_id), town.store.get(Thread, "alice")
    known = (row.status, thread.note if thread else "", contact.doubt if contact else "")
    return [] if known == (Status.FAILED_NUMBER, "not_sent", "gone") else [f"a text that did not arrive stands as {known}"]


def reconciles(town: Town) -> None:
    town.clock.advance(minutes=1)
    town.minute()


def compares_hourly(town: Town) -> None:
    """The first may fail, or die after it wrote down how far it came; the second finds what is left."""
    for _ in range(2):
        town.clock.advance(hours=1)
        town.again(lambda: reconcile.reconcile_hourly(town.world), tries=1)


def _parked(town: Town, body: str, paged: bool) -> None:
    sms = an_sms(body, at=town.clock.now)
    town.arrived.append(sms)
    town.phone(sms.sender).got.append((town.clock.now, "988"))
    if body == CRISIS:
        town.crises.append((town.clock.now, sms))
        if paged:
            town.world.pager.page("everyone", "Porchlight: urgent item. Open the console.")
    park_text.park(town.world, sms, paged)
    town.delay = timedelta(minutes=1)  # `replays`


def _a_parked_text(town: Town) -> None:
    _parked(town, "running late", False)


def _a_parked_stop(town: Town) -> None:
    _parked(town, "STOP", False)


def _a_parked_crisis(town: Town) -> None:
    _parked(town, CRISIS, True)


def _a_parked_crisis_without_a_page(town: Town) -> None:
    _parked(town, CRISIS, False)


def a_parked_text_the_carrier_knows(town: Town) -> None:
    _a_parked_text(town)
    _in_the_log(town)


def a_parked_crisis_the_carrier_knows(town: Town) -> None:
    _a_parked_crisis(town)
    _in_the_log(town)


def replays(town: Town) -> None:
    for _ in range(2):
        town.clock.advance(minutes=1)
        town.queue()
        town.stream()


def replays_twice(town: Town) -> None:
    """The queue hands it out again before it was removed."""
    waiting = list(town.parked)
    replays(town)
    town.parked += waiting
    replays(town)


def _a_welcome_at_night(town: Town) -> None:
    town.clock.advance(hours=10)  # 22:00 where Alice lives
    now, world = town.clock.now, town.world
    letter = outbox.Letter("alice", "adult", world.hasher.contact_id(ALICE_NUMBER), Kind.WELCOME, "Hello from Larkspur", patient_id="alice", template="welcome")
    world.store.commit(*outbox.queue(world, letter, now))


def waits_for_the_morning(town: Town) -> None:
    town.stream()
    town.clock.advance(hours=11)
    for _ in range(2):
        town.again(lambda: tick.tick(town.world), tries=1)


def _in_safe_hours(town: Town) -> list[str]:
    [row] = [row for row in town.store.rows(Message) if row.kind == Kind.WELCOME]
    left = town.carriers["twilio"].left_at.get(row.row)
    if left is not None and not 8 <= _denver(left).hour < 21:
        return ["a welcome left at night"]
    lost = left is None and row.status not in (Status.NOT_SENT, Status.FAILED_BLOCKED, Status.FAILED_OTHER)
    return [f"the welcome stands as {row.status}"] if lost else []


def _denver(moment: datetime) -> datetime:
    return moment - timedelta(hours=7)  # March 3 and 4: no change of clocks


def ticks_twice(town: Town) -> None:
    """Two schedulers at the same instant, one after the other."""
    town.clock.advance(seconds=61)
    for _ in range(2):
        town.again(lambda: tick.tick(town.world), tries=1)


STORIES: tuple[Story, ...] = (
    Story("a lost text comes back", reconciles, a_lost_text),
    Story("a lost crisis comes back", reconciles, a_lost_crisis),
    Story("a lost text and the hourly comparison", compares_hourly, a_lost_text),
    Story("a lost text beside another desk's", reconciles, _a_lost_text_and_another_desks, _theirs_alone),
    Story("a failure nobody told us of", compares_hourly, an_unheard_failure, _learnt),
    Story("a parked text", replays, _a_parked_text),
    Story("a parked STOP", replays, _a_parked_stop),
    Story("a parked crisis", replays, _a_parked_crisis),
    Story("a parked crisis nobody was paged for", replays, _a_parked_crisis_without_a_page),
    Story("a parked crisis handed out twice", replays_twice, _a_parked_crisis),
    Story("a welcome waits for the morning", waits_for_the_morning, _a_welcome_at_night, _in_safe_hours),
)
