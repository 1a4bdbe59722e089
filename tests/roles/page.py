"""`docs/who-may-what.md`, from `core/roles.toml` and from what each page really answered: for a compliance officer, without code."""

from __future__ import annotations

from functools import cache

from chalicelib.core.roles import MAY, ROLES, SEES_NO_PATIENTS, TABLE, Action

from ..console.scene import Scene, a_scene
from .scenes import paths, with_alice_open

OF_A_PATIENT = ("{patient_id}", "{thread_id}", "{incident_id}")
HOW = {"own": "o", "paged": "p", "glass": "g", "other": "**x**"}
HEAD = """# Who may what

Written by `python -m tests.roles` from `chalicelib/core/roles.toml` and from what each page of the console answered to each role; a test
fails where it is not what it says here. Do not edit it here.

A role's programs are given on the account. Of another program's patient nobody sees anything, unless a page called them for that one patient
(twelve hours, [own keys](decisions/own-keys.md)) or they broke the glass (an hour, [break-glass](decisions/break-glass.md)). AWS refuses besides.
"""
WORK = [
    ("patients of their own programs", lambda role: role not in SEES_NO_PATIENTS),
    ("one patient of another program, when paged", lambda role: role not in SEES_NO_PATIENTS),
    ("one patient of another program, by breaking the glass", lambda role: Action.BREAK_GLASS in MAY[role]),
    ("any other patient of another program", lambda role: False),
]


def page() -> str:
    heads = f"| | {' | '.join(ROLES.values())} |\n{'|---' * (len(ROLES) + 1)}|"
    work = "\n".join(_row(what, [has(role) for role in ROLES]) for what, has in WORK)
    actions = "\n".join(_row(f"{each.replace('_', ' ')}: {says}", [Action(each) in MAY[role] for role in ROLES]) for each, says in TABLE["action"].items())
    roles = "\n".join(f"- **{row['name']}**: {row['does']}" for row in TABLE["role"])
    return "\n".join([
        HEAD, "## Roles\n", roles, "", "## Whose texts and names\n", heads, work, "", "## What besides\n", heads, actions, "",
        "## Which page of a patient\n",
        "`o`: of their own program. `p`: paged for this patient. `g`: after breaking the glass. A dot: the page is not there for them. A page that "
        "shows may still offer less to change: what changes a record of another program is refused, but for answering, notes and the urgent item.\n",
        heads, *(f"| `{path}` | {' | '.join(_cell(role, path) for role in ROLES)} |" for path in pages()), "",
    ])  # fmt: skip


def _row(what: str, yes: list[bool]) -> str:
    return f"| {what} | {' | '.join('yes' if each else '·' for each in yes)} |"


def pages() -> list[str]:
    return [path for path, _ in paths("GET") if any(name in path for name in OF_A_PATIENT) and not path.startswith("/trail")]


def _cell(role: str, path: str) -> str:
    return "".join(letter for how, letter in HOW.items() if _can(role, how) and _shows(_scene(role, how), path)) or "·"


def _can(role: str, how: str) -> bool:
    """Nobody pages the compliance officer for a patient, and the glass is some roles' to break."""
    return {"paged": role not in SEES_NO_PATIENTS, "glass": Action.BREAK_GLASS in MAY[role]}.get(how, True)


@cache
def _scene(role: str, how: str) -> Scene:
    if how in ("paged", "glass"):
        return with_alice_open(role, how)
    return a_scene(role, *(("adult", "unmatched") if how == "own" else ("harbor",)))


def _shows(scene: Scene, path: str) -> bool:
    answer = scene.ask(path, "GET")
    assert answer.status_code < 500, (path, scene.who)
    return bool(answer.status_code == 200)  # 204: a page that is open already asked, and nothing is new
