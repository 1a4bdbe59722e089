"""Every key that was lent, for whoever reviews: to whom, whose, why, from when until when, used or not, and what a review found.

The officer sees all; a clinical lead what is of their programs. Nobody reviews what was lent to
themselves, or what is not back yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..core.audit import AuditEntry
from ..core.own_keys import OPEN, Lending
from ..core.records import Delete, Put
from ..core.roles import SEES_NO_PATIENTS, Action
from ..core.staff import Staff
from ..errors import KeyRefused, NotFound, OpenFailed, PassOver, Rejected
from ..ports import SealContext, World
from . import trail
from .authority import demand

PURPOSE = "compliance"
MOST = 100  # lines of a page
RIGHT, WRONG = "right", "wrong"
NO_LOOKS = frozenset({"break_glass", "end_break_glass"})  # by the same person about the same record, and no look at it
LOOKS = 200  # entries that are read for one line


class NotReviewed(ValueError):
    """Why not, as a word for the page: found, own, open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One lending. `looks`: what the trail says they did there meanwhile; `first`: when they first did."""

    lending: Lending
    looks: int
    first: datetime | None
    mine: bool  # lent to whoever looks at the page
    is_open: bool

    @property
    def may_review(self) -> bool:
        return not self.mine and self.lending.back_at is not None and self.lending.reviewed_at is None


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    open_now: int


def counts(world: World, who: Staff) -> Counts:
    """For a front page. Raises `StoreError`."""
    rows, now = _theirs(who, world.store.lendings(OPEN)), world.clock()
    return Counts(len(rows), sum(_is_open(row, now) for row in rows))


def read_lent(world: World, who: Staff, shelf: str = OPEN) -> tuple[Line, ...]:
    """`shelf`: "open", or a month ("2026-11") whose lendings were reviewed. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.REVIEW_KEYS)
    world.store.commit(trail.entry(world, who, "trail", "read_lent_keys", PURPOSE, world.clock()))
    rows = _theirs(who, world.store.lendings(shelf))[:MOST]
    with ThreadPoolExecutor(8) as pool:
        return tuple(pool.map(lambda row: _line(world, who, row), rows))


def read_one(world: World, who: Staff, shelf: str, lending_id: str) -> tuple[Line, str | None]:
    """One lending, and the words that were written with it: None where they are not this reader's to open.

    Raises `NotFound`, `StoreError`, `KeyUnavailable`.
    """
    row = _one(world, who, shelf, lending_id)
    world.store.commit(trail.entry(world, who, row.subject, "read_lent_key", PURPOSE, world.clock()))
    return _line(world, who, row), _words(world, who, row)


def review(world: World, who: Staff, lending_id: str, found: str) -> Lending:
    """Say whether it was right to, once. Raises `NotReviewed`, `NotFound` (also: somebody was quicker), `StoreError`."""
    row, now = _one(world, who, OPEN, lending_id), world.clock()
    if found not in (RIGHT, WRONG):
        raise NotReviewed("found")
    if row.staff_id == who.staff_id:
        raise NotReviewed("own")
    if row.back_at is None:
        raise NotReviewed("open")
    done = replace(row, shelf=month_of(row.at), reviewed_at=now, reviewed_by=who.staff_id, found=found)
    entry = trail.entry(world, who, row.subject, "review_lent_key", PURPOSE, now, f"{found} {row.staff_id}")
    try:
        world.store.commit(Put(done), Delete(type(row), (OPEN, lending_id)), entry)
    except Rejected:  # the shelf of that month has it: somebody was quicker
        raise NotFound(lending_id) from None
    return done


def month_of(at: datetime) -> str:
    """The shelf of what began then, UTC."""
    return at.strftime("%Y-%m")


def _one(world: World, who: Staff, shelf: str, lending_id: str) -> Lending:
    demand(world, who, Action.REVIEW_KEYS)
    row = world.store.get(Lending, shelf, lending_id)
    if row is None or not _theirs(who, [row]):
        trail.refuse(world, who, row.subject if row else "trail", "read_lent_key", PURPOSE)
        raise NotFound(lending_id)
    return row


def _theirs(who: Staff, rows: Iterable[Lending]) -> Sequence[Lending]:
    return [row for row in rows if who.role in SEES_NO_PATIENTS or who.may_see(row.program)]


def _is_open(row: Lending, now: datetime) -> bool:
    return row.back_at is None and now < row.until


def _line(world: World, who: Staff, row: Lending) -> Line:
    until = min(row.ends, world.clock()) + timedelta(seconds=1)
    seen = [each for each in world.store.trail_of(row.subject, row.at, until, LOOKS) if _is_look(each, row)]
    first = min((each.at for each in seen), default=None)
    return Line(row, len(seen), first, row.staff_id == who.staff_id, _is_open(row, world.clock()))


def _is_look(entry: AuditEntry, row: Lending) -> bool:
    return entry.who == row.staff_id and not entry.refused and entry.action not in NO_LOOKS


def _words(world: World, who: Staff, row: Lending) -> str | None:
    if not row.sealed_words or not who.may_see(row.program):
        return None
    try:
        return world.vault.open(SealContext(row.subject, row.program, "note"), row.lending_id, row.sealed_words, who.staff_id)
    except PassOver:
        raise
    except (KeyRefused, OpenFailed):
        return None
