"""What the world can send to the doors, bent in every way that hypothesis finds: an answer that we know, nothing echoed, nobody falls over.

Signed, since a stranger's text ends at the signature (`tests/carriers/test_twilio_signature.py`): a carrier that changes its words, or
one whose token was stolen, is what is played here. `BENT=20000 make test ARGS=tests/doors/test_bent.py` tries as
many of each.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.carriers.aws_sns import read_event_sns, read_inbound_sns
from chalicelib.core.messages import DeliveryEvent, InboundSms
from chalicelib.core.records import Message
from chalicelib.doors import carrier_door, voice_door
from chalicelib.errors import BadPayload
from tests.carriers.twilio_cast import INBOUND, NOW, ROW, STATUS, form, signed, webhook
from tests.carriers.twilio_voice_cast import asked, voice
from tests.cast import a_patient
from tests.fakes.world import FakeClock, a_world

MARK = "wordfeather"
HARD = ["", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "é" * 2000, "+13035550101", "+1", "tel:x", "a" * 20_000,
        "<Response>", "{{7*7}}", "${jndi:x}", "=1+1", "%0d%0aX: y", "\r\nX: y", "../..", "-1", "9" * 400, "9" * 5000, "NaN", "0001-01-01T00:00:00+23:59", "STOP", "988"]  # fmt: skip
words = st.one_of(st.sampled_from(HARD), st.text(max_size=60), st.just(MARK))
NAMES = ["MessageSid", "From", "To", "Body", "NumMedia", "MediaUrl0", "MessageStatus", "ErrorCode", "AccountSid", "CallSid", "Digits", "CallStatus",
         "AnsweredBy", "OptOutType", "FromCountry"]  # fmt: skip
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), words), words), max_size=14)
leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
trees = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)), max_leaves=12)
SNS = ["originationNumber", "destinationNumber", "messageBody", "inboundMessageId", "eventType", "eventTimestamp", "messageId", "context", "isFinal"]
WHOLE = {"originationNumber": "+13035550101", "destinationNumber": "+13035550199", "messageBody": "x", "inboundMessageId": "i", "messageId": "m"}
told = st.dictionaries(st.sampled_from(SNS), st.one_of(trees, st.sampled_from(["TEXT_DELIVERED", "TEXT_BLOCKED", "TEXT_UNKNOWN"])), max_size=9).map(lambda said: {**WHOLE, **said})
often = settings(deadline=None, max_examples=int(os.environ.get("BENT", "40")), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
KNOWN = {200, 204, 403, 404, 413, 422, 503}


def a_clinic() -> Any:
    world = a_world(clock=FakeClock(NOW))
    a_patient(world)
    return world


@often
@given(sent=pairs)
def test_a_signed_form_of_any_kind_has_an_answer_and_is_not_echoed(sent: list[tuple[str, str]]) -> None:
    world = a_clinic()
    for act, path, query in ((carrier_door.take, INBOUND, ""), (carrier_door.note, STATUS, urlencode({"row": ROW}))):
        answer = act(world, webhook(), signed(sent, path, query))
        assert answer.status_code in KNOWN and MARK not in str(answer.body)
        assert not any("\r" in str(value) or "\n" in str(value) for value in answer.headers.values())


@often
@given(body=st.one_of(st.binary(max_size=400), words.map(str.encode)), signature=words)
def test_bytes_of_a_stranger_leave_nothing(body: bytes, signature: str) -> None:
    world = a_clinic()
    before = len(world.store.rows(Message))
    assert carrier_door.take(world, webhook(), form(body, signature)).status_code in (403, 413, 422)
    assert len(world.store.rows(Message)) == before and world.pager.pages == []


@often
@given(sent=pairs, row=st.one_of(words, st.just(ROW)), at=st.one_of(words, st.sampled_from(["", "menu", "pin", "bridge"])))
def test_a_call_of_any_kind_ends_kindly(sent: list[tuple[str, str]], row: str, at: str) -> None:
    answer = voice_door.play(a_clinic(), voice(), asked(sent, row, at))
    assert answer.status_code in KNOWN and MARK not in str(answer.body)


def read(reader: Callable[..., Any], *said: str) -> Any:
    """A value of ours, or the one error that the door knows."""
    try:
        return reader(*said)
    except BadPayload:
        return None


@often
@given(message=st.one_of(told.map(json.dumps), trees.map(json.dumps), words), stamp=words)
def test_what_sns_says_is_a_text_or_a_bad_payload(message: str, stamp: str) -> None:
    found = read(read_inbound_sns, message, stamp)
    assert found is None or (isinstance(found, InboundSms) and found.received_at.tzinfo is not None)
    event = read(read_event_sns, message)
    assert event is None or isinstance(event, DeliveryEvent)


@pytest.mark.parametrize("stamp", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:00", "", "x"])
def test_an_instant_that_no_clock_shows_is_a_bad_payload(stamp: str) -> None:
    with pytest.raises(BadPayload):
        read_inbound_sns(json.dumps(WHOLE), stamp)


@pytest.mark.parametrize("message", ["[" * 100_000, '{"a":' * 50_000, "1" * 100_000, '{"eventType": "TEXT_DELIVERED", "messageId": "x", "eventTimestamp": 1e308}'])
def test_what_breaks_readers_is_a_bad_payload_too(message: str) -> None:
    read(read_inbound_sns, message, "2026-11-23T03:04:05.678Z")
    read(read_event_sns, message)
