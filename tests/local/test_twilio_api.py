"""The phones' REST API, asked by Twilio's own Python library."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from infra.local.phones.carrier import Carrier
from infra.local.phones.server import application
from infra.local.phones.webhooks import signature
from tests.local.standin import ALICE, CLINIC, NOON, SID, TOKEN, Door, Still, a_carrier


class Wire(HttpClient):
    """Twilio's client, its requests led to the application under test."""

    def __init__(self, app: FlaskClient):
        super().__init__(None, False, None)
        self.app = app

    def request(
        self, method: str, url: str, params: Any = None, data: Any = None, auth: Any = None, **_: Any
    ) -> Response:
        path = url.removeprefix("https://api.twilio.com").removeprefix("https://messaging.twilio.com")
        answer = self.app.open(path, method=method, query_string=params or None, data=data, auth=auth)
        return Response(answer.status_code, answer.text)


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        yield door


@pytest.fixture
def carrier(door: Door) -> Carrier:
    return a_carrier(door)


def a_client(carrier: Carrier, token: str = TOKEN) -> Client:
    return Client(SID, token, http_client=Wire(application(carrier, Still()).test_client()))


def refusal(client: Client, **asked: Any) -> TwilioRestException:
    with pytest.raises(TwilioRestException) as caught:
        client.messages.create(**({"to": ALICE, "from_": CLINIC, "body": "hello"} | asked))
    return caught.value


def test_a_text_is_queued_and_then_arrives_with_signed_callbacks(carrier: Carrier, door: Door) -> None:
    callback = door.url + "/status?row=t.m"
    sent = a_client(carrier).messages.create(to=ALICE, from_=CLINIC, body="hello", status_callback=callback)
    assert (sent.status, sent.direction, sent.num_segments, sent.error_code) == ("queued", "outbound-api", "1", None)
    assert carrier.settle(5)
    assert [row["body"] for row in carrier.network.snapshot(ALICE)] == ["hello"]
    assert door.statuses() == ["sent", "delivered"]
    assert {one.path for one in door.taken} == {"/status?row=t.m"}
    assert {one.fields["MessageSid"] for one in door.taken} == {sent.sid}


def test_a_callback_that_asks_for_it_is_said_again_on_an_error_and_its_fragment_is_not_signed(carrier: Carrier, door: Door) -> None:
    door.answers["/status?row=t.m"] = (503, "", "")
    for address in ("/status?row=t.m", "/status?row=t.m#rc=3&rp=all"):
        a_client(carrier).messages.create(to=ALICE, from_=CLINIC, body="hello", status_callback=door.url + address)
        assert carrier.settle(5)
    assert door.statuses() == ["sent", "delivered"] + ["sent"] * 4 + ["delivered"] * 4
    assert {one.path for one in door.taken} == {"/status?row=t.m"}
    assert all(one.signature == signature(TOKEN, door.url + one.path, one.fields) for one in door.taken)


def test_the_status_of_a_text_can_be_read_again(carrier: Carrier) -> None:
    client = a_client(carrier)
    sid = client.messages.create(to=ALICE, from_=CLINIC, body="hello").sid
    carrier.settle(5)
    seen = client.messages(sid).fetch()
    assert (seen.status, seen.date_sent, seen.to, seen.from_) == ("delivered", NOON, ALICE, CLINIC)


