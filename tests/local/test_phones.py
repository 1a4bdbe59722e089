"""What a phone sends to the clinic and what comes back, against a door that records it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from twilio.request_validator import RequestValidator

from infra.local.phones.carrier import Carrier
from infra.local.phones.network import segments
from infra.local.phones.server import application
from tests.local.standin import ALICE, CLINIC, ERIN, SECOND, SID, TOKEN, Door, Still, a_carrier

MESSAGE = '<Message statusCallback="{url}/status?row=1">Call 988 &amp; 911</Message>'
TWIML = f'<?xml version="1.0"?><Response>{MESSAGE}</Response>'


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        yield door


@pytest.fixture
def carrier(door: Door) -> Carrier:
    return a_carrier(door)


def bodies(carrier: Carrier, number: str = ALICE) -> list[str]:
    return [row["body"] for row in carrier.network.snapshot(number)]


@pytest.mark.parametrize("body", ["hello", "", "ñ ’ 🙂 & = + %", "  spaces  ", "x" * 1600])
def test_inbound_webhooks_are_signed_as_twilios_validator_wants(carrier: Carrier, door: Door, body: str) -> None:
    sid = carrier.type(ALICE, body, media=1)
    assert carrier.settle(5)
    (seen,) = door.taken
    assert RequestValidator(TOKEN).validate(door.url + seen.path, seen.fields, seen.signature)
    assert not RequestValidator("other").validate(door.url + seen.path, seen.fields, seen.signature)
    expected = {"From": ALICE, "To": CLINIC, "Body": body, "MessageSid": sid, "SmsSid": sid, "AccountSid": SID}
    assert seen.fields | expected == seen.fields
    assert (seen.fields["NumMedia"], seen.fields["SmsStatus"], seen.fields["FromCity"]) == ("1", "received", "")


def test_a_twiml_answer_arrives_and_is_called_back_under_its_own_id(carrier: Carrier, door: Door) -> None:
    door.answers["/in"] = (200, "text/xml; charset=utf-8", TWIML.format(url=door.url))
    asked = carrier.type(ALICE, "hello")
    carrier.settle(5)
    assert bodies(carrier) == ["hello", "Call 988 & 911"]
    answered = carrier.network.snapshot(ALICE)[1]
    assert (answered["sid"] != asked, answered["status"]) == (True, "delivered")
    callbacks = [one for one in door.taken if one.path == "/status?row=1"]
    assert [one.fields["MessageStatus"] for one in callbacks] == ["sent", "delivered"]
    assert {one.fields["MessageSid"] for one in callbacks} == {answered["sid"]}
    for one in callbacks:
        assert RequestValidator(TOKEN).validate(door.url + one.path, one.fields, one.signature)


@pytest.mark.parametrize("answer", [(503, "", ""), (200, "text/xml", "<Response><Mess")])
def test_a_door_that_fails_sends_the_carrier_to_the_fallback(
    carrier: Carrier, door: Door, answer: tuple[int, str, str]
) -> None:
    door.answers["/in"] = answer
    door.answers["/fallback"] = (200, "text/xml", TWIML.format(url=door.url))
    carrier.type(ALICE, "hello")
    carrier.settle(5)
    assert [one.path for one in door.taken if "Body" in one.fields] == ["/in", "/fallback"]
    assert "Call 988 & 911" in bodies(carrier)


def test_a_door_that_is_shut_is_not_even_tried(carrier: Carrier, door: Door) -> None:
    carrier.network.switches.door_shut = True
    carrier.type(ALICE, "hello")
    carrier.settle(5)
    assert [one.path for one in door.taken] == ["/fallback"]


def test_c1_a_carrier_that_repeats_itself_repeats_the_same_id(carrier: Carrier, door: Door) -> None:
    carrier.network.switches.double_webhooks = True
    sid = carrier.type(ALICE, "hello")
    carrier.settle(5)
    assert [one.fields["MessageSid"] for one in door.taken] == [sid, sid]
    assert bodies(carrier) == ["hello"]


def test_lost_callbacks_are_lost_and_the_text_arrives(carrier: Carrier, door: Door) -> None:
    carrier.network.switches.lose_callbacks = True
    door.answers["/in"] = (200, "text/xml", TWIML.format(url=door.url))
    carrier.type(ALICE, "hello")
    carrier.settle(5)
    assert bodies(carrier) == ["hello", "Call 988 & 911"]
    assert door.statuses() == []


def test_a_phone_as_json_lists_both_directions_in_order(carrier: Carrier, door: Door) -> None:
    door.answers["/in"] = (200, "text/xml", TWIML.format(url=door.url))
    client = application(carrier, Still()).test_client()
    client.post(f"/%2B{ALICE[1:]}/type", data={"body": "hello"})
    carrier.settle(5)
    rows = client.get(f"/%2B{ALICE[1:]}.json").json
    assert [(row["from"], row["to"], row["body"], row["kind"]) for row in rows] == [
        (ALICE, CLINIC, "hello", "sms"),
        (CLINIC, ALICE, "Call 988 & 911", "sms"),
    ]
    assert rows[0]["at"] == "2026-11-23T17:00:00.000Z"
    assert client.get(f"/{ALICE}.json").json == rows
    assert client.get("/+12025550177.json").status_code == 404


def test_a_page_rings_on_the_clinicians_phone(carrier: Carrier) -> None:
    client = application(carrier, Still()).test_client()
    notice = {"Type": "Notification", "Message": "Porchlight: urgent item K7Q2. Open the console."}
    assert client.post(f"/sns/{ERIN}", data=json.dumps(notice)).status_code == 204
    assert [(row["kind"], row["body"]) for row in carrier.network.snapshot(ERIN)] == [("page", notice["Message"])]
    assert client.post("/sns/+12025550177", data=json.dumps(notice)).status_code == 404


def test_an_e_mail_is_shown_as_one_also_while_the_phone_is_off(carrier: Carrier) -> None:
    client = application(carrier, Still()).test_client()
    carrier.network.phone(ERIN).off = True
    notice = {"Type": "Notification", "Message": "Porchlight: a test."}
    assert client.post(f"/sns/{ERIN}/mail", data=json.dumps(notice)).status_code == 204
    assert [(row["kind"], row["body"]) for row in carrier.network.snapshot(ERIN)] == [("mail", notice["Message"])]
    assert client.post(f"/sns/{ERIN}/post", data=json.dumps(notice)).status_code == 404


def test_the_page_works_with_plain_forms(carrier: Carrier) -> None:
    controls = Still()
    client = application(carrier, controls, "http://127.0.0.1:8000/").test_client()
    client.post(f"/{ALICE}/type?open={ALICE}", data={"body": "<b>hello</b>"})
    client.post("/clock", data={"to": "hour"})
    page = client.get(f"/?open=%2B{ALICE[1:]}").text
    assert "&lt;b&gt;hello&lt;/b&gt;" in page
    assert "<b>hello" not in page
    assert "synthetic" in page
    assert controls.jumps == ["hour"]
    assert client.post("/switches", data={"lose_callbacks": "on"}).status_code == 303
    assert carrier.network.switches.lose_callbacks


def test_while_the_clock_moves_the_page_says_so_and_takes_no_second_press(carrier: Carrier) -> None:
    controls = Still()
    client = application(carrier, controls).test_client()
    assert "disabled" not in client.get("/").text
    controls.moving = True
    page = client.get("/").text
    assert "The clock is moving" in page
    assert page.count("disabled") == 4


def test_a_page_of_another_site_cannot_type(carrier: Carrier) -> None:
    client = application(carrier, Still()).test_client()
    answer = client.post(f"/{ALICE}/type", data={"body": "x"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert bodies(carrier) == []


def test_changes_answer_at_once_when_there_are_some(carrier: Carrier) -> None:
    carrier.type(ALICE, "hello")
    answer = application(carrier, Still()).test_client().get(f"/changes?seen=0&open=%2B{ALICE[1:]}")
    assert "hello" in answer.text
    assert int(answer.headers["X-Version"]) >= 1


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("’" * 70, 1),
        ("’" * 71, 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_segments(body: str, parts: int) -> None:
    assert segments(body) == parts


def test_a_text_from_the_accounts_other_number_comes_in_as_a_signed_webhook_and_stands_in_the_log_on_both_sides(door: Door) -> None:
    carrier = a_carrier(door, second=SECOND)
    api, sign_in = application(carrier, Still()).test_client(), (SID, TOKEN)
    path = f"/2010-04-01/Accounts/{SID}/Messages.json"
    sent = api.post(path, auth=sign_in, data={"To": CLINIC, "From": SECOND, "Body": "a test"})
    assert sent.status_code == 201 and carrier.settle(5)
    (seen,) = [one for one in door.taken if one.path == "/in"]
    assert RequestValidator(TOKEN).validate(door.url + seen.path, seen.fields, seen.signature)
    assert (seen.fields["From"], seen.fields["To"], seen.fields["Body"]) == (SECOND, CLINIC, "a test")
    assert sorted((each.direction, each.status) for each in carrier.network.texts()) == [("inbound", "received"), ("outbound-api", "delivered")]
    assert seen.fields["MessageSid"] != sent.get_json()["sid"] and not carrier.network.knows(CLINIC)
    api.post(path, auth=sign_in, data={"To": SECOND, "From": CLINIC, "Body": "an echo"})
    assert carrier.settle(5) and len(door.taken) == 1 and len(carrier.network.texts()) == 4
    refused = api.post(path, auth=sign_in, data={"To": CLINIC, "From": ALICE, "Body": "not ours"})
    assert refused.get_json()["code"] == 21606
