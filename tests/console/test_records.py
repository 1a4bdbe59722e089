"""A records person releases a record: who may, on which ground, what the files hold, and what the trail says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.audit import hour_of
from chalicelib.core.consent_ledger import PART2, ConsentEntry
from chalicelib.core.records import AuditEntry, Incident, Message, Patient, Put, Release, SafePlan, Update
from chalicelib.core.releases import NOTICE, SECTIONS, TICKS
from chalicelib.core.staff import Staff
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, FRANK, RITA, a_patient, an_sms
from ..flows.office import store
from .office import Desk, at_desk, text

PATH = "/console/patients/alice/records"
FULL = {"authority": "patient", "recipient": "Alice herself, by hand", "tick_checked": "on", **{f"section_{each}": "on" for each in SECTIONS}}
HARBOR = Staff("rita", "records", ("harbor",))


def a_record(who: Staff = RITA, program: str = "adult") -> tuple[Desk, World]:
    desk, world = at_desk(who)
    a_patient(world, program=program)
    for body in ("=HYPERLINK(\"http://x\") & <b>hello</b>", "I took all my pills"):
        receive(world, an_sms(body, at=world.clock()), inline=False)
    return desk, world


def ask(desk: Desk, **fields: str) -> Any:
    wanted = {name: value for name, value in {**FULL, **fields}.items() if value}
    return desk.submit(desk.get(PATH), "/records", **wanted)


def files(desk: Desk, page: Any, form: str) -> list[Any]:
    return [desk.get(at) for at in re.findall(rf'href="([^"]+/{form})"', page.body.decode())]


def test_a_plan_that_may_name_who_is_dangerous_is_not_ticked_until_somebody_ticks_it() -> None:
    desk, _ = a_record()
    ticked = re.findall(r'name="section_(\w+)" checked', desk.get(PATH).body.decode())
    assert ticked == [each for each in SECTIONS if each != "plan"]
    again = ask(desk, recipient="")  # sent back: what was ticked stays
    assert again.status_code == 400 and 'name="section_plan" checked' in again.body.decode()


def test_the_whole_record_as_a_page_and_as_json() -> None:
    desk, world = a_record()
    booked(world)
    page = desk.follow(ask(desk))
    assert "Alice herself, by hand" in text(page) and "2 files" in text(page)
    first, texts = files(desk, page, "html")
    assert first.headers["Content-Disposition"] == 'attachment; filename="record-part-1-of-2.html"'
    for said in ("Alice", "(303) 555-0101", "Individual, 50 minutes", "Danger now", "Who looked at the record"):
        assert said in text(first), said
    assert "=HYPERLINK(" in text(texts) and "&lt;b&gt;hello" in texts.body.decode() and "<b>hello" not in texts.body.decode()
    assert "I took all my pills" in text(texts)
    for each in (first, texts):  # self-contained: nothing is asked of anybody
        assert not re.search(r'(src|href|action)=|@import|url\(', each.body.decode())
    record, said = (json.loads(each.body) for each in files(desk, page, "json"))
    assert set(record["record"]) == {"patient", *SECTIONS} - {"texts"} and record["record"]["patient"]["name"] == "Alice"
    assert [each["text"] for each in said["record"]["texts"] if each["from"] == "patient"][1] == "I took all my pills"
    assert (said["part"], said["of"], said["authority"]) == (2, 2, "patient") and "notice" not in said


def test_each_file_is_in_the_trail_before_it_is_handed_out() -> None:
    desk, world = a_record()
    page = desk.follow(ask(desk))
    files(desk, page, "json")
    mine = [(row.action, row.result) for row in store(world).rows(AuditEntry) if row.who == "rita" and row.subject_id == "alice" and row.purpose == "release"]
    assert ("release_record", "patient") in mine
    assert [each for each in mine if each[0] == "export_record"] == [("export_record", "part 1 of 2, json"), ("export_record", "part 2 of 2, json")]


@pytest.mark.parametrize("who", [CAROL, FRANK, Staff("a", "administrator", ("adult",)), Staff("s", "supervisor", ("adult",)), HARBOR])
def test_nobody_else_releases_anything(who: Staff) -> None:
    desk, world = a_record(who)
    assert desk.get(PATH).status_code == 404
    world.store.commit(Put(Release("alice", "r1", world.clock(), "rita", "patient", "adult", b"x")))
    assert desk.get(f"{PATH}/r1/0/html").status_code == 404
    assert desk.post(PATH, {**FULL, "form_id": "r2", "csrf": csrf(world)}).status_code == 404
    assert [row.release_id for row in store(world).rows(Release)] == ["r1"]


def csrf(world: World) -> str:
    from chalicelib.core.records import Session

    return store(world).rows(Session)[-1].csrf


def test_p2_a_subpoena_alone_is_refused_and_the_page_says_why() -> None:
    desk, world = a_record(HARBOR, "harbor")
    assert "A subpoena alone never opens it" in text(desk.get(PATH))
    ticks = {f"tick_{each}": "on" for each in TICKS}
    answer = ask(desk, authority="subpoena", recipient="County court", **ticks)
    assert answer.status_code == 400 and "A subpoena alone never opens records of substance use care" in text(answer)
    assert 'value="County court"' in answer.body.decode()  # nothing typed is lost
    assert store(world).rows(Release) == []
    assert [row.result for row in store(world).rows(AuditEntry) if row.action == "release_record"] == ["refused: never"]
    assert desk.follow(ask(desk, authority="court", recipient="County court", **ticks)).status_code == 200


def test_p2_3_the_notice_stands_on_each_file_and_the_consent_goes_with_it() -> None:
    desk, world = a_record(HARBOR, "harbor")
    assert ask(desk, authority="treatment", recipient="Dr. Vance").status_code == 400
    line = ConsentEntry("alice", "e1", "all", "granted", "paper", world.clock(), "rita", "2026-04", ledger=PART2)
    world.store.commit(Put(line))
    page = desk.follow(ask(desk, authority="treatment", recipient="Dr. Vance", section_consents=""))
    assert NOTICE in text(page)
    for each in files(desk, page, "html"):
        assert NOTICE in text(each)
    record = json.loads(files(desk, page, "json")[0].body)
    assert record["notice"] == NOTICE and record["record"]["consents"][-1]["ledger"] == PART2


def test_n7_what_somebody_said_of_the_number_before_is_in_nobody_elses_release() -> None:
    """Bob had the number, wrote STOP, and his record is deleted; Alice has it since. What a person then decided of it goes with it."""
    desk, world = a_record()
    contact_id = world.hasher.contact_id(ALICE_NUMBER)
    mine = next(each.message_id for each in store(world).rows(Message) if each.thread_id == "alice" and each.direction == "in")
    said = ((0, "bobs-text", "unsure", "patient"), (1, "", "settled", "carol"), (2, mine, "revoked", "patient"), (3, "", "settled", "erin"))
    for at, text_id, change, by in said:
        when = world.clock() + timedelta(seconds=at)
        world.store.commit(Put(ConsentEntry(contact_id, f"e{at}", "all", change, "sms", when, by, "2026-04", text_id)))
    page = desk.follow(ask(desk))
    record = json.loads(files(desk, page, "json")[0].body)
    of_number = [(each["change"], each["by"]) for each in record["record"]["consents"] if each["medium"] == "sms"]
    assert of_number == [("revoked", "patient"), ("settled", "erin")]


def test_what_was_made_where_substance_use_is_treated_stays_so_after_a_move() -> None:
    desk, world = a_record()
    world.store.commit(Update(Patient, ("alice",), set={"program": "harbor"}))
    from chalicelib.flows.transfer_patient import transfer

    world.store.commit(Update(Patient, ("alice",), set={"program": "adult"}))
    assert "42 CFR part 2" not in text(desk.get(PATH))
    transfer(world, replace(RITA, programs=("adult", "harbor")), "alice", "harbor", "go")
    world.store.commit(Update(Patient, ("alice",), set={"moving": None}))
    transfer(world, replace(RITA, programs=("adult", "harbor")), "alice", "adult", "back")
    world.store.commit(Update(Patient, ("alice",), set={"moving": None}))
    answer = ask(desk, authority="subpoena", **{f"tick_{each}": "on" for each in TICKS})
    assert answer.status_code == 400 and "never opens" in text(answer)
    answer = ask(desk, authority="court", recipient="County court")  # a valid order can be answered: its tick is there
    assert answer.status_code == 400 and 'name="tick_order"' in answer.body.decode()
    assert ask(desk, authority="court", recipient="County court", tick_order="on").status_code == 303


def test_safe_4_who_asks_for_somebody_else_reads_nothing_of_how_they_hide() -> None:
    desk, world = a_record()
    [incident] = store(world).rows(Incident)
    world.store.commit(Update(Incident, (incident.incident_id,), set={"categories": ("no_contact",)}))
    world.store.commit(Update(Patient, ("alice",), set={"plan": 1}), Put(SafePlan("alice", 1, "adult", b"x", world.clock(), "carol")))
    wish = {"authority": "representative", "recipient": "Her husband"}
    assert "knows of no abuse" in text(desk.get(PATH)) and "Ask whoever treats the patient" in text(ask(desk, **wish))
    page = desk.follow(ask(desk, **wish, tick_safe="on"))
    record, said = (json.loads(each.body) for each in files(desk, page, "json"))
    assert set(record["record"]) == {"patient", *SECTIONS} - {"texts", "plan", "reach", "looked"} and record["record"]["urgent"] == []
    assert {each["urgent_item"] for each in said["record"]["texts"]} == {""}
    mine = json.loads(files(desk, desk.follow(ask(desk, section_plan="")), "json")[0].body)
    assert mine["record"]["urgent"][0]["categories"] == ["no_contact"]  # Alice herself reads it


BOTH = Staff("rita", "records", ("adult", "harbor"))


def test_p2_what_came_since_from_where_substance_use_is_treated_is_in_no_older_release() -> None:
    from chalicelib.flows.transfer_patient import transfer

    desk, world = a_record(BOTH)
    ticks = {f"tick_{each}": "on" for each in TICKS}
    page = desk.follow(ask(desk, authority="subpoena", recipient="County court", **ticks))
    assert {each.status_code for each in files(desk, page, "json")} == {200}
    transfer(world, BOTH, "alice", "harbor", "go")
    world.store.commit(Update(Patient, ("alice",), set={"moving": None}))
    for each in files(desk, page, "json"):
        assert each.status_code == 409 and "42 CFR part 2 covers it now" in text(each) and "HYPERLINK" not in text(each)
    assert "refused: moved_since" in [row.result for row in store(world).rows(AuditEntry) if row.action == "export_record"]


def looked_at(world: World, times: int) -> None:
    """As a thread is that three people open each day of years: each look is a line of the trail."""
    at = world.clock()
    lines = [AuditEntry("alice", f"z{each:06d}", at, "carol", "read_thread", "care", hour=hour_of(at)) for each in range(times)]
    for first in range(0, times, 100):
        world.store.commit(*map(Put, lines[first : first + 100]))


def test_p2_years_of_looks_hide_neither_where_a_record_was_nor_that_it_was_there_since() -> None:
    from chalicelib.flows.transfer_patient import transfer

    desk, world = a_record(BOTH)
    ticks = {f"tick_{each}": "on" for each in TICKS}
    page = desk.follow(ask(desk, authority="subpoena", recipient="County court", **ticks))
    for program, form in (("harbor", "go"), ("adult", "back")):
        transfer(world, BOTH, "alice", program, form)
        world.store.commit(Update(Patient, ("alice",), set={"moving": None}))
    looked_at(world, 5000)
    assert {each.status_code for each in files(desk, page, "json")} == {409}
    answer = ask(desk, authority="subpoena", **ticks)
    assert answer.status_code == 400 and "never opens" in text(answer)


def test_p2_a_consent_that_was_taken_back_hands_out_nothing_further() -> None:
    desk, world = a_record(HARBOR, "harbor")
    line = ConsentEntry("alice", "e1", "all", "granted", "paper", world.clock(), "rita", "2026-04", ledger=PART2)
    world.store.commit(Put(line))
    page = desk.follow(ask(desk, authority="treatment", recipient="Dr. Vance"))
    world.store.commit(Put(replace(line, entry_id="e2", change="revoked")))
    assert {each.status_code for each in files(desk, page, "html")} == {409}


def test_no_more_than_was_asked_for() -> None:
    desk, world = a_record()
    world.clock.advance(days=40)  # type: ignore[attr-defined]
    receive(world, an_sms("much later", at=world.clock()), inline=False)
    desk.sign_in("rita")
    since = (world.clock() - timedelta(days=2)).strftime("%Y-%m-%d")
    page = desk.follow(ask(desk, since=since, section_plan="", section_looked=""))
    record, said = (json.loads(each.body) for each in files(desk, page, "json"))
    assert set(record["record"]) == {"patient", "consents", "visits", "urgent", "reach", "amendments"} and record["record"]["urgent"] == []
    assert said["record"]["texts"][0]["text"] == "much later"


def test_a_long_thread_is_several_files_without_a_gap() -> None:
    desk, world = a_record()
    for at in range(230):
        world.clock.advance(minutes=5)  # type: ignore[attr-defined]
        receive(world, an_sms(f"line {at}", at=world.clock()), inline=False)
    desk.sign_in("rita")
    page = desk.follow(ask(desk))
    found = [json.loads(each.body)["record"].get("texts", []) for each in files(desk, page, "json")]
    assert all(len(each) <= 200 for each in found)
    said = [each["text"] for texts in found for each in texts if each["from"] == "patient"]
    assert said[2:] == [f"line {at}" for at in range(230)]


def test_the_same_form_twice_makes_one_release() -> None:
    desk, world = a_record()
    page = desk.get(PATH)
    first, second = (desk.submit(page, "/records", **FULL) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] and len(store(world).rows(Release)) == 1
    assert "Alice herself, by hand" in text(desk.get(PATH))


def test_no_name_lies_in_clear_in_the_row() -> None:
    desk, world = a_record()
    ask(desk)
    assert "Alice" not in repr(replace(store(world).rows(Release)[0], sealed_to=b""))
