"""ID-2: a code by a channel that the link did not come by shows who is there; and nothing that anybody sees says whether one left."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.calls import CallEvent
from chalicelib.core.channels import Channel
from chalicelib.core.consent import EVERYTHING
from chalicelib.core.consent_ledger import TEXT
from chalicelib.core.messages import Kind, Status
from chalicelib.core.page_codes import LASTS, MOST, PAUSE, WAYS, read_code
from chalicelib.core.page_links import Link
from chalicelib.core.reach import Reach
from chalicelib.core.records import Message, Patient, PhoneCall, Put, Tasks, Thread, Update
from chalicelib.errors import CarrierRefused
from chalicelib.flows import page_code, page_link
from chalicelib.flows.call_ended import told
from chalicelib.flows.consent_desk import Said
from chalicelib.flows.consent_desk import record as record_consent
from chalicelib.flows.deliver import deliver
from chalicelib.flows.on_the_phone import goes_on
from chalicelib.flows.page_identity import Opened, Wrong, verify
from chalicelib.flows.reach import save_sheet
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.tick import tick
from chalicelib.ports import World
from tests.cast import ALICE_NUMBER, CAROL, a_patient
from tests.pages import BORN, send_page, token_of

from .office import an_open_office, clock, outgoing, store, traces

MAIL = Reach("own", email="alice@example.org", email_whose="self")
LANDLINE = "+13035550160"


def a_world(reach: Reach = MAIL, *channels: str, **fields: Any) -> World:
    """Alice, reached so, and what she agreed to besides texts."""
    world = an_open_office()
    a_patient(world, **fields)
    assert save_sheet(world, CAROL, "alice", reach, 0) == "saved"
    for channel in channels:
        assert record_consent(world, CAROL, "alice", Said(TEXT, {EVERYTHING: True}, "verbal", channel=channel)) == "saved"
    return world


def by_text(*channels: str, reach: Reach = MAIL, **fields: Any) -> tuple[World, str]:
    """A link that came to her phone."""
    world = a_world(reach, *(channels or ("email",)), **fields)
    send_page(world)
    return world, token_of(world)


def by_mail(*channels: str, reach: Reach = MAIL, **fields: Any) -> tuple[World, str]:
    """A link that came by e-mail."""
    world = a_world(reach, *channels, **fields)
    patient = world.store.get(Patient, "alice")
    assert patient is not None
    carried = page_link.make(world, CAROL, patient, None, "visits", "m9", clock(world).now, "email")
    world.store.commit(Put(carried.link))
    return world, carried.address.rpartition("/")[2]


def asks(world: World, token: str, way: str = "email") -> str:
    """What the browser holds; and whatever waits to leave has its try."""
    asker = page_code.ask(world, token, way)
    assert asker is not None
    for row in codes(world):
        deliver(world, row.thread_id, row.message_id)
    return asker


def codes(world: World) -> list[Message]:
    return [row for row in outgoing(world) if row.kind == Kind.CODE]


def mailed(world: World) -> list[Any]:
    return world.mailer.sent  # type: ignore[union-attr]


def code_in(said: str) -> str:
    [code] = re.findall(r"\b\d{6}\b", said)
    return str(code)


def the_link(world: World, token: str) -> Link:
    found = world.store.get(Link, page_link.hashed(token))
    assert found is not None
    return found


def test_a_code_by_e_mail_opens_what_came_by_text_once() -> None:
    world, token = by_text()
    asker = asks(world, token)
    [mail] = mailed(world)
    assert mail.recipient == "alice@example.org" and "Larkspur" in mail.body and "clinic" not in mail.body
    code = code_in(mail.body)
    assert isinstance(verify(world, token, f" {code[:3]} {code[3:]} ", asker=asker), Opened)
    assert traces(world, "alice")[-2:] == [(the_link(world, token).name, "ask_page_code", "done"), (the_link(world, token).name, "open_page", "done")]
    assert verify(world, token, code, asker=asker) == Wrong(2)  # good for once
    assert code not in repr(store(world)._rows)  # hashed, and sealed until it left


def test_it_is_good_in_the_browser_that_asked_and_for_ten_minutes() -> None:
    world, token = by_text()
    asker = asks(world, token)
    code = code_in(mailed(world)[-1].body)
    assert verify(world, token, code) == Wrong(2) and verify(world, token, code, asker="0" * 32) == Wrong(1)
    clock(world).now += LASTS
    assert verify(world, token, code, asker=asker) == Wrong(0)
    [task] = world.store.get(Tasks, "adult").items  # type: ignore[union-attr]
    assert task.kind == "page_closed"
    assert page_code.ask(world, token, "email") is None  # closed for everything


def test_a_new_one_ends_the_one_before_and_there_are_three() -> None:
    world, token = by_text()
    first = asks(world, token)
    assert page_code.ask(world, token, "email", cookie=first) == first and len(codes(world)) == 1  # pressed twice
    clock(world).now += PAUSE
    second = asks(world, token)
    old, new = (code_in(mail.body) for mail in mailed(world))
    assert verify(world, token, old, asker=first) == Wrong(2)
    clock(world).now += PAUSE
    third = asks(world, token)
    assert isinstance(verify(world, token, code_in(mailed(world)[-1].body), asker=third), Opened) and new and second
    clock(world).now += PAUSE
    assert page_code.ask(world, token, "email") == "" and len(mailed(world)) == the_link(world, token).codes == MOST


@pytest.mark.parametrize(
    "fields",
    [
        {"needs_word": True},
        {"safe_phone": "unsafe"},
        {"read_by_others": ("email",)},
        {"agreed": {}},
        {"channels": ("text", "person")},
    ],
)
def test_to_whom_none_is_sent_the_page_looks_the_same(fields: dict[str, Any]) -> None:
    """Whose word alone opens it, whose mailbox is read by others, who agreed to no e-mail: nothing leaves, and the link remembers
    the same."""
    world, token = by_text()
    world.store.commit(Update(Patient, ("alice",), set=fields, add={"version": 1}))
    asker = asks(world, token)
    link = the_link(world, token)
    assert len(asker) == 32 and link.code and link.codes == 1 and codes(world) == mailed(world) == []
    assert verify(world, token, "123456", asker=asker) == Wrong(2)


def test_safe_3_a_code_that_was_sent_before_the_flag_opens_nothing_after_it() -> None:
    world, token = by_text()
    asker = asks(world, token)
    world.store.commit(Update(Patient, ("alice",), set={"needs_word": True}, add={"version": 1}))
    assert verify(world, token, code_in(mailed(world)[-1].body), asker=asker) == Wrong(2)


def test_the_phone_that_the_link_came_to_gets_no_code() -> None:
    """Neither as a text nor by a call to it: only another telephone shows more than who holds this one."""
    world, token = by_text("voice", "landline", reach=Reach("own", reading="no", landline=LANDLINE))
    assert page_code.ways(world, the_link(world, token)) == ("email", "call")
    assert page_code.ask(world, token, "text") == ""
    asks(world, token, "call")
    [call] = world.caller.placed  # type: ignore[attr-defined]
    assert call.recipient == LANDLINE
    assert all(Channel.TEXT not in ways and Channel.VOICE not in ways for ways in WAYS[""].values())


def test_a_call_says_nothing_before_a_key_and_a_box_hears_no_code() -> None:
    world, token = by_mail("voice", reach=replace(MAIL, reading="no"), voicemail=True)
    asker = asks(world, token, "call")
    [call] = world.caller.placed  # type: ignore[attr-defined]
    assert (call.recipient, call.listens) == (ALICE_NUMBER, "first")

    def said(moment: str = "", keys: str = "", machine: bool = False) -> Any:
        return goes_on(world, CallEvent("twilio", "CA1", call.row, clock(world).now, moment, keys, machine=machine))

    assert said(machine=True).says == "" and "press 1" in said().ask.says and "code" not in said().ask.says
    words = said("menu", "1").ask
    assert (words.moment, said("menu", "1").ask.says) == ("menu", words.says)  # 1 says it again, and no key is an answer
    code = "".join(re.findall(r"\d", words.says.split("Again")[0]))
    assert isinstance(verify(world, token, code, asker=asker), Opened)
    told(world, CallEvent("twilio", "CA1", call.row, clock(world).now, ended="answered"))
    clock(world).now += timedelta(minutes=1)
    tick(world)
    assert codes(world)[-1].status == Status.DELIVERED and world.store.get(Tasks, "adult") is None
    assert store(world).rows(PhoneCall)[0].why == "opens"


def test_a_link_that_came_by_e_mail_may_be_opened_by_a_text_and_staff_never_read_the_code() -> None:
    world, token = by_mail()
    assert page_code.ways(world, the_link(world, token)) == ("call", "text")
    asker = asks(world, token, "text")
    [sms] = world.carriers["twilio"].sent  # type: ignore[attr-defined]
    assert sms.recipient == ALICE_NUMBER and len(sms.body) <= 160
    assert [each.body for each in read_thread(world, CAROL, "alice").messages] == ["A code, asked for at a page of theirs."]
    assert isinstance(verify(world, token, code_in(sms.body), asker=asker), Opened)


@pytest.mark.parametrize("change", [{"held_at": "now"}, {"consent": {}}, {"status": "deceased"}])
def test_n3_is_asked_when_it_leaves(change: dict[str, Any]) -> None:
    world, token = by_mail()
    assert page_code.ask(world, token, "text")
    change = {name: clock(world).now if value == "now" else value for name, value in change.items()}
    world.store.commit(Update(Patient, ("alice",), set=change, add={"version": 1}))
    [row] = codes(world)
    deliver(world, row.thread_id, row.message_id)
    assert codes(world)[0].status == Status.REFUSED and world.carriers["twilio"].sent == []  # type: ignore[attr-defined]
    assert world.store.get(Thread, "alice").note == ""  # type: ignore[union-attr]


def test_at_night_no_telephone_rings_and_it_lapses() -> None:
    world, token = by_mail("voice", reach=replace(MAIL, reading="no"))
    clock(world).now += timedelta(hours=10)
    asks(world, token, "call")
    for hours in (1, 12):
        clock(world).now += timedelta(hours=hours)
        tick(world)
    assert world.caller.placed == [] and codes(world)[0].status == Status.REFUSED  # type: ignore[attr-defined]


def test_a_code_that_its_carrier_refused_is_no_news_for_staff() -> None:
    world, token = by_text()
    world.mailer.fails.append(CarrierRefused("bad_request", permanent=True, code="x"))  # type: ignore[union-attr, arg-type]
    asks(world, token)
    assert codes(world)[0].status == Status.FAILED_OTHER and world.store.get(Thread, "alice").note == ""  # type: ignore[union-attr]
    assert isinstance(verify(world, token, BORN), Opened)  # the other ways are as they were


def test_a_house_that_sends_no_e_mail_offers_none() -> None:
    world, token = by_text()
    bare = replace(world, mailer=None)
    assert page_code.ways(bare, the_link(world, token)) == ("call",) and page_code.ask(bare, token, "email") == ""


def test_what_is_read_as_a_code() -> None:
    assert [read_code(said) for said in ("123456", " 123 456", "123-456", "05/05/1990", "12345", "１２３４５６", "")] == [
        "123456", "123456", "123456", "", "", "", "",
    ]  # fmt: skip


def test_every_way_is_another_channel_than_the_links_own() -> None:
    for came, ways in WAYS.items():
        assert came not in {channel for channels in ways.values() for channel in channels}
