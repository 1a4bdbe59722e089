"""Holds and deletions: who decides, what says no, what goes, what stays; and the table of years, which ships empty and keeps all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.console.routes_keeping import _id
from chalicelib.core.erasures import DONE, LISTED, STOPPED, Erasure
from chalicelib.core.holds import is_matter
from chalicelib.core.records import (
    AuditEntry,
    ConsentEntry,
    Contact,
    Due,
    Incident,
    Message,
    Patient,
    Put,
    Quiet,
    Receipt,
    SafePlan,
    Stage,
    Thread,
    Update,
)  # fmt: skip
from chalicelib.core.retention import StateRule, kept_until
from chalicelib.core.staff import Staff
from chalicelib.errors import Conflict, NotFound
from chalicelib.flows import erase_patient, erase_rows, legal_hold, list_due
from chalicelib.flows.erase_patient import Wish
from chalicelib.flows.merge_patients import Merged, NotMerged, merge
from chalicelib.flows.read_keeping import read
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.should_have_paged import should_have_paged
from chalicelib.flows.tick import tick
from chalicelib.flows.undo_merge import undo
from chalicelib.ports import World
from chalicelib.texts import retention

from ..appointments import booked
from ..cast import ALICE_NUMBER, CAROL, DAN, FRANK, RITA, STRANGER_NUMBER, a_patient, an_sms
from .office import Meddling, an_open_office, clock, store, traces

OTHER = Staff("olga", "records", ("adult",))
RULE = StateRule("CO", 7, 10, "6 CCR 1011", date(2026, 11, 1), "Counsel")


def a_left_one(**fields: Any) -> World:
    world = an_open_office()
    a_patient(world, **{"status": "discharged", **fields})
    for body in ("hello", "thanks"):
        receive(world, an_sms(body, at=world.clock()), inline=False)
    world.store.commit(Update(Thread, ("alice",), set={"waiting_since": None}))
    return world


def asked(world: World, who: Staff = FRANK) -> World:
    assert erase_patient.ask(world, who, "alice", Wish("request", True), "er1") == "asked"
    return world


def run(world: World, minutes: int) -> None:
    for _ in range(minutes):
        tick(world)
        clock(world).advance(minutes=1)


def run_out(world: World, minutes: int = 4) -> Erasure:
    run(world, minutes)
    made = world.store.get(Erasure, "er1")
    assert made is not None
    return made


def test_two_people_delete_a_record_whole_and_each_row_is_counted() -> None:
    world = a_left_one(plan=1)
    visit = booked(world)
    world.store.commit(Put(SafePlan("alice", 1, "adult", b"x", world.clock(), "carol")), Put(Stage("alice", "adult", "action", "carol", world.clock())))
    world.store.commit(Put(Quiet("adult", "alice", world.clock(), "text", world.clock())), Put(ConsentEntry("alice", "e9", "all", "granted", "sms", world.clock(), "alice", "1")))
    before = len(store(world).rows(Message))
    assert erase_patient.confirm(asked(world), RITA, "er1") == "confirmed"
    made = run_out(world)
    assert made.state == DONE and (made.asked_by, made.confirmed_by) == ("frank", "rita")
    assert made.removed == {"messages": before, "visits": 1, "lists": 2, "plans": 1, "record": 2}
    for kind, key in ((Patient, ("alice",)), (Thread, ("alice",)), (SafePlan, ("alice", 1)), (type(visit), ("alice", visit.appointment_id))):
        assert world.store.get(kind, *key) is None
    # what the law keeps
    assert [row.entry_id for row in store(world).rows(ConsentEntry) if row.subject_id == "alice"][-1] == "e9"
    assert len(store(world).rows(Receipt)) == 2
    [contact] = store(world).rows(Contact)
    assert contact.sealed_number and contact.patients == ()
    done = [row for row in store(world).rows(AuditEntry) if row.action.startswith("erase_")]
    assert [(row.who, row.action) for row in done] == [("frank", "erase_asked"), ("rita", "erase_confirmed"), ("job:erase", "erase_done")]
    assert done[-1].result == f"lists 2, messages {before}, plans 1, record 2, visits 1"
    assert not [row for row in store(world).rows(Due) if row.kind == "erase"]


def test_an_urgent_item_that_is_over_goes_too_and_an_open_one_says_no() -> None:
    world = a_left_one()
    receive(world, an_sms("I took all my pills", at=world.clock()), inline=False)
    assert erase_patient.ask(world, RITA, "alice", Wish("request", True), "er1") == "open"
    [incident], [contact] = store(world).rows(Incident), store(world).rows(Contact)
    world.store.commit(
        Update(Incident, (incident.incident_id,), set={"state": "resolved", "open_in": None}),
        Update(Contact, (contact.contact_id,), set={"incidents": ()}), Update(Thread, ("alice",), set={"waiting_since": None}),
    )  # fmt: skip
    assert erase_patient.confirm(asked(world), RITA, "er1") == "confirmed"
    assert run_out(world).removed["incidents"] == 1 and store(world).rows(Incident) == []


def test_n2_a_text_that_comes_between_the_look_and_the_decision_undoes_the_decision() -> None:
    for body in ("I took all my pills", "hello again"):
        world = asked(a_left_one())
        meddled = Meddling(store(world), lambda world=world, body=body: receive(world, an_sms(body, at=world.clock()), inline=False), 5)
        assert erase_patient.confirm(replace(world, store=meddled), RITA, "er1") == "moved"
        assert erase_patient.confirm(world, RITA, "er1") == "open" and run_out(world).removed == {}


def test_n2_an_open_item_is_never_deleted_nor_what_it_is_about() -> None:
    world = asked(a_left_one())
    erase_patient.confirm(world, RITA, "er1")
    row = store(world).rows(Message)[0]
    world.store.commit(
        Put(Incident("i1", "K7Q2", "alice", row.contact_id, "adult", "detected", 1, ("suicide",), world.clock(), open_in="adult")),
        Update(Message, ("alice", row.message_id), set={"incident_id": "i1"}),
    )  # fmt: skip
    assert run_out(world).state != DONE and [each.incident_id for each in store(world).rows(Incident)] == ["i1"]
    assert world.store.get(Message, "alice", row.message_id) is not None and world.store.get(Patient, "alice") is not None


def test_who_writes_after_it_was_decided_is_nobodys_and_is_answered_in_danger() -> None:
    world = a_left_one()
    erase_patient.confirm(asked(world), RITA, "er1")
    answer = receive(world, an_sms("I took all my pills", at=world.clock()), inline=True)
    assert "988" in answer.text
    assert run_out(world).state == DONE
    assert {row.thread_id for row in store(world).rows(Message)} == {world.hasher.contact_id(ALICE_NUMBER)}


@pytest.mark.parametrize(
    ("who", "why"),
    [(FRANK, "same"), (OTHER, "confirmed"), (RITA, "confirmed")],
)
def test_the_second_person_is_another_one_and_keeps_records(who: Staff, why: str) -> None:
    assert erase_patient.confirm(asked(a_left_one()), who, "er1") == why


def test_an_officer_alone_or_two_of_them_delete_nothing() -> None:
    world = asked(a_left_one(), RITA)
    assert erase_patient.confirm(world, FRANK, "er1") == "role"
    assert erase_patient.confirm(world, RITA, "er1") == "same"


@pytest.mark.parametrize("who", [CAROL, DAN, Staff("r", "records", ("harbor",)), Staff("a", "administrator", ("adult",))])
def test_nobody_else_holds_or_deletes_and_it_is_kept_that_they_tried(who: Staff) -> None:
    world = asked(a_left_one())
    for attempt in (
        lambda: legal_hold.place(world, who, "alice", "audit", ""), lambda: legal_hold.lift(world, who, "alice"),
        lambda: erase_patient.ask(world, who, "alice", Wish("request", True), "er2"), lambda: erase_patient.confirm(world, who, "er1"),
        lambda: erase_patient.drop(world, who, "er1"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            attempt()
    assert any(row.who == who.staff_id and row.result == "refused" for row in store(world).rows(AuditEntry))


def test_a_hold_wins_at_every_step() -> None:
    world = a_left_one()
    assert legal_hold.place(world, FRANK, "alice", "litigation", "24-CV-1107") == "placed"
    assert legal_hold.place(world, RITA, "alice", "audit", "") == "already"
    assert erase_patient.ask(world, RITA, "alice", Wish("request", True), "er1") == "held"
    assert legal_hold.lift(world, RITA, "alice") == "lifted" and legal_hold.lift(world, RITA, "alice") == "already"
    asked(world)
    legal_hold.place(world, FRANK, "alice", "litigation", "")
    assert erase_patient.confirm(world, RITA, "er1") == "held"
    legal_hold.lift(world, FRANK, "alice")
    erase_patient.confirm(world, RITA, "er1")
    legal_hold.place(world, FRANK, "alice", "litigation", "")
    before = len(store(world).rows(Message))
    made = run_out(world)
    assert made.state == STOPPED and made.removed == {} and len(store(world).rows(Message)) == before
    patient = world.store.get(Patient, "alice")
    assert patient is not None and patient.legal_hold_at and not patient.moving
    assert ("frank", "hold_placed", "litigation") in traces(world, "alice") and ("job:erase", "erase_stopped", "held") in traces(world, "alice")


def test_a_held_record_is_merged_into_no_other() -> None:
    world = a_left_one()
    a_patient(world, "alias", STRANGER_NUMBER)
    legal_hold.place(world, FRANK, "alice", "litigation", "")
    assert merge(world, CAROL, "alice", "alias", "m1") == NotMerged("held")
    world.store.commit(Update(Patient, ("alice",), set={"legal_hold_at": None}))  # as one that read before the hold came
    with pytest.raises(Conflict):
        merge(world, CAROL, "alice", "alias", "m1")


def test_what_comes_back_out_of_a_held_record_is_held_too() -> None:
    world = a_left_one()
    a_patient(world, "alias", STRANGER_NUMBER, status="discharged")
    merge(world, CAROL, "alias", "alice", "m1")
    run(world, 3)
    legal_hold.place(world, FRANK, "alice", "subpoena", "24-CV-1107")
    clock(world).advance(minutes=2)
    assert isinstance(undo(world, CAROL, "m1", "u1"), Merged)
    run(world, 3)
    assert erase_patient.ask(world, RITA, "alias", Wish("request", True), "er1") == "held"
    back = world.store.get(Patient, "alias")
    assert back is not None and back.legal_hold_at and ("carol", "hold_placed", "subpoena") in traces(world, "alias")
    assert legal_hold.lift(world, RITA, "alias") == "lifted"


def test_what_was_merged_into_it_goes_with_it() -> None:
    """The name and number of a record that ended are the same person's: nothing would ever remove them."""
    world = a_left_one()
    a_patient(world, "older", "+13035550143", status="discharged")
    a_patient(world, "alias", STRANGER_NUMBER, status="discharged")
    for ends, stays in (("older", "alias"), ("alias", "alice")):
        assert isinstance(merge(world, CAROL, ends, stays, f"m-{ends}"), Merged)
        run(world, 3)
    world.store.commit(Put(Stage("older", "adult", "action", "carol", world.clock())), Update(Thread, ("alice",), set={"waiting_since": None}))
    erase_patient.confirm(asked(world), RITA, "er1")
    made = run_out(world, 6)
    assert made.state == DONE and made.removed["record"] == 6 and made.removed["lists"] == 1
    assert store(world).rows(Patient) == [] and store(world).rows(Stage) == []


