"""What came of missed visits, in numbers: told the same day, answered, came back, what got in the way. No names. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .appointments import Appointment
from .quiet import CAME
from .reengagement import Reengagement

SOON, LATER = 30, 60  # days, on the wall of the place


@dataclass(frozen=True, slots=True)
class Returns:
    """Of the visits of one month that were missed. `called`: a clinician was asked to call first. `lines`: a same-day line left.
    `answered`: they wrote back while its question was open. `back_30`, `back_60`: the next visit they came to began within so
    many days."""

    missed: int
    called: int
    lines: int
    answered: int
    back_30: int
    back_60: int
    barriers: Mapping[str, int]


def returns(month: Iterable[Appointment], after: Sequence[Appointment], begun: Iterable[Reengagement]) -> Returns:
    """`month`: its visits. `after`: those of the same program that begin from its first day to sixty days after its last."""
    missed = [each for each in month if each.status == "noshow"]
    told = {row.visit_id for row in begun if any(t.state == "sent" and t is row.touches[0] for t in row.touches)}
    gaps = [back_after(each, after) for each in missed]
    return Returns(
        missed=len(missed),
        called=sum(any(step.what == "call_asked" for step in each.steps) for each in missed),
        lines=sum(each.appointment_id in told for each in missed),
        answered=sum(each.answered_at is not None for each in missed),
        back_30=sum(gap is not None and gap <= SOON for gap in gaps),
        back_60=sum(gap is not None and gap <= LATER for gap in gaps),
        barriers=dict(sorted(Counter(each.barrier for each in missed if each.barrier not in ("", "asked")).items())),
    )


def back_after(missed: Appointment, after: Iterable[Appointment]) -> int | None:
    """How many days until the next visit of the same person that they came to; None for none yet."""
    kept = [
        (each.day - missed.day).days
        for each in after
        if each.patient_id == missed.patient_id and each.status in CAME and each.start_at > missed.start_at
    ]
    return min(kept, default=None)
