"""Finds the rules' patterns with RE2: linear in the length of the text, whatever the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import re2

from ..core.quick import dataclass
from ..core.triage.together import Span

_MEMORY = 8 << 20  # bytes per pattern; above it RE2 falls back to a slower automaton, never to another answer


class Re2Finder:
    """One automaton per rule, tried one after the other (docs/decisions/first-look-engine.md says why not one set)."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """`patterns`: rule id to RE2 pattern. Raises `re2.error` for a pattern RE2 cannot read."""
        self._patterns = dict(patterns)
        self._engines = {rule_id: _engine(pattern) for rule_id, pattern in patterns.items()}

    def changed(self, patterns: Mapping[str, str]) -> Re2Finder:
        """Another one, over other patterns; those that are the same are not compiled again."""
        other = Re2Finder({})
        other._patterns = dict(patterns)
        same = {rule_id for rule_id, pattern in patterns.items() if self._patterns.get(rule_id) == pattern}
        other._engines = {each: self._engines[each] if each in same else _engine(text) for each, text in patterns.items()}
        return other

    def fired(self, plain: str) -> list[str]:
        """The ids of the rules that match anywhere, in the lexicon's order."""
        raw = plain.encode("ascii")
        return [rule_id for rule_id, engine in self._engines.items() if engine.search(raw)]

    def spans(self, rule_id: str, plain: str) -> list[Span]:
        """Every match of one rule; positions count bytes, which in the plain form are characters."""
        return _spans(self._engines[rule_id], plain)


@dataclass(frozen=True, slots=True)
class Ways:
    """Every way in which a rule can match (`ways`), numbered in the lexicon's order.

    `words`: the ways that a word calls for; `always`: those tried on every text.
    """

    patterns: Sequence[str]
    rules: Sequence[str]  # whose way it is
    words: Mapping[str, Sequence[int]]
    always: Sequence[int]

    def whole(self, rule_id: str) -> str:
        """The rule's own pattern again: its ways in their order."""
        return "|".join(way for way, whose in zip(self.patterns, self.rules, strict=True) if whose == rule_id)


class WaysFinder:
    """The same answers: only the ways are tried that a word of the text calls for, each compiled when it first is."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._tried: dict[int, re2._Regexp] = {}
        self._whole: dict[str, re2._Regexp] = {}

    def fired(self, plain: str) -> list[str]:
        """The ids of the rules that match anywhere, in the lexicon's order. Raises `re2.error`."""
        raw, rules = plain.encode("ascii"), self._ways.rules
        found: list[str] = []
        for number in sorted(self._called_for(plain)):
            if (not found or found[-1] != rules[number]) and self._way(number).search(raw):
                found.append(rules[number])
        return found

    def _called_for(self, plain: str) -> set[int]:
        words = self._ways.words
        return {*self._ways.always, *(number for word in set(plain.split(" ")) for number in words.get(word, ()))}

    def _way(self, number: int) -> re2._Regexp:
        if number not in self._tried:
            self._tried[number] = _engine(self._ways.patterns[number])
        return self._tried[number]

    def spans(self, rule_id: str, plain: str) -> list[Span]:
        """Every match of one rule."""
        if rule_id not in self._whole:
            self._whole[rule_id] = _engine(self._ways.whole(rule_id))
        return _spans(self._whole[rule_id], plain)


def _spans(engine: re2._Regexp, plain: str) -> list[Span]:
    return [found.span() for found in engine.finditer(plain.encode("ascii"))]


def _engine(pattern: str) -> re2._Regexp:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.never_capture = True
    return re2.compile(pattern.encode("ascii"), options)
