"""The stage of change that a clinician set for a patient (RULES 4.4): never inferred, valid for 60 days, void after a missed
visit or a crisis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from .appointments import Appointment

STAGES: dict[str, str] = {
    "precontemplation": "Not thinking about a change now",
    "contemplation": "Thinking about it",
    "preparation": "Getting ready",
    "action": "Doing it",
    "maintenance": "Keeping it up",
}
HOLDS = timedelta(days=60)
WHY_NOT: dict[str, str] = {
    "": "It holds",
    "old": "Set more than 60 days ago",
    "missed": "A visit was missed since",
    "incident": "There was an urgent item since",
    "none": "Nobody has set one",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Beside the patient's own row, under their id."""

    key: ClassVar[tuple[str, ...]] = ("patient_id",)
    patient_id: str
    stage: str  # a word of STAGES
    set_by: str
    set_at: datetime
    version: int = 1


def void(stage: Stage | None, visits: Iterable[Appointment], crises: Iterable[datetime], now: datetime) -> str:
    """A word of WHY_NOT; "" while it holds. `crises`: when urgent items of theirs began."""
    if stage is None or stage.stage not in STAGES:
        return "none"
    if now - stage.set_at >= HOLDS:
        return "old"
    if any(each.status == "noshow" and stage.set_at <= each.ends_at <= now for each in visits):
        return "missed"
    return "incident" if any(at >= stage.set_at for at in crises) else ""
