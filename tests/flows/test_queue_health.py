"""Who waits how long, in numbers: for the supervisor of those programs, and without opening anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.core.records import Incident, Put, Thread
from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows.queue_health import PAGE, queue_health
from chalicelib.ports import World

from ..cast import CAROL, FRANK
from .office import an_open_office, clock, store, traces, vault

SUPERVISOR = Staff("supervisor", "supervisor", ("adult", "unmatched"))
ADMIN = Staff("administrator", "administrator", ())


def waits(world: World, name: str, hours: float, program: str = "adult", **fields: object) -> None:
    since = clock(world).now - timedelta(hours=hours)
    store(world).commit(Put(Thread(name, program, "c", name, since, since, **fields)))  # type: ignore[arg-type]


def urgent(world: World, name: str, state: str, holder: str = "") -> None:
    now = clock(world).now
    store(world).commit(Put(Incident(name, "K7", "t", "c", "adult", state, 1, (), now, open_in="adult", holder=holder)))


def test_by_age_program_and_person() -> None:
    world = an_open_office()
    for hours, owner in ((0.5, ""), (1, "carol"), (3.9, "carol"), (4, ""), (25, "erin")):
        waits(world, f"t{hours}", hours, owner=owner)
    waits(world, "h", 2, "harbor")
    health = queue_health(world, SUPERVISOR)
    adult, unmatched = health.programs
    assert (adult.name, adult.waiting, adult.ages, adult.unowned) == ("adult", 5, (1, 2, 1, 1), 2)
    assert adult.oldest == clock(world).now - timedelta(hours=25)
    assert (unmatched.name, unmatched.waiting) == ("unmatched", 0)
    assert [(load.name, load.waiting) for load in health.people] == [("carol", 2), ("erin", 1), ("", 2)]
    assert (health.total.waiting, health.total.ages) == (5, (1, 2, 1, 1))


def test_late_is_past_the_threads_own_instant_or_the_programs_open_hours() -> None:
    world = an_open_office()  # Tuesday noon; open 8 to 5; nine open hours
    now = clock(world).now
    waits(world, "own-late", 1, reply_by=now)
    waits(world, "own-in-time", 200, reply_by=now + timedelta(minutes=1))
    waits(world, "over-the-weekend", 24 * 4)  # Friday noon: five open hours, nine on Monday
    waits(world, "since-yesterday-afternoon", 20)  # Monday 4 PM: one open hour, and four today
    assert queue_health(world, SUPERVISOR).programs[0].late == 2


def test_urgent_items_and_who_took_them() -> None:
    world = an_open_office()
    urgent(world, "i1", "paged")
    urgent(world, "i2", "acknowledged", "erin")
    health = queue_health(world, SUPERVISOR)
    assert (health.programs[0].urgent, health.programs[0].unheld) == (2, 1)
    assert [(load.name, load.urgent) for load in health.people] == [("erin", 1), ("", 1)]


def test_an_administrator_counts_every_program() -> None:
    world = an_open_office()
    waits(world, "h", 2, "harbor")
    assert [(load.name, load.waiting) for load in queue_health(world, ADMIN).programs] == [
        ("adult", 0), ("harbor", 1), ("unmatched", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("who", [CAROL, FRANK])
def test_nobody_else(who: Staff) -> None:
    world = an_open_office()
    with pytest.raises(NotFound):
        queue_health(world, who)
    assert traces(world, "settings#queue_health") == [(who.staff_id, "open", "refused")]


def test_nothing_is_opened_and_the_look_is_kept() -> None:
    world = an_open_office()
    waits(world, "t", 2)
    queue_health(world, SUPERVISOR)
    assert vault(world).opened == []
    assert traces(world, "queue_health") == [("supervisor", "count", "done")]


def test_more_than_a_page_is_counted_whole() -> None:
    world = an_open_office()
    for each in range(PAGE + 3):
        waits(world, f"t{each:04}", 2)
    assert queue_health(world, SUPERVISOR).programs[0].waiting == PAGE + 3


def test_somebody_without_programs_sees_an_empty_page() -> None:
    assert queue_health(an_open_office(), Staff("s", "supervisor", ())).programs == ()
