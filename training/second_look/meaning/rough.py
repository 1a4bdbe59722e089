"""Texts as thumbs type them: a part of what is learnt from loses capitals, signs and letters."""

from __future__ import annotations

import random
import re

SMOOTH, LOWER = 0.6, 0.8  # shares: as it is up to the first, lower case up to the second, slips beyond
SLIPS = 0.08
_SIGNS = re.compile(r"[.,!?]")


def roughened(text: str, chance: random.Random) -> str:
    """The text, or a rougher one."""
    drawn = chance.random()
    if drawn < SMOOTH:
        return text
    text = text.lower().replace("'", "").replace("’", "")
    if drawn < LOWER:
        return text
    text = " ".join(_slipped(word, chance) if len(word) > 3 and chance.random() < SLIPS else word for word in text.split(" "))
    return _SIGNS.sub("", text) if chance.random() < 0.5 else text


def _slipped(word: str, chance: random.Random) -> str:
    """Two letters swapped, one left out, or one doubled."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.random()
    if kind < 0.4:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind < 0.7 else word[:at] + word[at] + word[at:]
