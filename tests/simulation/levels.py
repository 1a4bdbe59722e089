"""What is explored, level by level: a piece of work for each story or race, by name, so that any process can do it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from multiprocessing.util import Finalize
from typing import Any

from . import campaign_races, desk_races, explorer, missed_races, races, safe_phone_races, visit_races, waitlist_races
from .explorer import Finding
from .stories import MAIN, PAIRS, STORIES

Found = tuple[int, list[Finding]]
Level = tuple[Callable[[str], Found], list[str]]
EVERY_RACE = (
    *races.RACES, *desk_races.RACES, *visit_races.RACES, *waitlist_races.RACES, *campaign_races.RACES, *missed_races.RACES,
    *safe_phone_races.RACES,
)  # fmt: skip


def one_fault(name: str) -> Found:
    return explorer.explore_story(_story(name))


def two_faults(name: str) -> Found:
    return explorer.explore_pairs(_story(name))


def two_workers(name: str) -> Found:
    return races.explore_race(next(race for race in EVERY_RACE if race.name == name))


def on_aws(name: str) -> Found:
    from . import aws_explorer

    return aws_explorer.explore_story(_house(), _story(name))


def without_tables(name: str) -> Found:
    from . import aws_explorer

    return aws_explorer.explore_without_tables(_house(), _story(name))


_open = ExitStack()


@cache
def _house() -> Any:
    """One for each process, until its end."""
    from .aws_town import a_house

    house = _open.enter_context(a_house())
    Finalize(None, _open.close, exitpriority=1)  # before the interpreter takes moto apart
    return house


def _story(name: str) -> Any:
    return next(story for story in STORIES if story.name == name)


LONGEST = desk_races.LONG | races.LONG
NAMES = [story.name for story in STORIES]
PORTS: dict[str, Level] = {
    "one fault at a port": (one_fault, NAMES),
    "two faults at ports": (two_faults, [story.name for story in STORIES if story.name in PAIRS]),
    "two workers": (two_workers, [race.name for race in EVERY_RACE if race.name not in LONGEST]),
}
DEEPER = {level: work for level, work in PORTS.items() if level == "two faults at ports"}
LONG: dict[str, Level] = {
    "two workers, thousands of orders": (two_workers, sorted(LONGEST)),
}
AWS: dict[str, Level] = {
    "production adapters": (on_aws, NAMES),
    "production adapters without DynamoDB": (without_tables, ["an ordinary text", "a crisis", "a crisis through AWS", "STOP"]),
}
MAIN_ON_AWS: dict[str, Level] = {**AWS, "production adapters": (on_aws, [story.name for story in MAIN])}
