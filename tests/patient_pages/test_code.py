"""A code by a second channel, as a browser asks for it: no script, and the same page whoever it is."""

from __future__ import annotations

import re

import pytest

from chalicelib.core.consent import stopped
from chalicelib.core.records import Contact, Message, Patient, Update
from chalicelib.flows.deliver import deliver
from tests.flows.office import clock, outgoing, store
from tests.flows.test_page_code import MAIL, by_mail, code_in, codes, mailed
from tests.flows.test_page_code import a_world as an_office
from tests.flows.test_waitlist import NUMBERS

from .test_pages import NAMES, Phone, a_phone, inside, plain, put_behind, text, wiring


@pytest.fixture
def world():
    office = an_office(MAIL, "email")
    put_behind(office)
    yield office
    wiring.reset()


def leave(world) -> None:
    for row in codes(world):
        deliver(world, row.thread_id, row.message_id)


def test_asked_for_typed_and_in(world) -> None:
    phone = a_phone(world)
    page = phone.get()
    assert re.findall(r'value="(code_\w+)"', text(page)) == ["code_email", "code_call"] and "Or get a code" in plain(page)
    asked = phone.post(do="code_email")
    assert asked.status_code == 200 and "a code of 6 digits is on its way" in plain(asked)
    assert 'autocomplete="one-time-code"' in text(asked) and "example.org" not in text(asked)
    assert [name for name in NAMES if name.lower() in plain(asked).lower()] == []
    leave(world)
    code = code_in(mailed(world)[-1].body)
    wrong = phone.post(do="open", answer="000000" if code != "000000" else "111111")
    assert wrong.status_code == 403 and "You can try 2 more times" in plain(wrong) and "The code, or your birth date" in plain(wrong)
    assert phone.post(do="open", answer=code).status_code == 303
    assert "From Larkspur Counseling" in plain(phone.get())


def test_another_browser_has_no_use_for_it(world) -> None:
    phone = a_phone(world)
    phone.post(do="code_email")
    leave(world)
    other = Phone(phone.at.removeprefix("/p/"))
    assert other.post(do="open", answer=code_in(mailed(world)[-1].body)).status_code == 403


@pytest.mark.parametrize("fields", [{"needs_word": True}, {"agreed": {}}, {"read_by_others": ("email",)}])
def test_the_page_is_the_same_to_whom_none_is_sent(world, fields) -> None:
    phone = a_phone(world)
    said = text(phone.post(do="code_email"))
    assert len(codes(world)) == 1
    clock(world).advance(minutes=2)
    world.store.commit(Update(Patient, ("alice",), set=fields, add={"version": 1}))
    again = phone.post(do="code_email")
    assert text(again) == said and len(codes(world)) == 1


def test_pressed_too_often_it_says_so_and_the_other_ways_stay(world) -> None:
    phone = a_phone(world)
    for _ in range(3):
        assert "on its way" in plain(phone.post(do="code_email"))
        assert "on its way" in plain(phone.post(do="code_email"))  # within the minute: the one before
        clock(world).advance(minutes=1)
    cookie = phone.cookie
    assert "No new code can come now" in plain(phone.post(do="code_email")) and phone.cookie == cookie
    inside(phone)


def test_what_they_wrote_waits_behind_the_question(world) -> None:
    phone = a_phone(world)
    page = inside(phone)
    clock(world).advance(minutes=121)
    late = phone.fill(page, do="send", text="I wrote for a long time")
    assert "I wrote for a long time" in text(late)
    asked = phone.post(do="code_email", draft="I wrote for a long time")
    leave(world)
    opened = phone.post(do="open", answer=code_in(mailed(world)[-1].body), draft="I wrote for a long time")
    assert "I wrote for a long time" in text(asked) and "I wrote for a long time" in text(opened)


def test_no_way_leads_back_to_the_phone_that_holds_the_link(world) -> None:
    phone = a_phone(world)
    for do in ("code_text", "code_voice", "code_"):
        assert phone.post(do=do).status_code == 200
    assert codes(world) == []


def test_a_text_comes_with_its_notice_and_beside_other_ways() -> None:
    world, token = by_mail()
    put_behind(world)
    phone = Phone(token)
    page = phone.get()
    assert "a number can be taken over" in plain(page) and re.findall(r'value="(code_\w+)"', text(page)) == ["code_call", "code_text"]
    spanish = plain(phone.get("?lang=es"))
    assert "un número se puede robar" in spanish and "Por texto" in spanish
    wiring.reset()


def test_nothing_is_asked_of_an_address_that_opens_nothing(world) -> None:
    assert {Phone(token).post(do="code_email").status_code for token in ("0" * 32, "nonsense")} == {404}
    assert outgoing(world) == []


@pytest.mark.parametrize("said", ["I want to kill myself", "STOP"])
def test_n2_what_stands_where_a_birth_date_is_asked_is_looked_at_when_a_code_is_asked_for(world, said) -> None:
    """One form, two buttons: whoever typed words and pressed the other one had written to nobody."""
    phone = a_phone(world)
    page = phone.get()
    answer = phone.fill(page, do="code_email", answer=said)
    texts = [row for row in store(world).rows(Message) if row.direction == "in"]
    assert len(texts) == 1
    if said == "STOP":
        assert stopped(world.store.get(Contact, world.hasher.contact_id(NUMBERS["alice"]))) and answer.status_code == 200
    else:
        assert len(world.pager.pages) == 1 and "988" in text(answer)
