"""The waitlist as one clicks through it without a script: who wants sooner, a time, its offers, a call, urgent times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.records import Appointment, Slot, SlotRules, WaitlistEntry
from chalicelib.core.staff import Staff
from chalicelib.flows.tick import tick
from chalicelib.ports import World

from ..appointments import FRIDAY, booked
from ..cast import CAROL, DAN, a_patient
from ..flows.office import clock, store, traces
from ..waitlist import NUMBERS, opened, slot_now, waiting
from .office import Desk, at_desk, text

DESK = Staff("erin", "front_desk", ("adult",))
ENTRY = {"kind": "individual", "visit_id": "", "start": "", "end": "", "clinician": "", "where": "", "notice": "24", "do": "save"}
TIME = {"program": "adult", "start": "2026-03-06T15:00", "minutes": "50", "zone": "America/Denver", "kind": "individual",
        "clinician": "carol", "place": "200 Elm St"}  # fmt: skip
BOARD = "/console/waitlist?program=adult"


@pytest.fixture
def office() -> tuple[Desk, World]:
    desk, world = at_desk(CAROL)
    a_patient(world)
    a_patient(world, "bea", NUMBERS["bea"])
    return desk, world


def entry(world: World, who: str = "alice") -> WaitlistEntry | None:
    return world.store.get(WaitlistEntry, "adult", who)


def test_somebody_is_put_on_the_list_changed_and_taken_off(office: tuple[Desk, World]) -> None:
    desk, world = office
    visit = booked(world, FRIDAY + timedelta(days=14))
    form = desk.get("/console/patients/alice/waitlist")
    assert "Put on the waitlist: Alice" in text(form) and "Fri Mar 20, 3:00 PM" in text(form)
    assert traces(world, "alice")[-1] == ("carol", "read_waitlist", "done")
    wish = {**ENTRY, "visit_id": visit.appointment_id, "day_fri": "yes", "start": "09:00", "end": "17:00", "priority": "7"}
    page = text(desk.follow(desk.submit(form, "/patients/alice/waitlist", **wish)))
    assert "On the list." in page and "Fri · 09:00-17:00 · 24 h notice · instead of: Fri Mar 20, 3:00 PM" in page
    assert "Priority until Tue Mar 10, 1:00 PM" in page
    known = entry(world)
    assert known is not None and (known.days, known.visit_id, known.minutes) == (("fri",), visit.appointment_id, 50)
    again = desk.get("/console/patients/alice/waitlist")
    desk.submit(again, "/patients/alice/waitlist", **{**ENTRY, "by_phone": "yes", "priority": "-1"})
    known = entry(world)
    assert known is not None and known.by_phone and known.priority_until is None and known.since == clock(world).now
    assert "Off the list" in text(desk.follow(desk.submit(again, "/patients/alice/waitlist", **{**ENTRY, "do": "remove"})))
    assert entry(world) is None and ("carol", "leave_waitlist", "done") in traces(world, "alice")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("start", "late", "Write hours as"), ("notice", "0", "From 1 to 336 hours"), ("where", "moon", "in person, by video"), ("kind", "group", "Choose individual")],
)  # fmt: skip
def test_what_is_wrong_with_an_entry_stands_beside_its_field(office: tuple[Desk, World], field: str, value: str, says: str) -> None:
    desk, world = office
    answer = desk.submit(desk.get("/console/patients/alice/waitlist"), "/patients/alice/waitlist", **{**ENTRY, field: value})
    assert answer.status_code == 400 and says in text(answer) and entry(world) is None


def test_priority_is_a_clinicians(office: tuple[Desk, World]) -> None:
    _, world = office
    front, _ = at_desk(DESK, world)
    form = front.get("/console/patients/alice/waitlist")
    assert 'name="priority"' not in form.body.decode()
    answer = front.submit(form, "/patients/alice/waitlist", **{**ENTRY, "priority": "7"})
    assert answer.status_code == 400 and entry(world) is None


def test_a_time_is_entered_and_the_board_says_who_is_asked_and_why(office: tuple[Desk, World]) -> None:
    desk, world = office
    waiting(world)
    form = desk.get(BOARD)
    page = text(desk.follow(desk.submit(form, "/waitlist/times", **TIME)))
    assert "Fri Mar 6, 3:00 PM Open" in page and "Asked next: Alice (waited 16 days +16)" in page
    desk.submit(form, "/waitlist/times", **TIME)
    assert len(store(world).rows(Slot)) == 1  # the same form twice
    tick(world)
    page = text(desk.get(BOARD))
    assert "Alice holds it until 1:00 PM by text. Why: waited 16 days +16" in page and "asked 1 time this week" in page


def test_a_time_in_the_past_is_not_taken(office: tuple[Desk, World]) -> None:
    desk, world = office
    answer = desk.submit(desk.get(BOARD), "/waitlist/times", **{**TIME, "start": "2026-03-01T15:00"})
    assert answer.status_code == 400 and "From three hours ahead" in text(answer) and store(world).rows(Slot) == []


def test_a_yes_by_phone_books_it_and_a_no_ends_the_hold(office: tuple[Desk, World]) -> None:
    desk, world = office
    slot = opened(world)
    waiting(world, by_phone=True)
    waiting(world, "bea", by_phone=True)
    tick(world)
    board = desk.get(BOARD)
    assert "holds it until 1:00 PM by phone: call them" in text(board)
    desk.submit(board, f"/waitlist/adult/{slot.slot_id}/refused", patient="bea")
    assert [offer.state for offer in slot_now(world, slot).offers if offer.patient_id == "bea"] == ["declined"]
    assert "Booked for them" in text(desk.follow(desk.submit(board, f"/waitlist/adult/{slot.slot_id}/taken", patient="alice")))
    [visit] = store(world).rows(Appointment)
    assert (visit.patient_id, visit.start_at) == ("alice", FRIDAY)
    assert "changed meanwhile" in text(desk.follow(desk.submit(board, f"/waitlist/adult/{slot.slot_id}/taken", patient="bea")))


def test_what_somebody_holds_is_not_given_to_another(office: tuple[Desk, World]) -> None:
    desk, world = office
    slot = opened(world)
    waiting(world)
    tick(world)
    desk.submit(desk.get(BOARD), f"/waitlist/adult/{slot.slot_id}/taken", patient="bea")
    assert store(world).rows(Appointment) == []
    assert "No open time" in text(desk.get("/console/patients/bea/urgent"))


def test_a_time_is_withdrawn(office: tuple[Desk, World]) -> None:
    desk, world = office
    slot = opened(world)
    desk.submit(desk.get(BOARD), f"/waitlist/adult/{slot.slot_id}/withdrawn")
    assert slot_now(world, slot).state == "withdrawn" and "Over 1" in text(desk.get(BOARD))


def test_a_clinicians_rules_are_kept(office: tuple[Desk, World]) -> None:
    desk, world = office
    opened(world)
    waiting(world)
    form = desk.get(BOARD)
    desk.submit(form, "/waitlist/rules", program="adult", clinician="carol", offers="own", notice="48")
    assert store(world).rows(SlotRules) == [SlotRules("adult", "carol", "own", 48)]
    assert "Nobody on the list whom it suits" in text(desk.get(BOARD))
    desk.submit(form, "/waitlist/rules", program="adult", clinician="carol", offers="all", notice="0")
    assert "Asked next: Alice" in text(desk.get(BOARD))


def test_an_urgent_time_is_one_click(office: tuple[Desk, World]) -> None:
    desk, world = office
    opened(world, FRIDAY, kind="individual")
    opened(world, FRIDAY + timedelta(hours=1), "s2", kind="urgent")
    page = desk.get("/console/patients/alice/urgent")
    assert text(page).index("Urgent · Carol") < text(page).index("Individual · Carol")
    [_, urgent] = store(world).rows(Slot)
    assert desk.submit(page, "/patients/alice/urgent", slot=urgent.slot_id).status_code == 303
    [visit] = store(world).rows(Appointment)
    assert (visit.kind, visit.start_at) == ("urgent", FRIDAY + timedelta(hours=1))
    assert desk.submit(page, "/patients/alice/urgent", slot=urgent.slot_id).status_code == 409


def test_another_program_finds_nothing_and_leaves_a_trace(office: tuple[Desk, World]) -> None:
    _, world = office
    opened(world)
    dan, _ = at_desk(DAN, world)
    for path in ("waitlist?program=adult", "patients/alice/waitlist", "patients/alice/urgent"):
        assert dan.get(f"/console/{path}").status_code == 404, path
    assert traces(world, "alice")[-1][2] == "refused" and traces(world, "waitlist#adult")[-1] == ("dan", "read_waitlist", "refused")


def test_n5_no_title_or_address_holds_a_name(office: tuple[Desk, World]) -> None:
    desk, world = office
    waiting(world)
    page = desk.get(BOARD).body.decode()
    assert "Alice" not in page.split("<title>")[1].split("</title>")[0] and "/Alice" not in page
