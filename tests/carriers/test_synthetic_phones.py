"""Our own phones at the carriers' door: Twilio's own library and our own door take what they hand in for the carrier's."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.exceptions import ClientError
from twilio.request_validator import RequestValidator

from chalicelib.carriers.aws_phone import AwsPhone
from chalicelib.carriers.aws_sns import read_inbound_sns
from chalicelib.carriers.twilio_phone import TwilioPhone
from chalicelib.carriers.twilio_webhook import TwilioWebhook
from chalicelib.core.exercise import DEAD_MAN, DEAD_MAN_NUMBER
from chalicelib.errors import CarrierError, SecretUnavailable
from chalicelib.ports import WebhookRequest
from tests.cast import CLINIC_NUMBER

from .servers import Seen, answering, silent
from .twilio_cast import NOW, TOKEN

WORDS = "I took all my pills & want to die"


def a_phone(url: str, *tokens: str) -> TwilioPhone:
    return TwilioPhone(url, CLINIC_NUMBER, lambda: tokens or (TOKEN,))


def taken(url: str, seen: Seen) -> WebhookRequest:
    path, _, query = seen.path.partition("?")
    return WebhookRequest(path, query, {name.lower(): value for name, value in seen.headers.items()}, seen.body)


def answer_of(url: str, row: str) -> bytes:
    _, body = TwilioWebhook(url, lambda: (TOKEN,)).answer("This reply is automatic", row)
    return body.encode()


def test_a_text_is_signed_as_twilio_signs_and_our_door_reads_it() -> None:
    with answering((200, b"<Response/>")) as door:
        assert a_phone(door.url).write("dead-man-1", DEAD_MAN_NUMBER, WORDS) == ""
        [seen] = door.seen
        fields = dict(parse_qsl(seen.body.decode()))
        assert RequestValidator(TOKEN).validate(door.url + seen.path, fields, taken(door.url, seen).headers["x-twilio-signature"])
        sms = TwilioWebhook(door.url, lambda: (TOKEN,)).read_inbound(taken(door.url, seen), NOW)
    assert (sms.carrier_id, sms.sender, sms.our_number, sms.body) == ("dead-man-1", DEAD_MAN_NUMBER, CLINIC_NUMBER, WORDS)
    assert sms.exercise == DEAD_MAN


def test_of_its_answer_it_says_at_the_address_in_it_that_it_arrived() -> None:
    with answering((200, b"")) as door:
        door.answers[:] = [(200, answer_of(door.url, "dead-man.01ABC")), (204, b"")]
        phone = a_phone(door.url)
        row = phone.write("dead-man-1", DEAD_MAN_NUMBER, WORDS)
        phone.delivered(row)
        event = TwilioWebhook(door.url, lambda: (TOKEN,)).read_status(taken(door.url, door.seen[1]), NOW)
    assert row == event.row == "dead-man.01ABC" and event.status == "delivered"


def test_an_answer_that_names_another_house_is_told_nothing() -> None:
    with answering((200, answer_of("https://elsewhere.example", "a.b"))) as door:
        assert a_phone(door.url).write("dead-man-1", DEAD_MAN_NUMBER, WORDS) == ""
        assert len(door.seen) == 1


@pytest.mark.parametrize("status", [302, 403, 500, 503])
def test_a_door_that_refuses_is_an_error(status: int) -> None:
    with answering((status, b"")) as door, pytest.raises(CarrierError, match=f"http_{status}"):
        a_phone(door.url).write("dead-man-1", DEAD_MAN_NUMBER, WORDS)


def test_a_door_that_is_away_or_says_no_xml_is_told_apart() -> None:
    with pytest.raises(CarrierError, match="NewConnectionError"):
        a_phone("http://127.0.0.1:9").write("dead-man-1", DEAD_MAN_NUMBER, WORDS)
    with answering((200, b"hello")) as door:
        assert a_phone(door.url).write("dead-man-1", DEAD_MAN_NUMBER, WORDS) == ""


def test_a_door_that_never_answers_is_let_go() -> None:
    with silent() as url, pytest.raises(CarrierError, match="ReadTimeoutError"):
        TwilioPhone(url, CLINIC_NUMBER, lambda: (TOKEN,), read=0.2).write("dead-man-1", DEAD_MAN_NUMBER, WORDS)


def test_without_a_token_nothing_leaves() -> None:
    def away() -> tuple[str, ...]:
        raise SecretUnavailable("x")

    for tokens in (away, lambda: ("",)):
        with answering((200, b"")) as door:
            with pytest.raises(CarrierError, match="secret"):
                TwilioPhone(door.url, CLINIC_NUMBER, tokens).write("dead-man-1", DEAD_MAN_NUMBER, WORDS)
            assert door.seen == []


class Topic:
    def __init__(self, fails: bool = False):
        self.published: list[dict[str, Any]] = []
        self.fails = fails

    def publish(self, **asked: Any) -> None:
        if self.fails:
            raise ClientError({"Error": {"Code": "AuthorizationError"}}, "Publish")
        self.published.append(asked)


def test_through_aws_it_is_what_the_carrier_would_publish() -> None:
    topic = Topic()
    assert AwsPhone(topic, "arn:inbound", CLINIC_NUMBER).write("dead-man-1", DEAD_MAN_NUMBER, WORDS) == ""
    [asked] = topic.published
    sms = read_inbound_sns(asked["Message"], NOW.isoformat())
    assert asked["TopicArn"] == "arn:inbound" and set(json.loads(asked["Message"])) >= {"messageBody", "inboundMessageId"}
    assert (sms.carrier_id, sms.sender, sms.our_number, sms.body, sms.exercise) == (
        "dead-man-1", DEAD_MAN_NUMBER, CLINIC_NUMBER, WORDS, DEAD_MAN,
    )  # fmt: skip


def test_a_topic_that_refuses_is_an_error() -> None:
    with pytest.raises(CarrierError, match="ClientError"):
        AwsPhone(Topic(fails=True), "arn:inbound", CLINIC_NUMBER).write("dead-man-1", DEAD_MAN_NUMBER, WORDS)
