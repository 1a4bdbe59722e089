"""Who has gone quiet: found from a due row of their own when it comes due, listed, left alone, called, and never texted unasked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.clinic import Clinic
from chalicelib.core.records import Due, Patient, Quiet, Tasks, Update
from chalicelib.errors import NotFound
from chalicelib.flows import gone_quiet, quiet_desk, reengage
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.outbox import keep_due
from chalicelib.flows.patient_standing import change_status
from chalicelib.ports import World
from tests.appointments import DAY, booked
from tests.cast import CAROL, DAN, a_patient
from tests.console.test_costs import Counting

from .office import an_open_office, clock, store
from .test_missed_visit import agreed, calls, days, marked, minutes, says, texts


def with_setting(clinic: Clinic, **fields) -> Clinic:
    return replace(clinic, programs={**clinic.programs, "adult": replace(clinic.programs["adult"], **fields)})


def an_office(**setting) -> World:
    world = an_open_office()
    world = replace(world, clinic=with_setting(world.clinic, **({"quiet_days": 45} | setting)))
    a_patient(world, consent=agreed(world))
    armed(world)
    return world


def armed(world: World, patient_id: str = "alice") -> None:
    now = world.clock()
    at = gone_quiet.first_look(world, "adult", now)
    world.store.commit(*gone_quiet.armed(world, patient_id, "adult", now), Update(Patient, (patient_id,), set={"quiet_due": at}))


def rows(world: World) -> list[Due]:
    return [due for due in store(world).rows(Due) if due.kind == "quiet"]


def listed(world: World) -> list[Quiet]:
    return store(world).rows(Quiet)


def test_after_the_programs_days_without_contact_they_stand_on_the_list_and_no_text_leaves():
    world = an_office()
    days(world, 45)
    assert listed(world) == []
    days(world, 2)
    [entry] = listed(world)
    assert (entry.patient_id, entry.contact, entry.missed) == ("alice", "registered", False)
    days(world, 30)
    assert listed(world) == [entry] and texts(world) == [] and len(rows(world)) == 1


@pytest.mark.parametrize("contact", ["a text", "a visit", "a call"])
def test_each_contact_moves_the_day_without_touching_the_due_row(contact):
    world = an_office()
    days(world, 30)
    before = rows(world)
    if contact == "a text":
        says(world, "hello")
    elif contact == "a visit":
        booked(world, clock(world).now + timedelta(hours=1), "v1")
        minutes(world, 120)
        set_status(world, CAROL, "alice", "v1", "fulfilled")
    else:
        world.store.commit(marked(called_at=clock(world).now))
    assert rows(world) == before
    days(world, 44)
    assert listed(world) == []
    days(world, 3)
    assert [entry.contact for entry in listed(world)] == [contact.removeprefix("a ")]


def test_nobody_with_a_visit_ahead_is_on_it_and_a_booking_takes_them_off():
    world = an_office()
    days(world, 47)
    assert len(listed(world)) == 1
    booked(world, clock(world).now + 20 * DAY, "v1")
    assert listed(world) == []
    days(world, 19)
    assert listed(world) == []
    days(world, 47)  # they did not come, nobody said so: quiet from the last contact on, once nothing is ahead
    assert [entry.visit_id for entry in listed(world)] == ["v1"]


def test_who_wrote_this_night_is_not_shown_though_the_morning_has_not_come():
    world = an_office()
    days(world, 47)
    assert [line.name for line in quiet_desk.read_quiet(world, CAROL, "adult")] == ["Alice"]
    says(world, "are you still there")
    assert quiet_desk.read_quiet(world, CAROL, "adult") == ()
    days(world, 1)
    assert listed(world) == []


@pytest.mark.parametrize("status", ["hold", "hospital", "custody"])
def test_who_is_away_is_not_asked_about(status):
    world = an_office()
    world.store.commit(marked(status=status))
    days(world, 100)
    assert listed(world) == [] and len(rows(world)) == 1


@pytest.mark.parametrize("status", ["discharged", "deceased"])
def test_nobody_looks_any_more_after_who_has_left_until_they_are_back(status):
    world = an_office()
    change_status(world, CAROL, "alice", status)
    days(world, 47)
    assert listed(world) == [] and rows(world) == []
    change_status(world, CAROL, "alice", "active")
    assert len(rows(world)) == 1


def test_a_program_that_keeps_no_list_has_none_and_finds_them_when_it_does():
    world = an_office(quiet_days=0)
    days(world, 100)
    assert listed(world) == [] and len(rows(world)) == 1
    world = replace(world, clinic=with_setting(world.clinic, quiet_days=45))
    days(world, 31)
    assert len(listed(world)) == 1


def test_who_went_to_another_program_is_looked_after_there():
    world = an_office()
    days(world, 47)
    world.store.commit(marked(program="harbor"))
    days(world, 1)
    assert [entry.program for entry in listed(world)] == ["harbor"]
    assert quiet_desk.read_quiet(world, CAROL, "adult") == ()


def test_texts_begin_by_themselves_only_where_the_program_says_so_and_once_for_each_silence():
    world = an_office(quiet_texts=True)
    days(world, 120)
    assert texts(world) == ["a_while", "door_open", "last_word"]
    assert listed(world)[0].begun_at is not None


def test_who_should_be_called_first_is_called_and_not_texted_where_texts_begin_by_themselves():
    world = an_office(quiet_texts=True)
    world.store.commit(marked(item9_at=clock(world).now + 30 * DAY))
    days(world, 120)
    assert texts(world) == [] and len(calls(world)) == 1


def test_ctia_6_nor_is_who_did_not_agree_to_it():
    world = an_office(quiet_texts=True)
    world.store.commit(marked(consent={"conversation": clock(world).now}))
    days(world, 60)
    assert texts(world) == [] and len(listed(world)) == 1


def test_a_person_asks_for_a_call_begins_the_texts_or_leaves_them_alone():
    world = an_office()
    days(world, 47)
    for _ in range(2):
        assert quiet_desk.ask_call(world, CAROL, "adult", "alice")
    [row] = store(world).rows(Tasks)
    assert [task.kind for task in row.items] == ["quiet_call"]
    quiet_desk.leave(world, CAROL, "adult", "alice", 30, "asked")
    [line] = quiet_desk.read_quiet(world, CAROL, "adult")
    assert line.left and line.entry.left_by == "carol"
    days(world, 31)
    assert not quiet_desk.read_quiet(world, CAROL, "adult")[0].left
    assert reengage.start(world, CAROL, "alice") == "begun" and reengage.start(world, CAROL, "alice") == "on"
    days(world, 1)
    assert texts(world) == ["a_while"]


def test_nobody_of_another_program_sees_or_does_anything_here():
    world = an_office()
    days(world, 47)
    for act in (
        lambda: quiet_desk.read_quiet(world, DAN, "adult"),
        lambda: quiet_desk.leave(world, DAN, "adult", "alice", 30, "asked"),
        lambda: quiet_desk.ask_call(world, DAN, "adult", "alice"),
        lambda: reengage.start(world, DAN, "alice"),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_doubled_or_late_due_row_leaves_one_behind():
    world = an_office()
    [first] = rows(world)
    world.store.commit(keep_due(replace(first, at=first.at + DAY)))
    days(world, 60)
    assert len(rows(world)) == 1 and len(listed(world)) == 1


@pytest.mark.parametrize("others", [0, 40])
def test_a_look_costs_the_same_however_many_patients_there_are(others):
    world = an_office()
    for at in range(others):
        a_patient(world, f"p{at}", f"+1303555{2000 + at}")
        armed(world, f"p{at}")
        says_soon = gone_quiet.first_look(world, "adult", clock(world).now) + 30 * DAY
        world.store.commit(Update(Patient, (f"p{at}",), set={"quiet_due": says_soon}))
    clock(world).now += 47 * DAY
    counting = Counting(world.store)
    gone_quiet.look(replace(world, store=counting), next(due for due in rows(world) if due.target == "alice"))
    assert Counter(counting.calls) == Counter(get_many=1, appointments_of=1, commit=2)
