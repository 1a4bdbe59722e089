"""The table by which a plan follows from what was asked at intake, and programs that help people keep a phone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..core.assistance import Assistance, read_assistance
from ..core.reach import Reach, Rule, Step, plan, read_rules
from . import _read


@cache
def rules() -> tuple[Rule, ...]:
    return read_rules(_read("reach.toml")["row"])


def planned(reach: Reach) -> tuple[Step, ...]:
    return plan(reach, rules())


def programs(local: Iterable[Assistance] = ()) -> tuple[Assistance, ...]:
    """Those of everywhere, then the clinic's own."""
    return (*read_assistance(_read("assistance.toml")["program"]), *local)
