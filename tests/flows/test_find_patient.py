"""Finding over what a person may see, and what the trail keeps of it."""

from __future__ import annotations

from chalicelib.core.records import AuditEntry
from chalicelib.flows.find_patient import find_patients
from chalicelib.flows.register_patient import Registration, register

from ..cast import ALICE_NUMBER, CAROL, DAN, ERIN, a_patient
from .office import an_open_office, store, traces

RILEY = "+13035550140"


def test_found_by_name_number_and_id() -> None:
    world = an_open_office()
    wish = Registration(world.ids(world.clock()), "adult", "José Núñez", RILEY, zone="America/Denver")
    register(world, CAROL, wish)
    by_id, by_number = (wish.patient_id.lower(), ""), ("303-555-0140", RILEY)
    for asked, number in (("jose", ""), ("nunez jose", ""), ("JOSÉ", ""), by_id, by_number):
        assert [each.patient_id for each in find_patients(world, CAROL, asked, number)] == [wish.patient_id], asked


def test_nobody_is_found_over_the_wall() -> None:
    world = an_open_office()
    a_patient(world)
    for asked, number in (("alice", ""), ("", ""), ("303-555-0101", ALICE_NUMBER)):
        assert find_patients(world, DAN, asked, number) == ()
    assert [each.name for each in find_patients(world, CAROL, "ali")] == ["Alice"]


def test_a_search_leaves_a_trace_and_not_its_words() -> None:
    world = an_open_office()
    a_patient(world)
    find_patients(world, CAROL, "zebra")
    assert traces(world, "roster#adult") == [("carol", "read_names", "done")]
    assert "zebra" not in repr(store(world).rows(AuditEntry))


def test_a_list_without_names_is_not_opened() -> None:
    world = an_open_office()
    a_patient(world)
    assert [each.program for each in find_patients(world, ERIN, "alice")] == ["adult"]
    assert traces(world, "roster#unmatched") == []