def test_n2_an_urgent_item_that_opens_meanwhile_is_waited_for() -> None:
    world = a_left_one()
    erase_patient.confirm(asked(world), RITA, "er1")
    last = world.store.newest("alice", 5)
    text = next(each for each in last if each.direction == "in")
    incident_id = should_have_paged(world, CAROL, "alice", text.message_id)
    made = run_out(world, 5)
    assert incident_id and world.store.get(Incident, incident_id) is not None and made.state != DONE
    world.store.commit(Update(Incident, (incident_id,), set={"state": "resolved", "open_in": None}))
    assert run_out(world, 3).state == DONE and world.store.get(Incident, incident_id) is None


def test_n2_a_first_text_of_that_moment_is_not_deleted_either() -> None:
    world = an_open_office()
    a_patient(world, status="discharged")
    asked(world)
    meddled = Meddling(store(world), lambda: receive(world, an_sms("can somebody call me", at=world.clock()), inline=False), 5)
    assert erase_patient.confirm(replace(world, store=meddled), RITA, "er1") == "moved"


def test_who_moves_between_the_two_people_leaves_no_list_behind() -> None:
    world = asked(a_left_one())
    world.store.commit(Update(Patient, ("alice",), set={"program": "harbor"}, add={"version": 1}))
    world.store.commit(Put(Quiet("harbor", "alice", world.clock(), "text", world.clock())))
    erase_patient.confirm(world, Staff("rita", "records", ("adult", "harbor")), "er1")
    assert run_out(world).state == DONE and store(world).rows(Quiet) == []


