"""The replay sends what it says, and its count can tell a lost text from a kept one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from twilio.request_validator import RequestValidator

from tests.bench.kept import Kept
from tests.bench.replay import Replay, Send, Tally, percentile, plan, report
from tests.local.standin import CLINIC, SID, TOKEN, Door

TEXTS = [f"text {number}" for number in range(200)]


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        yield door


def replay(door: Door, sends: list[Send]) -> Tally:
    demo = {
        "twilio": {"account_sid": SID, "auth_token": TOKEN, "number": CLINIC},
        "inbound": {"twilio": door.url + "/in"},
    }
    return Replay(demo, pause=lambda _: None).run(sends, 0, 4, lambda _: None)


def test_the_plan_is_the_same_twice_and_its_ids_belong_to_the_run() -> None:
    assert plan(TEXTS, "a", 0.05, True, 50) == plan(TEXTS, "a", 0.05, True, 50)
    assert not {s.sid for s in plan(TEXTS, "a", 0, False, 50)} & {s.sid for s in plan(TEXTS, "b", 0, False, 50)}


def test_duplicates_repeat_the_same_id_and_text() -> None:
    sends = plan(TEXTS, "a", 0.05, False, 50)
    repeated = [send for send, times in Counter(sends).items() if times == 2]
    assert (len(sends), len(repeated), len({send.sid for send in sends})) == (210, 10, 200)


def test_shuffling_changes_the_order_and_nothing_else() -> None:
    straight, shuffled = plan(TEXTS, "a", 0, False, 50), plan(TEXTS, "a", 0, True, 50)
    assert [send.body for send in straight] == TEXTS
    assert straight != shuffled
    assert set(straight) == set(shuffled)


def test_senders_are_fictional_numbers() -> None:
    assert all(send.sender[5:10] == "55501" for send in plan(TEXTS, "a", 0, False, 900))


def test_every_webhook_is_signed_and_answers_are_confirmed(door: Door) -> None:
    message = f'<Message statusCallback="{door.url}/status?row=1">Call 988</Message>'
    door.answers["/in"] = (200, "text/xml", f"<Response>{message}</Response>")
    tally = replay(door, plan(TEXTS[:5], "a", 0, False, 5))
    assert (len(tally.taken), tally.answers) == (5, 5)
    assert Counter(door.statuses()) == {"sent": 5, "delivered": 5}
    assert all(RequestValidator(TOKEN).validate(door.url + one.path, one.fields, one.signature) for one in door.taken)


def test_a_door_that_fails_is_asked_again_and_then_counted_as_refused(door: Door) -> None:
    door.answers["/in"] = (503, "", "")
    sends = plan(TEXTS[:2], "a", 0, False, 5)
    tally = replay(door, sends)
    assert (len(door.taken), tally.again, len(tally.refused)) == (8, 6, 2)
    assert report(tally, Kept(frozenset(), frozenset(), 0), 0, 1.0, sends)["lost"] == 2


def test_the_report_tells_lost_from_doubled() -> None:
    sends = plan(TEXTS[:3], "a", 0, False, 5)
    first, second, _ = (send.sid for send in sends)
    told = report(Tally(), Kept(frozenset({first, second}), frozenset({second}), 1), 4, 1.0, sends)
    assert (told["lost"], told["doubled"], told["pages"], told["would_page"]) == (1, 1, 4, 1)


def test_percentiles() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([], 0.5)) == (51.0, 96.0, None)
