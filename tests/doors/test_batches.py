"""Records that come in batches: each has its turn, and only the bad one comes again (C12)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from chalicelib import wiring
from chalicelib.doors import batches
from chalicelib.errors import StoreUnavailable
from chalicelib.ports import World
from tests.fakes.world import a_world


class Event:
    """What Chalice hands a handler."""

    def __init__(self, *records):
        self._records = list(records)

    def to_dict(self):
        return {"Records": self._records}


@pytest.fixture
def journal():
    world = a_world()
    wiring.use(**{field.name: getattr(world, field.name) for field in fields(World)})
    yield world.journal
    wiring.reset()


def a_stream_record(number, status="queued", direction="out", kind="NewImage"):
    image = {"status": {"S": status}, "direction": {"S": direction}}
    keys = {"pk": {"S": "alice"}, "sk": {"S": f"m#M{number}"}}
    return {"dynamodb": {"Keys": keys, kind: image, "SequenceNumber": str(number)}}


def a_queue_record(number):
    return {"messageId": f"id{number}", "body": f"body {number}"}


def a_topic_record(number):
    return {"Sns": {"Message": f"message {number}", "Timestamp": "2026-03-03T19:00:00.000Z"}}


class Worker:
    """Remembers what it was given; fails for some."""

    def __init__(self, *bad):
        self.given, self.bad = [], bad

    def __call__(self, *what):
        what = what[0] if len(what) == 1 else what
        self.given.append(what)
        if what in self.bad:
            raise StoreUnavailable("secret words")


def test_every_queued_row_is_worked_on_and_only_the_failed_one_comes_again(journal):
    work = Worker(("alice", "M2"))
    answer = batches.each_queued(Event(*(a_stream_record(at) for at in range(1, 5))), work, Worker())
    assert work.given == [("alice", f"M{at}") for at in range(1, 5)]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert journal.counts == {"record_failed": 1}


@pytest.mark.parametrize(
    "record",
    [
        a_stream_record(1, status="delivered"), a_stream_record(1, status="claimed"), a_stream_record(1, direction="in"),
        a_stream_record(1, kind="OldImage"), {"dynamodb": {"Keys": {}, "NewImage": {}, "SequenceNumber": "1"}},
    ],
)
def test_what_is_no_queued_row_of_ours_is_left_alone(record):
    work = Worker()
    errand = Worker()
    assert batches.each_queued(Event(record), work, errand) == {"batchItemFailures": []}
    assert work.given == errand.given == []


def test_an_errand_comes_by_the_same_stream():
    record = a_stream_record(1)
    record["dynamodb"]["Keys"] = {"pk": {"S": "errand#E1.erin"}, "sk": {"S": "errand"}}
    work, errand = Worker(), Worker()
    assert batches.each_queued(Event(record), work, errand) == {"batchItemFailures": []}
    assert (work.given, errand.given) == ([], ["E1.erin"])


def test_every_parked_text_has_its_turn_and_the_bad_one_stays_on_the_queue(journal):
    work = Worker("body 1", "body 3")
    answer = batches.each_parked(Event(*(a_queue_record(at) for at in range(1, 5))), work)
    assert work.given == [f"body {at}" for at in range(1, 5)]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "id1"}, {"itemIdentifier": "id3"}]}


def test_one_bad_text_of_a_topic_never_stops_the_others_and_is_given_again(journal):
    seen = []

    def work(sns):
        seen.append(sns["Message"])
        if sns["Message"] == "message 1":
            raise StoreUnavailable("secret words")

    with pytest.raises(StoreUnavailable):
        batches.each_told(Event(*(a_topic_record(at) for at in range(1, 4))), work)
    assert seen == ["message 1", "message 2", "message 3"] and journal.counts == {"record_failed": 1}


def test_a_topic_without_a_bad_text_raises_nothing(journal):
    batches.each_told(Event(a_topic_record(1)), lambda sns: None)
    assert journal.counts == {}


@pytest.mark.parametrize("error", [RuntimeError, KeyError, TypeError])
def test_n5_what_a_failure_says_is_not_logged_only_its_kind(journal, error):
    def work(*_):
        raise error("secret words")

    batches.each_queued(Event(a_stream_record(1)), work, work)
    assert journal.events == [("record_failed", {"error": error.__name__})]


@pytest.mark.parametrize("each", [lambda event, work: batches.each_queued(event, work, work), batches.each_parked])
def test_an_empty_batch_has_no_failures(each):
    assert each(Event(), Worker()) == {"batchItemFailures": []}
