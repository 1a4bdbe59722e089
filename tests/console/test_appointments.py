"""The schedule as one clicks through it without a script: a day, a visit, booking, moving, what is said of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from chalicelib.core.records import Appointment, Imported, Patient, Put
from chalicelib.core.staff import Staff
from chalicelib.flows.deliver import deliver
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from ..appointments import FRIDAY, booked
from ..cast import CAROL, DAN, a_patient, an_sms
from ..flows.office import clock, outgoing, store, traces, vault
from .office import Desk, an_office, at_desk, forms, text

DESK = Staff("erin", "front_desk", ("adult",))
FORM = {"clinician": "carol", "kind": "individual", "start": "2026-03-06T15:00", "zone": "America/Denver", "minutes": "50",
        "place": "200 Elm St", "link": "", "rhythm": "", "do": "book"}  # fmt: skip


@pytest.fixture
def office() -> tuple[Desk, World]:
    desk, world = at_desk(CAROL)
    a_patient(world)
    return desk, world


def test_the_form_says_whose_visit_it_is_and_the_front_desk_chooses_with_whom(office: tuple[Desk, World]) -> None:
    _, world = office
    an_office(CAROL, DESK, world=world)
    front = Desk()
    front.sign_in(DESK.staff_id)
    form = front.get("/console/patients/alice/visits/new")
    assert "Book a visit: Alice" in text(form)
    assert traces(world, "alice")[-1] == ("erin", "begin_appointment", "done")
    offered = re.findall(r'<option value="([^"]*)"', form.body.decode().split('id="clinician"')[1].split("</select>")[0])
    assert offered == ["", "carol"]  # not the front desk
    answer = front.submit(form, "/patients/alice/visits/new", **{**FORM, "clinician": ""})
    assert answer.status_code == 400 and "Choose with whom." in text(answer)
    assert not store(world).rows(Appointment)


def told(world: World, desk: Desk) -> None:
    """The day before, signed in anew."""
    clock(world).now = (FRIDAY - timedelta(days=1)).astimezone(clock(world).now.tzinfo)
    tick(world)
    for row in outgoing(world):
        deliver(world, row.thread_id, row.message_id)
    desk.sign_in("carol")


def one(world: World) -> Appointment:
    [found] = store(world).rows(Appointment)
    return found


def test_a_visit_is_booked_after_a_look_at_what_it_earns(office: tuple[Desk, World]) -> None:
    desk, world = office
    form = desk.get("/console/patients/alice/visits/new")
    shown = desk.submit(form, "/patients/alice/visits/new", **{**FORM, "do": "preview"})
    said = text(shown)
    assert "You have an appointment Fri Mar 6 at 3:00 PM. Reply 1 to confirm" in said
    assert "Its time had passed when the visit was booked or moved" in said and store(world).rows(Appointment) == []
    page = desk.follow(desk.submit(shown, "/patients/alice/visits/new", **FORM))
    assert "Booked. Below is what they will be sent." in text(page) and "200 Elm St" in text(page)
    assert one(world).source == "console"


def test_the_same_form_twice_books_once(office: tuple[Desk, World]) -> None:
    desk, world = office
    form = desk.get("/console/patients/alice/visits/new")
    for _ in range(2):
        assert desk.submit(form, "/patients/alice/visits/new", **FORM).status_code == 303
    assert len(store(world).rows(Appointment)) == 1


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("start", "2026-03-01T09:00", "in the past"), ("start", "soon", "Enter a day and a time"), ("minutes", "0", "5 to 480"), ("minutes", "\u00b2", "5 to 480"),
     ("link", "http://x", "begins with https://"), ("place", "x" * 61, "At most 60"), ("kind", "party", "Choose individual")],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(office: tuple[Desk, World], field: str, value: str, says: str) -> None:
    desk, world = office
    form = desk.get("/console/patients/alice/visits/new")
    answer = desk.submit(form, "/patients/alice/visits/new", **{**FORM, field: value})
    assert answer.status_code == 400 and says in text(answer) and f'id="{field}-wrong"' in answer.body.decode()
    assert store(world).rows(Appointment) == []


def test_a_day_shows_what_they_said_at_a_glance(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world)
    booked(world, FRIDAY + timedelta(days=3))
    told(world, desk)
    assert "Alice no answer yet" in text(desk.get("/console/visits?program=adult&day=2026-03-06"))
    booked(world, FRIDAY + timedelta(hours=2), "visit-late")
    assert "1 no answer yet · 1 not asked" in text(desk.get("/console/visits?program=adult&day=2026-03-06"))
    receive(world, an_sms("1", at=clock(world).now), inline=False)
    page = desk.get("/console/visits?program=adult&day=2026-03-06")
    assert "3:00 PM Alice confirmed 50 min" in text(page) and "1 confirmed" in text(page)
    week = text(desk.get("/console/visits?program=adult&day=2026-03-05&span=week"))
    assert "Friday, March 6" in week and "Monday, March 9 1" in week and "No visits." in week


def test_a_visit_and_its_texts_past_and_planned(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world)
    told(world, desk)
    receive(world, an_sms("3", at=clock(world).now), inline=False)
    said = text(desk.get(f"/console/visits/alice/{visit.appointment_id}"))
    assert "called off by text" in said and "Asked what is in the way" in said
    assert "With the carrier" in said and "Its time had passed" in said
    assert "Wrote that they can't come" in said


def test_a_visit_is_moved_and_the_thread_says_so(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world)
    edit = desk.get(f"/console/visits/alice/{visit.appointment_id}/edit")
    page = desk.follow(desk.submit(edit, f"/visits/alice/{visit.appointment_id}/edit", **{**FORM, "start": "2026-03-09T10:30"}))
    assert "Moved." in text(page) and "Mon Mar 9, 10:30 AM" in text(page)
    thread = text(desk.get("/console/threads/alice"))
    assert "Visit Mon Mar 9, 10:30 AM: moved, from Fri Mar 6, 3:00 PM · You" in thread and "Next visit Mon Mar 9, 10:30 AM not asked" in thread
    assert "Next visit Mon Mar 9, 10:30 AM" in text(desk.get("/console/patients/alice"))


def test_a_colleagues_change_in_between_is_shown_and_not_written_over(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world)
    edit = desk.get(f"/console/visits/alice/{visit.appointment_id}/edit")
    desk.submit(desk.get(f"/console/visits/alice/{visit.appointment_id}"), "/status", status="arrived")
    answer = desk.submit(edit, f"/visits/alice/{visit.appointment_id}/edit", **{**FORM, "start": "2026-03-09T10:30"})
    assert answer.status_code == 409 and "changed this visit meanwhile" in text(answer) and one(world).status == "arrived"


def test_what_became_of_it_is_noted(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world)
    page = desk.get(f"/console/visits/alice/{visit.appointment_id}")
    assert "Cancelled. No more reminders" in text(desk.follow(desk.submit(page, "/status", status="cancelled", tell="on")))
    assert [row.template for row in outgoing(world)] == ["visit_off_by_us"]
    assert one(world).status == "cancelled" and one(world).cancelled_at is not None
    assert desk.submit(page, "/status", status="eaten").headers["Location"].endswith("done=choose")


def test_what_was_heard_on_the_phone_is_written_down(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world)
    page = desk.get(f"/console/visits/alice/{visit.appointment_id}")
    said = text(desk.follow(desk.submit(page, "/said", said="confirmed")))
    assert "Noted." in said and "Confirmed, as a colleague heard it · You" in said and one(world).confirmation == "confirmed"
    assert desk.submit(page, "/said", said="cannot_come").headers["Location"].endswith("done=choose")
    assert desk.submit(page, "/said", said="late").headers["Location"].endswith("done=changed")
    told(world, desk)
    assert outgoing(world)[0].template == "visit_known"


def test_a_month_in_numbers_opens_no_name(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world)
    booked(world, FRIDAY + timedelta(days=7))
    told(world, desk)
    for body in ("3", "1"):
        receive(world, an_sms(body, at=clock(world).now), inline=False)
        for row in outgoing(world):
            deliver(world, row.thread_id, row.message_id)
    vault(world).opened.clear()
    said = text(desk.get("/console/visits/figures?program=adult&month=2026-03"))
    assert "Visits 2" in said and "Cancelled 1" in said and "time to fill them 1" in said and "of these by text 1" in said
    assert "Can't come 1" in said and "A ride 1" in said
    file = desk.get("/console/visits/figures/file?program=adult&month=2026-03")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8" and file.body.decode().count("\r\n") == 3
    assert '"cancelled","cannot_come","transport"' in file.body.decode() and not vault(world).opened
    inbox = text(desk.get("/console/inbox?program=adult"))
    assert "Stands in the way of a visit: a ride · Alice" in inbox and "Called off a visit: find another time" in inbox
    assert "No visits in May 2026" in text(desk.get("/console/visits/figures?program=adult&month=2026-05"))


@pytest.mark.parametrize("page", ["visits?day=0001-01-01", "visits?day=9999-12-31&span=week", "visits/figures?month=0001-01", "visits/figures?month=9999-12",
                                  "visits/figures/file?month=9999-12", "visits?day=2026-02-30"])  # fmt: skip
def test_the_first_and_the_last_day_that_there_are_break_no_page(office: tuple[Desk, World], page: str) -> None:
    desk, _ = office
    assert desk.get(f"/console/{page}&program=adult").status_code == 200


def test_another_program_finds_nothing_and_leaves_a_trace(office: tuple[Desk, World]) -> None:
    _, world = office
    visit = booked(world)
    dan, _ = at_desk(DAN, world)
    for path in (f"visits/alice/{visit.appointment_id}", "patients/alice/visits/new", "visits?program=adult", "visits/figures?program=adult", "visits/figures/file?program=adult"):
        assert dan.get(f"/console/{path}").status_code == 404, path
    assert traces(world, "alice")[-1] == ("dan", "begin_appointment", "refused")


def test_who_wants_no_reminders_is_noted_in_the_ledger_and_gets_none(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world)
    desk.submit(desk.get("/console/patients/alice"), "/visit-texts", medium="verbal")
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.declined == ("appointments",)
    assert "They want no texts about visits" in text(desk.get("/console/patients/alice"))
    told(world, desk)
    assert outgoing(world) == []
    desk.submit(desk.get("/console/patients/alice"), "/visit-texts", medium="verbal")
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.declined == ()


def test_n5_no_address_of_the_schedule_holds_a_name(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world)
    page = desk.get("/console/visits?program=adult&day=2026-03-06").body.decode()
    assert "lice</a>" in page and "Alice" not in page.split("<title>")[1].split("</title>")[0]


# --- import --------------------------------------------------------------------------------------------------------

CSV = "visit_id,record_id,start\nv1,A-1,2026-03-06 15:00\nv2,A-1,soon\nv3,A-9,2026-03-06 15:00\n"
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTART:20260306T220000Z\r\nX-RECORD-ID:A-1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def _send(desk: Desk, **fields: str) -> HTTPResponse:
    return desk.upload("/console/visits/import", fields)


def _check(desk: Desk, file: str) -> HTTPResponse:
    [form] = [each for each in forms(desk.get("/console/visits/import")) if each["action"].endswith("/import")]
    return _send(desk, **form["hidden"], program="adult", clinician="carol", file=file, do="check")


@pytest.mark.parametrize("file", [CSV, ICS], ids=["csv", "ics"])
def test_a_file_is_checked_then_taken_in_and_twice_changes_nothing(office: tuple[Desk, World], file: str) -> None:
    desk, world = office
    world.store.commit(Put(Imported(world.hasher.text_hash("record\0adult\0A-1"), "alice", "row")))
    page = _check(desk, file)
    assert "Nothing was changed yet" in text(page) and "1 · New: booked, with its texts" in text(page)
    if file is CSV:
        assert "3 start is no day and time" in text(page) and "1 · Left out: nobody here has this record id" in text(page)
    assert store(world).rows(Appointment) == []
    form = next(each for each in forms(page) if "mark" in each["hidden"])
    assert "are done." in text(_send(desk, **form["hidden"], do="apply"))
    assert one(world).source == ("csv" if file is CSV else "ics")
    assert "1 · As before" in text(_check(desk, file))


def test_another_list_than_the_checked_one_is_refused(office: tuple[Desk, World]) -> None:
    desk, world = office
    world.store.commit(Put(Imported(world.hasher.text_hash("record\0adult\0A-1"), "alice", "row")))
    form = next(each for each in forms(_check(desk, CSV)) if "mark" in each["hidden"])
    answer = _send(desk, **{**form["hidden"], "list": ICS, "do": "apply"})
    assert answer.status_code == 400 and "not the list that was checked" in text(answer)


def test_a_guess_stands_beside_the_text_that_may_mean_it_and_beside_no_other(office: tuple[Desk, World]) -> None:
    desk, world = office
    booked(world)
    told(world, desk)
    for body in ("my son is sick", "the clinic on Elm is nice"):
        receive(world, an_sms(body, at=clock(world).now), inline=False)
    thread = text(desk.get("/console/threads/alice"))
    assert thread.count("May mean") == 1 and "May mean: can't come. Look, and set it on the visit." in thread
