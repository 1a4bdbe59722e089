"""The next step of an incident and its clock (RULES 3.4), and the order of a queue of many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .incidents import UNACKNOWLEDGED
from .records import Incident

# RULES 3.4, by tier: how soon somebody has it, and how soon a person talks to the patient
TO_ACKNOWLEDGE = {0: timedelta(minutes=5), 1: timedelta(minutes=15)}
TO_CONTACT = {0: timedelta(minutes=15), 1: timedelta(minutes=60)}
AGED = 4  # so many times its promise: what waited this long unheld stands among the worst, and nothing starves


@dataclass(frozen=True, slots=True)
class Clock:
    """`what`: acknowledge, contact or close. `due`: when it should have happened by; None where nothing is promised."""

    what: str
    since: datetime
    due: datetime | None = None


def next_clock(incident: Incident) -> Clock | None:
    """What is to happen next; None once it is over."""
    began = incident.detected_at
    if incident.state == "resolved":
        return None
    if incident.state in UNACKNOWLEDGED:
        return Clock("acknowledge", began, began + promise(TO_ACKNOWLEDGE, incident.tier))
    if incident.state == "contacted":
        return Clock("close", when(incident, "contacted") or began)
    return Clock("contact", when(incident, "acknowledged") or began, began + promise(TO_CONTACT, incident.tier))


def promise(promises: dict[int, timedelta], tier: int) -> timedelta:
    return promises.get(tier, promises[max(promises)])


def when(incident: Incident, what: str, last: bool = False) -> datetime | None:
    """The first, or last, time that something happened."""
    times = [step.at for step in incident.steps if step.what == what]
    return (max if last else min)(times, default=None)


def by_need(incidents: Iterable[Incident], now: datetime) -> list[Incident]:
    """Unheld before held, then the tier, then who has waited longest.

    A lower tier that nobody took for four times its promise counts as the worst tier: ten new items never push it down
    for ever.
    """
    return sorted(incidents, key=lambda incident: (held(incident), _rank(incident, now), incident.detected_at))


def held(incident: Incident) -> bool:
    return incident.state not in UNACKNOWLEDGED


def _rank(incident: Incident, now: datetime) -> int:
    aged = now - incident.detected_at >= AGED * promise(TO_ACKNOWLEDGE, incident.tier)
    return 0 if aged and not held(incident) else incident.tier
