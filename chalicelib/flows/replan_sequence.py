"""A sequence of a program changed: the visits ahead whose texts were planned under the older one are planned anew.

A due row walks the program's schedule by beginning, some visits a tick: what it costs grows with what is planned, never with how
many patients there are. A text that comes due before the walk has come to its visit is planned anew by `send_touch`: no text of
an older version ever leaves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..core.appointments import Appointment
from ..core.records import Change, Due, Patient, Setting
from ..core.sequences import Sequence, name_of, named
from ..core.settings import SEQUENCE
from ..errors import Conflict, Rejected
from ..ports import World
from .outbox import SHARD, gone, keep_due
from .plan_touches import changed, read_around, replan, sequences_as

KIND = "replan"
WEEK = timedelta(days=7)
WEEKS = 12  # looked at in one go, where few are booked
MOST = 200  # visits planned in one go
HORIZON = timedelta(days=400)  # visits further away are planned anew when their first text comes due
ATTEMPTS = 3


def begin(program: str, sequence_id: str, version: int, now: datetime) -> Change:
    """For the transaction that changes the sequence: a change and its walk are one."""
    return keep_due(Due(SHARD, now, f"{KIND}#{program}#{version}", KIND, program, about=f"{sequence_id}|{now.isoformat()}"))


def go_on(world: World, due: Due) -> None:
    """The next stretch. Raises `StoreError`: the row then stays, and the walk goes on from there."""
    sequence_id, _, at = due.about.partition("|")
    now, left = world.clock(), MOST
    since = max(datetime.fromisoformat(at), now)
    wanted = named(sequences_as(world.store.get(Setting, SEQUENCE, due.target)), sequence_id)
    for _ in range(WEEKS):
        if wanted is None or since >= now + HORIZON:
            return world.store.commit(gone(due))
        some, then = _stretch(_older(world.store.booked(due.target, since, since + WEEK), wanted), left)
        for visit in some:
            _plan_anew(world, visit)
        left, since = left - len(some), then or since + WEEK
        if left <= 0 or then is not None:
            break
    _leave_off(world, due, sequence_id, since)


def _stretch(visits: list[Appointment], most: int) -> tuple[list[Appointment], datetime | None]:
    """The first `most` and whatever begins with the last of them; and where the rest begins, None without a rest."""
    last = visits[most - 1].start_at if 0 < most <= len(visits) else None
    now = [each for each in visits if last is None or each.start_at <= last]
    return now, visits[len(now)].start_at if len(now) < len(visits) else None


def _older(visits: list[Appointment], wanted: Sequence) -> list[Appointment]:
    """Those still ahead whose texts belong to this sequence in another version."""
    its = (each for each in visits if each.ahead and name_of(each.sequence) == wanted.sequence_id)
    return [each for each in its if each.sequence != wanted.tag]


def _leave_off(world: World, due: Due, sequence_id: str, at: datetime) -> None:
    """The walk goes on with the next tick, from here."""
    later = replace(due, at=max(world.clock(), due.at + timedelta(seconds=1)), about=f"{sequence_id}|{at.isoformat()}", tries=0)
    world.store.commit(gone(due), keep_due(later))


def _plan_anew(world: World, seen: Appointment) -> None:
    """One visit, with those near it. Whoever changes it at this moment plans it under the new one themselves."""
    for _ in range(ATTEMPTS):
        visit = world.store.get(Appointment, seen.patient_id, seen.appointment_id)
        patient = world.store.get(Patient, seen.patient_id)
        if visit is None or patient is None or not visit.ahead:
            return
        around, now = read_around(world, patient), world.clock()
        done, changes = replan(world, around, visit, visit, now)
        if done == visit and not changes:
            return
        try:
            return world.store.commit(changed(visit, touches=done.touches, sequence=done.sequence), *changes)
        except (Rejected, Conflict):
            continue
    world.journal.count("replan_contended")
