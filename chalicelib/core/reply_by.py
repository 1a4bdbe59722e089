"""By when a text should have been answered: the program's response time, counted in its open hours only."""

from __future__ import annotations

from datetime import datetime, timedelta

from .clinic import Clinic

LONGEST = timedelta(days=30)  # nobody promises an answer later than that


def reply_by(clinic: Clinic, program: str, since: datetime, minutes: int) -> datetime:
    """The instant (UTC) when `minutes` of open time have passed after `since`.

    A program without hours, and one that stays closed, counts every minute: a clock that never runs out is worse.
    """
    left, at = timedelta(minutes=minutes), since
    while left > timedelta(0):
        window = clinic.open_window(program, at)
        if window is None or window[0] - since > LONGEST:
            return since + timedelta(minutes=minutes)
        opens, closes = window
        spent = min(left, closes - opens)
        left, at = left - spent, opens + spent
    return at
