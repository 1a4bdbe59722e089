"""The carriers' door: which status a carrier gets, what is left behind, and the request as it came."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from chalice import Chalice
from chalice.test import Client

from chalicelib.core.messages import Kind, Status
from chalicelib.core.records import Incident, Message, Receipt
from chalicelib.doors import carrier_door
from chalicelib.errors import DeadlineExceeded, ParkFailed, StoreUnavailable
from tests.carriers.twilio_cast import (
    INBOUND,
    NOW,
    PUBLIC_URL,
    STATUS,
    TOKEN,
    TwilioWebhook,
    signed,
    unreadable,
    webhook,
)
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient
from tests.fakes.store import FakeStore
from tests.fakes.world import FakeClock, FakeParking, a_world

CRISIS = "I can't do this anymore, I took all my pills"
SID = "SM" + "a" * 32


def a_text(body, sid=SID, token=TOKEN):
    return signed([("MessageSid", sid), ("From", ALICE_NUMBER), ("To", CLINIC_NUMBER), ("Body", body)], token=token)


def a_word(row, status="delivered", token=TOKEN, **others):
    pairs = [("MessageSid", SID), ("MessageStatus", status), *others.items()]
    return signed(pairs, STATUS, urlencode({"row": row}), token)


def a_clinic(**parts):
    world = a_world(clock=FakeClock(NOW), **parts)
    a_patient(world)
    return world


def everything(world):
    return [row for kind in (Message, Receipt, Incident) for row in world.store.rows(kind)]


# --- texts ---------------------------------------------------------------------------------------------------------


def test_an_ordinary_text_is_kept_and_the_carrier_hears_an_empty_answer():
    world = a_clinic()
    answer = carrier_door.take(world, webhook(), a_text("running late"))
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/xml")
    assert answer.body.endswith("<Response />") or answer.body.endswith("<Response></Response>")
    assert [m.carrier_id for m in world.store.rows(Message) if m.direction == "in"] == [SID]  # beside it: that we are closed


def test_a_crisis_is_answered_in_the_response_and_its_word_comes_back_to_its_row():
    world = a_clinic()
    answer = carrier_door.take(world, webhook(), a_text(CRISIS))
    [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    assert "988" in answer.body and "911" in answer.body and row.row in answer.body
    assert len(world.pager.pages) == 1
    told = carrier_door.note(world, webhook(), a_word(row.row))
    assert told.status_code == 204
    assert world.store.get(Message, row.thread_id, row.message_id).status == Status.DELIVERED


@pytest.mark.parametrize(("status", "code"), [("undelivered", "30003"), ("undelivered", "30007"), ("failed", "21610"), ("failed", "30005")])
def test_cr_7_an_answer_that_the_carrier_gives_up_on_pages_call(status, code):
    world = a_clinic()
    carrier_door.take(world, webhook(), a_text(CRISIS))
    [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    assert carrier_door.note(world, webhook(), a_word(row.row, status, ErrorCode=code)).status_code == 204
    [incident] = world.store.rows(Incident)
    assert world.pager.pages[-1] == ("erin", f"Porchlight: item {incident.code}: reply not delivered: call. Open the console.")
    assert incident.reply_undelivered


def test_ten_times_the_same_webhook_is_one_text_and_the_same_answer():
    world = a_clinic()
    bodies = {carrier_door.take(world, webhook(), a_text(CRISIS)).body for _ in range(10)}
    assert len(bodies) == 1 and len(world.pager.pages) == 1
    assert len([m for m in world.store.rows(Message) if m.direction == "in"]) == 1


@pytest.mark.parametrize("body", ["hello", CRISIS, "STOP", "Here's & a <tag> \u00e1 \U0001f600"])
def test_wh_3_a_wrong_signature_is_403_and_leaves_nothing_but_a_counter(body):
    world = a_clinic()
    answer = carrier_door.take(world, webhook(), a_text(body, token="2" * 32))
    assert (answer.status_code, answer.body) == (403, "")
    assert everything(world) == [] and world.pager.pages == [] and world.parking.parked == []
    assert world.journal.counts == {"signature_refused": 1} and world.journal.events == []


def test_a_token_that_cannot_be_read_is_503_so_that_the_carrier_falls_back():
    world = a_clinic()
    answer = carrier_door.take(world, TwilioWebhook(PUBLIC_URL, unreadable), a_text(CRISIS))
    assert answer.status_code == 503 and world.journal.counts == {"token_unavailable": 1}


def test_a_token_that_is_not_read_in_time_is_503_too():
    class Gone:
        def within(self, seconds, work):
            raise DeadlineExceeded(f"{seconds} s")

    world = a_world(patience=Gone())
    assert carrier_door.take(world, webhook(), a_text("hello")).status_code == 503
    assert carrier_door.note(world, webhook(), a_word("alice.m1")).status_code == 503


def test_what_cannot_be_read_is_422_and_says_only_which_field():
    world = a_clinic()
    answer = carrier_door.take(world, webhook(), signed([("From", ALICE_NUMBER), ("To", CLINIC_NUMBER), ("Body", CRISIS)]))
    assert (answer.status_code, answer.body) == (422, "")
    assert world.journal.events == [("bad_payload", {"reason": "MessageSid"})]


class DownStore(FakeStore):
    down = False

    def get(self, record, *key):
        if self.down:
            raise StoreUnavailable("down")
        return super().get(record, *key)

    def commit(self, *changes):
        if self.down:
            raise StoreUnavailable("down")
        super().commit(*changes)


def test_a_store_that_is_down_is_200_once_the_text_waits_on_the_queue():
    world = a_clinic(store=DownStore())
    world.store.down = True
    answer = carrier_door.take(world, webhook(), a_text(CRISIS))
    assert answer.status_code == 200 and "988" in answer.body
    assert len(world.parking.parked) == len(world.pager.pages) == 1


def test_wh_4_what_can_be_neither_kept_nor_parked_is_503_and_has_paged():
    world = a_clinic(store=DownStore(), parking=FakeParking(fails=[ParkFailed("x")]))
    world.store.down = True
    answer = carrier_door.take(world, webhook(), a_text(CRISIS))
    assert (answer.status_code, answer.body) == (503, "") and len(world.pager.pages) == 1
    assert world.journal.counts["not_kept"] == 1


def test_n5_nothing_of_the_text_is_in_the_log_whatever_happens():
    world = a_clinic(store=DownStore(), parking=FakeParking(fails=[ParkFailed("x")]))
    carrier_door.take(world, webhook(), a_text("canary-words " + CRISIS))
    world.store.down = True
    carrier_door.take(world, webhook(), a_text("canary-words " + CRISIS, sid="SM" + "b" * 32))
    said = repr(world.journal.events) + repr(world.journal.counts) + repr(world.pager.pages)
    assert "canary" not in said and "pills" not in said and ALICE_NUMBER[2:] not in said


# --- callbacks -----------------------------------------------------------------------------------------------------


def test_wh_3_callbacks_are_verified_too():
    world = a_clinic()
    carrier_door.take(world, webhook(), a_text(CRISIS))
    [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
    world.pager.pages.clear()
    assert carrier_door.note(world, webhook(), a_word(row.row, "failed", "2" * 32)).status_code == 403
    assert world.pager.pages == [] and world.store.get(Message, row.thread_id, row.message_id) == row


@pytest.mark.parametrize("row", ["", "nonsense", "alice.nobody"])
def test_a_word_that_means_nothing_to_us_is_204_so_that_nobody_repeats_it(row):
    world = a_clinic()
    assert carrier_door.note(world, webhook(), a_word(row)).status_code == 204


@pytest.mark.parametrize(("tokens", "status_code"), [(unreadable, 503), (lambda: (TOKEN,), 422)])
def test_a_callback_without_a_token_or_without_a_status(tokens, status_code):
    world = a_clinic()
    asked = signed([("MessageSid", SID)], STATUS, "row=alice.m1")
    assert carrier_door.note(world, TwilioWebhook(PUBLIC_URL, tokens), asked).status_code == status_code


def test_a_word_that_cannot_be_recorded_is_503_please_say_it_again():
    world = a_clinic(store=DownStore())
    world.store.down = True
    assert carrier_door.note(world, webhook(), a_word("alice.m1")).status_code == 503
    assert world.journal.counts == {"status_not_recorded": 1}


# --- through Chalice -----------------------------------------------------------------------------------------------


def a_door(world):
    """The two routes as in `app.py`, with a world of fakes behind them."""
    app, form = Chalice("door"), ["application/x-www-form-urlencoded"]

    @app.route("/sms/{carrier}/inbound", methods=["POST"], content_types=form)
    def inbound(carrier):
        return carrier_door.take(world, webhook(), carrier_door.as_it_came(app.current_request))

    @app.route("/sms/{carrier}/status", methods=["POST"], content_types=form)
    def status(carrier):
        return carrier_door.note(world, webhook(), carrier_door.as_it_came(app.current_request))

    return app


def post(client, asked, query=""):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": asked.headers["x-twilio-signature"]}
    return client.http.post(asked.path + query, body=asked.body, headers=headers)


def test_c57_the_signature_holds_through_the_framework():
    world = a_clinic()
    with Client(a_door(world)) as client:
        assert post(client, a_text("Here's & a + \u00f1 \U0001f600 ")).status_code == 200
        assert post(client, a_text(CRISIS, token="2" * 32)).status_code == 403
    assert [m.direction for m in world.store.rows(Message)].count("in") == 1


def test_c57_a_callbacks_query_comes_through_as_it_was_signed():
    world = a_clinic()
    with Client(a_door(world)) as client:
        post(client, a_text(CRISIS))
        [row] = [m for m in world.store.rows(Message) if m.kind == Kind.CRISIS_ANSWER]
        asked = a_word(row.row)
        assert post(client, asked, f"?{asked.query}").status_code == 204
    assert world.store.get(Message, row.thread_id, row.message_id).status == Status.DELIVERED


def test_a_request_as_it_came_has_its_own_path_lower_case_names_and_its_bytes():
    seen, app = [], Chalice("door")

    @app.route("/sms/{carrier}/inbound", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
    def inbound(carrier):
        seen.append(carrier_door.as_it_came(app.current_request))
        return ""

    with Client(app) as client:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Thing": "Yes"}
        client.http.post(INBOUND + "?row=a.b&x=1+2", body=b"Body=&A=%20", headers=headers)
    [asked] = seen
    assert (asked.path, asked.query, asked.body) == (INBOUND, "row=a.b&x=1+2", b"Body=&A=%20")
    assert asked.headers["x-thing"] == "Yes"


@pytest.mark.parametrize("act", [carrier_door.inbound, carrier_door.status])
def test_a_carrier_that_we_do_not_have_is_404(act):
    assert act("pigeon", None).status_code == 404
