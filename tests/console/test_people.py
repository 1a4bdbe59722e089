"""Accounts as an administrator meets them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.console.desk import furniture
from chalicelib.core.own_keys import LASTS
from chalicelib.core.records import Access, Revision
from chalicelib.core.rota import Rota
from chalicelib.core.staff import Staff
from chalicelib.ports import World

from ..cast import CAROL, DAN, FRANK
from ..fakes.directory import FakeDirectory
from ..flows.office import an_open_office, store
from ..flows.test_manage_staff import an_open_incident
from .office import Desk, an_office, text

ADMIN = Staff("administrator", "administrator", ())
PEOPLE = "/console/settings/people"
GRETA = Staff("greta", "supervisor", ("adult",))
NEW = {"name": "Gail", "staff_id": "gail", "email": "", "role": "front_desk", "in_adult": "on"}


def an_admin(who: Staff = ADMIN) -> tuple[Desk, World]:
    world = an_open_office()
    world = replace(world, clinic=replace(world.clinic, rota=Rota()))
    an_office(ADMIN, CAROL, DAN, FRANK, GRETA, world=world)
    desk = Desk()
    assert desk.sign_in(who.staff_id).status_code == 303
    return desk, world


def pool() -> FakeDirectory:
    found = furniture().directory()
    assert isinstance(found, FakeDirectory)
    return found


@pytest.mark.parametrize("who", [CAROL, DAN, FRANK])
def test_for_everybody_else_the_pages_do_not_exist(who: Staff) -> None:
    desk, _ = an_admin(who)
    csrf = desk.get("/console/find").body.decode().partition('name="csrf" value="')[2].partition('"')[0]
    for path in (PEOPLE, f"{PEOPLE}/new", f"{PEOPLE}/carol"):
        assert desk.get(path).status_code == 404, path
    for path in (f"{PEOPLE}/new", f"{PEOPLE}/carol", f"{PEOPLE}/carol/undo", f"{PEOPLE}/carol/tell", f"{PEOPLE}/carol/anew"):
        fields = {**NEW, "csrf": csrf, "do": "save", "role": "administrator", "undone": "1"}
        assert desk.post(path, fields).status_code == 404, path
    assert pool().asked == []


def test_everybody_is_listed_with_role_and_programs() -> None:
    page = text(an_admin()[0].get(PEOPLE))
    for said in ("Carol Clinician Adult counseling", "Dan Clinician Harbor", "Frank Compliance officer no programs"):
        assert said in page


def test_a_new_person_and_the_password_is_shown_once() -> None:
    desk, _ = an_admin()
    page = desk.submit(desk.get(f"{PEOPLE}/new"), "/new", **NEW)
    password = pool().passwords["gail"]
    assert page.status_code == 200 and password in text(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert password not in desk.get(f"{PEOPLE}/gail").body.decode()
    assert "Invited, has not signed in" in text(desk.get(f"{PEOPLE}/gail"))


def test_by_mail_no_password_is_shown() -> None:
    desk, _ = an_admin()
    page = desk.follow(desk.submit(desk.get(f"{PEOPLE}/new"), "/new", **{**NEW, "email": "gail@example.org"}))
    assert "on its way by e-mail" in text(page)
    assert pool().passwords["gail"] not in page.body.decode()


@pytest.mark.parametrize(
    ("changed", "field", "status"),
    [
        ({"name": ""}, "name", 400), ({"staff_id": ""}, "staff_id", 400), ({"email": "gail"}, "email", 400),
        ({"role": "root"}, "role", 400), ({"staff_id": "carol"}, "staff_id", 409), ({"staff_id": "new"}, "staff_id", 409),
        ({"staff_id": "ga/il"}, "staff_id", 409),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_the_field(changed: dict[str, str], field: str, status: int) -> None:
    desk, _ = an_admin()
    page = desk.submit(desk.get(f"{PEOPLE}/new"), "/new", **{**NEW, **changed})
    assert page.status_code == status
    assert f'id="{field}-wrong"' in page.body.decode()
    assert pool().asked == []


def test_a_change_is_reviewed_says_what_it_does_and_is_kept() -> None:
    desk, world = an_admin()
    form = {"role": "supervisor", "in_adult": "on", "in_harbor": "on", "closed": "", "why": "covers Harbor"}
    review = desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="review", **form)
    said = text(review)
    assert "Role Clinician Supervisor" in said and "Programs Adult counseling Adult counseling, Harbor" in said
    assert "signed out everywhere" in said and "old ones too" in said
    assert store(world).rows(Revision) == []
    page = desk.follow(desk.submit(review, "/carol", do="save", why="covers Harbor"))
    assert "Changed." in text(page) and "covers Harbor" in text(page)
    assert pool().people["carol"].role == "supervisor"


def test_the_page_says_that_aws_follows_within_a_quarter_of_an_hour() -> None:
    desk, _ = an_admin()
    review = desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="review", role="clinician", in_adult="on", closed="yes")
    done = desk.follow(desk.submit(review, "/carol", do="save"))
    assert "A key that AWS gave them before opens nothing here any more, and ends in AWS within 15 minutes." in text(done)
    assert timedelta(minutes=15) == LASTS


def test_a_colleague_is_signed_out_at_once() -> None:
    desk, _ = an_admin()
    carol = Desk()
    carol.sign_in("carol")
    assert carol.get("/console/inbox").status_code == 200
    desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="save", role="clinician", in_adult="on", closed="yes")
    assert carol.get("/console/inbox").status_code == 401
    assert carol.sign_in("carol").status_code == 401


def test_what_they_hold_keeps_the_account_open_and_is_said() -> None:
    desk, world = an_admin()
    an_open_incident(world, "carol")
    page = desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="save", role="clinician", in_adult="on", closed="yes")
    assert page.status_code == 409
    assert "1 open urgent item" in text(page) and 'id="closed-wrong"' in page.body.decode()
    assert pool().people["carol"].enabled


def test_one_form_hands_everything_over_and_then_the_account_closes() -> None:
    desk, world = an_admin()
    an_open_incident(world, "carol")
    refused = desk.submit(desk.get(f"{PEOPLE}/carol"), "/hand-over", to="dan")  # Dan is of Harbor
    assert refused.status_code == 409 and 'id="to-wrong"' in refused.body.decode()
    done = desk.follow(desk.submit(desk.get(f"{PEOPLE}/carol"), "/hand-over", to="greta"))
    assert "in the colleague's hands" in text(done) and "Nothing: no thread" in text(done)
    page = desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="save", role="clinician", in_adult="on", closed="yes")
    assert page.status_code == 303 and not pool().people["carol"].enabled


def test_ones_own_account_is_shown_and_not_changed() -> None:
    desk, _ = an_admin()
    page = desk.get(f"{PEOPLE}/administrator")
    assert "This is your own account" in text(page)
    answer = desk.submit(page, "/administrator", do="save", role="administrator", in_adult="on", closed="")
    assert answer.status_code == 409 and "Nobody changes their own account" in text(answer)


def test_take_back() -> None:
    desk, _ = an_admin()
    desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="save", role="supervisor", in_adult="on", closed="")
    review = desk.submit(desk.get(f"{PEOPLE}/carol"), "/undo")
    assert "Role Supervisor Clinician" in text(review)
    desk.submit(review, "/carol", do="save")
    assert pool().people["carol"].role == "clinician"


def test_a_pool_that_does_not_answer_is_said_and_told_again() -> None:
    desk, world = an_admin()
    pool().away = 1
    page = desk.follow(
        desk.submit(desk.get(f"{PEOPLE}/carol"), "/carol", do="save", role="clinician", in_adult="on", closed="yes")
    )
    assert "did not answer" in text(page) and "has not been told yet" in text(page)
    page = desk.follow(desk.submit(page, "/tell"))
    assert "The sign-in knows it now" in text(page)
    assert [(row.closed, row.pending) for row in store(world).rows(Access) if row.staff_id == "carol"] == [(True, False)]


def test_who_lost_every_way_to_sign_in_begins_anew() -> None:
    desk, _ = an_admin()
    page = desk.get(f"{PEOPLE}/carol")
    shown = text(desk.submit(page, f"{PEOPLE}/carol/anew", why_anew="new phone"))
    assert pool().passwords["carol"] in shown
    after = text(desk.get(f"{PEOPLE}/carol"))
    assert "Sign-in: as it was → anew" in after and "new phone" in after and "Invited, has not signed in" in after
    assert after.count("Take this back") == 0


def test_with_a_mailbox_the_password_goes_there_alone() -> None:
    desk, _ = an_admin()
    pool().emails["carol"] = "carol@example.org"
    said = text(desk.follow(desk.submit(desk.get(f"{PEOPLE}/carol"), f"{PEOPLE}/carol/anew")))
    assert pool().mails == ["carol@example.org"] and "on its way to their own mailbox" in said
    assert pool().passwords["carol"] not in said


def test_nobody_lets_themselves_in_and_a_closed_account_stays_closed() -> None:
    desk, _ = an_admin()
    csrf = {"csrf": desk.get(f"{PEOPLE}/carol").body.decode().partition('name="csrf" value="')[2].partition('"')[0]}
    assert "They cannot sign in" not in text(desk.get(f"{PEOPLE}/administrator"))
    assert desk.post(f"{PEOPLE}/administrator/anew", csrf).status_code == 409
    desk.post(f"{PEOPLE}/carol", {**csrf, "do": "save", "role": "clinician", "in_adult": "on", "closed": "yes", "version": "0"})
    answer = desk.post(f"{PEOPLE}/carol/anew", {**csrf, "version": "1"})
    assert answer.status_code == 409 and "Open it first" in text(answer)
    assert pool().asked == [("change", "carol"), ("close", "carol")]


def test_a_click_on_an_older_page_lets_nobody_in() -> None:
    desk, _ = an_admin()
    page = desk.get(f"{PEOPLE}/carol")
    desk.submit(page, f"{PEOPLE}/carol/anew")
    assert desk.submit(page, f"{PEOPLE}/carol/anew").status_code == 409 and len(pool().asked) == 2
