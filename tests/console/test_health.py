"""Queue health as the supervisor sees it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.core.records import Put, Redacted, Standing, Update

from ..cast import CAROL, a_patient
from ..flows.office import an_open_office, clock, store
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


def test_what_stands_in_the_carriers_log_is_said_only_where_it_is_taken_out() -> None:
    world = an_open_office()
    desk, _ = at_desk(SUPERVISOR, world)
    assert "carrier's own log" not in text(desk.get("/console/health"))
    now = clock(world).now
    taking = replace(world, clinic=replace(world.clinic, redact_hours=24))
    desk, _ = at_desk(SUPERVISOR, taking)
    assert "It has not been looked through yet." in text(desk.get("/console/health"))
    late = Standing("SMlate", False, now - timedelta(hours=50), now, "not_final")
    young = Standing("SMyoung", False, now - timedelta(hours=30), now, "not_final")
    store(world).commit(Put(Redacted("twilio", now, 1204, (late, young), now - timedelta(hours=1))))
    said = text(desk.get("/console/health"))
    assert "1,204 seen to be gone, the log looked through 1 h ago." in said and "not been looked through" not in said
    assert "1 text's words still stand there a day after their time." in said
    assert "SMlate : the carrier says that it may still be on its way" in said and "SMyoung" not in said
    store(world).commit(Update(Redacted, ("twilio",), set={"standing": (), "looked_at": now - timedelta(hours=25)}))
    assert "It has not been looked through for a day." in text(desk.get("/console/health"))
