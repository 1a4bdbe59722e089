"""A carrier's own list of who sent STOP, beside ours. Pure.

Whoever is on the carrier's list gets nothing from it whatever we ask, a crisis answer neither (N2). So a STOP of theirs is one
here, a START of ours takes them off it, and a STOP of ours is never put on it: our own rows keep it, and what may leave all the
same (`core.permission_rules`) still can.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from .consent import stopped
from .people import Contact
from .quick import dataclass

EVERY = timedelta(hours=23)  # asked each hour: once a day, whatever minute it runs in
MOST = 5000  # numbers of which it is remembered that they were on the list: one row of a table
STOP, BACK, SAME = "stop", "back", "same"
# How a number stands here and there: for the page.
HERE_ALONE, TAKEN_OVER, NOT_BACK = "here_alone", "taken_over", "not_back"


@dataclass(frozen=True, slots=True)
class OptedOut:
    """One number on a carrier's list. `by_them`: they wrote STOP; else somebody put it there."""

    number: str
    at: datetime
    by_them: bool = True


def compared_key(carrier: str) -> str:
    """Where it is written down that this carrier's list was read (`core.compared.Compared`)."""
    return f"{carrier}.stops"


def decide(contact: Contact, at: datetime) -> str:
    """What a line of the carrier's list asks for: of who sent START after it, that they are let back; of anybody else who is
    not stopped here, that they are."""
    if stopped(contact):
        return SAME
    return BACK if contact.started_at is not None and contact.started_at > at else STOP


def after_refusal(contact: Contact) -> str:
    """A text was refused for their STOP, and nobody says when that was. Who sent START here, in words that the carrier does not
    know, is for a person; anybody else is stopped."""
    return SAME if stopped(contact) or contact.started_at is not None else STOP


def stands(contact: Contact, has_list: bool) -> str:
    """Where both differ, or what was taken over; "" where there is nothing to see."""
    if stopped(contact):
        if contact.carrier_out_at is None:
            return HERE_ALONE if has_list else ""
        return TAKEN_OVER if contact.stopped_at == contact.carrier_out_at else ""
    return NOT_BACK if contact.carrier_out_at is not None else ""
