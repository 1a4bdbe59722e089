"""Whom to page at which step, how long to wait, and how long an acknowledgement holds: the policy as values (PG-1, PG-3).

A policy always has a next step: nothing here can end an escalation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from .quick import dataclass
from .rota import EVERYONE, STEPS, OnCall

LAST_RESORT = "last_resort"
PAGING = (0, 1)  # the tiers that page
LONGEST = 120  # minutes


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: everybody in `to` is called at once, then `wait`. `ring`: how long after that the phones of those who gave a
    number for calls ring too; None: they do not."""

    to: tuple[str, ...]
    wait: timedelta
    ring: timedelta | None = timedelta()


@dataclass(frozen=True, slots=True)
class Policy:
    """`again`: after the last rung it is paged again and again ("last"), or all begin anew ("all")."""

    tier: int
    rungs: tuple[Rung, ...]
    again: str
    holds: timedelta

    def call(self, on_call: OnCall, step: int) -> Call:
        """Whom to page at this step (from 0, without end). Rungs that name nobody at this instant take no time."""
        rungs = self._manned(on_call)
        if step < len(rungs):
            return rungs[step]
        return rungs[-1] if self.again == "last" else rungs[step % len(rungs)]

    def _manned(self, on_call: OnCall) -> list[Call]:
        """A rung counts when the one it newly asks is there: otherwise it would only repeat the rung before."""
        there = [rung for rung in self.rungs if _names(rung.to[:1], on_call)]
        calls = [Call(_names(rung.to, on_call), rung.wait, rung.ring) for rung in there]
        return calls or [Call((EVERYONE,), self.rungs[-1].wait, self.rungs[-1].ring)]


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to page now, who is newly asked first, how long until the next step, and when telephones ring (`Rung`)."""

    to: tuple[str, ...]
    wait: timedelta
    ring: timedelta | None = timedelta()


def _names(targets: Iterable[str], on_call: OnCall) -> tuple[str, ...]:
    """The people behind the targets, each once. Everyone stands alone: it reaches all the others."""
    people: list[str] = []
    for target in targets:
        if target == EVERYONE:
            return (EVERYONE,)
        people += [person for person in _behind(target, on_call) if person and person not in people]
    return tuple(people)


def _behind(target: str, on_call: OnCall) -> tuple[str, ...]:
    if target == LAST_RESORT:
        return (on_call.last_resort,)
    if target not in STEPS:
        return (target,)
    step = STEPS.index(target)
    if not on_call.staffed:  # closed: danger still wakes one person
        return (on_call.last_resort,) if step == 0 else ()
    here = on_call.steps[step] if step < len(on_call.steps) else ""
    return here, on_call.also[step] if step < len(on_call.also) else ""


def read_policies(rows: Iterable[Mapping[str, Any]]) -> dict[int, Policy]:
    """Policies by tier from their rows. Raises ValueError naming what is wrong, and where."""
    found: dict[int, Policy] = {}
    for at, row in enumerate(rows, 1):
        policy = _policy(row, f"policy {at}")
        if policy.tier in found:
            raise ValueError(f"policy {at}: tier {policy.tier} has one already")
        found[policy.tier] = policy
    return found


def _policy(row: Mapping[str, Any], where: str) -> Policy:
    tier, again = row.get("tier"), row.get("then")
    if tier not in PAGING:
        raise ValueError(f"{where}: 'tier' is one of {', '.join(map(str, PAGING))}")
    if again not in ("last", "all"):
        raise ValueError(f"{where}: 'then' is \"last\" or \"all\": an escalation never ends by itself")
    rungs = tuple(_rung(step, f"{where}, step {at}") for at, step in enumerate(row.get("step", ()), 1))
    if not any(EVERYONE in rung.to for rung in rungs):
        raise ValueError(f"{where}: no 'step' that calls {EVERYONE}: a danger must never wait for one person alone")
    return Policy(tier, rungs, again, _minutes(row, "holds", where))


def _rung(row: Mapping[str, Any], where: str) -> Rung:
    to = tuple(row.get("to", ()))
    if not to or not all(isinstance(name, str) and name for name in to):
        raise ValueError(f"{where}: 'to' names at least one of {', '.join(STEPS)}, {LAST_RESORT}, {EVERYONE}, or a staff id")
    return Rung(to, _minutes(row, "minutes", where), _ring(row, where))


def _ring(row: Mapping[str, Any], where: str) -> timedelta | None:
    """At once when nothing is said: the tiers that page are about danger (RULES 3.4)."""
    minutes = row.get("ring", 0)
    if minutes is False:
        return None
    if minutes is True or not isinstance(minutes, int) or not 0 <= minutes <= LONGEST:
        raise ValueError(f"{where}: 'ring' is a whole number of minutes, 0 for at once, or false for never")
    return timedelta(minutes=minutes)


def _minutes(row: Mapping[str, Any], name: str, where: str) -> timedelta:
    minutes = row.get(name)
    if not isinstance(minutes, int) or not 1 <= minutes <= LONGEST:
        raise ValueError(f"{where}: {name!r} is a whole number of minutes, at most {LONGEST}")
    return timedelta(minutes=minutes)
