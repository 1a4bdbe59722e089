"""A month of open times in numbers: offered, taken, filled, and how much sooner. No names. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from .appointments import Appointment
from .waitlist import Slot

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WaitlistFigures:
    """`openings`: times that begin in the month and were open; `offers`: people asked about them from the waitlist, `accepted`:
    of these, said yes first. `filled`: openings that somebody has now, however. `days_gained`: the median of how much sooner a
    moved visit is, None where none moved."""

    openings: int
    offers: int
    accepted: int
    filled: int
    days_gained: float | None


def waitlist_figures(slots: Iterable[Slot], visits: Iterable[Appointment]) -> WaitlistFigures:
    """`visits`: those that begin in the same month; the ones that took an opening say when they were before."""
    known, by_ref = list(slots), {visit.ref: visit for visit in visits}
    asked = [offer for slot in known for offer in slot.offers if not offer.move]
    gained = [each for slot in known if (each := _gained(slot, by_ref.get(slot.taken_by))) is not None]
    return WaitlistFigures(
        openings=len(known),
        offers=len(asked),
        accepted=sum(offer.state == "accepted" for offer in asked),
        filled=sum(slot.state == "taken" for slot in known),
        days_gained=round(median(gained), 1) if gained else None,
    )


def _gained(slot: Slot, visit: Appointment | None) -> float | None:
    """Days between the time that the visit had and this one; None where it was booked anew, or is not there any more."""
    if slot.state != "taken" or visit is None or visit.start_at != slot.start_at:
        return None
    moves = [step.detail for step in visit.steps if step.what == "moved" and step.detail]
    sooner = (datetime.fromisoformat(moves[-1]) - slot.start_at) / DAY if moves else 0.0
    return sooner if sooner > 0 else None