def test_n5_what_somebody_typed_for_an_id_is_the_key_of_no_row() -> None:
    world = a_left_one()
    for typed in ("AliceMiller", "3035550101"):
        read(world, RITA, typed)
        with pytest.raises(NotFound):
            legal_hold.place(world, RITA, typed, "audit", "")
        assert typed not in repr(store(world).rows(AuditEntry))
    assert _id("303-555-0101") == _id("3035550101") == "" and _id("01JNV3Z0000000000000000000") and _id("alice")


def test_a_form_of_another_record_says_so() -> None:
    world = asked(a_left_one())
    a_patient(world, "alias", STRANGER_NUMBER, status="discharged")
    assert erase_patient.ask(world, RITA, "alias", Wish("request", True), "er1") == "moved"


def test_no_name_can_be_a_matter() -> None:
    assert is_matter("") and is_matter("24-CV-1107") and is_matter("2026/11")
    assert not any(is_matter(each) for each in ("Smith v. Clinic", "Smith", "24 CV", "x" * 33 + "1"))


@pytest.mark.parametrize(
    ("wish", "status", "why"),
    [
        (Wish("request"), "discharged", "agreed"), (Wish("retention"), "discharged", "why"), (Wish(""), "discharged", "why"),
        (Wish("request", True), "active", "status"), (Wish("mistake"), "active", "asked"),
    ],
)  # fmt: skip
def test_why_a_record_may_go(wish: Wish, status: str, why: str) -> None:
    assert erase_patient.ask(a_left_one(status=status), RITA, "alice", wish, "er1") == why


