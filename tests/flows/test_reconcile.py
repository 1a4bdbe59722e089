"""What the carrier has and we do not comes in once, in order; what we do not know of our own texts is looked up (N1, N4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event, RLock

import pytest

from chalicelib.core.bells import Bell, heard
from chalicelib.core.consent import stopped
from chalicelib.core.consent_ledger import number_comes_to
from chalicelib.core.messages import CarrierRecord, Direction, Kind, Status
from chalicelib.core.records import Compared, Incident, Message, Receipt, Thread, Update
from chalicelib.core.reply_by import reply_by
from chalicelib.errors import CarrierError, CarrierUnknown, OpenFailed, ParkFailed, StoreUnavailable
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import NotKept, receive
from chalicelib.flows.reconcile import AGAIN_AFTER, LONGEST, LOOK_BACK, LOOKS, look_now, reconcile, reconcile_hourly
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.vault import FakeVault
from tests.fakes.world import FakeCarrier, FakeHasher, FakeJournal, FakePager, FakeParking, a_world
from tests.flows.post import again, alices, dues, queued

CRISIS = "I took all my pills"


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    return world


def a_line(world, body, number=1, minutes_ago=10, direction=Direction.IN, status=Status.RECEIVED, **fields):
    """One line of the carrier's log; `number` makes its id."""
    numbers = (ALICE_NUMBER, CLINIC_NUMBER) if direction == Direction.IN else (CLINIC_NUMBER, ALICE_NUMBER)
    at = world.clock() - timedelta(minutes=minutes_ago)
    return replace(CarrierRecord("twilio", f"SM{number:032x}", direction, *numbers, body, at, status), **fields)


def log(world, *lines):
    """The log as carriers give it: newest first."""
    world.carriers["twilio"].log = sorted(lines, key=lambda line: line.at, reverse=True)


def texts(world):
    rows = [m for m in world.store.rows(Message) if m.direction == "in"]
    return [m.carrier_id for m in sorted(rows, key=lambda m: m.message_id)]


# --- what never reached us -----------------------------------------------------------------------------------------


def test_who_rang_is_heard_again_two_minutes_later_since_a_log_shows_a_text_late():
    world = a_clinic()
    assert look_now(world, ["{}"]) == 0  # the text that rang is not in the log yet
    assert world.parking.again == [("again 1", AGAIN_AFTER)]
    log(world, a_line(world, "are you there"))
    assert look_now(world, ["again 1"]) == 1
    assert look_now(world, ["again 2"]) == 0
    assert world.parking.again == [("again 1", AGAIN_AFTER), ("again 2", AGAIN_AFTER)]


def test_looking_again_has_an_end_and_a_new_bell_begins_anew():
    world = a_clinic()
    log(world, a_line(world, "one"))
    look_now(world, [f"again {LOOKS}"])
    assert world.parking.again == []
    look_now(world, [f"again {LOOKS}", "a page's words"])
    assert world.parking.again == [("again 1", AGAIN_AFTER)]


def test_a_text_that_never_reached_us_comes_in_once():
    world = a_clinic()
    log(world, a_line(world, "are you there"))
    assert [reconcile(world) for _ in range(3)] == [1, 0, 0]
    assert len(texts(world)) == 1
    assert world.store.get(Thread, "alice").waiting_since is not None


def test_a_text_that_comes_late_says_when_it_was_written_and_has_waited_all_the_while():
    world = a_clinic()
    log(world, a_line(world, "are you there", 901, minutes_ago=20 * 60))
    reconcile(world)
    written = world.clock() - timedelta(hours=20)
    [kept] = [m for m in world.store.rows(Message) if m.direction == "in"]
    thread = world.store.get(Thread, "alice")
    assert (kept.written_at, kept.at, thread.waiting_since) == (written, world.clock(), written)
    assert thread.reply_by == reply_by(world.clinic, "adult", written, 540)
    receive(world, an_sms("hello", at=world.clock()), inline=True)
    assert [m.written_at for m in world.store.rows(Message) if m.direction == "in"] == [written, None]


