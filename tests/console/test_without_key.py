"""Nobody gives out keys: whoever was called still takes the item, logs the call, and finds who waits (N2)."""

from __future__ import annotations

import re

from chalicelib.console.furniture import furniture
from chalicelib.core.records import Incident, Patient, Step, Update
from chalicelib.core.staff import Staff
from chalicelib.errors import KeyUnavailable
from chalicelib.flows.own_keys import OwnVault
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import SealContext, World

from ..cast import ALICE_NUMBER, CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from ..fakes.keys import FakeKeys
from .office import Desk, an_office, at_desk, text


def the_keys() -> FakeKeys:
    keys = furniture().keys()
    assert isinstance(keys, FakeKeys)
    return keys


def a_crisis(who: Staff, program: str = "adult", away: bool = True) -> tuple[Desk, World, str]:
    desk, world = at_desk(who, an_office(who))
    a_patient(world, program=program)
    receive(world, an_sms("I took my pills", at=world.clock()), inline=False)
    the_keys().away = away
    return desk, world, incident_of(world).incident_id


def incident_of(world: World) -> Incident:
    [incident] = world.store.rows(Incident)  # type: ignore[attr-defined]
    assert isinstance(incident, Incident)
    return incident


def test_n2_without_a_key_an_item_is_taken_tried_reached_and_closed_from_its_page() -> None:
    desk, world, incident_id = a_crisis(CAROL)
    at = f"/console/incidents/{incident_id}"
    page = desk.get(at)
    said, code = text(page), incident_of(world).code
    assert page.status_code == 200 and "Names, numbers and texts cannot be opened at the moment." in said
    assert code in said and "Somebody must have it" in said and "finds the code" in said and "Name not opened yet" in said
    assert "tel:+13035550190" in page.body.decode()  # the program's own line, from the clinic's file
    assert not re.search(r"Alice|pills|No number is known", said) and ALICE_NUMBER not in page.body.decode()
    assert the_keys().asked == ["nobody answers"]  # it is waited for once, not for each text
    page = desk.follow(desk.submit(page, "/acknowledge"))
    assert page.status_code == 200 and "by you" in text(page) and incident_of(world).holder == "carol"
    page = desk.follow(desk.submit(page, "/unable", how="no_answer"))
    assert page.status_code == 200 and incident_of(world).state == "unable"
    page = desk.follow(desk.submit(page, "/contacted"))
    assert page.status_code == 200 and incident_of(world).state == "contacted"
    assert desk.follow(desk.submit(page, "/resolve", disposition="safe_plan_reviewed")).status_code == 200
    assert incident_of(world).state == "resolved"
    the_keys().away = False
    assert "Alice" in text(desk.get(at))


def test_n2_without_a_key_what_marks_a_phone_still_stands_on_the_item() -> None:
    desk, world, incident_id = a_crisis(CAROL)
    world.store.commit(Update(Patient, ("alice",), set={"safe_phone": "unsafe", "plan": 1}))
    said = text(desk.get(f"/console/incidents/{incident_id}"))
    assert "Calls are not safe on this phone." in said and "safe-phone plan could not be opened" in said


def test_n2_without_a_key_the_inbox_shows_open_items_first_and_who_waits_how_long() -> None:
    desk, world, incident_id = a_crisis(ERIN)
    receive(world, an_sms("Hello", STRANGER_NUMBER, at=world.clock()), inline=False)
    for at in ("/console/inbox?program=adult", "/console/mine", "/console/inbox/rows?program=adult", "/console/mine/rows?of=me"):
        page = desk.get(at)
        said = text(page)
        assert page.status_code == 200 and "Names cannot be opened at the moment" in said, at
        assert incident_of(world).code in said and f"/console/incidents/{incident_id}" in page.body.decode()
        assert "Name not opened" in said and "Alice" not in said and "since the text" in said
    page = desk.get("/console/inbox?program=adult")
    assert "also urgent, above" in text(page) and "Unknown number ·" not in text(page)
    assert desk.follow(desk.submit(page, "/acknowledge")).status_code == 200 and incident_of(world).holder == "erin"
    assert "Unknown number ·" in text(desk.get("/console/inbox?program=unmatched"))
    the_keys().away = False
    assert "Alice" in text(desk.get("/console/inbox?program=adult"))


def test_n2_a_thread_that_cannot_be_opened_leads_back_to_its_item() -> None:
    desk, _, incident_id = a_crisis(CAROL)
    page = desk.get("/console/threads/alice")
    assert page.status_code == 503 and f"/console/incidents/{incident_id}" in page.body.decode()


def test_n2_whoever_is_called_from_another_program_finds_the_item_before_their_key_is_there() -> None:
    desk, world, incident_id = a_crisis(DAN, away=False)  # he is on the rota, and of Harbor
    world.store.commit(Update(Incident, (incident_id,), append={"steps": (Step(world.clock(), "system", "paged", "dan"),)}))
    page = desk.get("/console/threads/alice")
    assert page.status_code == 403 and f"/console/incidents/{incident_id}" in page.body.decode()
    page = desk.get(f"/console/incidents/{incident_id}")
    assert page.status_code == 200 and "cannot be opened at the moment" not in text(page)
    assert ALICE_NUMBER in page.body.decode()


def test_a_service_that_was_silent_once_is_not_waited_for_again_in_one_request() -> None:
    _, world, _ = a_crisis(CAROL)
    asked = []

    class Silent:
        def open(self, *_: object) -> str:
            asked.append(1)
            raise KeyUnavailable("kms")

        def one_request(self) -> Silent:
            return self

    vault = OwnVault(world.vault, lambda _: Silent(), lambda _: ())  # type: ignore[arg-type, return-value]
    for each in (vault, vault.one_request(), vault):
        try:
            each.open(SealContext("alice", "adult", "message"), "m1", b"", "carol")
        except KeyUnavailable:
            continue
        raise AssertionError("it was opened")
    assert asked == [1]
