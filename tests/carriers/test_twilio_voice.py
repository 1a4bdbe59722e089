"""Calls in Twilio's words: the request that places one, what Twilio asks and tells, and TwiML; its own library is the oracle."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.twiml.voice_response import VoiceResponse

from chalicelib.carriers.twilio_calls import TwilioCaller
from chalicelib.core.calls import Ask, CallEvent, Dial, OutboundCall, Script
from chalicelib.core.messages import Reason
from chalicelib.errors import BadPayload, BadSignature, CarrierRefused, CarrierUnknown, SecretUnavailable
from tests.carriers import servers
from tests.carriers import twilio_cast as cast
from tests.carriers.twilio_voice_cast import CALL, SCRIPT, SID, STATUS, TwilioVoice, asked, voice

ACCOUNT = "AC" + "0" * 32
CREATED = (201, (cast.PAYLOADS / "call_created.json").read_bytes())
RING = OutboundCall("+12025550199", "+12025550161", CALL, rings=30)


# --- placing one -----------------------------------------------------------------------------------------------------


def caller(url: str, read: float = 2.0, account: Any = lambda: (ACCOUNT, cast.TOKEN)) -> TwilioCaller:
    return TwilioCaller(url, account, cast.PUBLIC_URL, connect=0.5, read=read)


class Wire(HttpClient):
    """What Twilio's own client would send."""

    def __init__(self) -> None:
        super().__init__(None, False, None)
        self.sent: tuple[str, str, dict[str, Any]] = ("", "", {})

    def request(self, method: str, url: str, data: Any = None, **_: Any) -> Response:  # type: ignore[override]
        self.sent = method, urlsplit(url).path, dict(data)
        return Response(201, CREATED[1].decode())


