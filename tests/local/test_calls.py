"""The laptop's telephone exchange: Twilio's own library places the calls and checks the signatures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import VoiceResponse

from infra.local.phones.carrier import Carrier
from infra.local.phones.exchange import Exchange
from infra.local.phones.server import application
from infra.local.phones.webhooks import Poster
from tests.local.standin import ALICE, CLINIC, ERIN, SID, TOKEN, Door, Still, a_carrier
from tests.local.test_twilio_api import a_client


@pytest.fixture
def door() -> Iterator[Door]:
    with Door() as door:
        door.answers["/script?call=1"] = xml(menu())
        door.answers["/keys?call=1"] = xml(said("It is yours."))
        yield door


@pytest.fixture
def carrier(door: Door) -> Carrier:
    carrier = a_carrier(door)
    carrier.exchange = Exchange(carrier.network, SID, Poster(TOKEN), pace=0)
    return carrier


def xml(response: VoiceResponse) -> tuple[int, str, str]:
    return 200, "text/xml", str(response)


def said(words: str) -> VoiceResponse:
    response = VoiceResponse()
    response.say(words)
    response.hangup()
    return response


def menu(timeout: int = 5) -> VoiceResponse:
    response = VoiceResponse()
    response.gather(input="dtmf", num_digits=1, timeout=timeout, action="/keys?call=1", method="POST").say("Press 1.", loop=2)
    response.say("No key was pressed.")
    response.hangup()
    return response


def bridge(timeout: int = 5) -> VoiceResponse:
    response = VoiceResponse()
    response.dial(caller_id=CLINIC, timeout=timeout, action="/dialled?call=1", method="POST").number(ALICE)
    return response


def soon(what: Callable[[], Any], seconds: float = 5) -> Any:
    ends = time.monotonic() + seconds
    while not what() and time.monotonic() < ends:
        threading.Event().wait(0.01)
    return what()


def places(carrier: Carrier, door: Door, **more: Any) -> Any:
    asked = {"to": ERIN, "from_": CLINIC, "url": f"{door.url}/script?call=1", "status_callback": f"{door.url}/status?call=1"}
    return a_client(carrier).calls.create(**{**asked, **more})


def ringing(carrier: Carrier, number: str = ERIN) -> Any:
    return soon(lambda: carrier.exchange.on(number))


def ended(door: Door) -> dict[str, str]:
    return dict(soon(lambda: [one.fields for one in door.taken if one.path == "/status?call=1"])[0])


def heard(carrier: Carrier) -> list[str]:
    return carrier.exchange.calls()[-1].heard


def test_it_rings_is_answered_and_a_key_decides(carrier: Carrier, door: Door) -> None:
    placed = places(carrier, door)
    assert (placed.status, placed.direction, placed.sid[:2]) == ("queued", "outbound-api", "CA")
    assert ringing(carrier).status == "ringing"
    carrier.exchange.pick_up(ERIN)
    assert soon(lambda: carrier.exchange.on(ERIN).asks)
    carrier.exchange.press(ERIN, "1")
    assert ended(door)["CallStatus"] == "completed"
    assert heard(carrier) == ["Press 1.", "It is yours."]
    keys = next(one for one in door.taken if one.path == "/keys?call=1")
    assert keys.fields["Digits"] == "1" and keys.fields["CallSid"] == placed.sid
    for one in door.taken:
        assert RequestValidator(TOKEN).validate(door.url + one.path, one.fields, one.signature)
    again = a_client(carrier).calls(placed.sid).fetch()
    assert (again.status, again.answered_by, again.to) == ("completed", "human", ERIN)


@pytest.mark.parametrize(("do", "status"), [("decline", "busy"), ("nothing", "no-answer"), ("off", "no-answer"), ("cancel", "completed")])
def test_how_a_call_that_nobody_took_ends(carrier: Carrier, door: Door, do: str, status: str) -> None:
    if do == "off":
        carrier.network.switch(ERIN, off=True)
    placed = places(carrier, door, timeout=1 if do == "nothing" else 30)
    if do == "decline":
        assert ringing(carrier)
        carrier.exchange.decline(ERIN)
    if do == "cancel":
        assert ringing(carrier)
        a_client(carrier).calls(placed.sid).update(status="completed")
    assert ended(door)["CallStatus"] == status
    assert soon(lambda: carrier.network.snapshot(ERIN))[-1]["kind"] == "call"


def test_a_voicemail_box_hears_all_and_presses_nothing(carrier: Carrier, door: Door) -> None:
    places(carrier, door, machine_detection="Enable", async_amd="true", async_amd_status_callback=f"{door.url}/amd?call=1")
    assert ringing(carrier)
    carrier.exchange.pick_up(ERIN, machine=True)
    assert ended(door)["CallStatus"] == "completed"
    assert heard(carrier) == ["Press 1.", "No key was pressed."]
    assert [one.fields["AnsweredBy"] for one in door.taken if one.path == "/amd?call=1"] == ["machine_start"]
    assert carrier.network.snapshot(ERIN)[-1]["body"].startswith("Voicemail: Press 1.")


@pytest.mark.parametrize(("do", "status"), [("speak", "completed"), ("decline", "busy"), ("nothing", "no-answer"), ("give_up", "canceled")])
def test_a_call_is_put_through_from_the_clinics_number(carrier: Carrier, door: Door, do: str, status: str) -> None:
    door.answers["/keys?call=1"] = xml(bridge(1 if do == "nothing" else 30))
    door.answers["/dialled?call=1"] = xml(said("The call has ended."))
    places(carrier, door)
    assert ringing(carrier)
    carrier.exchange.pick_up(ERIN)
    assert soon(lambda: carrier.exchange.on(ERIN).asks)
    carrier.exchange.press(ERIN, "1")
    other = ringing(carrier, ALICE)
    assert other.caller == CLINIC and ERIN not in (other.caller, other.with_number)
    if do == "speak":
        carrier.exchange.pick_up(ALICE)
        assert soon(lambda: other.with_number == ERIN)
        carrier.exchange.hang_up(ALICE)
    if do == "decline":
        carrier.exchange.decline(ALICE)
    if do == "give_up":
        carrier.exchange.hang_up(ERIN)
    assert ended(door)
    told = next(one.fields for one in door.taken if one.path == "/dialled?call=1")
    assert told["DialCallStatus"] == status


@pytest.mark.parametrize("broken", [(500, "text/xml", ""), (200, "text/plain", "hello"), (200, "text/xml", "<Resp")])
def test_a_clinic_without_an_answer_is_an_application_error(carrier: Carrier, door: Door, broken: tuple[int, str, str]) -> None:
    door.answers["/script?call=1"] = broken
    places(carrier, door)
    assert ringing(carrier)
    carrier.exchange.pick_up(ERIN)
    assert ended(door)["CallStatus"] == "completed" and "application error" in heard(carrier)[0]


@pytest.mark.parametrize(
    ("asked", "code"), [({"to": "12025550161"}, 21211), ({"from_": ALICE}, 21210), ({"url": "nowhere"}, 21205), ({"to": ""}, 21201)]
)
def test_what_twilio_refuses_to_ring(carrier: Carrier, door: Door, asked: dict[str, str], code: int) -> None:
    with pytest.raises(TwilioRestException) as caught:
        places(carrier, door, **asked)
    assert (caught.value.status, caught.value.code) == (400, code) and carrier.exchange.calls() == []


def test_the_page_shows_the_call_its_words_and_a_keypad(carrier: Carrier, door: Door) -> None:
    page = application(carrier, Still()).test_client()
    places(carrier, door)
    assert ringing(carrier)
    shown = page.get("/").text
    assert "Incoming call" in shown and "Answer" in shown and "Goes to voicemail" in shown and "Press 1." not in shown
    page.post(f"/{ERIN}/call", data={"do": "answer"})
    assert soon(lambda: page.get(f"/{ERIN}/call.json").json["asks"])
    shown = page.get("/").text
    assert "Press 1." in shown and 'value="9"' in shown and "Hang up" in shown
    page.post(f"/{ERIN}/call", data={"do": "1"})
    assert ended(door) and soon(lambda: page.get(f"/{ERIN}/call.json").json is None)
    assert page.post(f"/{ERIN}/call", data={"do": "dance"}).status_code == 303
