"""Every page × every role × own and other program × paged × a broken glass: who is of another program sees no word, opens nothing and
changes nothing, with every id of Alice's in the address; to whom Alice is open, Bob of the same program is not; and a page that is a
role's alone does not exist for the others."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from chalicelib.core.records import Access, AuditEntry, Session
from chalicelib.core.roles import MAY, ROLES, SEES_NO_PATIENTS, Action
from chalicelib.ports import SealContext, World

from ..flows.office import store, vault
from ..roles.scenes import ANOTHER, beside_alice, paths, with_anothers_ids
from .scene import FIELDS, SECRET, Scene, a_scene

# Pages that a role's own table gives (`core/roles.toml`), by how their address begins.
OF_ROLES: dict[str, Action] = {
    "/crisis-board": Action.CRISIS_BOARD, "/screen": Action.SCREEN, "/drills": Action.DRILL, "/health": Action.QUEUE_HEALTH,
    "/settings/people": Action.STAFF, "/settings/texts": Action.TEXTS, "/settings/go-live": Action.GO_LIVE, "/trail": Action.TRAIL,
    "/campaigns": Action.CAMPAIGNS, "/words": Action.WORDS, "/keeping": Action.HOLD, "/sequences": Action.WORDS, "/open-record": Action.BREAK_GLASS,
    "/keys": Action.REVIEW_KEYS, "/breaches": Action.BREACH,
}  # fmt: skip
# Whoever the rota names is paged, whatever their role; the glass is some roles' to break.
OPENED = [(role, "paged") for role in sorted(set(ROLES) - SEES_NO_PATIENTS)] + [
    (role, "glass") for role in sorted(ROLES) if Action.BREAK_GLASS in MAY[role]
]

OFFICERS = {"compliance"}  # who did what, and never content, of every program


@cache
def stranger(role: str) -> Scene:
    """Somebody of Harbor. Nothing of Alice changes by anything they do, so that one scene serves every page."""
    return a_scene(role, "harbor")


@cache
def neighbour(role: str, how: str) -> Scene:
    """Somebody of Harbor to whom Alice is open, and who asks for Bob."""
    return beside_alice(role, how)


@cache
def confused(role: str) -> Scene:
    return with_anothers_ids(role)


def rows_of(world: World, patient: str) -> dict[Any, Any]:
    """Everything that is theirs, as it lies there; the trail is only added to."""
    mine = {place: dict(row) for place, row in store(world)._rows.items() if f"'{patient}" in repr((place[1:], row))}
    return {place: row for place, row in mine.items() if place[0] not in (AuditEntry, Session, Access)}


def let_in(world: World, patient: str) -> set[str]:
    """What stands in the trail as done by this person with this patient. A key of AWS's that refuses must not hide a door of
    ours that stands open: then the page would say nothing, and the line all the same."""
    done = (each for each in store(world).rows(AuditEntry) if each.who == "zed" and each.subject_id == patient)
    return {f"{each.entry_id} {each.action}" for each in done if not each.result.startswith("refused") and each.purpose not in OFFICERS}


def asked(scene: Scene, path: str, how: str, patient: str) -> tuple[str, list[tuple[str, SealContext]]]:
    """What the page says, and who had what opened for it. It is no fault of ours, and changes no row of this patient."""
    before, opened_before, lines = rows_of(scene.world, patient), len(vault(scene.world).opened), let_in(scene.world, patient)
    answer = scene.ask(path, how)
    assert answer.status_code < 500, answer.body[:500]
    assert rows_of(scene.world, patient) == before
    assert let_in(scene.world, patient) == lines
    return answer.body.decode(errors="replace"), [(who, context) for who, context, _ in vault(scene.world).opened[opened_before:]]


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(ROLES))
@pytest.mark.parametrize(("path", "how"), paths("GET", "POST", "UPLOAD"), ids=str)
def test_n5_nobody_of_another_program_sees_opens_or_changes_anything_of_alice(path: str, how: str, role: str) -> None:
    scene = stranger(role)
    body, seen = asked(scene, path, how, "alice")
    assert SECRET not in body and "Alice" not in body.replace(FIELDS["find"], "") and "555-0101" not in body
    assert not [each for each in seen if "alice" in each[1].patient or each[1].program == "adult"]


@pytest.mark.slow
@pytest.mark.parametrize("role", ["clinician", "front_desk", "supervisor", "records"])
@pytest.mark.parametrize(("path", "how"), paths("POST", "UPLOAD"), ids=str)
def test_n5_an_id_of_alices_in_the_form_of_ones_own_patient_opens_and_changes_nothing_of_hers(path: str, how: str, role: str) -> None:
    """The address is theirs to ask for; what stands in the form is not."""
    scene = confused(role)
    body, seen = asked(scene, path, how, "alice")
    assert SECRET not in body and "Alice" not in body.replace(FIELDS["find"], "")
    assert not [each for each in seen if "alice" in each[1].patient or each[1].program == "adult"]


@pytest.mark.slow
@pytest.mark.parametrize(("role", "opened"), OPENED)
@pytest.mark.parametrize(("path", "how"), paths("GET", "POST", "UPLOAD"), ids=str)
def test_n5_to_whom_alice_is_open_by_a_page_or_a_broken_glass_bob_is_not(path: str, how: str, role: str, opened: str) -> None:
    scene = neighbour(role, opened)
    body, seen = asked(scene, path, how, "bob")
    assert ANOTHER not in body and "Bob" not in body and "555-0178" not in body
    assert not [each for each in seen if each[1].patient == "bob" or (each[1].program == "adult" and each[1].patient != "alice")]


@pytest.mark.parametrize(("path", "how"), paths("GET"), ids=str)
def test_a_compliance_officer_who_was_given_a_program_opens_nothing_all_the_same(path: str, how: str) -> None:
    scene = officer()
    before = len(vault(scene.world).opened)
    answer = scene.ask(path, how)
    assert answer.status_code < 500 and SECRET not in answer.body.decode(errors="replace")
    assert [context.kind for _, context, _ in vault(scene.world).opened[before:]] == []


@cache
def officer() -> Scene:
    return a_scene("compliance", "adult", "unmatched")


@pytest.mark.parametrize("start", sorted(OF_ROLES))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_page_of_some_roles_does_not_exist_for_the_others(role: str, start: str) -> None:
    scene = mate(role)
    assert (scene.ask(start, "GET").status_code != 404) == (OF_ROLES[start] in MAY[role])


@cache
def mate(role: str) -> Scene:
    return a_scene(role, "adult", "unmatched")


@pytest.mark.parametrize("role", ["front_desk", "supervisor"])
@pytest.mark.parametrize(("path", "how"), paths("GET"), ids=str)
def test_who_treats_in_her_program_meets_no_broken_page(path: str, how: str, role: str) -> None:
    scene = mate(role)
    assert scene.ask(path, how).status_code < 500
