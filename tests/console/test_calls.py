"""Calls in the console, without a script: a number for calls with its PIN, the phones page, and a call through the clinic."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.core.phones import Way
from chalicelib.core.records import Incident, Patient, Update
from chalicelib.core.staff import Staff
from chalicelib.flows.handle_incident import acknowledge
from chalicelib.flows.phone_code import code_for_phone
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.staff_phones import my_phone
from chalicelib.ports import World

from ..cast import ALICE_NUMBER, CAROL, ERIN, a_patient, an_sms
from ..flows.calls import a_number_for_calls, asks, pin_of, presses, rung
from ..flows.phones import ERIN_PHONE, a_work_phone, stream
from .office import Desk, at_desk, text

LEAD = Staff("supervisor", "supervisor", ("adult",))


def gives(desk: Desk, world: World, number: str = "(303) 555-0121") -> Any:
    page = desk.follow(desk.submit(desk.get("/console/phone"), "/phone", way="call", do="give", number=number))
    stream(world)
    return page


def code_of(world: World) -> str:
    method = my_phone(world, ERIN).method(Way.CALL)
    assert method is not None
    return code_for_phone(world, "erin", method)


def test_one_gives_a_number_hears_its_code_and_sees_the_pin() -> None:
    desk, world = at_desk(ERIN)
    page = gives(desk, world)
    assert "Press 1 on it to hear the code" in text(page) and "rings for nothing but the code" in text(page)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE]
    done = desk.follow(desk.submit(page, "/phone", way="call", do="verify", code=code_of(world)))
    assert "your PIN takes them there" in text(done) and pin_of(world, ERIN) in text(done)
    before = pin_of(world, ERIN)
    other = desk.follow(desk.submit(done, "/phone", way="call", do="pin"))
    assert before not in text(other) and pin_of(world, ERIN) in text(other)


def test_what_is_wrong_is_said_beside_the_field_of_calls() -> None:
    desk, world = at_desk(ERIN)
    said = gives(desk, world, "911")
    assert "not a number we can call" in text(said) and 'aria-describedby="number-call-wrong"' in said.body.decode()
    page = gives(desk, world)
    wrong = "000000" if code_of(world) != "000000" else "111111"
    again = desk.follow(desk.submit(page, "/phone", way="call", do="verify", code=wrong)).body.decode()
    assert 'aria-describedby="code-call-wrong"' in again and "<title>Error:" in again
    assert my_phone(world, ERIN).method(Way.TEXT) is None


def test_it_can_be_taken_away_and_texts_stay() -> None:
    desk, world = at_desk(ERIN)
    a_work_phone(world, ERIN, ERIN_PHONE)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    gone = desk.follow(desk.submit(desk.get("/console/phone"), "/phone", way="call", do="away"))
    assert "It rings no more" in text(gone)
    assert [each.way for each in my_phone(world, ERIN).methods] == [Way.TEXT]


def test_the_phones_page_tells_each_way_apart() -> None:
    desk, world = at_desk(LEAD)
    a_number_for_calls(world, ERIN, ERIN_PHONE)
    a_work_phone(world, CAROL, "+13035550122")
    page = text(desk.get("/console/phones"))
    assert re.search(r"Erin None given Works", page) and re.search(r"Carol Works.*None given", page)
    assert "1 of the rota has no phone" in page and pin_of(world, ERIN) not in page and ERIN_PHONE[-4:] not in page
    world.clock.advance(days=8, minutes=1)  # type: ignore[attr-defined]
    desk.sign_in("supervisor")
    assert "3 of the rota" in text(desk.get("/console/phones"))


# --- through the clinic ----------------------------------------------------------------------------------------------


def an_item(who: Staff = ERIN, take: bool = True, **patient: Any) -> tuple[Desk, World, str]:
    desk, world = at_desk(who)
    a_patient(world, **patient)
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    [incident] = world.store.rows(Incident)  # type: ignore[attr-defined]
    if take:
        acknowledge(world, who, incident.incident_id)
    return desk, world, f"/console/incidents/{incident.incident_id}"


def test_what_happened_calls_whoever_reads_it_you() -> None:
    desk, _, item = an_item(ERIN)
    said = text(desk.get(item)).split("What happened")[-1]
    assert "Paged you" in said and "Acknowledged · You" in said


THREAD = "/console/threads/alice"  # whose panel offers what the item's own page does


@pytest.mark.parametrize("pressed_at", ["", THREAD])
def test_she_presses_her_phone_rings_and_a_key_rings_theirs(pressed_at: str) -> None:
    desk, world, at = an_item()
    a_work_phone(world, ERIN, ERIN_PHONE)
    page = desk.get(pressed_at or at)
    assert "Call through the clinic" in text(page)
    done = desk.follow(desk.submit(page, "/call"))
    assert "Your phone rings now" in text(done)
    stream(world)
    assert [each.recipient for each in rung(world)] == [ERIN_PHONE]
    dial = presses(world, "1").dial
    assert dial is not None and dial.number == ALICE_NUMBER
    asks(world, moment="dialled", other_ended="busy")
    assert "Could not reach the patient: busy" in text(desk.get(at))


def test_pressed_twice_from_one_page_it_is_one_call() -> None:
    desk, world, at = an_item()
    a_work_phone(world, ERIN, ERIN_PHONE)
    page = desk.get(at)
    for _ in range(2):
        desk.submit(page, "/call")
        stream(world)
    assert len(rung(world)) == 1


@pytest.mark.parametrize("pressed_at", ["", THREAD])
def test_nobody_is_called_before_it_is_taken(pressed_at: str) -> None:
    desk, world, at = an_item(take=False)
    a_work_phone(world, ERIN, ERIN_PHONE)
    assert "Call through the clinic" not in text(desk.get(pressed_at or at))


@pytest.mark.parametrize("pressed_at", ["", THREAD])
def test_without_a_phone_of_ones_own_the_page_says_how_to_get_one(pressed_at: str) -> None:
    desk, world, at = an_item()
    page = desk.get(pressed_at or at)
    assert "Give your phone" in text(page) and f'href="tel:{ALICE_NUMBER}"' in page.body.decode()
    assert rung(world) == []


@pytest.mark.parametrize("pressed_at", ["", THREAD])
def test_where_a_call_is_not_safe_it_takes_a_reason_that_is_written_down(pressed_at: str) -> None:
    desk, world, at = an_item(safe_phone="unsafe")
    a_work_phone(world, ERIN, ERIN_PHONE)
    page = desk.get(pressed_at or at)
    body = page.body.decode()
    assert "Call anyway" in text(page) and (pressed_at or f'href="tel:{ALICE_NUMBER}"' not in body)
    assert pressed_at or "Write to them" in text(page)
    refused = desk.follow(desk.submit(page, "/call", reason=""))
    assert "Nobody was called" in text(refused) and rung(world) == []
    done = desk.follow(desk.submit(page, "/call", reason="danger"))
    stream(world)
    assert "Your phone rings now" in text(done) and len(rung(world)) == 1
    assert "though it is not safe: danger now" in text(desk.get(at))


def test_the_mark_of_an_unsafe_phone_that_comes_after_the_page_was_opened_counts() -> None:
    desk, world, at = an_item()
    a_work_phone(world, ERIN, ERIN_PHONE)
    page = desk.get(at)
    world.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe"}, add={"version": 1}))
    assert "Calls are not safe on this phone. Nobody was called" in text(desk.follow(desk.submit(page, "/call")))
    assert rung(world) == []


def test_a_press_that_is_no_id_calls_nobody() -> None:
    desk, world, at = an_item()
    a_work_phone(world, ERIN, ERIN_PHONE)
    for press in ("", "x", "../../etc", "A" * 27):
        desk.submit(desk.get(at), "/call", press=press)
    stream(world)
    assert rung(world) == []
