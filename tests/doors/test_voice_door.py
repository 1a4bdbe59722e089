"""The door of calls: what a carrier hears, whatever happens behind it."""

from __future__ import annotations

from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from chalice import Chalice
from chalice.test import Client

from chalicelib.core.calls import PhoneCall
from chalicelib.core.records import Incident
from chalicelib.doors import voice_door
from chalicelib.errors import StoreUnavailable
from chalicelib.flows.receive_sms import receive
from tests.carriers import twilio_cast as cast
from tests.carriers.twilio_voice_cast import SCRIPT, STATUS, TwilioVoice, asked, voice
from tests.cast import CAROL, ERIN, a_patient, an_sms
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeClock, a_world
from tests.flows.calls import a_number_for_calls, pin_of, rung
from tests.flows.phones import ERIN_PHONE, stream

WRONG = "Something went wrong on our side"


def a_ringing_phone(**parts):
    world = a_world(clock=FakeClock(cast.NOW), **parts)
    a_patient(world)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    stream(world)
    return world, rung(world)[-1].row


def plays(world, row, case="call_answered", at="", keys=None, token=cast.TOKEN):
    pairs = cast.recorded(case)
    if keys is not None:
        pairs = cast.with_field(pairs, "Digits", keys)
    return voice_door.play(world, voice(), asked(pairs, row, at, token=token))


def tells(world, row, case, token=cast.TOKEN):
    return voice_door.note(world, voice(), asked(cast.recorded(case), row, path=STATUS, token=token))


def spoken(answer):
    assert answer.headers["Content-Type"].startswith("text/xml")
    return " ".join(each.text or "" for each in ElementTree.fromstring(answer.body.encode()).iter("Say"))


def test_answered_a_key_the_pin_and_it_is_taken():
    world, row = a_ringing_phone()
    [incident] = world.store.rows(Incident)
    assert " ".join(incident.code) in spoken(plays(world, row))
    assert "PIN" in spoken(plays(world, row, "call_key", "menu"))
    assert "is yours" in spoken(plays(world, row, "call_pin", "pin", pin_of(world, ERIN)))
    assert [(each.state, each.holder) for each in world.store.rows(Incident)] == [("acknowledged", "erin")]
    assert tells(world, row, "call_status_completed").status_code == 204


def test_ten_times_the_same_key_is_one_key():
    world, row = a_ringing_phone()
    said = {spoken(plays(world, row, "call_pin", "pin", pin_of(world, ERIN))) for _ in range(10)}
    [incident] = world.store.rows(Incident)
    assert len(said) == 1 and [step.what for step in incident.steps].count("acknowledged") == 1


def test_ten_times_the_same_end_is_one_line():
    world, row = a_ringing_phone()
    assert {tells(world, row, "call_status_no_answer").status_code for _ in range(10)} == {204}
    [incident] = world.store.rows(Incident)
    assert [step.what for step in incident.steps].count("ring_no_answer") == 1


def test_what_twilio_did_not_sign_gets_nothing_and_does_nothing():
    world, row = a_ringing_phone()
    refused = plays(world, row, "call_pin", "pin", pin_of(world, ERIN), token=cast.SECOND_TOKEN)
    assert refused.status_code == 403 and spoken(refused) == ""
    assert tells(world, row, "call_status_completed", token=cast.SECOND_TOKEN).status_code == 403
    [incident] = world.store.rows(Incident)
    assert incident.state == "paged" and world.journal.counts["signature_refused"] == 2


class Down(FakeStore):
    def get(self, record, *key):
        if record is PhoneCall:
            raise StoreUnavailable("down")
        return super().get(record, *key)


def test_an_error_of_ours_is_a_kind_line_and_the_end_of_the_call():
    world, row = a_ringing_phone()
    broken = a_world(clock=world.clock, store=Down())
    answer = plays(broken, row)
    assert answer.status_code == 200 and WRONG in spoken(answer) and "<Hangup" in answer.body
    assert tells(broken, row, "call_status_busy").status_code == 503  # please say it again


def test_a_token_that_cannot_be_read_is_a_kind_line_too():
    world, row = a_ringing_phone()
    unread = TwilioVoice(cast.PUBLIC_URL, cast.unreadable)
    request = asked(cast.recorded("call_answered"), row)
    assert WRONG in spoken(voice_door.play(world, unread, request))
    assert voice_door.note(world, unread, request).status_code == 503


def test_a_request_that_cannot_be_read_is_a_kind_line_too():
    world, row = a_ringing_phone()
    pairs = cast.without(cast.recorded("call_answered"), "CallSid")
    assert WRONG in spoken(voice_door.play(world, voice(), asked(pairs, row)))
    assert voice_door.note(world, voice(), asked(pairs, row, path=STATUS)).status_code == 422


def test_an_unknown_call_ends_kindly():
    world, _ = a_ringing_phone()
    assert spoken(plays(world, "nobody-knows")) == "Goodbye."
    assert tells(world, "nobody-knows", "call_status_completed").status_code == 204


@pytest.mark.parametrize("path", [SCRIPT, STATUS])
def test_the_request_as_it_came_keeps_its_signature(path):
    """Through Chalice's own router: path, query and body are what Twilio signed."""
    from chalicelib.doors.carrier_door import as_it_came

    seen = []
    app = Chalice("t")

    @app.route("/voice/{carrier}/" + path.rsplit("/", 1)[1], methods=["POST"], content_types=["application/x-www-form-urlencoded"])
    def take(carrier):
        seen.append(as_it_came(app.current_request))
        return ""

    wanted = asked(cast.recorded("call_key"), "01J.ring.carol", "menu", path)
    with Client(app) as client:
        client.http.post(f"{path}?{wanted.query}", headers=dict(wanted.headers), body=wanted.body)
    assert voice().read(seen[0], cast.NOW).row == "01J.ring.carol"


def test_a_carrier_without_calls_is_not_there():
    assert voice_door.script("aws", None).status_code == 404 and voice_door.status("aws", None).status_code == 404


def test_nothing_of_a_person_is_in_an_address():
    world, row = a_ringing_phone()
    body = plays(world, row).body + urlencode({"call": row})
    assert ERIN_PHONE[1:] not in body and "alice" not in body and CAROL.staff_id not in body
