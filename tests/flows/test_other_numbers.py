"""A carrier's account may have other numbers, of other software and another desk: what came to those is not ours to answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.consent import stopped
from chalicelib.core.messages import CarrierRecord, Direction, Kind, Status
from chalicelib.core.people import Contact
from chalicelib.core.records import Message, Redacted
from chalicelib.errors import SecretUnavailable
from chalicelib.flows import redact_at_carrier
from chalicelib.flows.reconcile import look_now, reconcile, reconcile_hourly
from chalicelib.flows.tick import tick
from tests.cast import ALICE_NUMBER, CLINIC_NUMBER, a_patient
from tests.fakes.world import FakeHasher, a_world

OPTICIAN, STRANGER = "+13035550777", "+13035550888"
CRISIS = "I took all my pills"


def a_log(world, *lines):
    world.carriers["twilio"].log = [
        replace(
            CarrierRecord("twilio", f"SM{at:032x}", Direction.IN, STRANGER, OPTICIAN, "", world.clock(), Status.RECEIVED),
            **{"at": world.clock() - timedelta(minutes=10), **line},
        )
        for at, line in enumerate(lines)
    ]


def a_clinic(**parts):
    world = a_world(**parts)
    a_patient(world)
    return world


def came(world):
    return [row for row in world.store.rows(Message) if row.direction == Direction.IN]


def ours(world):
    return [row.kind for row in world.store.rows(Message) if row.direction == Direction.OUT]


@pytest.mark.parametrize("line", [{"body": "Are my glasses ready?"}, {"body": "STOP"}, {"body": "", "media": 1}, {"body": ""}])
def test_what_a_stranger_wrote_to_another_number_of_the_account_is_neither_taken_in_nor_answered(line):
    world = a_clinic()
    a_log(world, line)
    assert [reconcile(world) for _ in range(2)] == [0, 0]
    assert came(world) == [] and ours(world) == [] and world.pager.pages == []
    assert len(world.store.rows(Contact)) == 1  # the patient's


def test_nor_when_somebody_rang():
    world = a_clinic()
    a_log(world, {"body": "Are my glasses ready?"}, {"body": "is anybody there", "recipient": CLINIC_NUMBER})
    assert look_now(world, ["{}"]) == 1
    assert len(came(world)) == 1 and world.journal.counts["of_another_desk"] == 1


def test_n2_danger_pages_whichever_number_it_came_to():
    world = a_clinic()
    a_log(world, {"body": CRISIS})
    assert reconcile(world) == 1
    assert [to for to, _ in world.pager.pages] == ["erin"] and ours(world) == [Kind.CRISIS_ANSWER]


def test_whoever_we_know_is_heard_whichever_number_they_wrote_to():
    world = a_clinic()
    a_log(world, {"body": "please call me", "sender": ALICE_NUMBER}, {"body": "STOP", "sender": ALICE_NUMBER})
    assert reconcile(world) == 2
    assert stopped(next(each for each in world.store.rows(Contact) if each.patients))


@pytest.mark.parametrize("number", [CLINIC_NUMBER, "+13035550190", "+13035550199"])
def test_what_came_to_a_number_in_the_clinics_file_comes_in(number):
    world = a_clinic()
    a_log(world, {"body": "is anybody there", "recipient": number})
    assert reconcile(world) == 1


def test_of_a_pool_of_numbers_none_is_another_desks():
    world = a_clinic()
    world = replace(world, clinic=replace(world.clinic, number="MG00000000000000000000000000000000"))
    a_log(world, {"body": "is anybody there"})
    assert reconcile(world) == 1


def test_where_nobody_can_tell_who_wrote_the_next_comparison_asks_again():
    class Locked(FakeHasher):
        locked = True

        def contact_id(self, number):
            if self.locked:
                self.locked = False
                raise SecretUnavailable("number key")
            return super().contact_id(number)

    world = a_clinic()
    a_log(world, {"body": "please call me", "sender": ALICE_NUMBER})
    world = replace(world, hasher=Locked())
    assert [reconcile(world) for _ in range(2)] == [0, 1]


def test_nor_are_its_words_ours_to_empty_at_the_carrier():
    world = a_clinic()
    world = replace(world, clinic=replace(world.clinic, redact_hours=2))
    a_log(world, {"body": "Are my glasses ready?"}, {"body": "Monday at 3?", "sender": ALICE_NUMBER, "recipient": CLINIC_NUMBER})
    assert reconcile_hourly(world) == 1
    world.clock.advance(hours=3)
    reconcile_hourly(world)
    redact_at_carrier.ask(world)
    tick(world)
    assert [line.body for line in world.carriers["twilio"].log] == ["Are my glasses ready?", ""]
    assert world.store.get(Redacted, "twilio").standing == ()
