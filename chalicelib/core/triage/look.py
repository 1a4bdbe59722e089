"""The verdict of the first look: which rules fire, what lowers them, and how urgent that leaves a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from ..quick import dataclass
from .normalise import Normaliser, Words
from .together import Place, Span, Together, touches

NORMAL = 3
REVIEW = 2
FOREIGN_RULE = "any.unknown-language"
# Three dots or a dash may end a sentence ("I was raped... what now") or hold its words apart ("I want to... die"): both are read.
PAUSE = re.compile(r"\.{2,}|[…—]+|\s[-–]+\s")


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
    """A rule that raises: its tier when nothing lowers it. Lowerings of a kind in `firm` do not touch it.

    With `together` it has no pattern of its own: it fires where two hints stand near each other.
    """

    id: str
    tier: int
    category: str
    firm: frozenset[str] = frozenset()
    together: Together | None = None


@dataclass(frozen=True, slots=True)
class Lowering:
    """A rule that lowers, by `by` tiers, every hit it overlaps, or every hit of the text when `whole_text`.

    `categories` limits it to hits of these, `rules` to those of these rules; empty means all. Lowerings of one kind do not
    add up.
    """

    id: str
    kind: str
    by: int
    whole_text: bool = False
    categories: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


class Finder(Protocol):
    """A regular-expression engine that knows the patterns. Linear in the length of the text."""

    def fired(self, plain: str) -> Sequence[str]:
        """The ids of the rules that match anywhere."""

    def spans(self, rule_id: str, plain: str) -> Sequence[Span]:
        """Every match of one rule, from left to right, without overlap."""


class Screen:
    """Looks at one text. Any `str` gives a `FirstLook`; the same text always gives the same one."""

    def __init__(self, rules: Iterable[Rule], lowerings: Iterable[Lowering], finder: Finder, words: Words) -> None:
        self._rules: Mapping[str, Rule] = {rule.id: rule for rule in rules}
        self._pairs = [rule for rule in self._rules.values() if rule.together]
        self._lowerings: Mapping[str, Lowering] = {lowering.id: lowering for lowering in lowerings}
        self._finder = finder
        self._normaliser = Normaliser(words)

    def look(self, text: str) -> FirstLook:
        """The tier of one text, its categories (worst first) and the ids of what fired and what lowered it."""
        found = self._look(text)
        if found.pages or not PAUSE.search(text):
            return found
        return min(found, self._look(PAUSE.sub(". ", text)), key=lambda each: each.tier)

    def _look(self, text: str) -> FirstLook:
        plain = self._normaliser.plain(text)
        fired = self._finder.fired(plain.text)
        raised = [self._rules[rule_id] for rule_id in fired if rule_id in self._rules]
        raised += [rule for rule in self._pairs if self._places(rule, plain.text, fired)]
        lowered = [self._lowerings[rule_id] for rule_id in fired if rule_id in self._lowerings]
        if raised:
            return self._verdict(plain.text, raised, lowered)
        return FirstLook(REVIEW, ("unknown_language",), (FOREIGN_RULE,)) if plain.foreign else FirstLook(NORMAL)

    def _verdict(self, plain: str, raised: list[Rule], lowered: list[Lowering]) -> FirstLook:
        where = {lowering.id: self._finder.spans(lowering.id, plain) for lowering in lowered if not lowering.whole_text}
        tiers: dict[Rule, int] = {}
        used: set[str] = set()
        for rule in raised:
            able = [lowering for lowering in lowered if _may_lower(lowering, rule)]
            places = self._places(rule, plain) if able else ()
            tiers[rule], by = _lowest(rule, places, able, where)
            used |= by
        worst_first = sorted(tiers, key=lambda rule: (tiers[rule], rule.id))
        categories = tuple(dict.fromkeys(rule.category for rule in worst_first))
        return FirstLook(tiers[worst_first[0]], categories, (*(rule.id for rule in worst_first), *sorted(used)))

    def _places(self, rule: Rule, plain: str, fired: Sequence[str] | None = None) -> Sequence[Place]:
        """Where a rule stands in the text. `fired` spares the search for a pair of which one half is not there."""
        if rule.together is None:
            return [(span,) for span in self._finder.spans(rule.id, plain)]
        if fired is not None and not rule.together.possible(fired):
            return ()
        return rule.together.places(lambda hint: self._finder.spans(hint, plain))


def _may_lower(lowering: Lowering, rule: Rule) -> bool:
    if lowering.kind in rule.firm or (lowering.rules and rule.id not in lowering.rules):
        return False
    return not lowering.categories or rule.category in lowering.categories


def _lowest(
    rule: Rule, places: Sequence[Place], able: list[Lowering], where: Mapping[str, Sequence[Span]]
) -> tuple[int, set[str]]:
    """A rule's worst tier over its matches, and what lowered it there. One match that nothing touches keeps the tier.

    Lowering ends at 2: a rule that fired is never silenced (DET-5).
    """
    worst, used = (REVIEW + 1, set[str]()) if places else (rule.tier, set[str]())
    for place in places:
        touching = [
            lowering
            for lowering in able
            if lowering.whole_text or any(touches(where[lowering.id], span) for span in place)
        ]
        by_kind: dict[str, int] = {}
        for lowering in touching:
            by_kind[lowering.kind] = max(lowering.by, by_kind.get(lowering.kind, 0))
        tier = max(rule.tier, min(REVIEW, rule.tier + sum(by_kind.values())))
        if tier < worst:
            worst, used = tier, {lowering.id for lowering in touching}
        if worst == rule.tier:
            break
    return worst, used
