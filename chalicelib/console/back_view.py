"""What was begun after a missed visit or a long silence, in the words of a clinic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..core.records import Appointment, Patient
from ..core.reengagement import WHY
from ..flows.read_reengagement import Seen, read_reengagements
from ..ports import World
from ..texts import reengagement as texts
from .appointments_view import Text, view_texts
from .times import Place

BEGUN = {"missed": "After a missed visit", "quiet": "After a long silence"}


@dataclass(frozen=True, slots=True)
class BackView:
    """`says`: on, or why it ended. `on`: a click can stop it."""

    reengagement_id: str
    title: str
    sequence: str
    began: str
    says: str
    on: bool
    texts: tuple[Text, ...]
    wants_yes: str


def of_patient(
    world: World, patient: Patient, visits: Sequence[Appointment], theirs: Place, done: str
) -> dict[str, Any]:
    """What the patient's page shows of it, and why the last click began nothing."""
    found = read_reengagements(world, patient, visits)
    return {"back": view_back(found, theirs), "back_why": WHY.get(done.removeprefix("back_"), "")}


def view_back(found: Sequence[Seen], theirs: Place) -> list[BackView]:
    return [_one(each, theirs) for each in found]


def _one(each: Seen, theirs: Place) -> BackView:
    row, known = each.row, texts.sequence(each.row.sequence)
    says = {"on": "On", "done": "All of it has left"}.get(row.state) or f"Ended: {WHY.get(row.stopped_why, row.stopped_why)}"
    return BackView(
        row.reengagement_id, BEGUN.get(row.why, row.why), known.label if known else "", theirs.stamp(row.started_at), says,
        row.state == "on", tuple(view_texts(each.texts, theirs)), WHY.get(each.wants_yes, each.wants_yes),
    )  # fmt: skip
