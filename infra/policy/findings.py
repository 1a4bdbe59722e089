"""What a tool said of a resource, and infra/exceptions.toml: which of it we live with, why, and what we do instead."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

EXCEPTIONS = Path(__file__).parents[1] / "exceptions.toml"
OLDEST = 365  # days: an exception is looked at once a year (45 CFR 164.308(a)(8), periodic evaluation)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """`resource`: its logical id, or a policy file. `said`: what the tool wants, in a sentence."""

    tool: str
    rule: str
    resource: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.tool}  {self.rule}  {self.resource}  {self.said}".rstrip()


@dataclass(frozen=True, slots=True)
class Excused:
    """`rules`: "tool rule" each. `resources`: logical ids, or a type ("AWS::Lambda::Function") for each of that type."""

    name: str
    rules: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str
    control: str
    reviewed_on: date

    def covers(self, finding: Finding, kinds: Mapping[str, str]) -> bool:
        named = {finding.resource, kinds.get(finding.resource, finding.resource)}
        return f"{finding.tool} {finding.rule}" in self.rules and bool(named & set(self.resources))


def exceptions(path: Path = EXCEPTIONS) -> list[Excused]:
    """The file, row by row. Raises ValueError for a row that says too little."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["exception"]
    return [_row(name, row) for name, row in rows.items()]


def _row(name: str, row: Mapping[str, Any]) -> Excused:
    try:
        excused = Excused(
            name, tuple(row["rules"]), tuple(row["resources"]), row["reason"], row["control"], row["reviewed_on"]
        )
    except KeyError as missing:
        raise ValueError(f"infra/exceptions.toml, {name}: {missing} is not said") from None
    if min(len(excused.reason), len(excused.control)) < 20 or not (excused.rules and excused.resources):
        raise ValueError(
            f"infra/exceptions.toml, {name}: a reason and a control are sentences, rules and resources are named"
        )
    return excused


def judged(
    found: Collection[Finding], excused: Iterable[Excused], kinds: Mapping[str, str], ran: Collection[str], today: date
) -> list[str]:
    """What is wrong, a line each: findings nobody excused, and exceptions that nothing needs any more.

    `kinds`: logical id to type. `ran`: the tools that were asked; the others' exceptions are not judged.
    """
    known = list(excused)
    open_ones = [f"not excused   {each}" for each in sorted(found) if not any(e.covers(each, kinds) for e in known)]
    return [*open_ones, *(line for each in known for line in _stale(each, found, kinds, ran, today))]


def _stale(
    excused: Excused, found: Collection[Finding], kinds: Mapping[str, str], ran: Collection[str], today: date
) -> Iterable[str]:
    asked = [rule for rule in excused.rules if rule.split(" ")[0] in ran]
    covered = [each for each in found if excused.covers(each, kinds)]
    for rule in asked:
        if not any(f"{each.tool} {each.rule}" == rule for each in covered):
            yield f"stale         {excused.name}: {rule} finds nothing any more: take it out of infra/exceptions.toml"
    for resource in excused.resources if asked else ():
        if not any(resource in (each.resource, kinds.get(each.resource)) for each in covered):
            yield f"stale         {excused.name}: nothing is found at {resource} any more: take it out of infra/exceptions.toml"
    if (today - excused.reviewed_on).days > OLDEST:
        yield f"too old       {excused.name}: reviewed on {excused.reviewed_on}, more than a year ago: look again, and date it"