def test_a_call_is_placed_as_twilios_own_library_would() -> None:
    with servers.answering(CREATED) as server:
        assert caller(server.url).call(RING) == SID
    (seen,) = server.seen
    wire = Wire()
    status = f"{cast.PUBLIC_URL}{STATUS}?call={CALL}"
    Client(ACCOUNT, cast.TOKEN, http_client=wire).calls.create(
        to="+12025550161", from_="+12025550199", url=f"{cast.PUBLIC_URL}{SCRIPT}?call={CALL}", method="POST",
        status_callback=status, status_callback_event=["completed"], status_callback_method="POST", timeout=30,
        machine_detection="Enable", async_amd="true", async_amd_status_callback=status, async_amd_status_callback_method="POST",
    )  # fmt: skip
    method, path, fields = wire.sent
    flat = {name: value[0] if isinstance(value, list) else str(value) for name, value in fields.items() if value is not None}
    assert (seen.method, seen.path) == (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json")
    assert dict(parse_qsl(seen.body.decode())) == {name: value for name, value in flat.items() if isinstance(value, str)}
    assert base64.b64decode(seen.headers["authorization"].removeprefix("Basic ")) == f"{ACCOUNT}:{cast.TOKEN}".encode()


def test_a_ringing_call_is_ended_as_twilios_own_library_would() -> None:
    with servers.answering(CREATED) as server:
        caller(server.url).hang_up(SID)
    (seen,) = server.seen
    wire = Wire()
    Client(ACCOUNT, cast.TOKEN, http_client=wire).calls(SID).update(status="canceled")
    method, path, fields = wire.sent
    assert (seen.method, seen.path) == (method, path) == ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{SID}.json")
    assert dict(parse_qsl(seen.body.decode())) == {name: value for name, value in fields.items() if isinstance(value, str)}


@pytest.mark.parametrize(
    ("http", "case", "reason", "permanent"),
    [
        (400, "error_21211", Reason.BAD_NUMBER, True),
        (400, "error_21215", Reason.BLOCKED, True),
        (401, "error_20003", Reason.UNAUTHORISED, False),
        (429, "error_20429", Reason.THROTTLED, False),
    ],
)
def test_what_twilio_refuses_to_ring(http: int, case: str, reason: Reason, permanent: bool) -> None:
    said = (cast.PAYLOADS / f"{case}.json").read_bytes()
    with servers.answering((http, said)) as server, pytest.raises(CarrierRefused) as caught:
        caller(server.url).call(RING)
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert "5550161" not in str(caught.value)


def test_whether_it_rings_nobody_knows() -> None:
    with servers.silent() as url, pytest.raises(CarrierUnknown):
        caller(url, read=0.2).call(RING)
    with servers.hanging_up() as url, pytest.raises(CarrierUnknown):
        caller(url).call(RING)
    with servers.answering((500, b"")) as server, pytest.raises(CarrierUnknown):
        caller(server.url).call(RING)
    assert len(server.seen) == 1


def test_nothing_rings_where_nobody_listens_or_there_is_no_account() -> None:
    with pytest.raises(CarrierRefused) as caught:
        caller(servers.nobody()).call(RING)
    assert (caught.value.reason, caught.value.permanent) == (Reason.CARRIER_DOWN, False)

    def unreadable() -> tuple[str, str]:
        raise SecretUnavailable("twilio")

    with pytest.raises(CarrierRefused) as caught:
        caller(servers.nobody(), account=unreadable).call(RING)
    assert caught.value.reason == Reason.UNAUTHORISED


# --- what it asks and tells ------------------------------------------------------------------------------------------


def told(case: str, at: str = "", path: str = SCRIPT) -> CallEvent:
    return voice().read(asked(cast.recorded(case), at=at, path=path), cast.NOW)


def test_somebody_answered() -> None:
    assert told("call_answered") == CallEvent("twilio", SID, CALL, cast.NOW)


@pytest.mark.parametrize(("case", "keys"), [("call_key", "1"), ("call_pin", "0427")])
def test_keys(case: str, keys: str) -> None:
    assert told(case, at="menu") == CallEvent("twilio", SID, CALL, cast.NOW, moment="menu", keys=keys)


@pytest.mark.parametrize(
    ("case", "other", "seconds", "ended"),
    [
        ("call_dialled_completed", "answered", 42, ""),
        ("call_dialled_no_answer", "no_answer", 0, ""),
        ("call_dialled_busy", "busy", 0, ""),
        ("call_dialled_hung_up", "answered", 7, "answered"),
    ],
)
def test_how_the_other_call_ended(case: str, other: str, seconds: int, ended: str) -> None:
    event = told(case, at="dialled")
    assert (event.other_ended, event.seconds, event.ended, event.moment) == (other, seconds, ended, "dialled")


@pytest.mark.parametrize("word", ["completed", "no_answer", "busy", "failed", "canceled"])
def test_how_it_ended(word: str) -> None:
    event = told(f"call_status_{word}", path=STATUS)
    assert event.ended == ("answered" if word == "completed" else word) and not event.machine


@pytest.mark.parametrize("word", ["queued", "initiated", "ringing", "in-progress", "a-word-of-next-year"])
def test_what_is_no_end(word: str) -> None:
    pairs = cast.with_field(cast.recorded("call_answered"), "CallStatus", word)
    assert voice().read(asked(pairs), cast.NOW).ended == ""


@pytest.mark.parametrize(
    ("word", "machine"),
    [("machine_start", True), ("machine_end_beep", True), ("fax", True), ("human", False), ("unknown", False), ("", False)],
)
def test_a_machine_is_told_from_a_person_and_doubt_is_a_person(word: str, machine: bool) -> None:
    pairs = cast.with_field(cast.recorded("call_machine"), "AnsweredBy", word)
    assert voice().read(asked(pairs, path=STATUS), cast.NOW).machine is machine


def test_a_forged_request_is_refused_also_for_another_call_or_moment() -> None:
    request = asked(cast.recorded("call_key"), at="menu")
    for query in (request.query.replace("menu", "pin"), request.query.replace("01JD8", "01JD9"), ""):
        with pytest.raises(BadSignature):
            voice().read(type(request)(request.path, query, request.headers, request.body), cast.NOW)
    with pytest.raises(BadSignature):
        voice(cast.SECOND_TOKEN).read(request, cast.NOW)
    with pytest.raises(SecretUnavailable):
        TwilioVoice(cast.PUBLIC_URL, cast.unreadable).read(request, cast.NOW)


def test_the_order_of_the_query_does_not_matter() -> None:
    request = asked(cast.recorded("call_key"), at="menu")
    turned = "&".join(reversed(request.query.split("&")))
    assert voice().read(type(request)(request.path, turned, request.headers, request.body), cast.NOW).moment == "menu"


def test_a_call_without_its_id() -> None:
    with pytest.raises(BadPayload):
        voice().read(asked(cast.without(cast.recorded("call_answered"), "CallSid")), cast.NOW)


@pytest.mark.parametrize("row", ["+12025550101", "a b", "x&y", "ñ", "a/b", "x" * 201])
def test_n5_a_row_that_is_no_id_of_ours_never_becomes_a_key(row: str) -> None:
    with pytest.raises(BadPayload) as caught:
        voice().read(asked(cast.recorded("call_answered"), row), cast.NOW)
    assert str(caught.value) == "bad payload: call"


# --- TwiML -----------------------------------------------------------------------------------------------------------

WHERE = f"{cast.PUBLIC_URL}{SCRIPT}?call={CALL}"


def twiml(script: Script) -> str:
    kind, body = voice().answer(script, CALL)
    assert kind == "text/xml; charset=utf-8"
    return ElementTree.canonicalize(body)


def oracle(response: VoiceResponse) -> str:
    return ElementTree.canonicalize(str(response))


def test_words_and_goodbye() -> None:
    response = VoiceResponse()
    response.say("It is yours. <Call> & tell.")
    response.hangup()
    assert twiml(Script("It is yours. <Call> & tell.")) == oracle(response)


def test_spanish_is_said_by_a_voice_that_speaks_it() -> None:
    response = VoiceResponse()
    response.say("Goodbye.")
    response.say("Adiós.", language="es-MX")
    response.hangup()
    assert twiml(Script("Goodbye.", "Adiós.")) == oracle(response)


def test_keys_are_gathered_and_silence_goes_on() -> None:
    response = VoiceResponse()
    gather = response.gather(input="dtmf", num_digits=1, timeout=8, action=f"{WHERE}&at=menu", method="POST")
    gather.say("Press 1.", loop=2)
    response.say("No key.")
    response.hangup()
    assert twiml(Script(ask=Ask("Press 1.", "menu"), after="No key.")) == oracle(response)


def test_a_caller_is_put_through_from_the_clinics_number() -> None:
    response = VoiceResponse()
    response.say("One moment.")
    dial = response.dial(
        caller_id="+12025550199", timeout=30, time_limit=7200, answer_on_bridge=True, action=f"{WHERE}&at=dialled", method="POST"
    )
    dial.number("+12025550101")
    assert twiml(Script("One moment.", dial=Dial("+12025550101", "+12025550199", "dialled"))) == oracle(response)


def test_who_calls_us_is_put_through_with_their_own_number() -> None:
    response = VoiceResponse()
    dial = response.dial(timeout=30, time_limit=7200, answer_on_bridge=True, action=f"{cast.PUBLIC_URL}{SCRIPT}?at=back", method="POST")
    dial.number("+12025550191")
    _, body = voice().answer(Script(dial=Dial("+12025550191", "", "back")), "")
    assert ElementTree.canonicalize(body) == oracle(response)


def test_a_call_to_us_has_no_row() -> None:
    request = cast.signed(cast.recorded("call_answered"), SCRIPT)
    assert voice().read(request, cast.NOW).row == ""


def test_nothing_at_all_hangs_up() -> None:
    response = VoiceResponse()
    response.hangup()
    assert twiml(Script()) == oracle(response)


def test_an_address_comes_back_as_it_went() -> None:
    _, body = voice().answer(Script(ask=Ask("?", "a&b=c")), "x&y.z")
    action = urlsplit(ElementTree.fromstring(body.encode())[0].attrib["action"])
    assert parse_qs(action.query) == {"call": ["x&y.z"], "at": ["a&b=c"]}


@given(st.text(max_size=60), st.text(max_size=20))
def test_it_is_xml_whatever_is_said(words: str, row: str) -> None:
    _, body = voice().answer(Script(words, words, Ask(words, "menu"), after=words), row.encode("utf-8", "ignore").decode())
    ElementTree.fromstring(body.encode())
