"""What the number carries today and tomorrow, lane by lane; each afternoon supervisors are told when tomorrow will not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

from ..core.campaigns import Campaign
from ..core.clinic import DAYS, read_window
from ..core.plan_of_day import Forecast, Planned, fits, forecast
from ..core.records import Change, Due, PacedDay, Task, Tasks
from ..core.roles import Action
from ..core.safe_hours import HOUSE
from ..core.staff import Staff
from ..core.tasks import MOST
from ..core.throughput import MOST_PARTS, OF_DUE, Lane, carrier_day
from ..core.windows import instant
from ..errors import StoreError
from ..ports import World
from . import desk_tasks
from .authority import demand
from .outbox import SHARD, gone, keep_due

KIND = "plan_ahead"
TELLS_AT = 16  # the clinic's hour: there is somebody yet who can move something
MOST_ROWS = 20_000  # due rows that are counted; more are said to be more
BACK = timedelta(days=7)  # what has been due for so long still waits
A_DAY = timedelta(hours=11)  # the house's hours
ENOUGH = 20  # texts of a day, from which its parts are a measure for the next


@dataclass(frozen=True, slots=True)
class Day:
    """`begins`, `ends`: the house's hours of that day, from now on. `left`: what has left so far, texts by lane."""

    day: date
    begins: datetime
    ends: datetime
    lanes: Mapping[Lane, Forecast]
    left: Mapping[str, int]

    @property
    def fits(self) -> bool:
        return fits(self.lanes)


@dataclass(frozen=True, slots=True)
class Plan:
    """Today and tomorrow. `cut`: more is planned than is counted."""

    days: tuple[Day, Day]
    cut: bool


def read_plan(world: World, who: Staff) -> Plan:
    """Counts of the whole number, nobody's name. Raises `NotFound`, `StoreError`."""
    demand(world, who, Action.CAMPAIGNS)
    return plan_of(world, world.clock())


def plan_of(world: World, now: datetime, besides: Campaign | None = None) -> Plan:
    """One query of due rows, one of campaigns for each program, two reads. `besides`: as if this one ran too.

    Raises `StoreError`."""
    zone, limits = world.clinic.zone, world.clinic.throughput
    today = now.astimezone(zone).date()
    first, second = (_hours(world, today + timedelta(days=ahead), now) for ahead in (0, 1))
    midnight, until = (instant(today + timedelta(days=ahead), time.min, zone) for ahead in (1, 2))
    rows = world.store.due_between(SHARD, now - BACK, until, MOST_ROWS)
    paced = world.store.get(PacedDay, carrier_day(now))
    each = _parts_each(filter(None, (paced, world.store.get(PacedDay, carrier_day(now - timedelta(days=1))))))
    taken = {paced.day: paced.taken} if paced else {}
    running = [*_running(world), *([besides] if besides else [])]
    ahead, rest = [row for row in rows if row.at < midnight], [row for row in rows if row.at >= midnight]
    lanes = forecast([*_texts(ahead, first[0], each), *_campaigns(running, first[0])], limits, *first, taken)
    later = forecast([*_texts(rest, second[0], each), *_carried(lanes, second[0])], limits, *second, taken)
    left = paced.texts if paced else {}
    days = Day(today, *first, lanes, left), Day(today + timedelta(days=1), *second, later, {})
    return Plan(days, len(rows) == MOST_ROWS)


def done_by(world: World, campaign: Campaign, now: datetime) -> date | None:
    """The day on which a campaign would be through if it began now; None where there is nothing to send."""
    if not campaign.waiting:
        return None
    plan = plan_of(world, now, None if campaign.state == "running" else campaign)
    for day in plan.days:
        if not day.lanes[Lane.CAMPAIGNS].over:
            return day.day
    one, limits = plan.days[1].lanes[Lane.CAMPAIGNS], world.clinic.throughput
    a_day = max(1, min(limits.a_day, limits.in_time(A_DAY)))
    return plan.days[1].day + timedelta(days=ceil(one.over * one.parts / max(one.texts, 1) / a_day))


def _hours(world: World, day: date, now: datetime) -> tuple[datetime, datetime]:
    """The house's hours of that day on the clinic's clock, from now on."""
    opens, closes = (instant(day, at, world.clinic.zone) for at in read_window(HOUSE[DAYS[day.weekday()]]))
    return max(opens, min(now, closes)), closes


def _parts_each(days: Iterable[PacedDay]) -> dict[str, float]:
    """Parts of one text by lane, as measured lately; two where there is no measure."""
    found: dict[str, float] = {}
    for day in days:
        for lane, texts in day.texts.items():
            if texts >= ENOUGH:
                found.setdefault(lane, day.parts.get(lane, texts * MOST_PARTS) / texts)
    return found


def _texts(rows: Iterable[Due], begins: datetime, each: Mapping[str, float]) -> list[Planned]:
    lanes = [(row, OF_DUE[row.kind]) for row in rows if row.kind in OF_DUE and row.kind != "campaign"]
    return [Planned(max(row.at, begins), lane, 1, each.get(lane.name, MOST_PARTS)) for row, lane in lanes]


def _running(world: World) -> list[Campaign]:
    return [each for program in world.clinic.programs for each in world.store.campaigns(program) if each.state == "running"]


def _campaigns(campaigns: Iterable[Campaign], begins: datetime) -> list[Planned]:
    """What each has left to write, as if it could all leave now."""
    found = [(each, each.counts.get("text", 0)) for each in campaigns if each.waiting]
    return [Planned(begins, Lane.CAMPAIGNS, each.waiting, each.waiting * each.parts / texts) for each, texts in found]


def _carried(lanes: Mapping[Lane, Forecast], begins: datetime) -> list[Planned]:
    """A campaign goes on the next day; what is about a day does not."""
    one = lanes[Lane.CAMPAIGNS]
    return [Planned(begins, one.lane, one.over, one.over * one.parts / one.texts)] if one.over and one.texts else []


def ask(world: World) -> None:
    """Once a day, in the hour that it is told in. What cannot be asked is not: the page shows it all the same."""
    hour = world.clock().replace(minute=0, second=0, microsecond=0)
    if hour.astimezone(world.clinic.zone).hour != TELLS_AT:
        return
    try:
        world.store.commit(keep_due(Due(SHARD, hour, f"{KIND}#{hour:%Y%m%d%H}", KIND, "house")))
    except StoreError as failure:
        world.journal.event("plan_ahead_not_asked", error=type(failure).__name__)


def warn(world: World, due: Due) -> None:
    """A task for the supervisors of each program when tomorrow will not fit. Raises `StoreError`: the due row then stays."""
    now = world.clock()
    tomorrow = plan_of(world, now).days[1]
    changes: list[Change] = []
    if not tomorrow.fits:
        about = tomorrow.day.isoformat()
        world.journal.count("plan_does_not_fit")
        for program in world.clinic.programs:
            changes += _told(world, program, about, tomorrow, now)
    world.store.commit(gone(due), *changes)


def _told(world: World, program: str, about: str, tomorrow: Day, now: datetime) -> list[Change]:
    known = world.store.get(Tasks, program)
    held = known.items if known else ()
    if len(held) >= MOST or any((each.kind, each.about) == ("plan_full", about) for each in held):
        return []
    return [desk_tasks.add(program, Task(world.ids(now), "plan_full", "", "plan", now, tomorrow.begins, about=about))]