def test_kept_after_all_and_asked_again() -> None:
    world = asked(a_left_one())
    assert erase_patient.ask(world, RITA, "alice", Wish("mistake"), "er2") == "moved"  # one decision at a time
    assert erase_patient.drop(world, RITA, "er1") == "dropped" and erase_patient.drop(world, RITA, "er1") == "already"
    assert erase_patient.confirm(world, OTHER, "er1") == "already"
    assert erase_patient.ask(world, RITA, "alice", Wish("mistake"), "er3") == "asked"


# ---------------------------------------------------------------- the table of years


def test_the_table_ships_without_a_state_and_lists_nobody() -> None:
    assert retention.table().rule is None and {"consents", "trail", "releases"} <= {each.kind_id for each in retention.table().kinds}
    world = a_left_one()
    list_due.ask(world)
    assert not [row for row in store(world).rows(Due) if row.kind == "list_due"]


@pytest.mark.parametrize(
    "row", [{"statute": ""}, {"reviewer": ""}, {"years": 0}, {"minor_years": 0}, {"state": "UT"}, {"twice": True}]
)
def test_a_row_that_nobody_stands_behind_is_none(row: dict[str, Any]) -> None:
    full = {name: getattr(RULE, name) for name in StateRule.__slots__}
    twice = row.pop("twice", False)
    said = {"kind": [], "state": [{**full, **row}] * (2 if twice else 1), "applies": "CO", "verified_on": date(2026, 11, 28)}
    assert retention.read(said).rule is None
    assert retention.read({**said, "state": [full]}).rule == RULE
    assert retention.read({**said, "state": [full], "applies": ""}).rule is None


@pytest.mark.parametrize(
    ("last", "born", "until"),
    [
        (date(2020, 3, 1), None, date(2027, 3, 1)), (date(2020, 2, 29), date(1980, 1, 1), date(2027, 3, 1)),
        (date(2020, 3, 1), date(2010, 6, 1), date(2038, 6, 1)), (date(2020, 3, 1), date(2002, 3, 2), date(2030, 3, 2)),
    ],
)  # fmt: skip
def test_until_when_a_record_is_kept(last: date, born: date | None, until: date) -> None:
    assert kept_until(RULE, last, born) == until


def listed(world: World) -> list[Erasure]:
    list_due.list_all(world, RULE)
    return store(world).rows(Erasure)


def test_whose_years_are_over_is_listed_once_and_nobody_else() -> None:
    world = a_left_one()
    a_patient(world, "still", STRANGER_NUMBER)
    assert listed(world) == []
    clock(world).advance(days=7 * 366)
    [made] = listed(world)
    assert (made.patient_id, made.state, made.law, made.why) == ("alice", LISTED, RULE.name, "retention")
    assert len(listed(world)) == 1 and ("job:list_due", "erase_listed", RULE.name) in traces(world, "alice")
    assert [each.patient_id for each in read(world, FRANK).erasures] == ["alice"] == [each.patient_id for each in read(world, RITA).erasures]
    assert read(world, Staff("r", "records", ("harbor",))).erasures == ()


