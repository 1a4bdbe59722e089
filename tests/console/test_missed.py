"""A missed visit and a long silence as one clicks through them without a script."""

from __future__ import annotations

import pytest
from chalice.test import HTTPResponse

from chalicelib.core.records import Imported, Patient, Put, Reengagement, Tasks, Update
from chalicelib.core.staff import Staff
from chalicelib.flows import gone_quiet
from chalicelib.flows.deliver import deliver
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from ..appointments import DAY, FRIDAY, HOUR, booked
from ..cast import CAROL, DAN, a_patient
from ..flows.office import clock, outgoing, store
from ..waitlist import opened
from .office import Desk, at_desk, forms, text
from .test_appointments import _send

FRONT = Staff("erin", "front_desk", ("adult",))


def an_hour_later(who: Staff = CAROL) -> tuple[Desk, World]:
    desk, world = at_desk(who)
    a_patient(world, consent=dict.fromkeys(("conversation", "re_engagement"), world.clock()))
    booked(world, FRIDAY, "v1")
    clock(world).now = (FRIDAY + HOUR).astimezone(clock(world).now.tzinfo)
    desk.sign_in(who.staff_id)
    return desk, world


def due(world: World, minutes: int = 12) -> None:
    clock(world).advance(minutes=minutes)
    tick(world)
    for row in outgoing(world):
        if row.status == "queued":
            deliver(world, row.thread_id, row.message_id)


DAYPAGE = "/console/visits?program=adult&day=2026-03-06"


def test_one_click_in_the_day_and_one_click_back() -> None:
    desk, world = an_hour_later()
    day = desk.get(DAYPAGE)
    after = desk.follow(desk.submit(day, "/visits/alice/v1/status", status="noshow", back="day"))
    assert "A line without blame leaves in ten minutes" in text(after) and "missed" in text(after)
    back = desk.follow(desk.submit(after, "/visits/alice/v1/status", status="booked", back="day"))
    assert "Taken back." in text(back)
    due(world)
    assert [row.kind for row in outgoing(world)] == []


def test_the_page_of_the_visit_shows_what_was_begun_and_the_patients_page_stops_it() -> None:
    desk, world = an_hour_later()
    page = desk.get("/console/visits/alice/v1")
    shown = desk.follow(desk.submit(page, "/visits/alice/v1/status", status="noshow"))
    said = text(shown)
    assert "After a missed visit" in said and "Sorry we missed you Fri Mar 6 at 3:00 PM" in said and "42 days" in said
    due(world)
    patient = desk.get("/console/patients/alice")
    assert "Stop these texts" in text(patient)
    [row] = store(world).rows(Reengagement)
    stopped = desk.follow(desk.submit(patient, f"/patients/alice/stop/{row.reengagement_id}"))
    assert "Stopped. Nothing more of it leaves." in text(stopped) and "Ended: A colleague stopped it" in text(stopped)


def test_what_comes_later_needs_a_yes_and_the_page_says_so() -> None:
    desk, world = an_hour_later()
    world.store.commit(Update(Patient, ("alice",), set={"consent": {"conversation": world.clock()}}))
    shown = desk.follow(desk.submit(desk.get("/console/visits/alice/v1"), "/visits/alice/v1/status", status="noshow"))
    assert "does not leave as it stands: they have not agreed to texts after they stopped coming" in text(shown)


def test_a_visit_that_has_not_begun_is_missed_by_nobody() -> None:
    desk, world = an_hour_later()
    booked(world, FRIDAY + 3 * DAY, "v2")
    page = desk.get("/console/visits/alice/v2")
    assert "They missed it" not in text(page)
    assert "nobody has missed it yet" in text(desk.follow(desk.submit(page, "/visits/alice/v2/status", status="noshow")))


def test_a_call_stands_in_the_clinicians_inbox_and_not_at_the_front_desk() -> None:
    desk, world = an_hour_later()
    world.store.commit(Update(Patient, ("alice",), set={"item9_at": world.clock()}))
    shown = desk.follow(desk.submit(desk.get("/console/visits/alice/v1"), "/visits/alice/v1/status", status="noshow"))
    assert "A clinician is asked to call today" in text(shown)
    inbox = desk.get("/console/inbox?program=adult")
    assert "Missed a visit: call today, texts wait until you have (after an answer about self-harm)" in text(inbox)
    assert "A clinician is to call them first" in text(desk.get("/console/patients/alice"))
    [task] = store(world).rows(Tasks)[0].items
    desk.submit(inbox, "/tasks/end", task=task.task_id, program="adult")
    assert world.store.get(Patient, "alice").call_first == ""
    desk, world = an_hour_later(FRONT)
    world.store.commit(Update(Patient, ("alice",), set={"item9_at": world.clock()}))
    desk.submit(desk.get("/console/visits/alice/v1"), "/visits/alice/v1/status", status="noshow")
    assert "call today" not in text(desk.get("/console/inbox?program=adult"))


def quiet(who: Staff = CAROL) -> tuple[Desk, World]:
    desk, world = an_hour_later(who)
    store(world).commit(Update(Patient, ("alice",), set={"quiet_due": world.clock()}))
    clock(world).now += 60 * DAY
    gone_quiet.look(world, gone_quiet.due_of("alice", "adult", clock(world).now))
    desk.sign_in(who.staff_id)
    return desk, world


