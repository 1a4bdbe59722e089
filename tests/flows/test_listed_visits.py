"""A thread shows its visits without looking for them: their ids stand in the patient's row, and their own rows say the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.appointments import MOST_LISTED, Appointment, listed
from chalicelib.core.people import UNLISTED
from chalicelib.core.records import ABSENT, Patient, Put, Update
from chalicelib.errors import Rejected
from chalicelib.flows import take_slot
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.listed_visits import with_list
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.tick import tick
from tests.appointments import DAY, FRIDAY, an_appointment, booked
from tests.cast import CAROL, a_patient
from tests.console.test_costs import Counting
from tests.waitlist import opened

from .office import an_open_office, clock

WEEK = timedelta(days=7)


def _office():
    world = an_open_office()
    a_patient(world)
    counting = Counting(world.store)
    return replace(world, store=counting), counting


def _shown(world, counting) -> tuple[list[Appointment], int]:
    """What the thread shows of visits, and how often it had to look for them."""
    counting.calls.clear()
    found = read_thread(world, CAROL, "alice").behind.visits
    assert Counter(counting.calls)["newest"] == 1
    return list(found), counting.calls["appointments_of"]


def _older_version(world, *changes) -> None:
    """What code does that knows no list of visits."""
    world.store.commit(*changes)


def test_what_is_booked_moved_and_called_off_is_shown_as_it_stands_without_a_query():
    world, counting = _office()
    assert _shown(world, counting) == ([], 0)
    first = booked(world)
    second = booked(world, FRIDAY + WEEK)
    assert [each.start_at for each in _shown(world, counting)[0]] == [second.start_at, first.start_at]
    set_status(world, CAROL, "alice", second.appointment_id, "cancelled")
    shown, queries = _shown(world, counting)
    assert ([each.status for each in shown], queries) == (["cancelled", "booked"], 0)
    assert shown == world.store.appointments_of("alice")


def test_a_row_from_before_visits_were_listed_is_looked_up_and_lists_all_with_the_next_booking():
    world, counting = _office()
    booked(world)
    _older_version(world, Update(Patient, ("alice",), set={"visits": None}))
    assert world.store.get(Patient, "alice").visits == UNLISTED
    shown, queries = _shown(world, counting)
    assert (len(shown), queries) == (1, 1)
    booked(world, FRIDAY + WEEK)
    shown, queries = _shown(world, counting)
    assert (len(shown), queries) == (2, 0)


@pytest.mark.parametrize("change", ["another visit", "its own status", "its text"])
def test_what_an_older_version_booked_is_listed_by_the_next_change_or_text(change):
    world, counting = _office()
    mine = booked(world)
    _older_version(world, Update(Patient, ("alice",), set={"visits": ()}))
    assert _shown(world, counting) == ([], 0)
    if change == "another visit":
        booked(world, FRIDAY + WEEK)
    elif change == "its own status":
        set_status(world, CAROL, "alice", mine.appointment_id, "arrived")
    else:
        clock(world).now = (FRIDAY - DAY).astimezone(clock(world).now.tzinfo)
        tick(world)
    assert mine.appointment_id in [each.appointment_id for each in _shown(world, counting)[0]]


def test_of_two_who_book_at_once_neither_is_left_out():
    world, _ = _office()
    read = world.store.get(Patient, "alice")
    booked(world)
    with pytest.raises(Rejected):
        world.store.commit(Update(Patient, ("alice",), set={"visits": ("late",)}, expect={"visits": read.visits}))


def test_a_time_taken_by_text_is_looked_up_until_the_job_has_listed_it():
    world, counting = _office()
    booked(world)
    slot = opened(world, FRIDAY + WEEK)
    world.store.commit(*take_slot.rows(world, slot, "alice", "v-taken", None, "alice", clock(world).now))
    shown, queries = _shown(world, counting)
    assert ({"v-taken"} <= {each.appointment_id for each in shown}, queries) == (True, 1)
    tick(world)
    shown, queries = _shown(world, counting)
    assert ({"v-taken"} <= {each.appointment_id for each in shown}, queries) == (True, 0)


def test_what_is_ahead_is_never_pushed_out_by_what_was_booked_later():
    now = FRIDAY
    past = [an_appointment(now - WEEK, appointment_id=f"z{at:02}", status="fulfilled") for at in range(MOST_LISTED)]
    soon = an_appointment(now + DAY, appointment_id="a")
    later = an_appointment(now + 2 * DAY, appointment_id="b")
    found = listed([*past, later, soon], now)
    assert found[:3] == ("a", "b", "z39")
    assert len(found) == MOST_LISTED


def test_a_list_too_long_for_the_read_is_looked_up():
    world, counting = _office()
    visit = booked(world)
    several = [replace(visit, appointment_id=f"{visit.appointment_id}{at:03}") for at in range(100)]
    for each in several:
        world.store.commit(Put(each))
    world.store.commit(Update(Patient, ("alice",), set={"visits": tuple(each.appointment_id for each in several)}))
    assert _shown(world, counting)[1] == 1


def test_another_change_of_the_patients_row_and_the_list_are_one_change():
    world, _ = _office()
    patient, visit = world.store.get(Patient, "alice"), an_appointment()
    mark = Update(Patient, ("alice",), set={"call_first": "t1"}, expect={"call_first": ABSENT})
    world.store.commit(*with_list([Put(visit), mark], patient, (visit,), clock(world).now))
    after = world.store.get(Patient, "alice")
    assert (after.call_first, after.visits) == ("t1", ("v1",))