def test_n2_the_worst_of_what_never_reached_us_comes_in_first_and_the_rest_as_it_was_written():
    """An hour without a door is a thousand texts: a crisis among them pages before their rows are written."""
    world = a_clinic()
    log(world, a_line(world, "thanks", 1, 50), a_line(world, "see you", 2, 40), a_line(world, CRISIS, 3, 30), a_line(world, "ok", 4, 20))
    reconcile(world)
    assert [int(each[2:], 16) for each in texts(world)] == [3, 1, 2, 4]


def a_flood(world, many=40, **fields):
    """Thanks of so many people."""
    return [a_line(world, "thanks", at + 1, 60, sender=f"+1206555{at + 1000:04d}", **fields) for at in range(many)]


def test_many_people_come_in_side_by_side_and_each_ones_texts_one_after_the_other():
    """A thousand one after the other outlast the function that brings them."""
    met, inside, mine = Event(), list[str](), list[CarrierRecord]()

    class Store(FakeStore):
        def commit(self, *changes):
            if mine:
                inside.append("here")
                if len(inside) > 1:
                    met.set()
                assert met.wait(10)  # nobody else comes: parked, and not among the texts
            super().commit(*changes)

    world = a_clinic(store=Store())
    mine += [a_line(world, f"text {at}", 100 + at, 30 - at) for at in range(20)]
    log(world, *a_flood(world), *mine)
    assert reconcile(world) == 60
    assert [each for each in texts(world) if each in {line.carrier_id for line in mine}] == [line.carrier_id for line in mine]
    assert len(set(texts(world))) == 60


class SlowStore(FakeStore):
    """Each text's rows take so many of the clock's seconds, and something may happen meanwhile."""

    def __init__(self, seconds, meanwhile=lambda many: None):
        super().__init__()
        self.seconds, self.many, self.meanwhile, self.one = seconds, 0, meanwhile, RLock()

    def commit(self, *changes):
        with self.one:
            super().commit(*changes)
            if any(isinstance(getattr(change, "record", None), Receipt) for change in changes):
                self.clock.advance(seconds=self.seconds)
                self.many += 1
                self.meanwhile(self.many)


def a_slow_clinic(seconds, meanwhile=lambda many: None):
    store = SlowStore(seconds, meanwhile)
    world = a_clinic(store=store)
    store.clock = world.clock
    return world


def test_n2_a_crisis_that_falls_back_meanwhile_comes_before_the_others_that_still_wait():
    def meanwhile(many):
        if many == 3:
            log(world, *world.carriers["twilio"].log, a_line(world, CRISIS, 900, 0))

    world = a_slow_clinic(2, meanwhile)
    log(world, *a_flood(world, 60))
    assert reconcile(world) == 61
    assert texts(world).index(f"SM{900:032x}") < 30


def test_n2_a_crisis_pages_before_the_rest_of_a_long_log_is_read():
    """Two of them, side by side, behind the reading."""
    heard, both = Event(), Event()

    class Pager(FakePager):
        def page(self, to, text):
            super().page(to, text)
            (both if heard.is_set() else heard).set()
            assert both.wait(10), "one page after the other"

    world = a_clinic(pager=Pager())
    others = [a_line(world, CRISIS, 901 + at, 1, sender=f"+1206555{at + 2000:04d}") for at in range(2)]
    lines = [*others, *a_flood(world, 150)]

    class Long(FakeCarrier):
        def log_since(self, since, until=None):
            for number, line in enumerate(lines):
                assert number <= 100 or both.wait(10), "read on"
                yield line

    world = replace(world, carriers={"twilio": Long()})
    assert reconcile(world) == 152 and len(world.pager.pages) == 2


def test_what_a_comparison_has_no_time_for_the_next_one_goes_on_with_at_once():
    world = a_slow_clinic(10)
    log(world, *a_flood(world, 60))
    first = look_now(world, ["{}"])
    assert 20 <= first < 60
    assert world.parking.again == [("again 1", 1)]
    rest = [look_now(world, [f"again {look}"]) for look in (1, 2, 3)]
    assert first + sum(rest) == 60 == len(set(texts(world)))


