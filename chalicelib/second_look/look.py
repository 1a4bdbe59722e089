"""What stands behind `ports.SecondLook`: the texts as they came and as one, each through the rules and the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..core.triage import FirstLook, SecondReading
from ..core.triage.normalise import Normaliser, Words
from .features import features
from .model import Model, load_model
from .windows import windows

# In the source tree; the function has its own copy, in its layer.
RELEASED = Path(__file__).parents[2] / "training" / "second_look" / "model"


class Looks(Protocol):
    """The first look."""

    def look(self, text: str) -> FirstLook: ...


class TrainedLook:
    """Any texts give a reading; the same texts always give the same one. Safe to share between threads."""

    def __init__(self, screen: Looks, words: Words, model: Model) -> None:
        self._screen, self._normaliser, self.model = screen, Normaliser(words), model

    def read(self, texts: Sequence[str]) -> SecondReading:
        """The newest text alone, and all of them as one: what a split thought says only together."""
        joined = " ".join(texts)
        score = max(self.score(text) for text in {texts[-1], joined})
        probability = self.model.probability(score)
        rules = self._screen.look(joined) if len(texts) > 1 else FirstLook(3)
        pages = probability >= self.model.threshold or rules.pages
        return SecondReading(probability, pages, *((rules.tier, rules.categories) if rules.pages else ()))

    def score(self, text: str) -> float:
        """The gravest of its pieces."""
        return max(self.model.score(self.seen(piece)) for piece in windows(text))

    def seen(self, piece: str) -> dict[int, float]:
        """What the model sees of a piece."""
        return features(self._normaliser.plain(piece).text, self._screen.look(piece))


def load_second_look(screen: Looks, words: Words, folder: str = "") -> TrainedLook:
    """`folder`: where the model lies; empty: in the source tree. Raises `ModelUnavailable`."""
    return TrainedLook(screen, words, load_model(Path(folder) if folder else RELEASED))
