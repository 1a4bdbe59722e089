"""What a page opens is lent off its road, whatever fails; it is taken back, whatever fails; nothing is lent that no row knows."""

from __future__ import annotations

from chalicelib.core.records import Incident, LentKey
from chalicelib.flows import handle_incident
from tests.cast import ERIN, a_patient, an_sms

from .told import CRISIS, Story
from .town import Town

DANI = "+13035550177"


def of_harbor(town: Town) -> None:
    a_patient(town.world, "dani", DANI, "harbor")


def pages(town: Town) -> None:
    town.text(an_sms(CRISIS, DANI, at=town.clock.now), crisis=True)
    town.stream()


def is_lent(town: Town) -> list[str]:
    """To whoever was called, in AWS as in the row, with what 42 CFR 2.51 wants written down (P2-6)."""
    rows = [row for row in town.store.rows(LentKey) if row.open_at(town.clock.now)]
    wrong = [] if rows else ["nobody was lent anything"]
    wrong += [f"{row.target} has no nature or no discloser" for row in rows if not (row.nature and row.by)]
    return wrong + [f"{row.target} is not lent in AWS" for row in rows if (row.staff_id, row.subject) not in town.lender.lent]


def paged_and_over(town: Town) -> None:
    """Erin took the item and ended it; a day later nobody needs what it opened."""
    of_harbor(town)
    pages(town)
    [incident] = town.store.rows(Incident)
    for step in (handle_incident.acknowledge, handle_incident.contacted):
        step(town.world, ERIN, incident.incident_id)
    handle_incident.resolve(town.world, ERIN, incident.incident_id, "visit_arranged")
    town.clock.advance(hours=12, minutes=1)
    town.minute()
    town.clock.advance(hours=13)


def is_back(town: Town) -> list[str]:
    rows = town.store.rows(LentKey)
    wrong = [] if rows else ["nobody was lent anything"]
    wrong += [f"{row.target} was not taken back" for row in rows if row.back_at is None or row.token]
    return wrong + [f"{pair} is still lent in AWS" for pair in town.lender.lent]


STORIES = (
    Story("a page opens its patient", pages, of_harbor, is_lent),
    Story("what a page opened is over", Town.minute, paged_and_over, is_back),
)
