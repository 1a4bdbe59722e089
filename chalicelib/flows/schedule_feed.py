"""What the clinic's own schedule is told: each change of one of its visits that it did not make itself, as a row in that change's
transaction. A system asks for them by a cursor (docs/schedule-api.md).
"""

from __future__ import annotations

from datetime import datetime

from ..core.appointments import ANSWERS, Appointment
from ..core.records import Change, Put, VisitChange
from ..ports import World


def told(world: World, was: Appointment, visit: Appointment, by: str, now: datetime) -> list[Change]:
    """None for a visit that no schedule knows, and where nothing changed that concerns it. `by`: patient, staff."""
    if not visit.charted or _said(was) == _said(visit):
        return []
    answer = visit.confirmation if visit.confirmation in ANSWERS else ""
    row = VisitChange(
        visit.program, world.ids(now), visit.patient_id, visit.appointment_id, visit.charted, now, by, visit.status, answer,
        visit.barrier if visit.barrier != "asked" else "", visit.start_at,
    )  # fmt: skip
    return [Put(row)]


def _said(visit: Appointment) -> tuple[object, ...]:
    answer = visit.confirmation if visit.confirmation in ANSWERS else ""
    return visit.status, answer, visit.start_at, visit.barrier if visit.barrier != "asked" else ""
