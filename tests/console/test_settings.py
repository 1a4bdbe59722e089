"""Programs' settings as an administrator meets them: the form, the review, the history, the way back."""

from __future__ import annotations

import pytest

from chalicelib.core.records import Revision, Setting
from chalicelib.core.staff import Staff
from chalicelib.ports import World

from ..cast import CAROL, DAN, FRANK
from ..flows.office import an_open_office, store
from .office import Desk, an_office, at_desk, text

ADMIN = Staff("administrator", "administrator", ())
SUPERVISOR = Staff("supervisor", "supervisor", ("adult",))
ADULT = "/console/settings/programs/adult"
FORM = {
    "name": "Adult counseling", "response": "within one business day", "response_hours": "9", "phone": "(303) 555-0190",
    "team": "", "duty": "", "version": "0",
    **{f"from_{day}": "08:00" for day in ("mon", "tue", "wed", "thu", "fri")},
    **{f"until_{day}": "17:00" for day in ("mon", "tue", "wed", "thu", "fri")},
}  # fmt: skip


def an_admin() -> tuple[Desk, World]:
    return at_desk(ADMIN, an_open_office())


def send(desk: Desk, path: str = "/adult", **changes: str):  # type: ignore[no-untyped-def]
    return desk.submit(desk.get(ADULT), path, **{**FORM, **changes})


@pytest.mark.parametrize("who", [CAROL, DAN, FRANK, SUPERVISOR])
def test_for_everybody_else_settings_do_not_exist(who: Staff) -> None:
    desk, world = at_desk(who, an_open_office())
    for path in ("/console/settings", ADULT):
        assert desk.get(path).status_code == 404
    answer = desk.get("/console/find")
    assert '/settings"' not in answer.body.decode()
    csrf = answer.body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    for path in (ADULT, f"{ADULT}/undo"):
        assert desk.post(path, {**FORM, "csrf": csrf, "do": "save"}).status_code == 404
    assert store(world).rows(Setting) == []


def test_an_administrator_finds_them_in_the_bar() -> None:
    desk, _ = an_admin()
    assert "/console/settings" in desk.get("/console/inbox").body.decode()
    page = desk.get("/console/settings")
    assert page.status_code == 200
    assert "Adult counseling" in text(page) and "Harbor" in text(page)


def test_the_form_says_what_each_field_does_to_patients_and_shows_their_first_text() -> None:
    page = text(an_admin()[0].get(ADULT))
    assert "We read texts Mon-Fri 8 AM-5 PM and answer within one business day" in page
    assert "Leemos lun-vie 8 AM-5 PM y respondemos dentro de un dia laborable" in page
    assert "Given to patients who text HELP or STOP" in page


def test_a_program_says_who_works_in_it() -> None:
    an_office(ADMIN, CAROL, DAN, world=an_open_office())
    desk = Desk()
    desk.sign_in(ADMIN.staff_id)
    page = desk.get(ADULT)
    assert "Who works here" in text(page) and "/settings/people/carol" in page.body.decode()
    assert "/settings/people/dan" not in page.body.decode()


def test_a_change_is_reviewed_and_then_made() -> None:
    desk, world = an_admin()
    review = send(desk, do="review", response="the same day", from_sat="10:00", until_sat="14:00")
    assert "Make this change?" in text(review)
    assert "Promise of an answer within one business day the same day" in text(review)
    assert "Open Sat closed 10 AM to 2 PM" in text(review)
    assert "Sat 10 AM-2 PM and answer the same day" in text(review)
    assert store(world).rows(Setting) == []
    page = desk.follow(desk.submit(review, "/adult", do="save", why="Saturday team"))
    assert "Changed." in text(page) and "Saturday team" in text(page)
    [line] = store(world).rows(Revision)
    assert line.after == {"response": "the same day", "hours_sat": "10:00-14:00"}


def test_the_same_review_sent_twice_changes_once() -> None:
    desk, world = an_admin()
    review = send(desk, do="review", response="the same day")
    for _ in range(2):
        assert "Changed." in text(desk.follow(desk.submit(review, "/adult", do="save")))
    assert len(store(world).rows(Revision)) == 1


def test_somebody_quicker_is_said_and_nothing_is_written_over() -> None:
    desk, world = an_admin()
    mine = send(desk, do="review", response="the same day")
    theirs = send(desk, do="review", response="within two hours")
    desk.submit(theirs, "/adult", do="save")
    answer = desk.submit(mine, "/adult", do="save")
    assert answer.status_code == 409
    assert store(world).rows(Setting)[0].value["response"] == "within two hours"


def test_errors_stand_beside_their_fields_and_nothing_is_lost() -> None:
    desk, world = an_admin()
    page = send(desk, do="review", phone="12", name="", from_tue="", response_hours="soon", response="“bald”")
    assert page.status_code == 400
    body = page.body.decode()
    for field in ("name", "phone", "hours_tue", "response_minutes", "response"):
        assert f'id="{field}-wrong"' in body, field
    assert 'value="12"' in body and 'value="soon"' in body
    assert store(world).rows(Setting) == []


def test_a_wrong_value_is_refused_at_the_last_step_too() -> None:
    desk, world = an_admin()
    assert send(desk, do="save", phone="12").status_code == 400
    assert store(world).rows(Setting) == []


def test_take_back() -> None:
    desk, world = an_admin()
    desk.submit(send(desk, do="review", response="the same day"), "/adult", do="save")
    review = desk.submit(desk.get(ADULT), "/undo")
    assert "Take this back?" in text(review)
    page = desk.follow(desk.submit(review, "/undo", do="save"))
    assert "took change 1 back" in text(page)
    assert store(world).rows(Setting)[0].value["response"] == "within one business day"


def test_a_promise_that_is_faster_than_the_clock_is_pointed_out() -> None:
    review = text(send(an_admin()[0], do="review", response="within two hours"))
    assert "Patients are promised an answer sooner" in review
    review = text(send(an_admin()[0], do="review", response="by tea time"))
    assert "Nobody has translated this promise" in review


def test_nothing_changed_is_said() -> None:
    desk, _ = an_admin()
    assert "Nothing was different" in text(desk.follow(send(desk, do="review")))


def test_midnight_is_an_end() -> None:
    desk, world = an_admin()
    review = send(desk, do="review", from_mon="00:00", until_mon="00:00")
    assert "12 AM to midnight" in text(review)
    desk.submit(review, "/adult", do="save")
    assert store(world).rows(Setting)[0].value == {"hours_mon": "00:00-24:00"}
    assert 'value="00:00"' in desk.get(ADULT).body.decode()
