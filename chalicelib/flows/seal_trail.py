"""Seal the trail, hour by hour, where nobody can change it. Late, doubled and interrupted runs change nothing.

An hour is sealed a quarter of an hour after its end, when no function that could still write in it is running. What comes
later all the same is sealed with the next hours, for some hours; `audit.verify` names what came later still.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ..core import sealed
from ..core.audit import HOUR, AuditEntry, hour_of, later
from ..core.sealed import Digest, digest_name, entries_name
from ..errors import ArchiveUnavailable
from ..ports import World

GRACE = timedelta(minutes=15)  # longer than any function of ours may run
LATE = 3  # how many hours before an hour are looked at again for what came late
MOST = 200  # hours sealed in one run: after an outage, the next run goes on
FIRST = 24 * 14  # how many hours back the first run looks for the beginning
NEAR = 24 * 3  # how far back the last digest is looked for before the whole list is read


def seal(world: World) -> int:
    """Every hour that is over and not sealed. How many were sealed. Raises `StoreError`, `ArchiveUnavailable`."""
    until = hour_of(world.clock() - GRACE - HOUR)
    last = last_digest(world, later(until, -NEAR))
    hour = later(last.hour, 1) if last else _beginning(world, until)
    done = 0
    while hour <= until and done < MOST:
        last = _seal_hour(world, hour, last)
        hour, done = later(hour, 1), done + 1
    world.journal.count("trail_sealed", done)
    return done


def last_digest(world: World, near: str) -> Digest | None:
    """The newest digest; the names after `near` are read first, all of them where there are none."""
    for after in (digest_name(near), ""):
        last = ""
        while names := world.archive.names(sealed.DIGESTS, last or after):
            last = names[-1]
        if last:
            return _digest(world, sealed.hour_of_digest(last))
    return None


def _beginning(world: World, until: str) -> str:
    """Of a trail that was never sealed: its oldest hour with an entry in it, two weeks back at most."""
    hours = [later(until, -back) for back in range(FIRST, -1, -1)]
    return next((hour for hour in hours if world.store.trail_in(hour)), until)


def _seal_hour(world: World, hour: str, last: Digest | None) -> Digest:
    """File, then digest: a run that dies between them is gone on with, on the file that lies there."""
    entries = [*_came_late(world, hour), *world.store.trail_in(hour)]
    world.archive.put(entries_name(hour), sealed.file_of(hour, entries, last.chain if last else sealed.NOTHING))
    content = world.archive.get(entries_name(hour))
    if content is None:
        raise ArchiveUnavailable(hour)
    digest = replace(sealed.digest_of(hour, content, last, world.clock()), key=world.archive.key)
    signed = replace(digest, signature=world.archive.sign(sealed.signed_part(digest)))
    world.archive.put(digest_name(hour), sealed.written(signed))
    return _digest(world, hour)  # somebody else's, if they were quicker


def _came_late(world: World, hour: str) -> list[AuditEntry]:
    """Entries of the hours before that are in no file yet."""
    before = [later(hour, -back) for back in range(LATE, 0, -1)]
    known: set[str] = set()
    for each in [later(hour, -back) for back in range(2 * LATE, 0, -1)]:
        content = world.archive.get(digest_name(each))
        known |= {entry for entry, _ in sealed.read_digest(content).named} if content else set()
        if content is None and each in before:
            before.remove(each)  # before the beginning
    return [entry for each in before for entry in world.store.trail_in(each) if entry.entry_id not in known]


def _digest(world: World, hour: str) -> Digest:
    content = world.archive.get(digest_name(hour))
    if content is None:
        raise ArchiveUnavailable(hour)
    return sealed.read_digest(content)
