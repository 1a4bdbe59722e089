"""What may be sent and how old it is, for who answers for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.staff import Staff
from chalicelib.flows import stale_words

from ..cast import CAROL, a_patient
from ..fakes.world import FakeClock
from ..flows.office import an_open_office
from .office import at_desk, text

LEAD = Staff("lena", "clinical_lead", ("adult",))


def test_the_lead_sees_each_template_with_who_approved_it_and_its_words() -> None:
    desk, _ = at_desk(LEAD)
    page = text(desk.get("/console/words"))
    assert "visit_confirm version 1" in page and "Clinical lead answers for it" in page and "Not sendable" not in page
    assert "You have an appointment {when}" in page and "988" in page


@pytest.mark.parametrize("who", [CAROL, Staff("ada", "administrator", ())])
def test_others_find_nothing_there(who: Staff) -> None:
    desk, _ = at_desk(who)
    assert desk.get("/console/words").status_code == 404


def test_old_words_are_named_and_the_line_in_the_list_leads_here() -> None:
    world = an_open_office(clock=FakeClock(datetime(2027, 3, 1, 17, 0, tzinfo=UTC)))
    a_patient(world)
    stale_words.tell(world)
    desk, _ = at_desk(LEAD, world)
    inbox = desk.get("/console/inbox")
    assert "What patients are told grows old: look at it again" in text(inbox) and "/console/words#age" in inbox.body.decode()
    assert "Look again now: " in text(desk.get("/console/words"))
    theirs, _ = at_desk(CAROL, world)
    assert "grows old" not in text(theirs.get("/console/inbox"))
