"""The verdict of the first look: which rules fire, what lowers them, and how urgent that leaves a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .normalise import Normaliser, Words

NORMAL = 3
REVIEW = 2
FOREIGN_RULE = "any.unknown-language"


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Tier 0 imminent, 1 active, 2 distress or ambiguous, 3 normal (RULES 3.4); why, for the staff (ids only)."""

    tier: int
    categories: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def pages(self) -> bool:
        """Whether somebody on call is woken."""
        return self.tier <= 1


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that raises: its tier when nothing lowers it. Lowerings of a kind in `firm` do not touch it."""

    id: str
    tier: int
    category: str
    firm: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lowering:
    """A rule that lowers, by `by` tiers, every hit it overlaps, or every hit of the text when `whole_text`.

    `categories` limits it to hits of these; empty means all. Lowerings of one kind do not add up.
    """

    id: str
    kind: str
    by: int
    whole_text: bool = False
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule matched, in the plain form."""

    rule_id: str
    start: int
    end: int


class Finder(Protocol):
    """A regular-expression engine that knows the patterns. Linear in the length of the text."""

    def find(self, plain: str) -> Sequence[Hit]:
        """Every match of every rule."""


class Screen:
    """Looks at one text. Any `str` gives a `FirstLook`; the same text always gives the same one."""

    def __init__(self, rules: Iterable[Rule], lowerings: Iterable[Lowering], finder: Finder, words: Words) -> None:
        self._rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._lowerings: Mapping[str, Lowering] = {lowering.id: lowering for lowering in lowerings}
        self._finder = finder
        self._normaliser = Normaliser(words)

    def look(self, text: str) -> FirstLook:
        """The tier of one text, its categories (worst first) and the ids of what fired and what lowered it."""
        plain = self._normaliser.plain(text)
        hits = self._finder.find(plain.text)
        raised = [(self._rules[hit.rule_id], hit) for hit in hits if hit.rule_id in self._rules]
        lowered = [(self._lowerings[hit.rule_id], hit) for hit in hits if hit.rule_id in self._lowerings]
        if raised:
            return _verdict(raised, lowered)
        return FirstLook(REVIEW, ("unknown_language",), (FOREIGN_RULE,)) if plain.foreign else FirstLook(NORMAL)


def _verdict(raised: list[tuple[Rule, Hit]], lowered: list[tuple[Lowering, Hit]]) -> FirstLook:
    """The worst of what is left. Lowering ends at 2: a rule that fired is never silenced (DET-5)."""
    tiers: dict[Rule, int] = {}
    used: dict[str, None] = {}
    for rule, hit in raised:
        by_kind: dict[str, int] = {}
        for lowering, where in lowered:
            if _applies(lowering, where, rule, hit):
                by_kind[lowering.kind] = max(lowering.by, by_kind.get(lowering.kind, 0))
                used[lowering.id] = None
        tier = max(rule.tier, min(REVIEW, rule.tier + sum(by_kind.values())))
        tiers[rule] = min(tier, tiers.get(rule, NORMAL))
    worst_first = sorted(tiers, key=lambda rule: (tiers[rule], rule.id))
    categories = tuple(dict.fromkeys(rule.category for rule in worst_first))
    return FirstLook(tiers[worst_first[0]], categories, (*(rule.id for rule in worst_first), *sorted(used)))


def _applies(lowering: Lowering, where: Hit, rule: Rule, hit: Hit) -> bool:
    if lowering.kind in rule.firm or (lowering.categories and rule.category not in lowering.categories):
        return False
    return lowering.whole_text or (where.start < hit.end and hit.start < where.end)
