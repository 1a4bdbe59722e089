"""Who may do what beside the work with patients, which follows the programs: one table, role by action, in `roles.toml`.

A role that is not in the table may nothing here. The page of what one may not do does not exist (404).
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from importlib import resources
from typing import Any


class Action(StrEnum):
    """What a page or a change asks for; what each means stands in the table."""

    QUEUE_HEALTH = "queue_health"
    CRISIS_BOARD = "crisis_board"
    SCREEN = "screen"
    DRILL = "drill"
    CALL_FIRST = "call_first"
    SIGN_OFF = "sign_off"
    PROGRAMS = "programs"
    STAFF = "staff"
    ROTA = "rota"
    GO_LIVE = "go_live"
    TRAIL = "trail"
    TEXTS = "texts"
    CAMPAIGNS = "campaigns"
    BREAK_GLASS = "break_glass"
    REVIEW_KEYS = "review_keys"
    WORDS = "words"
    BREACH = "breach"
    HOLD = "hold"
    RECORDS = "records"
    STAGE = "set_stage"
    PRIORITY = "set_priority"
    ABSENCES = "speak_for_others"


def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("roles.toml").read_text("utf-8"))


TABLE = _read()
ADMINISTRATOR, COMPLIANCE = "administrator", "compliance"
ROLES: dict[str, str] = {row["id"]: row["name"] for row in TABLE["role"]}
DOES: dict[str, str] = {row["id"]: row["does"] for row in TABLE["role"]}
MAY: dict[str, frozenset[Action]] = {row["id"]: frozenset(map(Action, row["may"])) for row in TABLE["role"]}
SEES_NO_PATIENTS = frozenset(row["id"] for row in TABLE["role"] if not row["patients"])  # AWS says so too (infra/people.yaml)


def may(role: str, action: Action | str) -> bool:
    return action in MAY.get(role, frozenset())


def administers(role: str) -> bool:
    """Whether anything under Settings is open to this role."""
    return any(may(role, action) for action in (Action.PROGRAMS, Action.STAFF, Action.TEXTS))
