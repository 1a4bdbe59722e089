"""Once an hour: hours of the rota without anybody and papers that end are said days before, on closed days a named person reads
what waits, and on Mondays the service looks how old its own words are.

The hourly function asks for it with a due row; the tick, which can page, does it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..core.clinic import EVERYONE
from ..core.coverage import Gap
from ..core.going_live import GO_LIVE, HOUSE, with_go_live
from ..core.records import UNMATCHED, Due, Setting
from ..core.vendors import Vendor, lapses
from ..errors import StoreError
from ..ports import World
from . import carrier_test, stale_words
from .outbox import SHARD, gone, keep_due
from .page import call_out
from .plan_rota import gaps_ahead, read_rota_now

KIND = "look_ahead"
SOON = timedelta(days=3)  # gaps that begin within this time are told
TELLS_AT = (9, 15)  # the clinic's hours in which a gap is told
READS_AT = (10, 16)  # … and in which unread texts of a closed day are: at least twice (T14, RULES 3.4 tier 2)
GAP = "Porchlight: the rota has a gap in the next days. Open the console."
UNREAD = "Porchlight: texts wait unread on a closed day. Open the console."


def ask(world: World) -> None:
    """The same hour asks once, however often the schedule fires. What cannot be asked now is asked in an hour."""
    hour = world.clock().replace(minute=0, second=0, microsecond=0)
    try:
        world.store.commit(keep_due(Due(SHARD, hour, f"{KIND}#{hour:%Y%m%d%H}", KIND, "house")))
    except StoreError as failure:
        world.journal.event("look_ahead_not_asked", error=type(failure).__name__)


def look_ahead(world: World, due: Due) -> None:
    """Count the gaps; tell who must know, at their hours; forget the row. Raises `StoreError`."""
    now, asked = world.clock(), due.at.astimezone(world.clinic.zone)
    hour = asked.hour
    rota = read_rota_now(world)
    soon = [gap for gap in gaps_ahead(world, rota, now) if gap.start < now + SOON]
    world.journal.count("coverage_gaps", len(soon))
    if soon and hour in TELLS_AT:
        call_out(world, _who_mends(world, soon, now), GAP)
    if hour in READS_AT and _unread_on_a_closed_day(world, now):
        call_out(world, [rota.rota.reader or rota.rota.last_resort or EVERYONE], UNREAD)
    if (asked.weekday(), hour) == (stale_words.ON, stale_words.AT):
        stale_words.tell(world)
    carrier_test.run(world, asked)
    world.journal.count("papers_lapsing", len(_lapsing(world, now)))
    world.store.commit(gone(due))


def _lapsing(world: World, now: datetime) -> list[Vendor]:
    """Whose papers end within the month: after that day no text leaves by them (TW-6)."""
    row = world.store.get_many([(Setting, (GO_LIVE, HOUSE))])[0]
    clinic = with_go_live(world.clinic, row if isinstance(row, Setting) else None)
    return lapses(clinic.vendors.values(), now.astimezone(clinic.zone).date())


def _who_mends(world: World, soon: list[Gap], now: datetime) -> list[str]:
    """The supervisor on call of each program with a gap, else the last resort, else everyone."""
    called = [world.clinic.on_call(gap.program, now) for gap in soon]
    people = [one.steps[-1] if one.steps else one.last_resort for one in called]
    return sorted({person or EVERYONE for person in people})


def _unread_on_a_closed_day(world: World, now: datetime) -> bool:
    """Whether a text waits in a program that does not open today. Numbers of nobody wait with any closed program."""
    closed = [name for name in world.clinic.programs if not _opens_today(world, name, now)]
    asked = [*closed, UNMATCHED] if len(closed) == len(world.clinic.programs) else closed
    return any(world.store.waiting(name, 1) for name in asked)


def _opens_today(world: World, program: str, now: datetime) -> bool:
    local = now.astimezone(world.clinic.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    opens = world.clinic.next_open(program, midnight)
    return opens is not None and opens.date() == local.date()
