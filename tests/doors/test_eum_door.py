"""AWS End User Messaging's side of the door, through the app's own SNS functions: what is kept, answered, recorded, and given again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

import app as service
from chalicelib import wiring
from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Due, Incident, Message
from chalicelib.errors import BadPayload, ParkFailed, StoreUnavailable
from chalicelib.flows.receive_sms import NotKept
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeParking, a_world

CRISIS = "I can't do this anymore, I took all my pills"


def a_clinic(**parts: Any) -> World:
    world = a_world(**parts)
    a_patient(world)
    wiring.use(**{name: getattr(world, name) for name in World.__slots__})
    return world


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    yield
    wiring.reset()


def told(function: str, at: datetime, *messages: dict[str, Any]) -> None:
    """As SNS tells a function: one record each, with the envelope's time. Raises what the function raises."""
    stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    records = [
        {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": "arn",
         "Sns": {"Type": "Notification", "Message": json.dumps(message), "Subject": None, "Timestamp": stamp, "MessageAttributes": {}}}
        for message in messages
    ]  # fmt: skip
    with Client(service.app) as client:
        client.lambda_.invoke(function, {"Records": records})


def a_text(body: str, number: str = "1", **fields: str) -> dict[str, str]:
    """The two-way payload (RULES EUM-1)."""
    said = {"originationNumber": ALICE_NUMBER, "destinationNumber": CLINIC_NUMBER, "messageKeyword": "KEYWORD_1"}
    return {**said, "messageBody": body, "inboundMessageId": f"in-{number}", "previousPublishedMessageId": "out-0", **fields}


def an_event(row: str, kind: str, at: datetime) -> dict[str, Any]:
    """A delivery event (RULES EUM-10)."""
    when = int(at.timestamp() * 1000)
    return {"eventType": kind, "eventTimestamp": when, "isFinal": True, "messageId": "out-1", "context": {"row": row}}


def rows(world: World, direction: str) -> list[Message]:
    return [m for m in world.store.rows(Message) if m.direction == direction]  # type: ignore[attr-defined]


def test_a_crisis_is_paged_kept_and_answered_by_a_send_of_its_own() -> None:
    world = a_clinic()
    told("eum_inbound", world.clock(), a_text(CRISIS))
    assert [to for to, _ in world.pager.pages] == ["erin"]  # type: ignore[attr-defined]
    [kept], [answer] = rows(world, "in"), rows(world, "out")
    assert (kept.carrier, kept.carrier_id, kept.thread_id) == ("aws", "in-1", "alice")
    [sent] = world.carriers["aws"].sent  # type: ignore[attr-defined]
    assert (sent.recipient, sent.row, answer.kind) == (ALICE_NUMBER, answer.row, Kind.CRISIS_ANSWER)


def test_a_text_that_sns_tells_three_times_is_one() -> None:
    world = a_clinic()
    for _ in range(3):
        told("eum_inbound", world.clock(), a_text(CRISIS))
    assert len(rows(world, "in")) == len(world.pager.pages) == len(world.carriers["aws"].sent) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "status"), [("TEXT_DELIVERED", Status.DELIVERED), ("TEXT_SUCCESSFUL", Status.HANDED_TO_CARRIER), ("TEXT_BLOCKED", Status.FAILED_BLOCKED)]
)
def test_an_event_finds_its_row_by_the_context_and_a_blocked_answer_pages_call(kind: str, status: Status) -> None:
    world = a_clinic()
    told("eum_inbound", world.clock(), a_text(CRISIS))
    [answer] = rows(world, "out")
    told("eum_event", world.clock(), an_event(answer.row, kind, world.clock()))
    assert rows(world, "out")[0].status == status
    calls = [text for _, text in world.pager.pages if "reply not delivered: call" in text]  # type: ignore[attr-defined]
    assert bool(calls) is (status == Status.FAILED_BLOCKED)
    assert world.store.rows(Incident)[0].reply_undelivered is bool(calls)  # type: ignore[attr-defined]


def test_c12_one_record_that_cannot_be_read_does_not_stop_the_others_and_the_event_comes_again() -> None:
    world = a_clinic()
    with pytest.raises(BadPayload):
        told("eum_inbound", world.clock(), {"messageBody": "nobody's"}, a_text("hello"))
    assert [m.carrier_id for m in rows(world, "in")] == ["in-1"]
    assert world.journal.counts["record_failed"] == 1  # type: ignore[attr-defined]


def test_what_can_be_neither_kept_nor_parked_comes_again() -> None:
    class Down(FakeStore):
        def commit(self, *changes: Any) -> None:
            if self.rows(Message) or any(isinstance(getattr(change, "record", None), Message) for change in changes):
                raise StoreUnavailable("down")
            super().commit(*changes)

    world = a_clinic(store=Down(), parking=FakeParking(fails=[ParkFailed("x")]))
    with pytest.raises(NotKept):
        told("eum_inbound", world.clock(), a_text("hello"))
    assert rows(world, "in") == []


def test_what_ses_says_of_an_e_mail_becomes_a_due_row_of_two_ids_and_a_word() -> None:
    world = a_clinic()
    bounce = json.loads((Path(__file__).parents[1] / "carriers" / "payloads" / "ses" / "bounce-permanent.json").read_text())
    quiet = json.loads((Path(__file__).parents[1] / "carriers" / "payloads" / "ses" / "delivery.json").read_text())
    told("eum_event", world.clock(), bounce, quiet, bounce, an_event("", "VOICE_COMPLETED", world.clock()))
    [due] = [each for each in world.store.rows(Due) if each.kind == "mail_said"]  # type: ignore[attr-defined]
    assert (due.target, due.about) == ("01KJTALICE.01KJTMESSAGE", "bounced") and "@" not in str(due)
    assert world.journal.counts["mail_event_ignored"] == 1  # type: ignore[attr-defined]


def test_an_event_about_nothing_of_ours_is_let_go() -> None:
    world = a_clinic()
    told("eum_event", world.clock(), an_event("", "VOICE_COMPLETED", world.clock()))
    told("eum_event", world.clock(), an_event("no.row", "TEXT_DELIVERED", world.clock()))
    assert rows(world, "out") == []
