"""A program's weekly hours and response time as a few words in the patient's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from importlib import resources
from itertools import groupby

from ..core.clinic import DAYS, read_window


@dataclass(frozen=True, slots=True)
class HoursWords:
    """One language's words. `soon` maps the clinic's promise to its reviewed translation."""

    days: tuple[str, ...]
    team: str
    none: str
    soon_words: Mapping[str, str] = field(default_factory=dict)

    def week(self, hours: Mapping[str, str]) -> str:
        """{"mon": "09:00-17:00", "tue": "09:00-17:00"} as "Mon-Tue 9 AM-5 PM"; days of one window in a row are joined."""
        runs = groupby(range(7), lambda day: hours.get(DAYS[day], ""))
        said = [self._run(list(days), window) for window, days in runs if window]
        return ", ".join(said) or self.none

    def soon(self, response: str) -> str:
        """The promise in this language; as written when nobody translated it."""
        return self.soon_words.get(response, response)

    def _run(self, days: list[int], window: str) -> str:
        start, end = read_window(window)
        name = self.days[days[0]] if len(days) == 1 else f"{self.days[days[0]]}-{self.days[days[-1]]}"
        return f"{name} {_clock(start)}-{_clock(end)}"


@cache
def hours_words(language: str) -> HoursWords:
    """The words of a language; English for one we do not have."""
    with resources.files(__package__).joinpath("hours.toml").open("rb") as file:
        data = tomllib.load(file)
    row = data.get(language) or data["en"]
    return HoursWords(tuple(row["days"]), row["team"], row["none"], dict(row.get("soon", {})))


def _clock(at: time) -> str:
    if at == time.max:
        return "midnight"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes} {'AM' if at.hour < 12 else 'PM'}"


@cache
def promises() -> Mapping[str, int]:
    """The promises we know, with the open minutes each allows."""
    with resources.files(__package__).joinpath("hours.toml").open("rb") as file:
        return dict(tomllib.load(file)["minutes"])


def promised_minutes(response: str) -> int:
    """The open minutes that a promise allows; 0 for one we do not know."""
    return promises().get(response, 0)
