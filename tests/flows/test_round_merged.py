"""Two records become one while a reminder is on its way from channel to channel: somebody is told, once, or a person has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core.records import Patient, Update
from chalicelib.flows.book_appointment import set_status
from chalicelib.flows.merge_patients import Merged, merge
from chalicelib.flows.tell_them import read
from chalicelib.ports import World
from tests.appointments import DAY, FRIDAY, booked
from tests.cast import CAROL, a_patient

from .office import clock
from .test_rounds import a_world, at, failed, on, rounds, sent, tasks


def merged(**fields: Any) -> World:
    """The reminder of Alice's visit has left; then her record goes into the one that was made twice."""
    world = a_world()
    a_patient(world, "alias", "+13035550177", **fields)
    booked(world)
    at(world, FRIDAY - DAY)
    return world


def goes_in(world: World) -> None:
    assert isinstance(merge(world, CAROL, "alice", "alias", world.ids(clock(world).now)), Merged)


def states(world: World) -> list[tuple[str, str, str]]:
    return sorted((each.patient_id, each.state, each.why) for each in rounds(world))


def test_a_text_that_failed_before_two_records_became_one_is_a_persons_on_the_one_that_stays() -> None:
    world = merged()
    failed(world)
    goes_in(world)
    on(world, 30)
    assert states(world) == [("alias", "person", "merged"), ("alice", "over", "merged")]
    assert [each.patient_id for each in tasks(world)] == ["alias"] and len(sent(world)) == 1
    told = read(world, CAROL, "alias", tasks(world)[0].about)
    assert [each.appointment_id for each in told.visits] and told.call
    on(world, 60)
    assert len(tasks(world)) == 1


def test_a_text_that_arrived_is_all() -> None:
    world = merged()
    goes_in(world)
    on(world, 45)
    assert ("alice", "told", "") in states(world) and tasks(world) == [] and len(sent(world)) == 1


@pytest.mark.parametrize("spanish", [False, True])
def test_that_a_visit_is_off_is_told_on_the_record_that_stays_and_never_as_if_it_were_on(spanish: bool) -> None:
    world = a_world()
    a_patient(world, "alias", "+13035550177", **({"language": "es"} if spanish else {}))
    visit = booked(world)
    set_status(world, CAROL, "alice", visit.appointment_id, "cancelled", tell=True)
    on(world, 5)
    failed(world)
    goes_in(world)
    on(world, 30)
    assert states(world) == [("alias", "person", "merged"), ("alice", "over", "merged")]
    told = read(world, CAROL, "alias", tasks(world)[0].about)
    [says] = [each.says for each in told.call if each.why == "say"]
    assert ("no va a tener lugar" if spanish else "will not take place") in says


@pytest.mark.parametrize("what", ["hold", "off"])
def test_nobody_is_sent_after_who_is_in_hospital_or_for_a_visit_that_is_off(what: str) -> None:
    world = merged()
    failed(world)
    goes_in(world)
    clock(world).advance(minutes=2)
    at(world, clock(world).now + timedelta(minutes=1))
    if what == "hold":
        world.store.commit(Update(Patient, ("alias",), set={"status": "hospital"}))
    else:
        visit = world.store.appointments_of("alias")[0]
        set_status(world, CAROL, "alias", visit.appointment_id, "cancelled")
    on(world, 40)
    assert tasks(world) == [] and [each[1] for each in states(world)] == ["over"]
