"""Finds the rules' patterns with RE2: linear in the length of the text, whatever the text."""

from __future__ import annotations

from collections.abc import Mapping

import re2

from ..core.triage import Hit

_MEMORY = 8 << 20  # bytes per pattern; above it RE2 falls back to a slower automaton, never to another answer


class Re2Finder:
    """One automaton per rule, tried one after the other (docs/decisions/first-look-engine.md says why not one set)."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        """`patterns`: rule id to RE2 pattern. Raises `re2.error` for a pattern RE2 cannot read."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.never_capture = True
        self._engines = tuple((rule_id, re2.compile(pattern.encode("ascii"), options)) for rule_id, pattern in patterns.items())

    def find(self, plain: str) -> list[Hit]:
        """Every match of every rule; positions count bytes, which in the plain form are characters."""
        raw = plain.encode("ascii")
        return [
            Hit(rule_id, *found.span())
            for rule_id, engine in self._engines
            if engine.search(raw)
            for found in engine.finditer(raw)
        ]