def test_a_messaging_service_accepts_first(carrier: Carrier) -> None:
    sent = a_client(carrier).messages.create(to=ALICE, messaging_service_sid="MG" + "c" * 32, body="hello")
    assert (sent.status, sent.messaging_service_sid) == ("accepted", "MG" + "c" * 32)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": "+1"}, 21211),
        ({"to": "12025550101"}, 21211),
        ({"from_": ALICE}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
def test_what_twilio_refuses(carrier: Carrier, asked: dict[str, str], code: int) -> None:
    error = refusal(a_client(carrier), **asked)
    assert (error.status, error.code) == (400, code)


def test_a_wrong_token_is_401(carrier: Carrier) -> None:
    error = refusal(a_client(carrier, "wrong"))
    assert (error.status, error.code) == (401, 20003)
    assert carrier.network.texts() == []


def test_a_phone_that_said_stop_to_the_carrier_is_refused_with_21610_until_start(carrier: Carrier) -> None:
    client = a_client(carrier)
    carrier.network.switch(ALICE, carrier_stop=True)
    carrier.type(ALICE, "Stop")
    assert refusal(client).code == 21610
    carrier.type(ALICE, "START")
    assert client.messages.create(to=ALICE, from_=CLINIC, body="hello").status == "queued"


def test_stop_is_nothing_to_the_carrier_when_the_clinic_manages_opt_outs(carrier: Carrier) -> None:
    carrier.type(ALICE, "STOP")
    assert a_client(carrier).messages.create(to=ALICE, from_=CLINIC, body="hello").status == "queued"


def test_a_phone_that_is_off_ends_undelivered_30003(carrier: Carrier, door: Door) -> None:
    carrier.network.switch(ALICE, off=True)
    client = a_client(carrier)
    sid = client.messages.create(to=ALICE, from_=CLINIC, body="hello", status_callback=door.url + "/status").sid
    carrier.settle(5)
    assert door.statuses() == ["sent", "undelivered"]
    assert door.taken[-1].fields["ErrorCode"] == "30003"
    assert client.messages(sid).fetch().error_code == 30003
    assert "hello" not in str(carrier.network.snapshot(ALICE))


def test_the_list_pages_filters_and_shows_both_directions(carrier: Carrier) -> None:
    client = a_client(carrier)
    for number in range(7):
        client.messages.create(to=ALICE, from_=CLINIC, body=f"text {number}")
    carrier.type(ALICE, "an answer")
    carrier.settle(5)
    everything = client.messages.list(page_size=3)
    assert [row.body for row in everything] == ["an answer", *(f"text {number}" for number in reversed(range(7)))]
    assert len({row.sid for row in everything}) == 8
    assert [row.body for row in client.messages.list(from_=ALICE)] == ["an answer"]
    assert len(client.messages.list(to=ALICE)) == 7


def test_the_list_is_cut_by_date_sent(carrier: Carrier) -> None:
    client = a_client(carrier)
    client.messages.create(to=ALICE, from_=CLINIC, body="hello")
    carrier.settle(5)
    assert len(client.messages.list(date_sent_after=NOON)) == 1
    assert client.messages.list(date_sent_after=NOON + timedelta(seconds=1)) == []
    assert client.messages.list(date_sent_before=NOON - timedelta(seconds=1)) == []
    assert len(client.messages.list(date_sent=NOON.date())) == 1


def test_redaction_and_deletion(carrier: Carrier) -> None:
    client = a_client(carrier)
    sid = client.messages.create(to=ALICE, from_=CLINIC, body="hello").sid
    carrier.settle(5)
    assert client.messages(sid).update(body="").body == ""
    assert client.messages(sid).delete()
    with pytest.raises(TwilioRestException) as caught:
        client.messages(sid).fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


def test_the_number_leads_where_it_is_told_to(carrier: Carrier) -> None:
    numbers = a_client(carrier).incoming_phone_numbers
    [number] = numbers.list(phone_number=CLINIC)
    assert number.sid and (number.sms_url, number.phone_number) == (carrier.account.inbound_url, CLINIC)
    told = numbers(number.sid).update(sms_url="https://b.example.org/in", sms_fallback_url="https://b.example.org/f", voice_url="https://b.example.org/v")
    assert (told.sms_url, told.sms_fallback_url, told.voice_url) == ("https://b.example.org/in", "https://b.example.org/f", "https://b.example.org/v")
    assert (carrier.account.inbound_url, carrier.fallback_url) == ("https://b.example.org/in", "https://b.example.org/f")
    assert numbers.list(phone_number="+12025550111") == []


def test_whose_the_number_is_and_whether_its_texts_are_left_to_it_can_be_asked(carrier: Carrier) -> None:
    carrier.services = {"MG" + "0" * 32: False}
    client = a_client(carrier)
    [service] = client.messaging.v1.services.list()
    assert service.use_inbound_webhook_on_number is False
    [number] = client.messaging.v1.services(service.sid).phone_numbers.list()
    assert (number.phone_number, number.sid) == (CLINIC, client.incoming_phone_numbers.list()[0].sid)
