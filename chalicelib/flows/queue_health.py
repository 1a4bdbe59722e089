"""How long people wait: by age, by person, by program. Counts only; nobody's name or text is opened for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..core.exercise import DEAD_MAN, WAY_IN
from ..core.incidents import UNACKNOWLEDGED
from ..core.records import UNMATCHED, Incident, Redacted, SelfTest, Standing, Thread
from ..core.redacted import LATE
from ..core.reply_by import reply_by
from ..core.roles import Action
from ..core.staff import Staff
from ..ports import World
from . import trail
from .authority import demand

# A band ends where the next begins; the last has no end.
BANDS = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
PAGE, MOST_PAGES = 500, 20
KEEPS_A_LOG = ("twilio",)


@dataclass(frozen=True, slots=True)
class Load:
    """What waits in one program, or for one person. `ages`: how many in each band. `late`: past their reply-by."""

    name: str  # a program's id, a staff id, or "" for nobody
    waiting: int = 0
    ages: tuple[int, ...] = (0,) * (len(BANDS) + 1)
    late: int = 0
    unowned: int = 0
    oldest: datetime | None = None
    urgent: int = 0  # open incidents
    unheld: int = 0  # of those, taken by nobody


@dataclass(frozen=True, slots=True)
class AtCarrier:
    """Texts' words in one carrier's own log. `seen`: found empty there; `late`: should have been a day ago; `behind`: the log was
    not looked through for a day."""

    carrier: str
    seen: int = 0
    looked_at: datetime | None = None
    late: tuple[Standing, ...] = ()
    behind: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """`cut`: a program has more than we count."""

    programs: tuple[Load, ...]
    people: tuple[Load, ...]
    cut: bool = False
    self_test: SelfTest | None = None  # how the last dead man's text went
    way_in: SelfTest | None = None  # how the last of the week's texts through the carrier went; None: there was none
    at_carrier: AtCarrier | None = None  # None: the clinic does not have words taken out of the log

    @property
    def total(self) -> Load:
        loads = self.programs
        oldest = [load.oldest for load in loads if load.oldest]
        return Load(
            "",
            sum(load.waiting for load in loads),
            tuple(sum(load.ages[band] for load in loads) for band in range(len(BANDS) + 1)),
            sum(load.late for load in loads),
            sum(load.unowned for load in loads),
            min(oldest) if oldest else None,
            sum(load.urgent for load in loads),
            sum(load.unheld for load in loads),
        )


def queue_health(world: World, who: Staff) -> Health:
    """A supervisor's own programs; an administrator's are all. Two queries a program, and one more each 500 that wait.

    Raises `NotFound` for a role that may not, `StoreError`.
    """
    demand(world, who, Action.QUEUE_HEALTH)
    now, programs = world.clock(), _programs(world, who)
    world.store.commit(trail.entry(world, who, "queue_health", "count", "supervision", now))
    tested, at_carrier = world.store.get(SelfTest, DEAD_MAN), _at_carrier(world, now)
    way_in = world.store.get(SelfTest, WAY_IN) if world.clinic.test_sender else None
    if not programs:
        return Health((), (), self_test=tested, way_in=way_in, at_carrier=at_carrier)
    with ThreadPoolExecutor(8) as pool:
        waiting = dict(zip(programs, pool.map(lambda program: _waiting(world, program), programs), strict=True))
        urgent = dict(zip(programs, pool.map(world.store.open_incidents, programs), strict=True))
    late = _late(world, now)
    owned: dict[str, list[Thread]] = {}
    held: dict[str, list[Incident]] = {}
    for thread in (thread for found in waiting.values() for thread in found):
        owned.setdefault(thread.owner, []).append(thread)
    for incident in (incident for found in urgent.values() for incident in found):
        held.setdefault(incident.holder, []).append(incident)
    people = sorted({*owned, *held}, key=lambda person: (person == "", -len(owned.get(person, ())), person))
    return Health(
        tuple(_load(program, waiting[program], urgent[program], late, now) for program in programs),
        tuple(_load(person, owned.get(person, ()), held.get(person, ()), late, now) for person in people),
        any(len(found) >= PAGE * MOST_PAGES for found in waiting.values()),
        tested,
        way_in,
        at_carrier,
    )


def _at_carrier(world: World, now: datetime) -> AtCarrier | None:
    name, hours = world.clinic.carrier, world.clinic.redact_hours
    if not hours or name not in KEEPS_A_LOG:
        return None
    row = world.store.get(Redacted, name)
    if row is None:
        return AtCarrier(name, behind=True)
    return AtCarrier(name, row.seen, row.looked_at, row.late(now, hours), row.looked_at is None or row.looked_at + LATE <= now)


def _programs(world: World, who: Staff) -> list[str]:
    known = [*world.clinic.programs, UNMATCHED]
    return known if who.may(Action.STAFF) else [program for program in known if who.may_see(program)]


def _waiting(world: World, program: str) -> list[Thread]:
    found: dict[str, Thread] = {}
    after = ""
    for _ in range(MOST_PAGES):
        page = world.store.waiting(program, PAGE, after)
        found |= {thread.thread_id: thread for thread in page}
        if len(page) < PAGE:
            break
        after = page[-1].thread_id
    return list(found.values())


def _late(world: World, now: datetime) -> Callable[[Thread], bool]:
    """Whether the promise of an answer has run out; a thread without its own instant is counted from when it began to wait."""

    def late(thread: Thread) -> bool:
        program = world.clinic.programs.get(thread.program)
        if thread.reply_by is not None or program is None or thread.waiting_since is None:
            return thread.reply_by is not None and thread.reply_by <= now
        return reply_by(world.clinic, thread.program, thread.waiting_since, program.response_minutes) <= now

    return late


def _load(
    name: str, waiting: Iterable[Thread], urgent: Iterable[Incident], late: Callable[[Thread], bool], now: datetime
) -> Load:
    threads, incidents = list(waiting), [each for each in urgent if not each.exercise]
    since = [thread.waiting_since for thread in threads if thread.waiting_since]
    ages = [sum(now - begun >= band for band in BANDS) for begun in since]
    return Load(
        name,
        len(threads),
        tuple(ages.count(band) for band in range(len(BANDS) + 1)),
        sum(map(late, threads)),
        sum(not thread.owner for thread in threads),
        min(since, default=None),
        len(incidents),
        sum(incident.state in UNACKNOWLEDGED for incident in incidents),
    )
