"""Open times of a month in numbers."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.core.appointments import Step
from chalicelib.core.waitlist import Offer
from chalicelib.core.waitlist_figures import WaitlistFigures, waitlist_figures
from tests.appointments import DAY, FRIDAY, an_appointment
from tests.waitlist import a_slot


def _moved(days: int, appointment_id: str):
    was = FRIDAY + timedelta(days=days)
    return an_appointment(appointment_id=appointment_id, steps=(Step(FRIDAY - DAY, "patient", "moved", was.isoformat()),))


def _offer(patient_id: str, state: str, **fields):
    return Offer(patient_id, "v", FRIDAY, FRIDAY, state, **fields)


def test_what_was_offered_taken_and_gained():
    visits = [_moved(10, "v1"), _moved(20, "v2"), _moved(-3, "v3"), an_appointment(appointment_id="v4")]
    slots = [
        a_slot(about="1", state="taken", taken_by="alice.v1", offers=(_offer("alice", "accepted"), _offer("bea", "over"))),
        a_slot(about="2", state="taken", taken_by="alice.v2", offers=(_offer("alice", "accepted", move=True),)),  # a time for who needed another
        a_slot(about="3", state="taken", taken_by="alice.v3"),  # later than before: nothing gained
        a_slot(about="4", state="taken", taken_by="alice.v4"),  # booked anew
        a_slot(about="5", state="taken", taken_by="alice.gone"),
        a_slot(about="6", state="gone", offers=(_offer("bea", "declined"), _offer("cleo", "lapsed"))),
        a_slot(about="7"),
    ]
    assert waitlist_figures(slots, visits) == WaitlistFigures(openings=7, offers=4, accepted=1, filled=5, days_gained=15.0)


def test_a_month_without_any():
    assert waitlist_figures([], []) == WaitlistFigures(0, 0, 0, 0, None)
