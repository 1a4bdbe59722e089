"""Queue health as the supervisor sees it."""

from __future__ import annotations

from ..cast import CAROL, a_patient
from ..flows.office import an_open_office
from ..flows.test_queue_health import ADMIN, SUPERVISOR, waits
from .office import at_desk, text


def test_a_supervisor_sees_counts_and_never_a_name() -> None:
    world = an_open_office()
    a_patient(world)
    waits(world, "morgan", 30, owner="carol")
    desk, _ = at_desk(SUPERVISOR, world)
    page = desk.get("/console/health")
    said = text(page)
    assert page.status_code == 200
    assert "1 waits for an answer" in said and "0 in nobody's name" in said
    assert "Adult counseling" in said and "Carol" in said
    assert "morgan" not in page.body.decode().lower() and "alice" not in page.body.decode().lower()


def test_it_is_in_the_bar_of_those_who_may_and_nobody_else() -> None:
    for who, there in ((SUPERVISOR, True), (ADMIN, True), (CAROL, False)):
        desk, _ = at_desk(who, an_open_office())
        assert ("/console/health" in desk.get("/console/inbox").body.decode()) is there
        assert desk.get("/console/health").status_code == (200 if there else 404)


def test_a_quiet_day_is_said() -> None:
    desk, _ = at_desk(SUPERVISOR, an_open_office())
    assert "Nobody waits for an answer. No urgent item is open." in text(desk.get("/console/health"))