def the_chain(world, most=20):
    """Each bell is heard, until none rings."""
    looks = []
    while world.parking.again and len(looks) < most:
        word, seconds = world.parking.again.pop(0)
        world.clock.advance(seconds=seconds)
        looks.append(word)
        look_now(world, [word])
    return looks


def test_n1_a_long_outage_is_worked_off_at_once_and_not_by_the_hour():
    world = a_slow_clinic(10)
    reconcile_hourly(world)
    since = world.clock() - LOOK_BACK
    world.clock.advance(days=5)
    log(world, *[replace(line, at=line.at - timedelta(days=4)) for line in a_flood(world, 60)])
    reconcile_hourly(world)
    assert world.parking.again == [(f"again 1 {since.isoformat()} -", 1)]
    assert len(the_chain(world)) < LOOKS and len(set(texts(world))) == 60


def a_clinic_that_asks():
    """A world, and since when its carrier's log was asked each time: nothing is in it."""
    asked = []

    class Asked(FakeCarrier):
        def log_since(self, since, until=None):
            asked.append(since)
            return []

    return a_clinic(carriers={"twilio": Asked()}), asked


def test_a_bell_asks_for_two_weeks_at_most():
    world, asked = a_clinic_that_asks()
    look_now(world, [Bell(3, world.clock() - timedelta(days=99)).word])
    assert asked == [world.clock() - LONGEST]


@pytest.mark.parametrize("first", [reconcile_hourly, lambda world: look_now(world, ["{}"])])
def test_one_text_that_cannot_be_kept_wakes_one_chain_of_looks_and_is_told_at_its_end(first):
    """Who rang and raised would be woken up to five times, and ring each time."""

    class Store(SlowStore):
        def commit(self, *changes):
            if any(getattr(getattr(change, "record", None), "carrier_id", "") == f"SM{1:032x}" for change in changes):
                raise StoreUnavailable("this one never")
            super().commit(*changes)

    world = a_clinic(store=Store(10), parking=FakeParking(fails=[ParkFailed("x")] * 99))
    world.store.clock = world.clock
    log(world, *a_flood(world, 60))
    assert 20 <= first(world) < 60
    assert len(world.parking.again) == 1
    with pytest.raises(NotKept):
        the_chain(world)
    assert world.parking.again == [] and len(set(texts(world))) == 59


def a_slow_log(world, seconds, lines):
    """Each of its lines takes so many of the clock's seconds. `read`: how many were asked for, reading by reading."""

    class Slow(FakeCarrier):
        def log_since(self, since, until=None):
            self.read.append(0)
            for line in lines:
                if since <= line.at <= (until or line.at) + timedelta(minutes=5):  # some of what is later comes along
                    world.clock.advance(seconds=seconds)
                    self.read[-1] += 1
                    yield line

    carrier = Slow()
    carrier.read = []
    return replace(world, carriers={"twilio": carrier})


def test_a_log_too_long_for_one_look_is_read_on_by_the_next_from_where_it_stopped():
    """Without it Lambda ends the function in the middle of a text, and each try anew."""
    world = a_clinic()
    texts_of_all = [a_line(world, "thanks", at, 60 + at, sender=f"+1206555{at:04d}") for at in range(1, 601)]
    world = a_slow_log(world, 0.5, texts_of_all)
    began = world.clock()
    assert 100 <= look_now(world, ["{}"]) < 300 and world.clock() - began < timedelta(seconds=200)
    later, (word, seconds) = world.parking.again
    assert later == ("again 1", AGAIN_AFTER) and seconds == 1
    assert (began - timedelta(minutes=262)) < heard([word]).until < (began - timedelta(minutes=60))
    world.parking.again = [(word, seconds)]
    the_chain(world)
    assert len(set(texts(world))) == 600 and max(world.carriers["twilio"].read) <= 201


