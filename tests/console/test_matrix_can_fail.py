"""A wall is only seen to stand where somebody inside gets through: with the same scene and the same fields, somebody of Alice's own
program reads, changes or is written down for something of hers at each address that names one of her ids (`test_who_may`)."""

from __future__ import annotations

import pytest

from chalicelib.core.records import AuditEntry
from chalicelib.core.roles import ROLES

from ..flows.office import store, vault
from ..roles.scenes import paths
from .prepared import REQUESTS
from .scene import SECRET, Scene, a_scene
from .test_who_may import rows_of

HERS = ("{patient_id}", "{thread_id}", "{incident_id}", "{message_id}", "{appointment_id}")
FIRST = ("clinician", "supervisor", "records", "front_desk")
# A broken glass is its breaker's, who is of another program: `test_every_id`.
BROKEN = [("/open-record/{patient_id}", "GET"), ("/open-record/{patient_id}/end", "POST")]
# Where nobody gets through in this scene: what each takes is put in place, and asked for, in `prepared`.
ELSEWHERE = {*BROKEN, *((each.path, each.how) for each in REQUESTS)}


def gets_through(scene: Scene, path: str, how: str) -> bool:
    before, opened = rows_of(scene.world, "alice"), len(vault(scene.world).opened)
    body = scene.ask(path, how).body.decode(errors="replace")
    lines = [row for row in store(scene.world).rows(AuditEntry) if row.who == "zed" and row.subject_id == "alice" and row.result != "refused"]
    seen = [context for _, context, _ in vault(scene.world).opened[opened:] if context.patient == "alice"]
    return bool(lines or seen or SECRET in body or rows_of(scene.world, "alice") != before)


@pytest.mark.parametrize(("path", "how"), [each for each in paths("GET", "POST") if any(name in each[0] for name in HERS)], ids=str)
def test_somebody_of_her_program_gets_through_where_a_stranger_does_not(path: str, how: str) -> None:
    roles = (*FIRST, *sorted(set(ROLES) - set(FIRST)))
    through = any(gets_through(a_scene(role, "adult", "unmatched"), path, how) for role in roles)
    assert through or (path, how) in ELSEWHERE, "a wall nobody could run into"
