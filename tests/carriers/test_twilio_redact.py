"""Words leave Twilio's log only when a text is over, and that they did is seen by asking again; against the laptop's own carrier,
which answers in the published shapes, and against servers that answer otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from threading import Thread

import pytest
from werkzeug.serving import make_server

from chalicelib.carriers.twilio_api import TwilioApi
from chalicelib.core.messages import Reason
from chalicelib.errors import CarrierError
from infra.local.phones.carrier import Carrier
from infra.local.phones.network import Text
from infra.local.phones.server import application
from tests.carriers import servers
from tests.carriers import twilio_cast as cast
from tests.local.standin import ALICE, CLINIC, NOON, SID, TOKEN, Door, Still, a_carrier


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    with Door() as door:
        yield a_carrier(door)


@pytest.fixture
def twilio(carrier: Carrier) -> Iterator[TwilioApi]:
    server = make_server("127.0.0.1", 0, application(carrier, Still()), threaded=True)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield api(f"http://127.0.0.1:{server.server_port}", SID, TOKEN)
    finally:
        server.shutdown()
        server.server_close()


def api(url: str, account: str = "AC" + "0" * 32, token: str = cast.TOKEN) -> TwilioApi:
    return TwilioApi(url, lambda: (account, token), cast.PUBLIC_URL, connect=0.5, clock=lambda: cast.NOW)


def there(carrier: Carrier, status: str, body: str = "hello", media: int = 0, direction: str = "outbound-api") -> str:
    sid = "SM" + f"{len(carrier.network.texts()):032x}"
    carrier.network.record(Text(sid, CLINIC, ALICE, body, direction, status, NOON, NOON, NOON, media=media))
    return sid


def found(carrier: Carrier, sid: str) -> Text:
    text = carrier.network.text(sid)
    assert text is not None
    return text


@pytest.mark.parametrize("status", ["delivered", "undelivered", "failed", "sent"])
def test_the_words_of_a_text_that_is_over_are_gone(twilio: TwilioApi, carrier: Carrier, status: str) -> None:
    sid = there(carrier, status)
    before = found(carrier, sid)
    assert twilio.redact(sid) is True
    assert replace(found(carrier, sid), updated=before.updated) == replace(before, body="")


def test_a_text_from_a_patient_and_its_pictures(twilio: TwilioApi, carrier: Carrier) -> None:
    sid = there(carrier, "received", media=2, direction="inbound")
    assert twilio.redact(sid) is True
    assert (found(carrier, sid).body, found(carrier, sid).media_sids) == ("", [])


@pytest.mark.parametrize("status", ["accepted", "queued", "sending"])
def test_nothing_is_asked_of_one_that_may_be_on_its_way(twilio: TwilioApi, carrier: Carrier, status: str) -> None:
    """An empty text must not leave in its place."""
    sid = there(carrier, status)
    with pytest.raises(CarrierError) as caught:
        twilio.redact(sid)
    assert (caught.value.code, found(carrier, sid).body) == ("not_final", "hello")


def test_one_that_somebody_deleted_is_gone(twilio: TwilioApi) -> None:
    assert twilio.redact("SM" + "f" * 32) is True


def test_the_log_of_some_days(twilio: TwilioApi, carrier: Carrier) -> None:
    sid = there(carrier, "delivered")
    assert [each.carrier_id for each in twilio.log_since(NOON, NOON)] == [sid]
    day_before = NOON.replace(day=NOON.day - 2)
    assert list(twilio.log_since(day_before, day_before)) == []


def answer(**fields: object) -> tuple[int, bytes]:
    shape = {"sid": "SM1", "status": "delivered", "direction": "outbound-api", "body": "", "num_media": "0"} | fields
    return 200, json.dumps(shape).encode()


NO_MEDIA = 200, b'{"media_list": []}'


@pytest.mark.parametrize(
    "answers",
    [
        [answer(body="hello"), answer(), answer(body="hello")],
        [answer(body="hello"), answer(), answer(body=None), NO_MEDIA],
        [answer(body="", num_media="1"), answer(), (200, b'{"media_list": [{"sid": "ME1"}]}')],
    ],
    ids=["still there", "no word of it", "the picture stays"],
)
def test_what_is_not_seen_to_be_gone_is_not_said_to_be(answers: list[tuple[int, bytes]]) -> None:
    with servers.answering(*answers) as server:
        assert api(server.url).redact("SM1") is False


@pytest.mark.parametrize(
    ("refusal", "reason", "code"),
    [
        ((409, b'{"code": 20009}'), Reason.BAD_REQUEST, "not_final"),
        ((400, b'{"code": 30400}'), Reason.BAD_REQUEST, "30400"),
        ((401, b'{"code": 20003}'), Reason.UNAUTHORISED, "20003"),
        ((429, b""), Reason.THROTTLED, "http_429"),
        ((503, b""), Reason.CARRIER_DOWN, "http_503"),
    ],
)
def test_a_refusal_in_our_words(refusal: tuple[int, bytes], reason: Reason, code: str) -> None:
    with servers.answering(answer(body="hello"), refusal) as server, pytest.raises(CarrierError) as caught:
        api(server.url).redact("SM1")
    assert (caught.value.reason, caught.value.code, caught.value.permanent) == (reason, code, False)
    assert [each.method for each in server.seen] == ["GET", "POST"] and server.seen[1].body == b"Body="


def test_a_carrier_that_does_not_answer() -> None:
    with servers.silent() as url, pytest.raises(CarrierError) as caught:
        TwilioApi(url, lambda: ("AC1", "t"), cast.PUBLIC_URL, read=0.2, clock=lambda: cast.NOW).redact("SM1")
    assert caught.value.reason == Reason.CARRIER_DOWN