def test_a_log_of_outgoing_texts_alone_ends_in_time_too():
    world = a_clinic()
    ours = [a_line(world, "see you", at, 60 + at, direction=Direction.OUT, status=Status.DELIVERED) for at in range(1, 600)]
    world = a_slow_log(world, 0.3, [*ours, a_line(world, CRISIS, 900, 23 * 60)])
    began = world.clock()
    look_now(world, ["{}"])
    assert world.clock() - began < timedelta(seconds=200) and world.pager.pages == []
    the_chain(world)
    assert len(world.pager.pages) == 1


def until_the_page(status):
    """How long a lost crisis waits behind texts of ours that ended so, in a log too long for one look."""

    class Store(FakeStore):
        def newest(self, *asked):
            world.clock.advance(seconds=1)
            return super().newest(*asked)

    class Pager(FakePager):
        def page(self, to, text):
            paged.append(world.clock())
            super().page(to, text)

    paged, world = [], a_clinic(store=Store(), pager=Pager())
    ours = [a_line(world, "see you", at, 60 + at, direction=Direction.OUT, status=status) for at in range(1, 600)]
    world = a_slow_log(world, 0.3, [*ours, a_line(world, CRISIS, 900, 23 * 60)])
    began = world.clock()
    look_now(world, ["{}"])
    the_chain(world)
    return paged[0] - began


def test_n2_what_of_ours_did_not_arrive_is_looked_up_when_all_who_wrote_were_read():
    """On the day of an outage hundreds failed, and looking each up took minutes before the next look could go on."""
    assert until_the_page(Status.FAILED_OTHER) == until_the_page(Status.DELIVERED)


def test_where_a_look_stopped_to_read_what_came_meanwhile_is_looked_for_at_the_end():
    world = a_clinic()
    lines = [a_line(world, "thanks", at, 60 + at, sender=f"+1206555{at:04d}") for at in range(1, 301)]
    world = a_slow_log(world, 0.5, lines)
    look_now(world, ["{}"])
    lines.insert(0, a_line(world, "are you there", 900, 0))
    assert "again 1" in the_chain(world)
    assert len(set(texts(world))) == 301 and world.parking.again == []


def test_n2_the_log_is_read_again_soon_also_where_many_crises_came_in_behind_the_reading():
    was_read = Event()

    class Carrier(FakeCarrier):
        def log_since(self, since, until=None):
            yield from self.log
            was_read.set()

    class Pager(FakePager):
        def page(self, to, text):
            assert was_read.wait(10)
            super().page(to, text)

    def meanwhile(many):
        if many == 103:
            log(world, *world.carriers["twilio"].log, a_line(world, CRISIS, 900, 0))

    world = replace(a_slow_clinic(0.5, meanwhile), pager=Pager(), carriers={"twilio": Carrier()})
    crises = [a_line(world, CRISIS, 1000 + at, 1, sender=f"+1206556{at:04d}") for at in range(100)]
    log(world, *crises, *a_flood(world, 100))
    assert reconcile(world) == 201
    assert texts(world).index(f"SM{900:032x}") < 160


def test_a_comparison_without_an_end_is_not_taken_for_complete():
    world = a_slow_clinic(10)
    log(world, *a_flood(world, 60))
    reconcile_hourly(world)
    assert world.store.get(Compared, "twilio") is None
    for _ in range(3):
        reconcile_hourly(world)
    assert world.store.get(Compared, "twilio") is not None and len(set(texts(world))) == 60


def test_what_reached_us_is_left_alone():
    world = a_clinic()
    sms = an_sms("hello")
    receive(world, sms, inline=True)
    log(world, a_line(world, "hello", carrier_id=sms.carrier_id), a_line(world, "our answer", 2, direction=Direction.OUT, status=Status.DELIVERED))
    assert reconcile(world) == 0 and len(texts(world)) == 1


def test_texts_come_in_in_the_order_they_were_sent_over_many_pages():
    world = a_clinic()
    lines = [a_line(world, f"text {at}", at + 1, minutes_ago=400 - at) for at in range(260)]
    log(world, *lines)
    assert reconcile(world) == 260
    assert texts(world) == [line.carrier_id for line in lines]


