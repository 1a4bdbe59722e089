"""A program's own sequences, laid over the released ones: as texts that a setting keeps, and what may not stand in them. Pure.

A sequence that somebody changed carries the digest of its steps, so that a visit says under which version its texts were planned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from .sequences import Sequence, Span, Step, read_span

MOST_STEPS = 8  # texts of one sequence
FARTHEST = timedelta(days=60)
RANKS = range(1, 10)
KEPT = ("before", "until", "template", "rank", "catch_up")  # of a step, as a setting keeps it
GATE = "visit_link"  # how to get in: for visits by video, uncounted, rank 0


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that keeps a sequence from being saved. `at`: which text, by its `before`, "" for all of them."""

    at: str
    why: str  # a word of WRONG


WRONG: dict[str, str] = {
    "span": "Say when as 14d, 2h or 15m",
    "order": "It would help nobody by the time it leaves: the second time lies before the first",
    "twice": "Two texts leave at this time: give one another time, or take it away",
    "far": "Nothing leaves earlier than 60 days before a visit",
    "many": f"At most {MOST_STEPS} texts before a visit",
    "rank": "Importance is 1 to 9; 1 wins where only one text a day may leave",
    "template": "Choose a template that was approved",
    "first": "One text must have importance 1: the one that leaves whatever else does not",
    "none": "A sequence without a text: patients of these visits would hear nothing",
}


def span_text(span: Span) -> str:
    """"14d", "2h", "15m": what `read_span` reads."""
    if span.days:
        return f"{span.days}d"
    minutes = int(span.exact.total_seconds() // 60)
    return f"{minutes // 60}h" if minutes and minutes % 60 == 0 else f"{minutes}m"


def text_of(steps: Iterable[Step]) -> str:
    """The steps as a setting keeps them: the same steps are the same text, the farthest first."""
    rows = [
        {
            "before": span_text(step.before), "until": span_text(step.until), "template": step.template, "rank": step.rank,
            "catch_up": step.catch_up,
        }
        for step in sorted(steps, key=_farthest)
    ]  # fmt: skip
    return json.dumps(rows, separators=(",", ":"))


def read_steps(text: str, purposes: Mapping[str, str]) -> tuple[Step, ...]:
    """Raises ValueError, KeyError or TypeError for what is none. `purposes`: by template, for the list."""
    rows = [{name: row[name] for name in KEPT} for row in json.loads(text)]  # a newer version may have written more
    return tuple(a_step(**row, purposes=purposes) for row in rows)


def a_step(
    before: str, until: str, template: str, rank: int, catch_up: bool, purposes: Mapping[str, str] | None = None
) -> Step:
    """One text as a form or a setting says it. Its name is when it leaves. Raises ValueError."""
    gate = template == GATE
    return Step(
        name=before, before=read_span(before), until=read_span(until), template=template,
        purpose=(purposes or {}).get(template, ""), tone="", rank=0 if gate else int(rank), remote=gate, access=gate,
        catch_up=bool(catch_up),
    )  # fmt: skip


def problems(steps: Collection[Step], offered: Collection[str]) -> tuple[Wrong, ...]:
    """What keeps these from being a sequence. `offered`: templates that may stand in one and are approved."""
    found = [Wrong(step.name, why) for step in steps for why in _of_step(step, offered)]
    names = [step.name for step in steps]
    found += [Wrong(name, "twice") for name in dict.fromkeys(names) if names.count(name) > 1]
    if not steps:
        found.append(Wrong("", "none"))
    elif not any(step.rank == 1 for step in steps):
        found.append(Wrong("", "first"))
    return tuple(found) if len(steps) <= MOST_STEPS else (*found, Wrong("", "many"))


def _of_step(step: Step, offered: Collection[str]) -> Iterable[str]:
    if _length(step.before) <= _length(step.until):
        yield "order"
    if _length(step.before) > FARTHEST:
        yield "far"
    if step.template not in offered:
        yield "template"
    if not step.access and step.rank not in RANKS:
        yield "rank"


def laid_over(released: tuple[Sequence, ...], value: Mapping[str, str], purposes: Mapping[str, str]) -> tuple[Sequence, ...]:
    """The sequences of a program as they stand. A change that cannot be read leaves the released one."""
    return tuple(_changed(each, value.get(each.sequence_id, ""), purposes) for each in released)


def changed_to(sequence: Sequence, steps: tuple[Step, ...]) -> Sequence:
    """The sequence with these steps; the released one again where they are the same."""
    text = text_of(steps)
    if text == text_of(sequence.steps) and not sequence.version:
        return sequence
    return replace(sequence, steps=tuple(sorted(steps, key=_farthest)), version=digest(text))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _changed(released: Sequence, text: str, purposes: Mapping[str, str]) -> Sequence:
    if not text:
        return released
    try:
        return changed_to(released, read_steps(text, purposes))
    except (KeyError, TypeError, ValueError):
        return released


def _length(span: Span) -> timedelta:
    return timedelta(days=span.days) + span.exact


def _farthest(step: Step) -> tuple[timedelta, int]:
    return -_length(step.before), step.rank
