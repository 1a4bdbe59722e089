"""Finds the rules' patterns with RE2: linear in the length of the text, whatever the text."""

from __future__ import annotations

from collections.abc import Mapping

import re2

from ..core.triage.together import Span

_MEMORY = 8 << 20  # bytes per pattern; above it RE2 falls back to a slower automaton, never to another answer


class Re2Finder:
    """One automaton per rule, tried one after the other (docs/decisions/first-look-engine.md says why not one set)."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """`patterns`: rule id to RE2 pattern. Raises `re2.error` for a pattern RE2 cannot read."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.never_capture = True
        self._engines = {
            rule_id: re2.compile(pattern.encode("ascii"), options) for rule_id, pattern in patterns.items()
        }

    def fired(self, plain: str) -> list[str]:
        """The ids of the rules that match anywhere, in the lexicon's order."""
        raw = plain.encode("ascii")
        return [rule_id for rule_id, engine in self._engines.items() if engine.search(raw)]

    def spans(self, rule_id: str, plain: str) -> list[Span]:
        """Every match of one rule; positions count bytes, which in the plain form are characters."""
        return [found.span() for found in self._engines[rule_id].finditer(plain.encode("ascii"))]