def test_a_stop_and_a_start_from_the_log_leave_the_person_stopped():
    world = a_clinic()
    log(world, a_line(world, "START", 2, minutes_ago=5), a_line(world, "STOP", 1, minutes_ago=6))
    reconcile(world)
    assert alices(world).stopped_at is not None and alices(world).started_at is None


def minutes_ago(world, minutes):
    return world.clock() - timedelta(minutes=minutes)


def is_stopped(world):
    """As the number's row says, and its ledger comes to the same."""
    contact = alices(world)
    assert number_comes_to(world.store.consents_of(contact.contact_id)).stopped == stopped(contact)
    return stopped(contact)


def test_a_stop_and_a_later_start_that_come_in_together_are_taken_at_their_own_instants():
    world = a_clinic()
    log(world, a_line(world, "START", 902, minutes_ago=20), a_line(world, "STOP", 901, minutes_ago=30))
    reconcile(world)
    assert (alices(world).stopped_at, alices(world).started_at) == (minutes_ago(world, 30), minutes_ago(world, 20))
    assert [line.at for line in world.store.consents_of(alices(world).contact_id)] == [minutes_ago(world, 30), minutes_ago(world, 20)]
    assert not is_stopped(world)


def test_a_start_and_a_later_stop_that_come_in_together_stop():
    world = a_clinic()
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(hours=1)
    log(world, a_line(world, "STOP", 902, minutes_ago=20), a_line(world, "START", 901, minutes_ago=30))
    reconcile(world)
    assert alices(world).started_at == minutes_ago(world, 30) and is_stopped(world)


def test_n1_a_stop_that_comes_late_stops_whatever_was_said_since():
    """Out of order they leave the person stopped."""
    world = a_clinic()
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(hours=1)
    receive(world, an_sms("START", at=world.clock()), inline=True)
    assert not is_stopped(world)
    log(world, a_line(world, "STOP", 901, minutes_ago=10))
    reconcile(world)
    assert is_stopped(world) and alices(world).stopped_at == world.clock()


def test_a_stop_that_comes_late_takes_nothing_back_of_one_that_came_before_it():
    world = a_clinic()
    receive(world, an_sms("STOP", at=world.clock()), inline=True)
    world.clock.advance(minutes=5)
    log(world, a_line(world, "STOP", 901, minutes_ago=70), a_line(world, "START", 902, minutes_ago=62))
    reconcile(world)
    assert is_stopped(world) and alices(world).stopped_at == minutes_ago(world, 5)


def test_a_stop_by_a_clock_ahead_of_ours_is_one_of_now_and_keeps_nobody_stopped():
    world = a_clinic()
    receive(world, an_sms("STOP", at=world.clock() + timedelta(days=1)), inline=True)
    assert alices(world).stopped_at == world.clock()
    world.clock.advance(hours=1)
    receive(world, an_sms("START", at=world.clock()), inline=True)
    assert not is_stopped(world)


def test_a_crisis_among_them_pages_and_is_answered():
    world = a_clinic()
    log(world, a_line(world, "hello", 1, 12), a_line(world, CRISIS, 2, 11), a_line(world, "sorry", 3, 10))
    reconcile(world)
    assert [to for to, _ in world.pager.pages] == ["erin"]
    [sent] = world.carriers["twilio"].sent
    assert "988" in sent.body and sent.recipient == ALICE_NUMBER


def test_t7_a_crisis_of_yesterday_pages_and_sends_no_automatic_answer():
    world = a_clinic()
    log(world, a_line(world, CRISIS, minutes_ago=24 * 60))
    reconcile(world)
    assert len(world.pager.pages) == 1 and world.carriers["twilio"].sent == []
    assert world.store.rows(Incident)[0].detected_at == world.clock() - timedelta(days=1)


def test_one_text_that_cannot_be_kept_does_not_stand_before_a_crisis():
    class Store(FakeStore):
        def commit(self, *changes):
            if any(getattr(change.record, "carrier_id", "") == f"SM{1:032x}" for change in changes if hasattr(change, "record")):
                raise StoreUnavailable("this one never")
            super().commit(*changes)

    world = a_clinic(store=Store(), parking=FakeParking(fails=[ParkFailed("x")]))
    log(world, a_line(world, "cursed", 1, 20), a_line(world, CRISIS, 2, 10))
    with pytest.raises(NotKept):
        reconcile(world)
    assert texts(world) == [f"SM{2:032x}"] and len(world.pager.pages) == 1


