"""Signing in, the session's cookie, form tokens, headers: what stands between the world and a page."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.console.routes_session import SHORTEST
from chalicelib.core.records import Session
from chalicelib.core.staff import Staff
from chalicelib.errors import StoreUnavailable
from infra.template import read_yaml

from ..cast import CAROL, DAN, ERIN, a_patient
from ..fakes.world import FakeClock, FakeJournal
from .office import Desk, an_office, at_desk, forms, text

PAGES = ["/console/inbox", "/console/threads/alice", "/console/find", "/console/register", "/console/patients/alice"]
POSTS = [
    "/console/threads/alice/reply",
    "/console/threads/alice/settle",
    "/console/incidents/i/acknowledge",
    "/console/register",
    "/console/find",
    "/console/sign-out",
]


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_a_page_without_signing_in(path: str) -> None:
    world = an_office(CAROL)
    a_patient(world)
    answer = Desk().get(path)
    assert answer.status_code == 401 and "Alice" not in text(answer) and "Sign in" in text(answer)


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_the_forms_token_does_nothing(path: str) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    before = repr(world.store.rows(Session))  # type: ignore[attr-defined]
    for csrf in ({}, {"csrf": ""}, {"csrf": "guess"}):
        assert desk.post(path, {"text": "Hello", **csrf}).status_code == 403
    assert repr(world.store.rows(Session)) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://elsewhere.example"}],
)
def test_a_post_from_elsewhere_does_nothing_whatever_it_knows(headers: dict[str, str]) -> None:
    desk, _ = at_desk(CAROL)
    page = desk.get("/console/find")
    token = forms(page)[0]["hidden"]["csrf"]
    assert desk.post("/console/find", {"csrf": token, "asked": "a"}, headers).status_code == 403
    assert desk.post("/console/sign-in", {"username": "carol", "password": "right"}, headers).status_code == 403
    for own in ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://127.0.0.1:8000"}):
        assert desk.post("/console/find", {"csrf": token, "asked": "a"}, own).status_code == 200


def test_another_persons_token_is_not_mine() -> None:
    world = an_office(CAROL, DAN)
    carol, dan = Desk(), Desk()
    carol.sign_in("carol")
    dan.sign_in("dan")
    token = forms(carol.get("/console/find"))[0]["hidden"]["csrf"]
    assert dan.post("/console/find", {"csrf": token, "asked": "a"}).status_code == 403
    assert world


def test_a_wrong_password_says_one_neutral_sentence() -> None:
    an_office(CAROL)
    known, unknown = Desk().sign_in("carol", "wrong"), Desk().sign_in("nobody", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert text(known).replace("carol", "") == text(unknown).replace("nobody", "")
    assert b'aria-describedby="wrong"' in known.body


@pytest.mark.parametrize(
    ("address", "start", "flag"),
    [("https://texts.example.org/console", "__Host-porchlight=", "Secure"), ("http://127.0.0.1:8000/console", "porchlight=", "")],
)
def test_the_cookie(address: str, start: str, flag: str) -> None:
    an_office(CAROL, address=address)
    [line] = Desk().sign_in("carol").headers["Set-Cookie"]
    assert line.startswith(start) and "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line and flag in line
    assert ("Secure" in line) == bool(flag) and "Domain" not in line


def test_a_cookie_that_somebody_set_before_she_signed_in_is_worth_nothing_after_it() -> None:
    an_office(CAROL, practised=True)
    first = Desk()
    first.sign_in("carol")
    [name] = first.cookies
    for planted in ("planted", "x" * 43, first.cookies[name]):  # made up, of the right length, and somebody's own
        hers, theirs = Desk(), Desk()
        hers.cookies[name] = theirs.cookies[name] = planted
        hers.sign_in("carol")
        assert hers.cookies[name] != planted and hers.get("/console/inbox").status_code == 200
        assert planted == first.cookies[name] or theirs.get("/console/inbox").status_code == 401


def test_links_stand_under_the_stage_of_the_gateway() -> None:
    an_office(CAROL, practised=True, address="https://abc.execute-api.us-east-1.amazonaws.com/api")
    desk = Desk()
    assert desk.sign_in("carol").headers["Location"] == "/api/console/inbox"
    assert b'href="/api/console/static/console-' in Desk().get("/console/sign-in").body


@pytest.mark.parametrize(("kind", "answer"), [("code", "123456"), ("new_password", "4 long New words-")])
def test_the_providers_further_question_is_a_page(kind: str, answer: str) -> None:
    an_office(CAROL, carol=kind)
    desk = Desk()
    page = desk.sign_in("carol")
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert desk.submit(page, "/challenge", answer="123", again="123").status_code in (400, 401)
    assert desk.submit(page, "/challenge", answer=answer, again=answer).headers["Set-Cookie"]


def test_a_new_password_is_asked_for_as_the_pool_wants_it_and_what_it_would_refuse_is_said_before_it_is_asked() -> None:
    """Cognito refuses what lacks a class with one word for all of it, and the page's own hint led there: no laptop's pool looks."""
    resources = read_yaml((Path(__file__).parents[2] / "infra" / "resources.yaml").read_text(encoding="utf-8"))["Resources"]
    policy = resources["StaffPool"]["Properties"]["Policies"]["PasswordPolicy"]
    classes = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
    assert policy["MinimumLength"] == SHORTEST and all(policy[each] for each in classes)
    an_office(CAROL, carol="new_password")
    desk = Desk()
    page = desk.sign_in("carol")
    assert f"At least {SHORTEST} characters, with a capital letter, a small letter, a digit and a sign".encode() in page.body
    for weak in ("four long new words", "Four Long New Words", "4 Long New Words", "4 long new words-", "FOUR-LONG-NEW-4"):
        said = desk.submit(page, "/challenge", answer=weak, again=weak)
        assert said.status_code == 400 and b"a capital letter, a small letter, a digit and a sign" in said.body, weak
    assert b"Use at least 14 characters" in desk.submit(page, "/challenge", answer="4 New-words", again="4 New-words").body


def test_signing_out_takes_cookie_and_session_away() -> None:
    desk, world = at_desk(CAROL)
    old = dict(desk.cookies)
    desk.submit(desk.get("/console/inbox"), "/sign-out")
    assert not world.store.rows(Session)  # type: ignore[attr-defined]
    desk.cookies = old
    assert desk.get("/console/inbox").status_code == 401


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_done() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    page = desk.get("/console/threads/alice")
    assert isinstance(world.clock, FakeClock)
    world.clock.advance(hours=1)
    answer = desk.submit(page, "/reply", text="Hello", do="send")
    assert answer.status_code == 401 and "not done" in text(answer)


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/signed-out", *PAGES, "/console/threads/nobody", "/console/inbox/rows"])
def test_every_page_carries_its_headers(path: str) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    headers = desk.get(path).headers
    assert headers["Cache-Control"] == "no-store" and headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("path", ["/console/sign-in", *PAGES])
def test_pages_are_light_and_bring_nothing_from_elsewhere(path: str) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    desk.get(path)
    assert desk.page is not None
    body = desk.page.body.decode()
    assert len(body) < 60_000 and "style=" not in body and "onclick" not in body
    assert "://" not in body.replace("http://www.w3.org", "")


def test_static_files_are_kept_by_the_browser_and_small() -> None:
    an_office(CAROL)
    desk = Desk()
    page = desk.get("/console/sign-in").body.decode()
    total = 0
    for name in ("console.css", "keys.js", "console.js", "icon.svg"):
        stem, ending = name.split(".")
        address = next(part for part in page.split('"') if f"/static/{stem}-" in part and part.endswith(ending))
        answer = desk.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
        total += len(answer.body)
    assert total < 50_000  # some 14 KB as they travel, once a release
    assert len(desk.get(address).body) < 25_000
    assert desk.get("/console/static/console-0000000000.css").status_code == 404
    assert desk.get("/console/static/..%2Fdesk.py").status_code in (403, 404)


def test_a_failing_store_is_a_page_with_a_reference_and_without_a_word_of_why() -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    rows = world.store.newest

    def broken(*_: object, **__: object) -> None:
        raise StoreUnavailable("secret detail +13035550101")

    world.store.newest = broken  # type: ignore[method-assign, assignment]
    try:
        answer = desk.get("/console/threads/alice")
    finally:
        world.store.newest = rows  # type: ignore[method-assign]
    assert answer.status_code == 503 and "secret" not in text(answer) and "Reference" in text(answer)
    assert isinstance(world.journal, FakeJournal)
    [(name, fields)] = world.journal.events
    assert name == "console_failed" and fields["error_id"] in text(answer) and "secret" not in repr(fields)


def test_a_person_without_a_program_gets_a_kind_page() -> None:
    desk, _ = at_desk(Staff("hana", "clinician", ()))
    assert "no program yet" in text(desk.get("/console/inbox"))


def test_staff_of_two_programs_switch_and_of_one_see_no_other() -> None:
    desk, _ = at_desk(ERIN)
    page = desk.get("/console/inbox?program=harbor")
    assert "Harbor" in text(page) and b'program=adult"' in page.body
    desk, _ = at_desk(DAN)
    assert desk.get("/console/inbox?program=adult").status_code == 404
