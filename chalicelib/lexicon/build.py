"""Reads the lexicon, checks it, and writes it as a cold start wants it: `python -m chalicelib.lexicon.build`."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from ..core.triage import Lowering, Rule
from ..core.triage.normalise import Normaliser
from .built import BUILT, sources
from .load import Lexicon, finder_of, load_lexicon
from .ways import ways_of


def build(path: Path = BUILT) -> None:
    """Write the lexicon of the files. Raises what loading it raises, and `re2.error`."""
    path.write_text(json.dumps(_written(load_lexicon()), separators=(",", ":"), sort_keys=True), encoding="ascii")


def _written(lexicon: Lexicon) -> dict[str, Any]:
    finder_of(lexicon)  # compiles every pattern
    normaliser = Normaliser(lexicon.words)
    examples = (text for entry in lexicon.entries for text in (*entry.fires, *entry.quiet))
    seen = Counter(word for text in examples for word in normaliser.plain(text).text.split())
    patterns = {entry.rule.id: entry.pattern for entry in lexicon.entries if entry.pattern}
    return {
        "of": sources(),
        "rules": [_row(entry.rule) for entry in lexicon.entries if isinstance(entry.rule, Rule)],
        "lowerings": [_row(entry.rule) for entry in lexicon.entries if isinstance(entry.rule, Lowering)],
        "ways": _row(ways_of(patterns, seen)),
        "words": _row(lexicon.words),
    }


def _row(value: Any) -> Any:
    """As JSON can hold it: dataclasses as maps, sets as sorted lists."""
    if isinstance(value, frozenset):
        return sorted(value)
    return {field.name: _row(getattr(value, field.name)) for field in fields(value)} if is_dataclass(value) else value


if __name__ == "__main__":
    build()
