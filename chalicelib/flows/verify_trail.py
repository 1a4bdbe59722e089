"""Whether the trail is as it was sealed: every hour's signature, its place in the chain, its file, and the table beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from ..core import sealed
from ..core.audit import HOUR, AuditEntry, hour_of, later
from ..core.sealed import Digest, Wrong, compared, digest_name, entries_name, entry_hash
from ..ports import World
from .seal_trail import GRACE, LATE

AT_ONCE = 48  # hours fetched side by side
OVERDUE = timedelta(hours=3)  # the seal runs each hour: nothing for so long is not a late tick


@dataclass(frozen=True, slots=True)
class Verdict:
    """`hours` and `entries`: how many were looked at. `since`, `until`: the first and the last hour of these."""

    hours: int = 0
    entries: int = 0
    since: str = ""
    until: str = ""
    wrong: tuple[Wrong, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hour:
    """What lies there of one hour, and what the table says of it."""

    hour: str
    digest: bytes | None
    file: bytes | None
    table: tuple[AuditEntry, ...]


@dataclass(slots=True)
class _Look:
    world: World
    wrong: list[Wrong] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)  # entry: its hash, as digests list it
    lies_in: dict[str, str] = field(default_factory=dict)  # entry: the hour whose digest lists it
    table: dict[str, tuple[str, str]] = field(default_factory=dict)  # entry: its hour and its hash, as the table has it

    def no(self, hour: str, what: str, entry: str = "") -> None:
        self.wrong.append(Wrong(hour, what, entry))


def verify(world: World, since: str = "", until: str = "9999") -> Verdict:
    """From hour `since` to hour `until`, both in; without them all of it.

    A range that begins later trusts its first digest's signature for what was before it. Raises `StoreError`,
    `ArchiveUnavailable`.
    """
    look, hours = _Look(world), [hour for hour in _hours(world, since) if hour <= until]
    previous: Digest | None = None
    for found in _fetched(world, hours):
        previous = _hour(look, found, previous, first=not since and found.hour == hours[0])
        look.table |= {e.entry_id: (found.hour, entry_hash(sealed.told(e))) for e in found.table}
    if hours:
        _beside_the_table(look, hours, whole=not since)
        overdue = hour_of(world.clock() - GRACE - HOUR - OVERDUE)
        if hours[-1] < min(overdue, until):
            look.no(later(hours[-1], 1), "not_sealed")
    ends = (hours[0], hours[-1]) if hours else ("", "")
    return Verdict(len(hours), len(look.named), *ends, tuple(look.wrong))


def _hours(world: World, since: str) -> list[str]:
    """Every hour between the first and the last of which a digest or a file lies there."""
    before = later(since, -1) if since else ""
    digests = [sealed.hour_of_digest(name) for name in _names(world, sealed.DIGESTS, digest_name(before) if since else "")]
    files = [sealed.hour_of_file(name) for name in _names(world, sealed.ENTRIES, entries_name(before) if since else "")]
    there = sorted({*digests, *files})
    every = there[:1]
    while every and every[-1] < there[-1]:
        every.append(later(every[-1], 1))
    return every


def _names(world: World, prefix: str, after: str) -> Iterator[str]:
    while names := world.archive.names(prefix, after):
        yield from names
        after = names[-1]


def _fetched(world: World, hours: Sequence[str]) -> Iterator[_Hour]:
    def fetch(hour: str) -> _Hour:
        read = world.archive.get
        return _Hour(hour, read(digest_name(hour)), read(entries_name(hour)), tuple(world.store.trail_in(hour)))

    with ThreadPoolExecutor(16) as pool:
        for at in range(0, len(hours), AT_ONCE):
            yield from pool.map(fetch, hours[at : at + AT_ONCE])


def _hour(look: _Look, found: _Hour, previous: Digest | None, first: bool) -> Digest | None:
    """The digest, for the next one to be held against; None where that would accuse the next of this one's fault."""
    digest = _digest(look, found)
    if digest is None:
        return None
    good = look.world.archive.signed(sealed.signed_part(digest), digest.signature, digest.key)
    if not good:
        look.no(found.hour, "unsigned")
    elif digest.hour != found.hour or not _follows(digest, previous, first):
        look.no(found.hour, "broken_chain")
    look.named |= dict(digest.named)
    look.lies_in |= dict.fromkeys((entry for entry, _ in digest.named), found.hour)
    _file(look, found, digest)
    return digest if good else None


def _follows(digest: Digest, previous: Digest | None, first: bool) -> bool:
    if previous is None:
        return not first or digest.previous == sealed.NOTHING
    chained = digest.chain == sealed.chained(previous.chain, digest.named)
    return chained and digest.previous == sealed.hash_of(sealed.written(previous))


def _digest(look: _Look, found: _Hour) -> Digest | None:
    if found.digest is None:
        look.no(found.hour, "missing")
        return None
    try:
        return sealed.read_digest(found.digest)
    except ValueError:
        look.no(found.hour, "unreadable")
        return None


def _file(look: _Look, found: _Hour, digest: Digest) -> None:
    if found.file is None:
        return look.no(found.hour, "missing")
    if sealed.hash_of(found.file) == digest.file_hash:
        return
    try:
        entries = [(said.get("entry_id", ""), entry_hash(said)) for said in sealed.read_file(found.file)]
    except ValueError:
        return look.no(found.hour, "unreadable")
    look.wrong += compared(found.hour, digest.named, entries) or [Wrong(found.hour, "altered")]


def _beside_the_table(look: _Look, hours: list[str], whole: bool) -> None:
    """Each entry of the table is sealed as it stands there, and each sealed one still stands there.

    What is younger than the last hours may yet be sealed with the next ones; what lies in the first files of a range may
    belong to hours before it.
    """
    young, old = later(hours[-1], -LATE), hours[0] if whole else later(hours[0], LATE)
    for entry, (hour, hashed) in look.table.items():
        if entry not in look.named:
            if hour <= young:
                look.no(hour, "not_sealed", entry)
        elif look.named[entry] != hashed:
            look.no(hour, "altered_in_table", entry)
    for entry, hour in look.lies_in.items():
        if entry not in look.table and hour >= old:
            look.no(hour, "missing_in_table", entry)