def test_whom_somebody_kept_after_all_is_asked_about_again_in_a_year_or_by_another_row_and_not_each_night() -> None:
    world = a_left_one()
    clock(world).advance(days=7 * 366)
    [made] = listed(world)
    assert erase_patient.drop(world, FRANK, made.erasure_id) == "dropped"
    for _ in range(3):
        clock(world).advance(days=1)
        assert [each.state for each in listed(world)] == ["dropped"]
    list_due.list_all(world, replace(RULE, reviewed_on=RULE.reviewed_on + timedelta(days=1)))
    [again] = [each for each in store(world).rows(Erasure) if each.state == LISTED]
    assert erase_patient.drop(world, FRANK, again.erasure_id) == "dropped"
    clock(world).advance(days=365)
    assert sorted(each.state for each in listed(world)) == ["dropped", "dropped", "listed"]


def test_a_held_record_is_not_listed() -> None:
    world = a_left_one()
    legal_hold.place(world, FRANK, "alice", "litigation", "")
    clock(world).advance(days=7 * 366)
    assert listed(world) == []


def test_without_a_row_any_more_or_for_a_minor_nobody_can_confirm() -> None:
    world = a_left_one()
    clock(world).advance(days=7 * 366)
    [made] = listed(world)
    assert erase_patient.agree(world, FRANK, made.erasure_id) == "asked"
    assert erase_patient.confirm(world, RITA, made.erasure_id) == "years"  # the table has no row today
    newer = replace(RULE, reviewed_on=date(2030, 1, 1))
    assert erase_patient.confirm(world, RITA, made.erasure_id, lambda: newer) == "years"  # it was listed by another row
    assert erase_patient.confirm(world, RITA, made.erasure_id, lambda: RULE) == "confirmed"


def test_a_visit_yesterday_keeps_a_record() -> None:
    world = a_left_one()
    clock(world).advance(days=7 * 366)
    booked(world, world.clock() + timedelta(days=1))
    assert listed(world) == []


def test_a_run_for_nothing_ends() -> None:
    world = a_left_one()
    due = Due(0, world.clock(), "erase#none", "erase", "none")
    world.store.commit(Put(due))
    erase_rows.go_on(world, due)
    assert store(world).rows(Due) == [row for row in store(world).rows(Due) if row.kind != "erase"]


class Slow:
    """A store that says what it was asked for of single records; each visits' query takes `seconds`."""

    def __init__(self, world: World, seconds: int = 0):
        self._inner, self._clock, self._seconds, self.asked = store(world), clock(world), seconds, list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def appointments_of(self, patient_id: str, limit: int = 60) -> Any:
        self.asked.append(patient_id)
        self._clock.advance(seconds=self._seconds)
        return self._inner.appointments_of(patient_id, limit)


def test_who_left_within_the_years_is_told_so_by_their_own_row_alone() -> None:
    """Two reads for each of ten thousand who ever left are minutes, and Lambda ends a tick after one."""
    world = a_left_one()
    slow = Slow(world)
    left = clock(world)()
    world.store.commit(Update(Patient, ("alice",), set={"discharged_at": left}))
    assert list_due.list_all(replace(world, store=slow), RULE) == "" and slow.asked == []
    clock(world).advance(days=7 * 366)
    assert list_due.list_all(replace(world, store=slow), RULE) == "" and slow.asked == ["alice"]


def test_a_look_that_would_outlast_its_tick_goes_on_in_the_next_minute_where_it_stopped() -> None:
    world = a_left_one()
    a_patient(world, "bob", STRANGER_NUMBER, status="discharged")
    clock(world).advance(days=7 * 366)
    slow = replace(world, store=Slow(world, seconds=60))
    due = Due(0, clock(world)(), list_due.KIND, list_due.KIND, "clinic")
    world.store.commit(Put(due))
    list_due.look_by(slow, due, RULE)
    assert [each.patient_id for each in store(world).rows(Erasure)] == ["alice"]
    [rest] = [row for row in store(world).rows(Due) if row.kind == list_due.KIND]
    assert rest.at == clock(world)() + list_due.SOON
    list_due.look_by(slow, rest, RULE)
    assert sorted(each.patient_id for each in store(world).rows(Erasure)) == ["alice", "bob"]
    assert not [row for row in store(world).rows(Due) if row.kind == list_due.KIND]
