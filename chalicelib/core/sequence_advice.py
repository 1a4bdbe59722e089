"""What to think of before a sequence is saved: nothing here keeps it from being saved. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from .budget import PER_WEEK
from .sequences import Span, Step

ASKS = ("visit_ahead", "visit_confirm", "visit_day")  # their question is about the visit: 1, 2, 3


def advice(steps: Collection[Step], questions: Collection[str]) -> tuple[str, ...]:
    """A line each. `questions`: the templates that ask something else before a visit."""
    found = []
    if not any(step.template == "visit_confirm" for step in steps):
        found.append("Nobody is asked to confirm. Who can't come tells you later, and fewer times can be filled.")
    asked = [step for step in steps if step.template in questions]
    later = [step for step in steps if step.template in ASKS]
    if any(_length(question.before) > _length(step.before) for question in asked for step in later):
        found.append("A text about the visit follows a question and takes its place: ask nearest to the visit.")
    if asked:
        found.append("A question is left out while the visit is not confirmed, and for who allows less than it says.")
    near = [step for step in steps if not step.access and _length(step.before) <= timedelta(days=7)]
    if len(near) > PER_WEEK:
        found.append(f"{len(near)} texts in the week before. Three leave, one a day; which ones, their importance says.")
    return tuple(found)


def _length(span: Span) -> timedelta:
    return timedelta(days=span.days) + span.exact
