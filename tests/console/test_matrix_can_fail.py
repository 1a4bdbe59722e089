"""A wall is only seen to stand where somebody inside gets through: with the same scene and the same fields, somebody of Alice's own
program reads, changes or is written down for something of hers at each address that names one of her ids (`test_who_may`)."""

from __future__ import annotations

import pytest

from chalicelib.core.records import AuditEntry
from chalicelib.core.roles import ROLES

from ..flows.office import store, vault
from ..roles.scenes import paths
from .scene import SECRET, Scene, a_scene
from .test_who_may import rows_of

HERS = ("{patient_id}", "{thread_id}", "{incident_id}", "{message_id}", "{appointment_id}")
FIRST = ("clinician", "supervisor", "records", "front_desk")
# Where nobody gets through in this scene, and what it would need. A test of its own asks for it there, with somebody of Harbor.
NOT_IN_THIS_SCENE: dict[str, str] = {
    "/patients/{patient_id}/consent/decide": "a STOP that nobody decided on",
    "/patients/{patient_id}/consent/form": "what was ticked on our web page",
    "/patients/{patient_id}/safe-phone/end": "a phone that is held",
    "/patients/{patient_id}/records/{release_id}/{part}/{form}": "a release",
    "/patients/{patient_id}/amendments/{amendment_id}/{move}": "an amendment",
    "/threads/{thread_id}/misdirected/{message_id}": "a text of ours",
    "/patients/{patient_id}/reach/agree": "a sheet of reach",
    "/patients/{patient_id}/tell/{round_id}": "a round",
    "/patients/{patient_id}/urgent": "openings of this week",
    "/quiet/{patient_id}/{move}": "somebody gone quiet",
    "/patients/{patient_id}/stop/{reengagement_id}": "texts of a re-engagement",
    "/threads/{thread_id}/missed/{message_id}": "a text that paged nobody",
    "/threads/{thread_id}/hand-over": "nothing: it names colleagues and leaves no line",
    "POST /threads/{thread_id}/match": "a number that is nobody's",
    "/threads/{thread_id}/dismiss": "a number that is nobody's",
    "/threads/{thread_id}/read-this": "an item whose patient asked for texts",
    "/threads/{thread_id}/truth/{message_id}": "nothing: it says how a text of ours stands, without a word",
    "/threads/{thread_id}/close-page/{message_id}": "a page that was sent",
    "/threads/{thread_id}/undo/{message_id}": "a text that can be taken back",
    "/incidents/{incident_id}/news": "nothing: it says whether the item changed",
    "/incidents/{incident_id}/call": "a phone of the caller's own",
    "/incidents/{incident_id}/sign": "an item that is closed",
    "/incidents/{incident_id}/transfer": "an item in somebody's hands",
    "/open-record/{patient_id}": "a broken glass",
    "/open-record/{patient_id}/end": "a broken glass",
}


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
    assert through == {path, f"{how} {path}"}.isdisjoint(NOT_IN_THIS_SCENE), "it is on the list, and need not be" if through else "a wall nobody could run into"
