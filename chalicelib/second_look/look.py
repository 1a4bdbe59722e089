"""What stands behind `ports.SecondLook`: the texts as they came and as one, each through the rules and the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..core.triage import FirstLook, SecondReading
from ..core.triage.normalise import Normaliser, Words
from .encoder import Encoder, load_encoder
from .features import features
from .model import Model, load_model
from .together import MOST, Share, load_share
from .windows import windows

# In the source tree; the function has its own copy, in its layer.
RELEASED = Path(__file__).parents[2] / "training" / "second_look" / "model"


class Looks(Protocol):
    """The first look."""

    def look(self, text: str) -> FirstLook: ...


class TrainedLook:
    """Any texts give a reading; the same texts always give the same one. Safe to share between threads."""

    def __init__(self, screen: Looks, words: Words, model: Model, encoder: Encoder, share: Share) -> None:
        self._screen, self._normaliser = screen, Normaliser(words)
        self.model, self.encoder, self.share = model, encoder, share

    def read(self, texts: Sequence[str]) -> SecondReading:
        """The newest text alone, and all of them as one: what a split thought says only together."""
        joined = " ".join(texts)
        probability = self.share.probability(max(self.score(text) for text in {texts[-1], joined}))
        rules = self._screen.look(joined) if len(texts) > 1 else FirstLook(3)
        pages = probability >= self.share.threshold or rules.pages
        return SecondReading(probability, pages, *((rules.tier, rules.categories) if rules.pages else ()))

    def score(self, text: str) -> float:
        """What the words say and what they mean, each by its gravest piece, as one number.

        The encoder is asked only where it can still change the verdict: of everyday texts, three in a hundred.
        """
        words, long = self.words_score(text), len(text.split())
        return self.share.of(words, self.encoder.score(text) if self.share.open(words, long) else -MOST, long)

    def words_score(self, text: str) -> float:
        """What the linear model says, by the gravest piece."""
        return max(self.model.score(self.seen(piece)) for piece in windows(text))

    def seen(self, piece: str) -> dict[int, float]:
        """What the linear model sees of a piece."""
        return seen(piece, self._normaliser, self._screen)


def seen(piece: str, normaliser: Normaliser, screen: Looks) -> dict[int, float]:
    """The features of a piece, for the function and for the training."""
    return features(normaliser.plain(piece).text, screen.look(piece))


def load_second_look(screen: Looks, words: Words, folder: str = "") -> TrainedLook:
    """`folder`: where the model lies; empty: in the source tree. Raises `ModelUnavailable`."""
    where = Path(folder) if folder else RELEASED
    share = load_share(where)
    return TrainedLook(screen, words, load_model(where), load_encoder(where, share.encoder), share)
