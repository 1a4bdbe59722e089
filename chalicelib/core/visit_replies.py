"""What people write back when they are asked about a visit, or offered a time, read by a reviewed table of `texts`. Pure.

Only what is the whole message counts as sure; anything else is a guess for a person, and most texts are neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .keywords import LONG, fold

MEANS = ("confirmed", "wants_move", "cannot_come", "late", "unsure")
OF_OFFERS = ("take", "refuse", "first", "second", "third")  # what is said of times on offer (`texts/offer_replies.toml`)


@dataclass(frozen=True, slots=True)
class Reading:
    """`means`: a word of MEANS or OF_OFFERS, or "" for nothing of the kind. Not `sure`: a guess for a person."""

    means: str = ""
    sure: bool = False


NOTHING = Reading()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `pattern`: over the folded text, the whole of it where the row is sure."""

    means: str
    sure: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Replies:
    """`signs`: messages of emoji alone. `polite`: words at either end that change nothing. The first row that fits wins."""

    signs: Mapping[str, str]
    polite: frozenset[str]
    rows: tuple[Row, ...]

    def read(self, text: str) -> Reading:
        folded = LONG.sub(r"\1", fold(text))
        if not folded:
            return self._sign(text)
        if "?" in text or "¿" in text:  # a question is for a person, whatever it looks like
            found = self._first(self._bare(folded), folded)
            return Reading(found.means, False) if found.means else found
        return self._first(self._bare(folded), folded)

    def _first(self, *ways: str) -> Reading:
        for row in self.rows:
            fits = row.pattern.fullmatch if row.sure else row.pattern.search
            if any(fits(each) for each in ways):
                return Reading(row.means, row.sure)
        return NOTHING

    def _bare(self, folded: str) -> str:
        """Without politeness at either end; all of it when nothing else is there ("thanks" is no answer by itself)."""
        words = folded.split()
        while words and words[0] in self.polite:
            words.pop(0)
        while words and words[-1] in self.polite:
            words.pop()
        return " ".join(words)

    def _sign(self, text: str) -> Reading:
        found = {self.signs[mark] for mark in text if mark in self.signs}
        return Reading(found.pop(), True) if len(found) == 1 else NOTHING


def read_replies(data: Mapping[str, Any], means: Sequence[str] = MEANS) -> Replies:
    """The parsed table; `means`: what its rows may say. Raises KeyError, ValueError or re.error naming what is wrong."""
    parts = data["parts"]
    rows = []
    for row in data["reply"]:
        if row["means"] not in means:
            raise ValueError(f"{row['means']!r} is none of {means}")
        filled = re.sub(r"<(\w+)>", lambda part: parts[part.group(1)], row["pattern"])
        rows.append(Row(row["means"], row["sure"], re.compile(filled)))
    return Replies(dict(data["signs"]), frozenset(data["polite"]), tuple(rows))
