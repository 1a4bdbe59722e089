"""Sequences of re-engagement as data (`texts/reengagement.toml`). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ASKS = ("missed", "return")  # kinds of questions: what got in the way and a way back; a way back alone


@dataclass(frozen=True, slots=True)
class ReturnStep:
    """One text. `wait_days` after it began, `until_days` from then on it helps nobody. `asks`: a word of ASKS."""

    name: str
    wait_days: int
    until_days: int
    template: str
    asks: str


@dataclass(frozen=True, slots=True)
class ReturnSequence:
    """`when`: missed, quiet. Empty `programs`: any. The first that fits is the one."""

    sequence_id: str
    when: str
    label: str
    steps: tuple[ReturnStep, ...]
    programs: tuple[str, ...] = ()

    def step(self, name: str) -> ReturnStep | None:
        return next((step for step in self.steps if step.name == name), None)


def choose(sequences: tuple[ReturnSequence, ...], when: str, program: str) -> ReturnSequence | None:
    return next((each for each in sequences if each.when == when and (not each.programs or program in each.programs)), None)


def read_return_sequences(data: Mapping[str, Any]) -> tuple[ReturnSequence, ...]:
    """The parsed file, in order. Raises KeyError or ValueError naming what is wrong."""
    return tuple(
        ReturnSequence(
            row["id"], row["when"], row["label"], tuple(_steps(row["id"], row["touch"])), tuple(row.get("programs", ()))
        )
        for row in data["sequence"]
    )


def _steps(sequence: str, rows: list[Mapping[str, Any]]) -> list[ReturnStep]:
    found, last = [], -1
    for row in rows:
        step = ReturnStep(row["name"], row["wait_days"], row["until_days"], row["template"], row["asks"])
        if step.wait_days <= last or step.until_days < 1 or step.asks not in ASKS:
            raise ValueError(f"{sequence} {step.name}: waits no longer than the one before, lasts no day, or asks nothing known")
        found.append(step)
        last = step.wait_days
    return found
