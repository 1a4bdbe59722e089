"""What a record's release, the account of disclosures and the officer's report say of a synthetic month, held against what really
happened in it: a diary kept beside the service by who did it, never read from its rows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from html import unescape
from random import Random
from typing import Any

import pytest

from chalicelib.core.records import Incident, Message, Release, Thread
from chalicelib.core.releases import Asked
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.read_records import read
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.read_trail import timeline
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.release_record import release
from chalicelib.flows.released_part import read_part
from chalicelib.flows.tick import tick
from chalicelib.flows.write_reply import Draft, write_reply
from chalicelib.ports import World

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, ERIN, FRANK, RITA, STRANGER_NUMBER, a_patient, an_sms
from ..console.office import at_desk
from ..fakes.world import FakeClock
from .office import an_open_office, clock, store
from .urgent_diary import Desk, Item, Line, Noting

DAYS, BOB = 28, "plumbobbin"
DECIDES = {9: "STOP", 11: "START", 20: "STOP", 23: "START"}


@dataclass
class Diary:
    """What happened to Alice, as it happened."""

    wrote: list[str] = field(default_factory=list)  # her texts
    inline: list[str] = field(default_factory=list)  # what went back in the webhook's own answer
    decided: list[tuple[datetime, str]] = field(default_factory=list)  # STOP and START, as she sent them
    visits: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    urgent: list[Item] = field(default_factory=list)
    looks: Counter[str] = field(default_factory=Counter)  # who opened her thread
    given: list[tuple[str, str]] = field(default_factory=list)  # authority, recipient


@cache
def the_month(seed: int) -> tuple[World, Diary]:
    return a_month(seed)


def a_month(seed: int) -> tuple[World, Diary]:
    """She writes and is answered, is called on, books and misses; Bob has a month too; her record is given out in between."""
    time = FakeClock()
    world, diary, odds = an_open_office(clock=time, pager=Noting(time)), Diary(), Random(seed)
    desk = Desk(world, odds, diary.urgent, diary.wrote, diary.inline)
    a_patient(world)
    a_patient(world, "bob", STRANGER_NUMBER)
    for day in range(DAYS):
        clock(world).now = clock(world).now.replace(hour=17, minute=0) + timedelta(days=1)
        _wrote(world, desk, odds, day)
        if day in DECIDES:
            desk.writes(DECIDES[day])
            diary.decided.append((world.clock(), {"STOP": "revoked", "START": "granted"}[DECIDES[day]]))
        if odds.random() < 0.2:
            desk.happens(day)
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


def _wrote(world: World, desk: Desk, odds: Random, day: int) -> None:
    for number in range(odds.randrange(3)):
        desk.writes(f"her text {day}.{number}")
        clock(world).advance(minutes=3)
    body = f"{BOB} took pills {day}" if day % 9 == 4 else f"{BOB} text {day}"  # urgent items of his own
    receive(world, an_sms(body, STRANGER_NUMBER, at=world.clock()), inline=True)


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
    assert [(each["at"], each["change"]) for each in sheet["consents"]] == diary.decided
    assert BOB not in repr((sheet, texts))


def items_of(sheet: dict[str, Any]) -> list[Item]:
    """What a release says, in the diary's words; of a text its history names the text."""
    return [Item(each["code"], each["tier"], each["at"], [_line(step) for step in each["steps"]], each["disposition"]) for each in sheet["urgent"]]


def _line(step: dict[str, Any]) -> Line:
    return step["at"], step["by"], step["what"], "" if step["what"] in ("detected", "text") else step["detail"]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_each_urgent_item_is_given_out_as_it_was(seed: int) -> None:
    """Code, tier, when it was found, whom it called and when, who took it, reached her and ended it, and how: nothing less, nothing more."""
    world, diary = the_month(seed)
    sheet, texts = given_out(world, _given(world, diary, "herself"))
    assert items_of(sheet) == diary.urgent
    named = {each["id"]: (each["code"], each["steps"]) for each in sheet["urgent"]}
    for each in texts:
        if each["urgent_item"] and each["from"] == "patient":
            _, steps = named[each["urgent_item"]]
            assert [step["at"] for step in steps if step["detail"] == each["id"]] == [each["at"]]


PAGE_SAYS = {
    "detected": "Screen fired", "text": "Patient wrote again", "acknowledged": "Acknowledged", "contacted": "Reached the patient",
    "unable": "Could not reach the patient", "unable no_answer": "Could not reach the patient: no answer", "marked true": "Page marked true",
    "paged carol": "Paged Carol", "paged erin": "Paged Erin", "paged dan": "Paged Dan", "paged everyone": "Paged everyone on call",
    "resolved visit_arranged": "Closed: Reached: urgent visit arranged", "resolved safe_plan_reviewed": "Closed: Reached: safe for now, plan reviewed",
    "resolved emergency_services": "Closed: Emergency services involved", "resolved went_to_hospital": "Closed: Went to hospital",
}  # fmt: skip
TIER_SAYS = {0: "Danger now", 1: "Crisis"}


