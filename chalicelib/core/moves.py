"""A thread on its way to another patient or program, and where its rows went (docs/decisions/moving-a-patient.md). Pure rows."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import ClassVar

from .quick import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """One thread's way to another patient or program: what to move, and what undoing needs (docs/decisions/moving-a-patient.md).

    `kind`: match, transfer, merge, unmerge. `source` and `target` are thread ids, equal for a transfer. `until`: the last
    message that goes with it, "" for all. `undoes`: the merge that an unmerge takes back; only its messages go.
    """

    key: ClassVar[tuple[str, ...]] = ("move_id",)
    move_id: str
    kind: str
    source: str
    target: str
    program: str  # where everything goes
    patient_id: str  # whose it becomes
    at: datetime
    by: str
    from_program: str
    state: str = "moving"  # moving, done
    done_at: datetime | None = None
    until: str = ""
    undoes: str = ""
    undone_by: str = ""
    moved: int = 0
    level_before: int = 0  # of the patient who stays, before a merge took the stricter of both
    consent_before: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Forward:
    """Where an outgoing text went whose old address a carrier still has: a late callback finds it (N1)."""

    key: ClassVar[tuple[str, ...]] = ("row",)
    row: str  # "<thread_id>.<message_id>" that the carrier was given
    to: str  # the thread where it is now
