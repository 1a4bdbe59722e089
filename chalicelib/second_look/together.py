"""How what the linear model says and what the encoder says become one probability, with one fixed threshold."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelUnavailable

SHARE = "share.json"
SHORT, LONG = 12, 96  # words; between them, a longer text counts for more, beyond them no more
MOST = 4.5  # log-odds that the encoder may add at most: where that would not be enough, it is not asked


@dataclass(frozen=True, slots=True)
class Share:
    """Weights of both voices and of the length, and the threshold. `encoder`: the SHA-256 of the one that was measured."""

    words: float
    meaning: float
    length: float
    shift: float
    threshold: float
    encoder: str

    def of(self, words: float, meaning: float, long: int) -> float:
        """Log-odds. Everyday texts that look grave are short, so a long one needs less."""
        length = math.log(max(SHORT, min(LONG, long)) / SHORT)
        return self.shift + self.words * words + self.meaning * max(-MOST, min(MOST, meaning)) + self.length * length

    def open(self, words: float, long: int) -> bool:
        """Whether what the encoder says can still make it page."""
        return self.probability(self.of(words, MOST, long)) >= self.threshold

    @staticmethod
    def probability(score: float) -> float:
        """Of log-odds."""
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def load_share(folder: Path) -> Share:
    """Raises `ModelUnavailable` when it is not there, or is not whole."""
    try:
        about = json.loads((folder / SHARE).read_text(encoding="utf-8"))
        numbers = {name: float(about[name]) for name in ("words", "meaning", "length", "shift", "threshold")}
        return Share(**numbers, encoder=str(about["encoder"]))
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise ModelUnavailable(type(failure).__name__) from None
