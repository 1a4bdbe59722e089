"""What a record's release, the account of disclosures and the officer's report say of a synthetic month, held against what really
happened in it: a diary kept beside the service by who did it, never read from its rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest

from chalicelib.core.messages import DeliveryEvent, Status
from chalicelib.core.records import Message, Release, Thread
from chalicelib.core.releases import Asked
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.read_records import read
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.read_trail import timeline
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.record_delivery import record
from chalicelib.flows.release_record import release
from chalicelib.flows.released_part import read_part
from chalicelib.flows.tick import tick
from chalicelib.flows.write_reply import Draft, write_reply
from chalicelib.ports import World

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, ERIN, FRANK, RITA, STRANGER_NUMBER, a_patient, an_sms
from .office import an_open_office, clock, store

DAYS, BOB = 28, "plumbobbin"
DECIDES = {9: "STOP", 11: "START", 20: "STOP", 23: "START"}
CRISIS = "I took all my pills"


@dataclass
class Diary:
    """What happened to Alice, as it happened."""

    wrote: list[str] = field(default_factory=list)  # her texts
    inline: list[str] = field(default_factory=list)  # what went back in the webhook's own answer
    decided: list[tuple[datetime, str]] = field(default_factory=list)  # STOP and START, as she sent them
    visits: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    crises: int = 0
    looks: Counter[str] = field(default_factory=Counter)  # who opened her thread
    given: list[tuple[str, str]] = field(default_factory=list)  # authority, recipient


@cache
def the_month(seed: int) -> tuple[World, Diary]:
    return a_month(seed)


def a_month(seed: int) -> tuple[World, Diary]:
    """She writes and is answered, is called on, books and misses; Bob has a month too; her record is given out in between."""
    world, diary, odds = an_open_office(), Diary(), Random(seed)
    a_patient(world)
    a_patient(world, "bob", STRANGER_NUMBER)
    for day in range(DAYS):
        clock(world).now = clock(world).now.replace(hour=17, minute=0) + timedelta(days=1)
        _wrote(world, diary, odds, day)
        if day in DECIDES:
            _decided(world, diary, DECIDES[day])
        if odds.random() < 0.5:
            _answered(world, diary, f"Carol's answer of day {day}", "alice")
        if odds.random() < 0.3:
            _answered(world, Diary(), f"{BOB} answer {day}", "bob")
        if odds.random() < 0.3:
            _visit(world, diary, odds, day)
        if odds.random() < 0.15:
            _given(world, diary, f"Dr. {day}")
        _goes_out(world)
    return world, diary


def _wrote(world: World, diary: Diary, odds: Random, day: int) -> None:
    for number in range(odds.randrange(3)):
        crisis = odds.random() < 0.05
        body = f"{CRISIS} {day}.{number}" if crisis else f"her text {day}.{number}"
        answer = receive(world, an_sms(body, at=world.clock()), inline=True)
        diary.wrote.append(body)
        if answer.row:  # it went back in the answer, and the carrier tells of it
            diary.inline.append(answer.text)
            record(world, DeliveryEvent("twilio", f"SM{day}.{number}", Status.HANDED_TO_CARRIER, world.clock(), answer.row))
        diary.crises += crisis
        clock(world).advance(minutes=3)
    receive(world, an_sms(f"{BOB} text {day}", STRANGER_NUMBER, at=world.clock()), inline=True)


def _decided(world: World, diary: Diary, word: str) -> None:
    answer = receive(world, an_sms(word, at=world.clock()), inline=True)
    diary.wrote.append(word)
    diary.decided.append((world.clock(), {"STOP": "revoked", "START": "granted"}[word]))
    if answer.row:
        diary.inline.append(answer.text)
        record(world, DeliveryEvent("twilio", f"SM{word}{len(diary.decided)}", Status.HANDED_TO_CARRIER, world.clock(), answer.row))
    clock(world).advance(minutes=3)


def _answered(world: World, diary: Diary, text: str, patient: str) -> None:
    for who in (CAROL, ERIN):
        read_thread(world, who, patient)
        diary.looks[who.staff_id] += 1
    seen = world.store.get(Thread, patient)
    write_reply(world, CAROL, patient, Draft(text, world.ids(world.clock()), seen.last_at if seen else None))


def _visit(world: World, diary: Diary, odds: Random, day: int) -> None:
    start = (world.clock() + timedelta(days=3)).replace(minute=day)
    made = booked(world, start, f"v{day}")
    status = odds.choice(("booked", "cancelled"))
    if status != "booked":
        set_status(world, CAROL, "alice", made.appointment_id, status)
    diary.visits[made.appointment_id] = (made.start_at, status)


def _given(world: World, diary: Diary, recipient: str) -> Release:
    made = release(world, RITA, "alice", Asked("patient", recipient, ticks=frozenset({"checked"})), world.ids(world.clock()))
    assert isinstance(made, Release)
    diary.given.append(("patient", recipient))
    return made


def _goes_out(world: World) -> None:
    for _ in range(3):
        clock(world).advance(minutes=1)
        tick(world)
        for row in store(world).rows(Message):
            if row.direction == "out" and row.status == "queued":
                deliver(world, row.thread_id, row.message_id)


def given_out(world: World, made: Release) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The record without its texts, and all its texts."""
    first, *rest = (read_part(world, RITA, "alice", made.release_id, part, "json").said for part in range(len(made.parts) + 1))
    return first, [text for each in rest for text in each["texts"]]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_release_is_what_the_month_was(seed: int) -> None:
    world, diary = the_month(seed)
    sheet, texts = given_out(world, _given(world, diary, "herself"))
    assert [each["text"] for each in texts if each["from"] == "patient"] == diary.wrote
    left = [sms.body for sms in world.carriers["twilio"].sent if sms.recipient == ALICE_NUMBER]  # type: ignore[attr-defined]
    handed = ("handed_to_carrier", "delivered", "queued_at_carrier", "claimed")
    ours = [each["text"] for each in texts if each["from"] == "clinic" and each["kind"] != "note" and each["status"] in handed]
    assert Counter(ours) == Counter([*left, *diary.inline])
    assert {each["id"]: (each["at"], each["status"]) for each in sheet["visits"]} == diary.visits
    assert sum(1 for each in texts if each["text"].startswith(CRISIS)) == diary.crises
    assert bool(sheet["urgent"]) == bool(diary.crises)
    assert [(each["at"], each["change"]) for each in sheet["consents"]] == diary.decided
    assert BOB not in repr((sheet, texts))


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_account_of_disclosures_is_every_release_that_was_made(seed: int) -> None:
    world, diary = the_month(seed)
    account = read(world, RITA, "alice").releases
    assert sorted((each.authority, to.recipient) for each, to in account) == sorted(diary.given)
    assert [each.at for each, _ in account] == sorted((each.at for each, _ in account), reverse=True)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_officers_report_names_every_look_that_there_was(seed: int) -> None:
    world, diary = the_month(seed)
    whole = world.clock() - timedelta(days=DAYS + 2), world.clock() + timedelta(days=1)
    lines = [line.entry for line in timeline(world, FRANK, "alice", *whole).lines if line.entry is not None]
    said = Counter(each.who for each in lines if each.action == "read_thread")
    assert said == diary.looks
    assert sum(each.action == "release_record" for each in lines) == len(diary.given)


def test_what_was_left_out_would_be_named() -> None:
    """The diary is not the rows: a text that is taken out of the table is missing from the release."""
    world, diary = a_month(1)
    gone = next(row for row in store(world).rows(Message) if row.thread_id == "alice" and row.direction == "in")
    del store(world)._rows[next(key for key in store(world)._rows if gone.message_id in repr(key) and key[0] is Message)]
    _, texts = given_out(world, _given(world, diary, "herself"))
    assert [each["text"] for each in texts if each["from"] == "patient"] != diary.wrote