def test_c12_whatever_one_text_raises_the_crisis_behind_it_comes_in():
    class Full(FakeJournal):
        def event(self, name, **ids):
            if name == "look_up_failed":
                raise OSError("no space left for logs")
            super().event(name, **ids)

    class Odd(FakeHasher):
        def contact_id(self, number):
            if number == "+1odd":
                raise ValueError("no number")
            return super().contact_id(number)

    world = a_clinic(hasher=Odd(), journal=Full())
    log(world, a_line(world, "hello", 1, 20, sender="+1odd"), a_line(world, CRISIS, 2, 10))
    with pytest.raises(NotKept):
        reconcile(world)
    assert texts(world) == [f"SM{2:032x}"] and len(world.pager.pages) == 1


def test_a_store_that_cannot_say_what_it_has_is_an_error_and_nothing_is_doubled():
    class Store(FakeStore):
        def kept(self, carrier, carrier_ids):
            raise StoreUnavailable("down")

    world = a_clinic(store=Store())
    log(world, a_line(world, CRISIS))
    with pytest.raises(StoreUnavailable):
        reconcile(world)
    assert world.pager.pages == []


def test_n1_after_an_outage_of_days_the_log_is_read_from_before_it():
    world = a_clinic()
    reconcile_hourly(world)
    line = a_line(world, "are you there", 901, minutes_ago=-60)  # written an hour later, while nothing can be kept
    world.clock.advance(days=5)
    log(world, line)
    assert reconcile_hourly(world) == 1 and texts(world) == [line.carrier_id]


def test_n1_what_could_not_be_kept_or_read_is_not_taken_for_compared():
    class Store(FakeStore):
        down = False

        def commit(self, *changes):
            if self.down:
                raise StoreUnavailable("down")
            super().commit(*changes)

    class Deaf(FakeCarrier):
        deaf = False

        def log_since(self, since, until=None):
            if self.deaf:
                raise CarrierError("carrier_down", permanent=False)
            return super().log_since(since)

    world = a_clinic(store=Store(), parking=FakeParking(fails=[ParkFailed("x")] * 99), carriers={"twilio": Deaf()})
    reconcile_hourly(world)
    line = a_line(world, "are you there", 901, minutes_ago=-60)
    world.clock.advance(hours=2)
    log(world, line)
    world.store.down = True
    with pytest.raises(NotKept):
        reconcile_hourly(world)
    world.store.down, world.carriers["twilio"].deaf = False, True
    world.clock.advance(days=2)
    reconcile_hourly(world)
    world.carriers["twilio"].deaf = False
    world.clock.advance(days=2)
    assert reconcile_hourly(world) == 1 and texts(world) == [line.carrier_id]


def test_a_number_that_is_new_to_us_is_read_a_day_back_and_an_outage_two_weeks_at_most():
    world, asked = a_clinic_that_asks()
    reconcile_hourly(world)
    world.clock.advance(days=100)
    reconcile_hourly(world)
    now = world.clock()
    assert asked == [now - timedelta(days=100, hours=26), now - timedelta(days=14)]


def test_a_carrier_without_a_log_is_said_and_the_others_are_read():
    world = a_clinic()
    world.carriers["twilio"].log = [a_line(world, "hello")]
    assert reconcile(world) == 1
    assert ("no_message_log", {"carrier": "aws"}) in world.journal.events


def test_what_a_log_told_before_it_failed_is_brought_in():
    class Broken(FakeCarrier):
        def log_since(self, since, until=None):
            yield from (a_line(world, f"text {at}", at, minutes_ago=at) for at in range(1, 151))
            raise CarrierError("carrier_down", permanent=False)

    world = a_clinic(carriers={"twilio": Broken()})
    assert reconcile(world) == 100
    assert world.journal.counts["log_not_read"] == 1