def test_the_list_of_who_has_gone_quiet_and_its_three_buttons() -> None:
    desk, world = quiet()
    page = desk.get("/console/quiet?program=adult")
    assert "Alice 63 days" in text(page) or ("Alice" in text(page) and "days" in text(page))
    assert "No text leaves by itself" in text(page)
    called = desk.follow(desk.submit(page, "/quiet/alice/call", program="adult"))
    assert "It stands in the inbox: call them." in text(called)
    left = desk.follow(desk.submit(page, "/quiet/alice/leave", program="adult", days="30", why="away"))
    assert "Left alone until" in text(left) and "they are away" in text(left)
    assert "Choose for how long" in text(desk.follow(desk.submit(page, "/quiet/alice/leave", program="adult", days="7", why="away")))
    begun = desk.follow(desk.submit(page, "/quiet/alice/texts", program="adult"))
    assert "The texts begin in ten minutes" in text(begun)
    due(world)
    assert [row.template for row in outgoing(world)] == ["a_while"]


def test_texts_begin_again_from_the_patients_own_page() -> None:
    desk, world = quiet()
    begun = desk.follow(desk.submit(desk.get("/console/patients/alice"), "/patients/alice/texts-again"))
    assert "Nothing was begun" not in text(begun)
    due(world)
    assert [row.template for row in outgoing(world)] == ["a_while"]


def test_what_does_not_begin_says_why() -> None:
    desk, world = quiet()
    world.store.commit(Update(Patient, ("alice",), set={"consent": {"conversation": world.clock()}}))
    page = desk.follow(desk.submit(desk.get("/console/quiet?program=adult"), "/quiet/alice/texts", program="adult"))
    assert "Nothing was begun. They have not agreed to texts after they stopped coming." in text(page)
    page = desk.follow(desk.submit(desk.get("/console/patients/alice"), "/patients/alice/texts-again"))
    assert "Nothing was begun. They have not agreed" in text(page)


@pytest.mark.parametrize("address", ["/console/quiet?program=adult", "/console/quiet?program=nowhere"])
def test_another_programs_list_is_not_there(address: str) -> None:
    desk, _ = quiet(DAN)
    assert desk.get(address).status_code == 404


@pytest.mark.parametrize("tick_box", [True, False])
def test_open_times_to_who_told_a_person_that_they_need_another(tick_box: bool) -> None:
    """As a "2" by text does; in their hours, since a person began it."""
    desk, world = at_desk(CAROL)
    a_patient(world)
    booked(world, FRIDAY, "v1")
    for at in (3, 4, 5):
        opened(world, FRIDAY + at * DAY, f"s{at}")
    page = desk.get("/console/visits/alice/v1")
    desk.submit(page, "/visits/alice/v1/said", said="wants_move", offer="on" if tick_box else "")
    due(world, 1)
    sent = [row for row in outgoing(world) if row.kind == "times"]
    assert [row.template for row in sent] == (["moves_3"] if tick_box else [])


@pytest.mark.parametrize("told", [True, False])
def test_an_import_tells_patients_what_it_moves_only_where_the_box_is_ticked(told: bool) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    world.store.commit(Put(Imported(world.hasher.text_hash("record\0adult\0A-1"), "alice", "row")))
    lines = "visit_id,record_id,start\nc1,A-1,2026-03-06 15:00\n", "visit_id,record_id,start\nc1,A-1,2026-03-07 15:00\n"
    for at, listed in enumerate(lines):
        checked = _upload(desk, listed, do="check")
        assert ("Tell patients by text" in text(checked)) == (at == 1)
        mark = next(part.split('value="')[1].split('"')[0] for part in checked.body.decode().split("<input") if 'name="mark"' in part)
        _upload(desk, listed, do="apply", mark=mark, tell="on" if told and at else "")
    assert [row.template for row in outgoing(world) if row.kind == "visit_news"] == (["visit_moved"] if told else [])


def _upload(desk: Desk, listed: str, **fields: str) -> HTTPResponse:
    [form] = [each for each in forms(desk.get("/console/visits/import")) if each["action"].endswith("/visits/import")]
    return _send(desk, **{**form["hidden"], "program": "adult", "clinician": "carol", "list": listed, **fields})


def test_the_months_figures_count_what_came_of_missed_visits() -> None:
    desk, world = an_hour_later()
    desk.submit(desk.get("/console/visits/alice/v1"), "/visits/alice/v1/status", status="noshow")
    due(world)
    booked(world, FRIDAY + 20 * DAY, "v2")
    clock(world).now = (FRIDAY + 21 * DAY).astimezone(clock(world).now.tzinfo)
    desk.sign_in("carol")
    desk.submit(desk.get("/console/visits/alice/v2"), "/visits/alice/v2/status", status="fulfilled")
    said = text(desk.get("/console/visits/figures?program=adult&month=2026-03"))
    assert "The line of the day left 1" in said and "Came to another visit within 30 days 1" in said
    rows = desk.get("/console/visits/figures/file?program=adult&month=2026-03").body.decode().replace('"', "").splitlines()
    assert rows[0].endswith("missed_at,call_asked,answered_at,days_until_back") and rows[1].endswith(",no,,20")