def of_page(item: Item) -> tuple[Any, ...]:
    """An item of the diary as a reader of the page would say it."""
    lines = [(at.isoformat(), PAGE_SAYS[f"{what} {how}".strip()], who.title()) for at, who, what, how in item.lines]
    closed = f"Closed: {PAGE_SAYS[f'resolved {item.disposition}'].removeprefix('Closed: ')}." if item.disposition else "Patient reached."
    return item.at.isoformat(), f"{TIER_SAYS[item.tier]}, item {item.code}", closed, lines


def on_page(body: str) -> list[tuple[Any, ...]]:
    """What stands under the urgent items of a released page, read as a browser would."""
    part = re.search(r"<h2>Urgent items</h2>(.*?)(<h2>|</main>)", body, re.S)
    assert part, body[:500]
    found = []
    for head, rest in re.findall(r"<h3>(.*?)</h3>(.*?)(?=<h3>|$)", part[1], re.S):
        lines = [(when(row), *map(plain, re.findall(r"<td>(.*?)</td>", row, re.S)[1:])) for row in re.findall(r"<tr>(.*?)</tr>", rest, re.S)]
        closed = plain(re.findall(r"<p>(.*?)</p>", rest, re.S)[0]).rpartition(". ")[0] + "."
        found.append((when(head), plain(head).partition(": ")[2], closed, lines))
    return found


def when(html: str) -> str:
    return re.findall(r'datetime="([^"]+)"', html)[0]


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_each_urgent_item_reads_on_the_released_page_as_it_was(seed: int) -> None:
    world, diary = the_month(seed)
    made = _given(world, diary, "herself")
    desk, _ = at_desk(RITA, world)
    body = desk.get(f"/console/patients/alice/records/{made.release_id}/0/html").body.decode()
    assert on_page(body) == [of_page(item) for item in diary.urgent]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_officers_timeline_and_the_patients_report_name_who_did_what_with_each_urgent_item(seed: int) -> None:
    """Nobody's act is missing, and none is there that nobody did; a page to somebody is no act of theirs."""
    world, diary = the_month(seed)
    acts = sorted((at, who, f"mark_page_{how}" if what == "marked" else f"incident_{what}") for item in diary.urgent for at, who, what, how in item.lines if who in ("carol", "erin"))
    whole = world.clock() - timedelta(days=DAYS + 2), world.clock() + timedelta(days=1)
    lines = [line.entry for line in timeline(world, FRANK, "alice", *whole).lines if line.entry is not None]
    assert sorted((each.at, each.who, each.action) for each in lines if each.action.startswith(("incident_", "mark_page_"))) == acts
    assert {each.purpose for each in lines if each.action.startswith("incident_")} == {"crisis"}
    desk, _ = at_desk(FRANK, world)
    body = desk.get("/console/trail/patients/alice/report").body.decode()
    told = [(when(row), *map(plain, re.findall(r"<td>(.*?)</td>", row, re.S)[::2])) for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", body, re.S)]
    said = sorted((at, who.lower()) for at, who, did in told if did.startswith(("Urgent item", "Marked a page")))
    assert said == sorted((at.isoformat(), who) for at, who, _ in acts)


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




@pytest.mark.parametrize("what", ["a step", "whom it paged", "how it ended", "when it was found"])
def test_an_urgent_item_that_is_not_as_it_was_would_be_named(what: str) -> None:
    world, diary = the_month(1)
    place, row = next((place, row) for place, row in store(world)._rows.items() if place[0] is Incident and row["patient_id"] == "alice")
    spoilt: dict[str, Any] = {
        "a step": {"steps": row["steps"][:-1]}, "how it ended": {"disposition": "duplicate"}, "when it was found": {"detected_at": world.clock()},
        "whom it paged": {"steps": tuple(replace(step, detail="mallory") if step.what == "paged" else step for step in row["steps"])},
    }  # fmt: skip
    store(world)._rows[place] = {**row, **spoilt[what]}
    try:
        made = _given(world, diary, "herself")
        sheet, _ = given_out(world, made)
        desk, _ = at_desk(RITA, world)
        body = desk.get(f"/console/patients/alice/records/{made.release_id}/0/html").body.decode()
        assert items_of(sheet) != diary.urgent and on_page(body) != [of_page(item) for item in diary.urgent]
    finally:
        store(world)._rows[place] = row
