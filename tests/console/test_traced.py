"""Pages that show a patient, and a change each, held against the law of the trail; and a page that breaks it is named."""

from __future__ import annotations

import pytest

from chalicelib.flows.receive_sms import receive
from chalicelib.ports import SealContext

from ..cast import CAROL, a_patient, an_sms
from .office import at_desk
from .traced import watched

PAGES = (
    "/inbox", "/threads/alice", "/patients/alice", "/patients/alice/edit", "/patients/alice/team", "/patients/alice/transfer",
    "/patients/alice/merge", "/patients/alice/visits/new", "/patients/alice/waitlist", "/threads/alice/hand-over", "/visits", "/find",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_that_shows_a_patient_leaves_its_entry(path: str) -> None:
    desk, world = at_desk(CAROL)
    a_patient(world)
    receive(world, an_sms("Hello", at=world.clock()), inline=False)
    assert watched(path, lambda: desk.get(f"/console{path}")).status_code == 200


def test_a_look_that_left_no_entry_would_be_named() -> None:
    _, world = at_desk(CAROL)
    patient = a_patient(world)
    with pytest.raises(AssertionError, match="opened a profile of alice"):
        watched("/x", lambda: world.vault.open(SealContext("alice", "adult", "profile"), "alice", patient.sealed_profile, "carol"))
