"""Our trail and AWS's side by side: what agrees, what a job did, and what is an alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.openings import JOBS, Opening
from chalicelib.errors import NotFound
from chalicelib.flows.explain import explain
from chalicelib.flows.read_thread import read_thread
from chalicelib.flows.receive_sms import receive
from chalicelib.ports import World
from tests.infra.test_powers import OPENS

from ..cast import CAROL, DAN, a_patient, an_sms
from ..fakes.archive import FakeAccountTrail
from ..fakes.world import TUESDAY_NOON, a_world

DAY = (TUESDAY_NOON - timedelta(hours=1), TUESDAY_NOON + timedelta(hours=23))


def an_opening(session: str = "carol", minutes: float = 0, patient: str = "alice", kind: str = "inbound_text", **more: str) -> Opening:
    return Opening(TUESDAY_NOON + timedelta(minutes=minutes), f"e{minutes}{kind}", session, patient, "adult", kind, **more)


def carol_reads() -> World:
    world = a_world()
    a_patient(world)
    receive(world, an_sms("Hello", at=world.clock()), inline=False)
    read_thread(world, CAROL, "alice")
    return world


def whats(world: World, *seen: Opening) -> list[tuple[str, int]]:
    found = explain(world, FakeAccountTrail(list(seen)), "alice", *DAY)
    return [(line.what, len(line.openings)) for line in found.lines]


def test_one_look_and_its_openings_agree_whoever_held_the_key() -> None:
    world = carol_reads()
    own = [an_opening(), an_opening(kind="profile", minutes=0.4)]
    assert whats(world, *own) == [("agreed", 2)]
    # the console's function has no power to open: whoever used it, our line beside it explains nothing
    assert ("unknown", 2) in whats(world, *(replace(each, session="porchlight-console-door") for each in own))
    assert whats(world) == [("alone", 0)]


@pytest.mark.parametrize(
    "stray",
    [
        an_opening("dan"),  # somebody else's credentials at the same moment
        an_opening(minutes=5),  # hers, with no look near it
        an_opening("porchlight-console-door", minutes=5),
        an_opening("porchlight-tick", kind="profile"),  # a kind that this job has no business with
        an_opening("Administrator"),
    ],
    ids=lambda each: f"{each.session} {each.kind}",
)
def test_an_opening_that_our_trail_does_not_know_is_an_alarm(stray: Opening) -> None:
    world = carol_reads()
    found = explain(world, FakeAccountTrail([an_opening(), stray]), "alice", *DAY)
    [alarm] = found.alarms
    assert alarm.openings == (stray,)


def test_a_job_and_a_refusal_by_aws_are_named_and_no_alarm() -> None:
    world = carol_reads()
    job, denied = an_opening("porchlight-deliver-queued", 9, kind="outgoing_text"), an_opening("dan", 10, error="AccessDenied")
    assert whats(world, an_opening(), job, denied) == [("agreed", 1), ("job", 1), ("denied", 1)]


def test_who_was_refused_by_us_explains_no_opening() -> None:
    world = carol_reads()
    with pytest.raises(NotFound):
        read_thread(world, DAN, "alice")
    assert ("unknown", 1) in whats(world, an_opening("dan"))


def test_the_number_of_a_patient_is_hers_and_another_patient_is_not() -> None:
    world = carol_reads()
    number = world.hasher.contact_id("+13035550101")
    assert whats(world, an_opening(patient=number, kind="number")) == [("agreed", 1)]
    found = explain(world, FakeAccountTrail([an_opening(patient="bob")]), "alice", *DAY)
    assert number in found.subjects and not found.alarms


def test_the_jobs_open_what_their_policies_say() -> None:
    """.chalice/policy-*.json, as tests/infra holds it against the template."""
    functions = {"".join(part.capitalize() for part in name.split("-")): kinds for name, (kinds, _) in JOBS.items()}
    assert functions == OPENS
