"""How right the screen was in a month: pages marked true or false, texts it missed, what moved since. Numbers and rule ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from .crisis_figures import Precision, precision
from .interval import Share
from .not_safe import RULE as NOT_SAFE
from .records import Incident
from .triage.second import CATEGORY

BEFORE = 3  # months that one is held against
BY_HAND = "by_hand"  # the rule of an item that a person opened (flows.should_have_paged)
FIRST, SECOND = "first", "second"
UNKNOWN = ""  # began before items held their rules
NO_RULE = "screen_failed"  # a screen that fails pages without a rule (DET-5)

Key = Callable[[Incident], Iterable[str]]


def counted(incident: Incident) -> bool:
    """Whether an item says something about the screen. A drill and the dead man's text do not; nor does what a person opened by
    hand: it is no page of the screen's, and its text is a miss. A "not safe" word is no rule of the screen's either."""
    return not incident.exercise and BY_HAND not in incident.rules and incident.rules != (NOT_SAFE,)


def raising(incident: Incident) -> tuple[str, ...]:
    """The rules that fired in the text that began it, without those that lowered."""
    fired = (rule for rule in incident.rules if ".lower." not in rule and not rule.endswith(".unless"))
    return tuple(dict.fromkeys(rule for rule in fired if rule != NOT_SAFE))


def looks(incident: Incident) -> tuple[str, ...]:
    """Which of the two looks paged: the second says so in its rule."""
    if not incident.rules:
        return (FIRST,) if NO_RULE in incident.categories else (UNKNOWN,)
    return (SECOND,) if any(rule.endswith(f".{CATEGORY}") for rule in incident.rules) else (FIRST,)


def languages(incident: Incident) -> tuple[str, ...]:
    """Of the gravest rule: what was written decides, not what the patient's record says."""
    return (raising(incident)[0].partition(".")[0],) if raising(incident) else (UNKNOWN,)


def categories(incident: Incident) -> tuple[str, ...]:
    return incident.categories or (UNKNOWN,)


def by(incidents: Iterable[Incident], key: Key) -> dict[str, Precision]:
    """Marks for each name that `key` gives; an item with several counts in each."""
    groups: dict[str, list[Incident]] = {}
    for incident in incidents:
        for name in key(incident):
            groups.setdefault(name, []).append(incident)
    return {name: precision(found) for name, found in sorted(groups.items())}


def most_wrong(rules: Mapping[str, Precision]) -> list[tuple[str, Precision]]:
    """Most false alarms first; of equals, the one that is right least often."""
    return sorted(rules.items(), key=lambda pair: (-pair[1].false, pair[1].interval.rate or 0.0, -pair[1].pages, pair[0]))


def recall(marks: Precision, missed: int) -> Share:
    """Of the crises that people know of: pages marked true, and texts that somebody says should have paged."""
    return Share(marks.true, marks.true + missed)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of some programs. `looked`: texts that paged nobody by the first look, where that was counted."""

    month: str
    marks: Precision
    missed: int
    looked: int = 0

    @property
    def recall(self) -> Share:
        return recall(self.marks, self.missed)

    @property
    def paging(self) -> Share:
        """Of the texts that began nothing yet, how many paged. Further texts of an open item are in neither number."""
        return Share(self.marks.pages, self.looked + self.marks.pages) if self.looked else Share(0, 0)


@dataclass(frozen=True, slots=True)
class Moved:
    """A group's share of a month's pages, against the months before taken together."""

    name: str
    now: Share
    before: Share

    @property
    def moved(self) -> bool:
        return self.now.apart(self.before)


def drift(now: Iterable[Incident], before: Iterable[Incident], key: Key) -> list[Moved]:
    """How the pages are made up, now and before; the largest change first."""
    now, before = list(now), list(before)
    ours, theirs = by(now, key), by(before, key)
    found = [
        Moved(name, Share(_pages(ours, name), len(now)), Share(_pages(theirs, name), len(before)))
        for name in sorted({*ours, *theirs})
    ]
    return sorted(found, key=lambda each: (not each.moved, -abs((each.now.rate or 0) - (each.before.rate or 0)), each.name))


def _pages(groups: Mapping[str, Precision], name: str) -> int:
    return groups[name].pages if name in groups else 0


def months_to(month: str, count: int = BEFORE + 1) -> tuple[str, ...]:
    """So many months that end with this one ("2026-11"), oldest first."""
    year, number = (int(part) for part in month.split("-"))
    last = year * 12 + number - 1
    return tuple(f"{at // 12}-{at % 12 + 1:02d}" for at in range(last - count + 1, last + 1))
