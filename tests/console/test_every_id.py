"""Every id of another program in every address: with what each request takes in place, somebody of Alice's program gets through with it,
and nobody of another program does. What the plain scene reaches is asked in `test_who_may`; here is the rest."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.records import Access, AuditEntry, Lending, Session
from chalicelib.core.roles import ROLES
from chalicelib.ports import SealContext, World

from ..flows.office import store, vault
from ..roles.scenes import beside_alice, beside_bob, paths, with_alice_open
from .prepared import REQUESTS, Request
from .scene import SECRET, Scene, a_scene
from .test_matrix_can_fail import BROKEN, HERS

SHOWN = 200
NOTHING_NEW = 204  # on what an open page asks by itself every few seconds: it leaves no line, for who may see it either
TURNED_AWAY = (404, NOTHING_NEW)
# Addresses with an id that is no patient's, and of no one program's patients.
OF_NOBODY = {
    "/breaches/{case_id}": "the compliance officer's alone, of every program",
    "/settings/people/{staff_id}": "a colleague's account",
    "/settings/people/{staff_id}/undo": "a colleague's account",
    "/settings/people/{staff_id}/hand-over": "a colleague's account",
    "/settings/people/{staff_id}/tell": "how a colleague is told",
    "/settings/people/{staff_id}/anew": "how a colleague signs in",
    "/settings/programs/{program_id}": "hours, promises and numbers of a program",
    "/settings/programs/{program_id}/undo": "hours, promises and numbers of a program",
    "/settings/go-live/programs/{program_id}": "whether a program texts at all",
    "/settings/texts/{setting_id}": "a template of the house",
    "/settings/texts/{setting_id}/undo": "a template of the house",
    "/screen/proposals/{proposal_id}": "a rule of the screen: counts, and sentences that somebody made up",
    "/screen/proposals/{proposal_id}/agree": "a rule of the screen",
    "/screen/proposals/{proposal_id}/decline": "a rule of the screen",
    "/screen/proposals/{proposal_id}/file": "a rule of the screen",
    "/rota/layers/{layer_id}": "who is on call, for everybody to see",
}
# What the compliance officer does with records of every program: ids and words of ours, and nothing of theirs opened.
OFFICERS = ("/keeping/", "/keys/")


def everything(world: World) -> dict[Any, Any]:
    """Every row there is but what anybody who asks adds to: the trail, the session, the door that they came by."""
    return {place: repr(row) for place, row in store(world)._rows.items() if place[0] not in (AuditEntry, Session, Access)}


def lines(world: World) -> set[str]:
    """What the trail says they did."""
    done = (row for row in store(world).rows(AuditEntry) if row.who == "zed" and not row.result.startswith("refused"))
    return {f"{row.entry_id} {row.action} {row.subject_id}" for row in done}


def asks(scene: Scene, each: Request) -> tuple[Any, list[SealContext], dict[Any, Any], set[str]]:
    """The answer, what was opened for it, which rows it changed, and what the trail says was done."""
    scene.ask("/mine", "GET")  # signed in, and the day begun
    before, opened, did = everything(scene.world), len(vault(scene.world).opened), lines(scene.world)
    answer = scene.ask(each.path, each.how)
    after = everything(scene.world)
    changed = {place: row for place, row in (after | before).items() if after.get(place) != before.get(place)}
    return answer, [context for _, context, _ in vault(scene.world).opened[opened:]], changed, lines(scene.world) - did


@pytest.mark.slow
@pytest.mark.parametrize("each", REQUESTS, ids=str)
def test_somebody_of_her_program_gets_through(each: Request) -> None:
    answer, opened, changed, did = asks(each.scene(each.role, "adult", "unmatched"), each)
    if each.how == "GET":
        assert answer.status_code == SHOWN and answer.body, (answer.status_code, answer.headers)
    else:
        assert did and (changed or opened), (answer.status_code, answer.headers.get("Location"), answer.body[:300])


@pytest.mark.parametrize("role", [role if role == "clinician" else pytest.param(role, marks=pytest.mark.slow) for role in sorted(ROLES)])
@pytest.mark.parametrize("each", REQUESTS, ids=str)
def test_n5_nobody_of_another_program_does(each: Request, role: str) -> None:
    scene = each.scene(role, "harbor")
    answer, opened, changed, did = asks(scene, each)
    if not (role == "compliance" and each.path.startswith(OFFICERS)):
        turned_away(scene, answer, changed, did)
    assert not [context for context in opened if context.program in ("adult", "unmatched") or context.patient == "alice"]
    assert SECRET not in answer.body.decode(errors="replace") and "Alice" not in answer.body.decode(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize("opened_by", ["paged", "glass"])
@pytest.mark.parametrize("each", REQUESTS, ids=str)
def test_n5_nor_does_somebody_to_whom_bob_of_that_program_is_open(each: Request, opened_by: str) -> None:
    scene = each.scene("clinician", "harbor")
    beside_bob(scene, opened_by)
    answer, opened, changed, did = asks(scene, each)
    turned_away(scene, answer, changed, did)
    assert {context.patient for context in opened} <= {"bob"} and SECRET not in answer.body.decode(errors="replace")


def turned_away(scene: Scene, answer: Any, changed: dict[Any, Any], did: set[str]) -> None:
    """Not there, nothing changed, nothing done, and the trail says that they tried."""
    assert answer.status_code in TURNED_AWAY and not changed and not did, (answer.status_code, changed, did)
    tried = [row for row in store(scene.world).rows(AuditEntry) if row.who == "zed" and row.refused]
    assert tried or answer.status_code == NOTHING_NEW


@pytest.mark.parametrize(("path", "how"), BROKEN)
def test_a_broken_glass_is_there_for_who_broke_it_and_for_the_patient_it_was_broken_for(path: str, how: str) -> None:
    theirs, anothers, nobodys = with_alice_open("clinician", "glass"), beside_alice("clinician", "glass"), a_scene("clinician", "harbor")
    assert theirs.ask(path, how).status_code in (SHOWN, 303)
    assert bool(standing(theirs)) is (how == "GET")
    for scene in (anothers, nobodys):
        scene.ask("/mine", "GET")
        before = everything(scene.world)
        assert scene.ask(path, how).status_code == 404 and everything(scene.world) == before
    assert standing(anothers)


def standing(scene: Scene) -> list[Lending]:
    """What is lent still."""
    return [row for row in store(scene.world).rows(Lending) if row.staff_id == "zed" and row.until > scene.world.clock()]


def test_each_address_with_an_id_in_it_is_asked_or_says_why_not() -> None:
    asked = {each.path for each in REQUESTS} | set(OF_NOBODY)
    for path, how in paths("GET", "POST", "UPLOAD"):
        if "{" in path and not any(name in path for name in HERS):
            assert path in asked, f"{how} {path}: put it into prepared.py, or say whose it is"
    assert set(OF_NOBODY) <= {path for path, _ in paths("GET", "POST")} and not set(OF_NOBODY) & {each.path for each in REQUESTS}
