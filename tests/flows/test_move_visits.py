"""Visits go along when a patient changes the program or two records become one: sealed there, texts once, answers to nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.records import Appointment, Charted, Contact, Due, Message, Move
from chalicelib.core.staff import Staff
from chalicelib.errors import OpenFailed
from chalicelib.flows import tick
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.deliver import deliver
from chalicelib.flows.merge_patients import Merged, merge
from chalicelib.flows.plan_touches import details_context, open_details, touch_due
from chalicelib.flows.read_appointments import read_appointment
from chalicelib.flows.receive_sms import receive
from chalicelib.flows.transfer_patient import Transferred, transfer
from chalicelib.flows.undo_merge import undo
from chalicelib.storage.changes import key_of
from tests.schedule import Schedule, on_the_list

from ..appointments import DAY, FRIDAY, booked, touches
from ..cast import ALICE_NUMBER, CAROL, DAN, a_patient, an_sms
from .moving import DiesAt, Dying, finished, unfinished
from .office import an_open_office, clock, outgoing, store

OTHER = "+13035550142"


@pytest.fixture
def world():
    """Alice twice: "alice", and "alias" with another number."""
    office = an_open_office()
    a_patient(office)
    a_patient(office, "alias", OTHER)
    return office


def go(world, **parts):
    return transfer(replace(world, **parts), CAROL, "alice", "harbor", "MV1")


def join(world, **parts):
    return merge(replace(world, **parts), CAROL, "alias", "alice", "MV1")


def visits(world):
    return store(world).rows(Appointment)


def in_order(world):
    """Every planned touch has its due row, and no due row is of nothing."""
    planned = {touch_due(visit, touch) for visit in visits(world) if visit.ahead for touch in visit.touches if touch.state == "planned"}
    return planned == {due for due in store(world).rows(Due) if due.kind == "touch"} and unfinished(world) == []


def reminders(world):
    return [row for row in store(world).rows(Message) if row.kind == "reminder"]


def asked(world):
    """The day-before text left, and its question is open."""
    clock(world).now = FRIDAY - DAY
    tick.tick(world)
    for row in outgoing(world):
        deliver(world, *key_of(row))
    assert world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER)).prompt is not None


def test_a_visit_goes_to_the_other_program_sealed_for_it_and_its_texts_with_it(world):
    was = booked(world, place="200 Elm St")
    past = booked(world, FRIDAY - timedelta(days=30), status="fulfilled", place="200 Elm St")
    assert isinstance(go(world), Transferred)
    finished(world)
    found = {visit.appointment_id: visit for visit in visits(world)}
    assert {visit.program for visit in found.values()} == {"harbor"} and in_order(world)
    assert [row.appointment_id for row in world.store.booked("harbor", FRIDAY, FRIDAY + DAY)] == [was.appointment_id]
    assert world.store.booked("adult", FRIDAY, FRIDAY + DAY) == []
    for each in (was, past):
        there = found[each.appointment_id]
        assert open_details(world, there, "test").place == "200 Elm St" and touches(there) == touches(each)
        with pytest.raises(OpenFailed):
            world.vault.open(details_context(each), each.ref, there.sealed_details, "test")
    assert read_appointment(world, DAN, "alice", was.appointment_id).details.place == "200 Elm St"
    clock(world).now = FRIDAY - DAY
    tick.tick(world)
    assert [row.program for row in reminders(world)] == ["harbor"]


def test_what_was_told_is_not_told_again_and_a_late_answer_is_words_for_a_person(world):
    booked(world)
    asked(world)
    go(world)
    assert world.store.get(Contact, world.hasher.contact_id(ALICE_NUMBER)).prompt is None
    finished(world)
    receive(world, an_sms("1", at=clock(world).now), inline=True)
    [visit] = visits(world)
    assert (visit.program, visit.confirmation) == ("harbor", "asked") and len(reminders(world)) == 1
    clock(world).now = FRIDAY - timedelta(hours=2)
    tick.tick(world)
    assert touches(visit)["1d"] == ("sent", "") and len(reminders(world)) == 2  # the day before, and two hours before


def test_two_records_become_one_with_the_visits_of_both_and_one_text_for_a_day(world):
    booked(world, FRIDAY)
    came = booked(world, FRIDAY + timedelta(hours=1), patient_id="alias", place="200 Elm St")
    assert isinstance(join(world), Merged)
    finished(world)
    assert {(visit.patient_id, visit.moved_to) for visit in visits(world)} == {("alice", "")} and len(visits(world)) == 2
    there = world.store.get(Appointment, "alice", came.appointment_id)
    assert open_details(world, there, "test").place == "200 Elm St" and in_order(world)
    assert touches(there)["1d"] == ("left_out", "told_together")
    clock(world).now = FRIDAY - DAY
    tick.tick(world)
    assert [len(row.visits) for row in reminders(world)] == [2]


def test_a_text_that_is_due_while_they_become_one_waits_and_leaves_from_there(world):
    booked(world, patient_id="alias")
    clock(world).now = FRIDAY - DAY
    clock(world).advance(minutes=-1)
    join(world, store=DiesAtFlip(store(world)))
    assert visits(world)[0].patient_id == "alias"
    finished(world, 4)
    assert [row.patient_id for row in reminders(world)] == ["alice"] and in_order(world)


class DiesAtFlip:
    """A store that takes one commit, and is gone."""

    def __init__(self, inner):
        self._inner, self._left = inner, 1

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def commit(self, *changes):
        from chalicelib.errors import StoreUnavailable

        if not self._left:
            raise StoreUnavailable("gone")
        self._left -= 1
        self._inner.commit(*changes)


def test_a_merge_that_is_undone_sends_the_visits_home_and_no_others(world):
    own, came = booked(world), booked(world, FRIDAY + timedelta(days=1), patient_id="alias", place="200 Elm St")
    join(world)
    finished(world)
    since = booked(world, FRIDAY + timedelta(days=2))
    clock(world).advance(minutes=2)
    assert isinstance(undo(world, CAROL, "MV1", "MV2"), Merged)
    finished(world)
    assert {visit.appointment_id: visit.patient_id for visit in visits(world)} == {
        own.appointment_id: "alice", came.appointment_id: "alias", since.appointment_id: "alice",
    }  # fmt: skip
    assert open_details(world, world.store.get(Appointment, "alias", came.appointment_id), "test").place == "200 Elm St" and in_order(world)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("act", [go, join])
def test_whoever_dies_on_the_way_the_next_run_goes_on(act, after):
    at = 0
    while True:
        at += 1
        office = an_open_office()
        a_patient(office)
        a_patient(office, "alias", OTHER)
        for day in (0, 7):
            booked(office, FRIDAY + timedelta(days=day), patient_id="alias" if act is join else "alice", place="200 Elm St")
        dying = DiesAt(store(office), at, after)
        try:
            act(office, store=dying)
        except Dying:
            pass
        if office.store.get(Move, "MV1") is None:
            act(office)
        finished(office)
        assert in_order(office) and len(visits(office)) == 2
        assert {(visit.patient_id, visit.program) for visit in visits(office)} == {("alice", "harbor" if act is go else "adult")}
        if dying.left > 0:
            return


def test_the_schedule_goes_on_with_a_visit_that_moved(world):
    on_the_list(world)
    on_the_list(world, "A-2", "alias")
    on_the_list(world, "H-1", program="harbor")
    Schedule(world).put("v1")
    Schedule(world).put("v2", record_id="A-2", start="2026-03-09T15:00:00-06:00")
    join(world)
    finished(world)
    assert Schedule(world).patch("v2", version=2, minutes=30).body["result"] == "changed"
    clock(world).advance(minutes=2)
    transfer(world, Staff("carol", "clinician", ("adult", "harbor")), "alice", "harbor", "MV9")
    finished(world)
    assert Schedule(world).patch("v1", version=2, minutes=30).status == 404  # it belongs to another program now
    there = Schedule(world, "harbor", {"key_id": "ehr-2", "secret": bytes(range(32))[::-1]})
    assert there.put("v1", record_id="H-1", version=5, minutes=25).body["result"] == "changed" and len(visits(world)) == 2
    set_status(world, DAN, "alice", visits(world)[0].appointment_id, "cancelled")
    clock(world).advance(minutes=2)
    assert [each["visit_id"] for each in there.changes().body["changes"]] == ["v1"]
    assert len(store(world).rows(Charted)) == 4
