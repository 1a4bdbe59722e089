"""The ways in which a rule can match: its alternatives, one by one, so that only those are tried whose words a text has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from .finder import Ways
from .needs import needs
from .patterns import MESSAGE, SENTENCE

# As `load` writes a pattern.
_HEADS, _TAILS = ("|".join(map(re.escape, edges)) for edges in zip(("^", "$"), SENTENCE, MESSAGE, strict=True))
_WHOLE = re.compile(rf"((?:{_HEADS})? )\(\?:(.*)\)( (?:{_TAILS})?)")
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|[^\\\[]", re.DOTALL)


def ways_of(patterns: Mapping[str, str], seen: Counter[str]) -> Ways:
    """`patterns`: rule id to RE2 pattern; `seen`: how often a word stands in ordinary texts, to ask by the rarer ones."""
    both = [(rule_id, way) for rule_id, pattern in patterns.items() for way in split(pattern)]
    words: dict[str, list[int]] = {}
    always = []
    weight = cache(lambda word: 1 + seen[word])
    for number, (_, way) in enumerate(both):
        needed = needs(way, weight)
        for word in sorted(needed):
            words.setdefault(word, []).append(number)
        if not needed:
            always.append(number)
    return Ways([way for _, way in both], [rule_id for rule_id, _ in both], words, always)


def split(pattern: str) -> Iterator[str]:
    """A pattern's alternatives, each a pattern. A text matches the pattern where it matches one of them, and nowhere else."""
    whole = _WHOLE.fullmatch(pattern)
    if whole is None:
        yield pattern
        return
    head, body, tail = whole.groups()
    for way in _alternatives(body):
        inner = f"{head}{way}{tail}"
        if _is_one_group(way) and _WHOLE.fullmatch(inner):
            yield from split(inner)
        else:
            yield f"{head}(?:{way}){tail}"


def _alternatives(body: str) -> list[str]:
    """What stands between the bars that are in no group."""
    found, depth, start = [], 0, 0
    for piece in _PIECE.finditer(body):
        depth += _deeper(piece[0])
        if piece[0] == "|" and not depth:
            found.append(body[start : piece.start()])
            start = piece.end()
    return [*found, body[start:]]


def _is_one_group(way: str) -> bool:
    """(?:…) from its first to its last character."""
    depth = 0
    for piece in _PIECE.finditer(way):
        depth += _deeper(piece[0])
        if not depth:
            return way.startswith("(?:") and piece.end() == len(way)
    return False


def _deeper(piece: str) -> int:
    return (piece == "(") - (piece == ")")