def test_a_picture_from_the_log_is_a_picture():
    world = a_clinic()
    log(world, a_line(world, "", media=2))
    reconcile(world)
    assert [m.media for m in world.store.rows(Message) if m.direction == "in"] == [2]


# --- was it sent? --------------------------------------------------------------------------------------------------


def an_unknown(world, text="see you Thursday", **fields):
    world.carriers["twilio"].lost.append(CarrierUnknown())
    message = queued(world, text, **fields)
    deliver(world, message.thread_id, message.message_id)
    return message


def pass_minutes(world, count):
    for _ in range(count):
        world.clock.advance(minutes=1)
        tick(world)


def our_line(world, body="see you Thursday", number=900, **fields):
    """The carrier's line of a text of ours, sent now."""
    return a_line(world, body, number, minutes_ago=0, direction=Direction.OUT, **{"status": Status.DELIVERED, **fields})


@pytest.mark.parametrize("status", [Status.QUEUED_AT_CARRIER, Status.HANDED_TO_CARRIER, Status.DELIVERED, Status.FAILED_NUMBER])
def test_n4_an_unknown_text_that_the_carrier_has_gets_its_word_and_id(status):
    world = a_clinic()
    message = an_unknown(world)
    log(world, our_line(world, status=status))
    pass_minutes(world, 2)
    assert (again(world, message).status, again(world, message).carrier_id) == (status, f"SM{900:032x}")
    assert dues(world) == [] and len(world.carriers["twilio"].sent) == 1


def test_of_an_unknown_text_that_did_not_arrive_a_person_hears_and_its_number_is_doubted():
    world = a_clinic()
    message = an_unknown(world, author="carol")
    log(world, replace(our_line(world, status=Status.FAILED_NUMBER, error_code="30005"), number="gone"))
    pass_minutes(world, 3)
    known = again(world, message)
    assert (known.status, known.status_reason, world.store.get(Thread, "alice").note) == (Status.FAILED_NUMBER, "30005", "not_sent")
    assert alices(world).doubt == "gone" and dues(world) == []


def test_line_ends_that_a_carrier_writes_otherwise_are_the_same_words():
    world = a_clinic()
    message = an_unknown(world, "one\r\ntwo ")
    log(world, our_line(world, "one\ntwo"))
    pass_minutes(world, 2)
    assert again(world, message).status == Status.DELIVERED


@pytest.mark.parametrize(
    "other",
    [{"body": "see you Friday"}, {"recipient": "+13035550102"}, {"direction": Direction.IN}, {"minutes": 3}],
)
def test_another_line_is_not_ours(other):
    world = a_clinic()
    message = an_unknown(world)
    line = our_line(world)
    log(world, replace(line, at=line.at - timedelta(minutes=3)) if "minutes" in other else replace(line, **other))
    pass_minutes(world, 5)
    assert again(world, message).status == Status.UNKNOWN


def test_what_the_carrier_never_heard_of_is_asked_for_twenty_minutes_and_then_a_person_decides():
    world = a_clinic()
    message = an_unknown(world)
    pass_minutes(world, 20)
    assert again(world, message).status == Status.UNKNOWN
    pass_minutes(world, 5)
    assert again(world, message).status == Status.NOT_SENT
    assert world.store.get(Thread, "alice").note == "not_sent"
    assert dues(world) == [] and len(world.carriers["twilio"].sent) == 1


def test_a_text_that_shows_in_the_log_late_is_found():
    world = a_clinic()
    message = an_unknown(world)
    line = our_line(world)
    pass_minutes(world, 10)
    log(world, line)
    pass_minutes(world, 5)
    assert again(world, message).status == Status.DELIVERED


def test_where_there_is_no_log_a_person_is_told_and_a_late_word_still_counts():
    world = a_clinic()
    world.carriers["aws"].lost.append(CarrierUnknown())
    message = queued(world, carrier="aws")
    deliver(world, message.thread_id, message.message_id)
    pass_minutes(world, 2)
    assert again(world, message).status == Status.UNKNOWN
    assert world.store.get(Thread, "alice").note == "unknown_delivery" and dues(world) == []


