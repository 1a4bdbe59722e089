"""How one patient can be reached: what was asked at intake, and the order of channels that follows from it by one table (ACC-6).

The sheet is sealed, a row a version, and never changed. What must be known without opening it stands in `Patient`: the order,
which of the channels they agreed to, and when to ask again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from .channels import CHANNELS
from .quick import Later, carried
from .sealed_json import names

YEARLY, OFTEN = timedelta(days=365), timedelta(days=90)  # asked again; the second where a phone comes and goes (ACC-7)


@dataclass(frozen=True, slots=True)
class ReachSheet:
    """One version. `program`: under which it is sealed. `changed`: names of what is not as before."""

    key: ClassVar[tuple[str, ...]] = ("patient_id", "version")
    patient_id: str
    version: int
    program: str
    sealed: bytes
    at: datetime
    by: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Where one channel reaches them, sealed apart from the sheet, so that what sends opens this and nothing else.

    `sealed`: JSON of to (an e-mail address, or a number in E.164), and of an e-mail born, what its page asks. A copy of what the
    sheet and the profile say, made anew with each version: nothing stands in it that cannot be made of those two.
    """

    key: ClassVar[tuple[str, ...]] = ("patient_id", "channel")
    patient_id: str
    channel: str
    program: str
    sealed: bytes
    version: int  # of the sheet that it stood in


@dataclass(frozen=True, slots=True)
class Reach:
    """What a sheet says, once opened. Each "" means: not asked."""

    phone: str = ""  # whose mobile phone: own, shared, others, none
    prepaid: str = ""  # minutes and texts run out: yes, no
    data: str = ""  # internet on it: yes, no
    landline: str = ""  # E.164
    email: str = ""
    email_whose: str = ""  # self, shared, guardian
    letter: str = ""  # where a letter reaches them, in lines
    reading: str = ""  # easy, slow, no
    language: str = ""  # the one they speak, where we have no words in it
    hearing: str = ""  # fine, relay (by TTY or 711), none
    vision: str = ""  # fine, large, none
    first: str = ""  # the channel that they want first
    also: str = ""  # one that they asked for besides it, for their visits: both at once
    later: Later = carried()


@dataclass(frozen=True, slots=True)
class Step:
    """One channel in the plan: its place, or that it is out, and why."""

    channel: str
    rank: int
    why: str
    out: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of `texts/reach.toml`: holds where each column does."""

    channel: str
    when: Mapping[str, tuple[str, ...]]
    rank: int
    why: str
    out: bool


def read_rules(rows: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Raises ValueError for a channel or a column that there is none of."""
    return tuple(_rule(row) for row in rows)


def _rule(row: Mapping[str, Any]) -> Rule:
    when = {name: (said,) if isinstance(said, str) else tuple(said) for name, said in row.get("when", {}).items()}
    if row["channel"] not in CHANNELS or not set(when) <= set(columns(Reach())):
        raise ValueError(f"reach.toml: {row['channel']} {sorted(when)}")
    return Rule(row["channel"], when, row.get("rank", 0), row["why"], row.get("out", False))


def columns(reach: Reach) -> dict[str, str]:
    """What the table asks: the answers, and of what is an address or a name only whether it is there."""
    named = ("phone", "prepaid", "data", "email_whose", "reading", "hearing", "vision", "first")
    there = {f"has_{name}": "yes" if getattr(reach, name) else "no" for name in ("landline", "email", "letter")}
    return {name: getattr(reach, name) for name in named} | there | {"other_language": "yes" if reach.language else "no"}


def plan(reach: Reach, rules: Iterable[Rule]) -> tuple[Step, ...]:
    """Every channel by the first row that holds for it; those that are out at the end."""
    said, found = columns(reach), dict[str, Step]()
    for rule in rules:
        if rule.channel not in found and all(said[name] in wanted for name, wanted in rule.when.items()):
            found[rule.channel] = Step(rule.channel, rule.rank, rule.why, rule.out)
    return tuple(sorted(found.values(), key=lambda step: (step.out, step.rank, list(CHANNELS).index(step.channel))))


def order(steps: Iterable[Step]) -> tuple[str, ...]:
    return tuple(step.channel for step in steps if not step.out)


def ask_again_after(reach: Reach) -> timedelta:
    """ACC-7: prepaid phones lapse, and a phone that is not their own is somebody else's to take away."""
    comes_and_goes = reach.prepaid == "yes" or reach.phone in ("shared", "others", "none")
    return OFTEN if comes_and_goes else YEARLY


def differs(before: Reach, after: Reach) -> tuple[str, ...]:
    return tuple(name for name in names(Reach) if getattr(before, name) != getattr(after, name))


def addresses(reach: Reach) -> dict[str, str]:
    """The channels that have an address of their own here, with it."""
    return {name: to for name, to in (("email", reach.email), ("landline", reach.landline)) if to}
