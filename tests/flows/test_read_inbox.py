"""The inbox: who is first, whose names are opened, what changes its mark."""

from __future__ import annotations

import pytest

from chalicelib.core.staff import Staff
from chalicelib.errors import NotFound
from chalicelib.flows import handle_incident
from chalicelib.flows.read_inbox import read_inbox
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World

from ..cast import CAROL, DAN, ERIN, STRANGER_NUMBER, a_patient, an_sms
from .office import an_open_office, clock, store, traces, vault


def _texts(world: World, body: str, number: str = "+13035550101") -> None:
    receive(world, an_sms(body, sender=number, at=world.clock()), inline=False)


def test_who_has_waited_longest_is_first() -> None:
    world = an_open_office()
    for name, number in (("alice", "+13035550101"), ("riley", "+13035550102"), ("sam", "+13035550103")):
        a_patient(world, name, number)
    for number in ("+13035550102", "+13035550103", "+13035550101"):
        clock(world).advance(minutes=1)
        _texts(world, "Hello", number)
    clock(world).advance(minutes=1)
    _texts(world, "Hello again", "+13035550102")
    inbox = read_inbox(world, CAROL, "adult")
    assert inbox is not None
    assert [inbox.name(row.patient_id) for row in inbox.waiting] == ["Riley", "Sam", "Alice"]


def test_a_list_opens_the_roster_and_nothing_else() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "something private")
    vault(world).opened.clear()
    read_inbox(world, CAROL, "adult")
    assert [(reader, context.kind) for reader, context, _ in vault(world).opened] == [("carol", "roster")]
    assert traces(world, "roster#adult")[-1] == ("carol", "read_names", "done")


def test_another_program_is_not_there_and_the_look_leaves_a_trace() -> None:
    world = an_open_office()
    a_patient(world)
    with pytest.raises(NotFound):
        read_inbox(world, DAN, "adult")
    assert traces(world, "program#adult") == [("dan", "list", "refused")]
    assert not vault(world).opened[1:]


def test_an_unchanged_inbox_opens_nothing() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "Hello")
    first = read_inbox(world, CAROL, "adult")
    assert first is not None
    vault(world).opened.clear()
    before = len(traces(world, "roster#adult"))
    assert read_inbox(world, CAROL, "adult", first.mark) is None
    assert not vault(world).opened
    assert len(traces(world, "roster#adult")) == before


@pytest.mark.parametrize("change", ["text", "crisis", "acknowledged"])
def test_whatever_matters_changes_the_mark(change: str) -> None:
    world = an_open_office()
    a_patient(world)
    a_patient(world, "sam", "+13035550103")
    _texts(world, "I took pills")
    first = read_inbox(world, CAROL, "adult")
    assert first is not None
    clock(world).advance(seconds=1)
    if change == "acknowledged":
        handle_incident.acknowledge(world, CAROL, first.incidents[0].incident_id)
    else:
        _texts(world, "Hello" if change == "text" else "I want to kill myself", "+13035550103")
    assert read_inbox(world, CAROL, "adult", first.mark) is not None


def test_nobody_has_it_comes_before_somebody_has_it() -> None:
    world = an_open_office()
    a_patient(world)
    a_patient(world, "sam", "+13035550103")
    _texts(world, "I took pills")
    clock(world).advance(minutes=1)
    _texts(world, "I want to kill myself", "+13035550103")
    [worst] = [i for i in world.store.open_incidents("adult") if i.patient_id == "alice"]
    handle_incident.acknowledge(world, CAROL, worst.incident_id)
    inbox = read_inbox(world, CAROL, "adult")
    assert inbox is not None
    assert [i.patient_id for i in inbox.incidents] == ["sam", "alice"]


def test_who_is_paged_sees_the_incident_of_another_program_without_a_name() -> None:
    """Erin is on call for all; here she works in Harbor alone."""
    world = an_open_office()
    a_patient(world)
    _texts(world, "I took pills")
    inbox = read_inbox(world, Staff("erin", "clinician", ("harbor",)), "harbor")
    assert inbox is not None
    assert [i.patient_id for i in inbox.elsewhere] == ["alice"] and inbox.name("alice") == ""


def test_who_is_not_paged_does_not() -> None:
    world = an_open_office()
    a_patient(world)
    _texts(world, "I took pills")
    inbox = read_inbox(world, DAN, "harbor")  # on the rota, but not called yet
    assert inbox is not None and not inbox.elsewhere


def test_unknown_numbers_have_a_list_of_their_own() -> None:
    world = an_open_office()
    _texts(world, "Hello", STRANGER_NUMBER)
    inbox = read_inbox(world, ERIN, "unmatched")
    assert inbox is not None and [row.patient_id for row in inbox.waiting] == [""] and inbox.people == {}
    assert STRANGER_NUMBER not in repr(inbox)
    adult = read_inbox(world, ERIN, "adult")
    assert adult is not None and not adult.waiting
    assert store(world)