def test_a_log_that_cannot_be_read_is_no_proof_that_nothing_was_sent():
    class Deaf(FakeCarrier):
        def log_since(self, since, until=None):
            raise CarrierError("unauthorised", permanent=True)

    world = a_clinic(carriers={"twilio": Deaf()})
    message = an_unknown(world)
    pass_minutes(world, 30)
    assert again(world, message).status == Status.UNKNOWN
    assert world.store.get(Thread, "alice").note == "unknown_delivery" and dues(world) == []


def test_a_text_that_cannot_be_opened_any_more_is_no_secret_from_a_person():
    class Locked(FakeVault):
        locked = False

        def open(self, context, row_id, sealed, reader):
            if self.locked:
                raise OpenFailed("no key")
            return super().open(context, row_id, sealed, reader)

    world = a_clinic(vault=Locked())
    message = an_unknown(world)
    world.vault.locked = True
    pass_minutes(world, 30)
    assert again(world, message).status == Status.UNKNOWN
    assert world.store.get(Thread, "alice").note == "unknown_delivery" and dues(world) == []


def test_a_carrier_that_does_not_know_itself_is_not_asked_for_ever():
    world = a_clinic()
    message = an_unknown(world)
    log(world, our_line(world, status=Status.UNKNOWN))
    pass_minutes(world, 2)
    message = again(world, message)
    assert (message.status, message.carrier_id) == (Status.UNKNOWN, f"SM{900:032x}")
    assert world.store.get(Thread, "alice").note == "unknown_delivery" and dues(world) == []


def test_two_texts_with_the_same_words_are_two_lines():
    world = a_clinic()
    first, second = an_unknown(world, "ok"), an_unknown(world, "ok")
    log(world, our_line(world, "ok", 901), our_line(world, "ok", 902))
    pass_minutes(world, 2)
    assert {again(world, first).carrier_id, again(world, second).carrier_id} == {f"SM{901:032x}", f"SM{902:032x}"}


def test_of_two_texts_with_the_same_words_and_one_line_only_one_was_sent():
    world = a_clinic()
    first, second = an_unknown(world, "ok"), an_unknown(world, "ok")
    log(world, our_line(world, "ok"))
    pass_minutes(world, 30)
    assert sorted([again(world, first).status, again(world, second).status]) == [Status.DELIVERED, Status.NOT_SENT]


def test_c47_one_phone_two_patients_the_same_words_one_line():
    world = a_clinic()
    a_patient(world, "bob", program="harbor")
    alice, bob = an_unknown(world, "ok"), an_unknown(world, "ok", thread_id="bob", program="harbor")
    log(world, our_line(world, "ok"))
    pass_minutes(world, 30)
    assert sorted([again(world, alice).status, again(world, bob).status]) == [Status.DELIVERED, Status.NOT_SENT]


def test_a_line_that_belongs_to_an_earlier_text_is_not_taken():
    world = a_clinic()
    message = queued(world, "ok")
    deliver(world, message.thread_id, message.message_id)
    earlier = again(world, message)
    unknown = an_unknown(world, "ok")
    log(world, our_line(world, "ok", carrier_id=earlier.carrier_id))
    pass_minutes(world, 30)
    assert again(world, unknown).status == Status.NOT_SENT


def test_a_callback_that_comes_first_ends_the_asking():
    world = a_clinic()
    message = an_unknown(world)
    world.store.commit(Update(Message, (message.thread_id, message.message_id), set={"status": Status.DELIVERED}))
    pass_minutes(world, 2)
    assert again(world, message).status == Status.DELIVERED and dues(world) == []


def test_a_text_to_a_number_of_nobody_is_looked_up_too():
    world = a_clinic()
    contact_id = alices(world).contact_id
    message = an_unknown(world, thread_id=contact_id, program="unmatched", patient_id="", kind=Kind.REPLY)
    log(world, our_line(world))
    pass_minutes(world, 2)
    assert again(world, message).status == Status.DELIVERED
