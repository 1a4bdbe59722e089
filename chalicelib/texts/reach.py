"""The table by which a plan follows from what was asked at intake, how long each channel has, and programs that help people
keep a phone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..core.assistance import Assistance, read_assistance
from ..core.reach import Reach, Rule, Step, plan, read_rules
from ..core.rounds import Limits, read_limits
from . import _read


@cache
def rules() -> tuple[Rule, ...]:
    return read_rules(_read("reach.toml")["row"])


def planned(reach: Reach) -> tuple[Step, ...]:
    return plan(reach, rules())


@cache
def limits() -> dict[str, Limits]:
    """By purpose: how long each channel has."""
    return read_limits(_read("rounds.toml")["purpose"])


def programs(local: Iterable[Assistance] = ()) -> tuple[Assistance, ...]:
    """Those of everywhere, then the clinic's own."""
    return (*read_assistance(_read("assistance.toml")["program"]), *local)
