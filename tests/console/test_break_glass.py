"""Breaking the glass at the desk, and the page of what was lent: read, reviewed once, counted on the officer's page."""

from __future__ import annotations

import re

from chalicelib.core.records import Lending
from chalicelib.core.staff import Staff
from chalicelib.flows import tick
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, FRANK, a_patient, an_sms
from ..flows.office import an_open_office, clock, store, vault
from ..flows.test_lend_keys import the_stream
from .office import Desk, an_office, forms, text

LEAD = Staff("lee", "clinical_lead", ("adult",))
REASON = {"find": "(303) 555-0101", "ground": "care", "words": "She stands at our desk.", "cannot_ask": "yes"}


def a_scene(*people: Staff) -> World:
    world = an_open_office()
    a_patient(world)
    receive(world, an_sms("See you on Monday", at=world.clock()), inline=False)
    return an_office(*people, world=world, practised=True)


def at(person: Staff) -> Desk:
    desk = Desk()
    assert desk.sign_in(person.staff_id).status_code == 303
    return desk


def breaks(desk: Desk, **fields: str):  # type: ignore[no-untyped-def]
    return desk.submit(desk.get("/console/open-record"), "/open-record", **{**REASON, **fields})


def test_from_the_missing_page_to_the_thread_and_back() -> None:
    world = a_scene(DAN, FRANK)
    dan = at(DAN)
    missing = dan.get("/console/threads/alice")
    assert missing.status_code == 404 and "/console/open-record" in missing.body.decode()
    assert "See you" not in text(missing)
    waits = dan.follow(breaks(dan))
    assert "Your key is being made" in text(waits) and "Adult counseling" in text(waits)
    assert dan.get("/console/threads/alice").status_code == 403  # AWS does not know the grant yet
    the_stream(world)
    ready = dan.get("/console/open-record/alice")
    assert "The record is open to you" in text(ready)
    assert "See you on Monday" in text(dan.get("/console/threads/alice"))
    assert [to for to, _ in world.pager.pages] == ["carol", "frank"]  # type: ignore[attr-defined]
    closed = dan.follow(dan.submit(ready, "/end"))
    assert "Closed." in text(closed)
    [line] = store(world).rows(Lending)
    for asked in ("trail?purpose=break_glass", "trail/patients/alice"):  # the officer tells it from a day's care
        said = text(at(FRANK).get(f"/console/{asked}"))
        assert re.search(rf"Opened the thread( alice)? breaking the glass \({line.lending_id}\)", said)
    assert dan.get("/console/threads/alice").status_code == 404 and dan.get("/console/open-record/alice").status_code == 404


def test_what_is_missing_is_said_beside_the_field_and_nothing_opens() -> None:
    world = a_scene(DAN)
    dan = at(DAN)
    for field, wrong in (("find", ""), ("ground", "none"), ("words", " "), ("cannot_ask", "")):
        answer = breaks(dan, **{field: wrong})
        assert answer.status_code == 400 and f'id="{field}-wrong"' in answer.body.decode(), field
    answer = breaks(dan, find="(303) 555-0188")
    assert answer.status_code == 409 and "nobody here has this id" in text(answer)
    assert not store(world).rows(Lending)


def test_the_page_does_not_exist_for_who_may_not() -> None:
    a_scene(FRANK, Staff("fay", "front_desk", ("adult",)))
    for person in (FRANK, Staff("fay", "front_desk", ("adult",))):
        desk = at(person)
        assert desk.get("/console/open-record").status_code == 404
        assert "open-record" not in desk.get("/console/threads/nobody").body.decode()
    assert at(Staff("fay", "front_desk", ("adult",))).get("/console/keys").status_code == 404


def test_the_officer_sees_the_count_the_line_and_no_words_and_reviews_it_once() -> None:
    world = a_scene(DAN, FRANK, LEAD, CAROL)
    dan, frank, lee = at(DAN), at(FRANK), at(LEAD)
    breaks(dan)
    the_stream(world)
    dan.get("/console/threads/alice")
    front = frank.follow(frank.get("/console/inbox"))
    assert "Lent keys : 1 waits for a review, 1 open now" in text(front)
    listed = frank.get("/console/keys")
    assert "Broke the glass" in text(listed) and "1 time" in text(listed)
    assert "Mar 2026" in text(listed) and 'value="2026-03"' in listed.body.decode()
    tools = text(listed).split("Tools")[-1].split("More")[0]
    assert "On call" in tools and "Register" not in tools and "Find" not in tools  # neither knows anybody without a program
    [line] = store(world).rows(Lending)
    opened = len(vault(world).opened)
    one = frank.get(f"/console/keys/open/{line.lending_id}")
    assert "Sealed for the people of Adult counseling" in text(one) and "stands at our desk" not in text(one)
    assert "It can be reviewed when it is over" in text(one) and len(vault(world).opened) == opened
    clock(world).advance(minutes=61)
    tick.tick(world)
    frank, lee = at(FRANK), at(LEAD)
    hers = lee.get(f"/console/keys/open/{line.lending_id}")
    assert "She stands at our desk." in text(hers)
    assert lee.submit(hers, "/review", found="").status_code == 400
    assert "Reviewed." in text(lee.follow(lee.submit(hers, "/review", found="right")))
    token = forms(frank.get("/console/trail"))[0]["hidden"]["csrf"]
    assert frank.post(f"/console/keys/open/{line.lending_id}/review", {"csrf": token, "found": "wrong"}).status_code == 404
    done = frank.get("/console/keys?month=2026-03")
    assert "Right" in text(done) and "lee" in text(done).lower()
    past = frank.get(f"/console/keys/2026-03/{line.lending_id}")
    assert "Right: Lee" in text(past)
    assert "0 wait for a review" in text(frank.get("/console/trail"))
