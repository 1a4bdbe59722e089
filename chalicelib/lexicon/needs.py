"""Which words a text must have before a rule can match it: worked out when the lexicon is built, so that the first look asks
only the rules that a text can be about.

Everything here errs on one side: a rule of which nothing sure is known is asked of every text. A word counts only with a
space before and behind it, as the plain form has around every word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Node = tuple[Any, Any]  # as the standard library parses a pattern: what it is, what is in it
Weight = Callable[[str], float]  # how common a word is
Strings = frozenset[str]

_MOST = 300  # strings that a piece is written out as
_WORD = re.compile(r"(?<= )[a-z0-9]+(?= )")


def needs(pattern: str, weight: Weight) -> Strings:
    """Words of which every text that the pattern matches has one at least; of several such sets the least common. Empty:
    nothing is known."""
    parsed = _parser.parse(pattern)
    return _Reader(weight).of(parsed, False, False)


class _Reader:
    """For one pattern, whose pieces stay where they are while it is read."""

    def __init__(self, weight: Weight) -> None:
        self._weight = weight
        self._known: dict[int, Strings | None] = {}

    def of(self, nodes: Iterable[Node], before: bool, behind: bool) -> Strings:
        """For pieces in a row. `before`, `behind`: whether a space certainly stands there."""
        row = list(nodes)
        left, right = _spaces(row, before, _ends), _spaces(row[::-1], behind, _starts)[::-1]
        found = [self._inside(node, left[at], right[at]) for at, node in enumerate(row)]
        found += [self._written(text, left[at], right[end]) for at in range(len(row)) if left[at] or not at
                  for end, text in self._runs(row, at)]  # fmt: skip
        return min(filter(None, found), key=self._cost, default=frozenset())

    def _inside(self, node: Node, before: bool, behind: bool) -> Strings:
        kind, content = node
        if kind is sre.BRANCH:
            ways = [self.of(way, before, behind) for way in content[1]]
            return frozenset().union(*ways) if all(ways) else frozenset()
        if kind is sre.MAX_REPEAT and content[0] > 0:
            once = content[1] == 1
            return self.of(content[2], before and once, behind and once)
        return self.of(content[-1], before, behind) if kind is sre.SUBPATTERN else frozenset()

    def _written(self, strings: Strings, before: bool, behind: bool) -> Strings:
        """One word of each string; empty when one of them has none."""
        words = [_WORD.findall(f"{' ' if before else ''}{text}{' ' if behind else ''}") for text in strings]
        return frozenset(map(self._rarest, words)) if all(words) else frozenset()

    def _rarest(self, words: Sequence[str]) -> str:
        return words[0] if len(words) == 1 else min(words, key=lambda word: (self._weight(word), word))

    def _cost(self, needed: Strings) -> tuple[float, list[str]]:
        return sum(map(self._weight, needed)), sorted(needed)

    def _runs(self, row: Sequence[Node], start: int) -> Iterable[tuple[int, Strings]]:
        """The longest run of pieces from here that can be written out: its last piece, and the strings."""
        so_far: Strings = frozenset([""])
        end = start - 1
        for end, node in enumerate(row[start:], start):
            more = self._strings(node)
            if more is None or len(so_far) * len(more) > _MOST:
                end -= 1
                break
            so_far = frozenset([one + other for one in so_far for other in more])
        return [(end, so_far)] if end >= start else []

    def _strings(self, node: Node) -> Strings | None:
        """Everything that a piece can match, when that is little."""
        if id(node) not in self._known:
            self._known[id(node)] = self._written_out(node)
        return self._known[id(node)]

    def _written_out(self, node: Node) -> Strings | None:
        kind, content = node
        if kind is sre.LITERAL:
            return frozenset([chr(content)])
        if kind is sre.AT:
            return frozenset([""])
        if kind is sre.IN and all(each[0] is sre.LITERAL for each in content):
            return frozenset(chr(each[1]) for each in content)
        if kind is sre.BRANCH:
            ways = [self._all(way) for way in content[1]]
            return None if None in ways else _few(frozenset().union(*ways))  # type: ignore[arg-type]
        if kind is sre.MAX_REPEAT and content[:2] in ((0, 1), (1, 1)):
            once = self._all(content[2])
            return None if once is None else once | frozenset([""] if content[0] == 0 else [])
        return self._all(content[-1]) if kind is sre.SUBPATTERN else None

    def _all(self, nodes: Iterable[Node]) -> Strings | None:
        row = list(nodes)
        if not row:
            return frozenset([""])
        found = [strings for end, strings in self._runs(row, 0) if end == len(row) - 1]
        return found[0] if found else None


def _few(strings: Strings) -> Strings | None:
    return strings if len(strings) <= _MOST else None


Edge = Callable[[Node, bool], bool]


def _spaces(row: Sequence[Node], outside: bool, edge: Edge) -> list[bool]:
    """For each piece, whether a space certainly stands before it; for a reversed row, behind it."""
    found = [outside]
    for node in row[:-1]:
        found.append(edge(node, found[-1]))
    return found


def _ends(node: Node, before: bool) -> bool:
    """Whether a space certainly stands right behind the piece's last character, which may be one before it."""
    return _edge(node, before, _ends, 1)


def _starts(node: Node, behind: bool) -> bool:
    return _edge(node, behind, _starts, -1)


def _edge(node: Node, outside: bool, edge: Edge, way: int) -> bool:
    kind, content = node
    if kind is sre.LITERAL:
        return bool(content == ord(" "))
    if kind is sre.AT:
        return outside
    if kind is sre.BRANCH:
        return all(_last(row, outside, edge, way) for row in content[1])
    if kind is sre.MAX_REPEAT:
        return _last(content[2], False, edge, way) and (content[0] > 0 or outside)
    return _last(content[-1], outside, edge, way) if kind is sre.SUBPATTERN else False


def _last(nodes: Iterable[Node], outside: bool, edge: Edge, way: int) -> bool:
    for node in list(nodes)[::way]:
        outside = edge(node, outside)
    return outside
