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

WHOLE = 80  # words of a text that the encoder reads as it is
GRAVEST = 2  # pieces of a longer one that it reads
SHORT = 20  # words of the shortest pieces
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

        The encoder is asked only where it can still change the verdict: of everyday texts, three in a hundred. It reads a text
        whole, and of a long one what the words call gravest, for it takes its time.
        """
        pieces, long = self._by_gravity(text), len(text.split())
        words = pieces[0][0]
        if not self.share.open(words, long):
            return self.share.of(words, -MOST, long)
        read = [text] if long <= WHOLE else [piece for _, piece in pieces[:GRAVEST]]
        return self.share.of(words, max(map(self.encoder.score, read)), long)

    def words_score(self, text: str) -> float:
        """What the linear model says, by the gravest piece."""
        return self._by_gravity(text)[0][0]

    def _by_gravity(self, text: str) -> list[tuple[float, str]]:
        """A long text in short pieces too: one grave sentence among forty harmless words is drowned, alone it is not."""
        pieces = [*windows(text), *(windows(text, SHORT) if len(text.split()) > WHOLE else ())]
        scored = [(self.model.score(self.seen(piece)), piece) for piece in pieces]
        return sorted(scored, key=lambda each: -each[0])

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
