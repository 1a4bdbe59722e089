"""A small transformer (MiniLM, tuned by us) in plain numpy: what a text means, where the linear model knows its words.

The weights are signed bytes, each row with its scale; they are made floats when they are loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from ..errors import ModelUnavailable
from .wordpiece import WordPiece, load_wordpiece

ENCODER, PIECES = "encoder.npz", "pieces.txt"
HEADS = 12
MOST_PIECES = 128  # read at once; what lies beyond is not read
_TINY = 1e-12
_ROOT = 0.7978845608028654  # of 2 / pi


class Encoder:
    """Any text to one number: the higher, the graver."""

    def __init__(self, pieces: WordPiece, weights: dict[str, Any], numpy: Any) -> None:
        """`weights`: by name, as floats; `words` are signed bytes with `words_scale`."""
        self._pieces, self._weights, self._numpy = pieces, weights, numpy
        self._layers = sum(name.endswith(".attend") for name in weights)

    def score(self, text: str) -> float:
        """How much more likely a crisis than distress or neither, in log-odds."""
        return self.score_pieces(self._pieces.numbers(text, MOST_PIECES))

    def score_pieces(self, numbers: Sequence[int]) -> float:
        np, weights = self._numpy, self._weights
        ids = np.asarray(numbers)
        seen = weights["words"][ids] * weights["words_scale"][ids, None] + weights["places"][: len(ids)]
        seen = self._even(seen, "first")
        for layer in range(self._layers):
            seen = self._layer(seen, f"{layer}")
        crisis, *others = seen.mean(axis=0) @ weights["head"] + weights["head.plus"]
        return float(crisis - np.logaddexp(*others))

    def _layer(self, seen: Any, at: str) -> Any:
        seen = self._even(seen + self._attended(seen, at), f"{at}.one")
        wide = self._turned(seen, f"{at}.wide")
        wide = 0.5 * wide * (1.0 + self._numpy.tanh(_ROOT * (wide + 0.044715 * wide * wide * wide)))
        return self._even(seen + self._turned(wide, f"{at}.narrow"), f"{at}.two")

    def _attended(self, seen: Any, at: str) -> Any:
        """Every piece looks at every other, through twelve heads."""
        np = self._numpy
        each = self._turned(seen, f"{at}.attend").reshape(len(seen), 3, HEADS, -1).transpose(1, 2, 0, 3)
        queries, keys, values = each
        asked = queries @ keys.transpose(0, 2, 1) / np.float32(queries.shape[-1] ** 0.5)
        asked = np.exp(asked - asked.max(axis=-1, keepdims=True))
        asked /= asked.sum(axis=-1, keepdims=True)
        return self._turned((asked @ values).transpose(1, 0, 2).reshape(len(seen), -1), f"{at}.out")

    def _turned(self, seen: Any, name: str) -> Any:
        return seen @ self._weights[name] + self._weights[f"{name}.plus"]

    def _even(self, seen: Any, name: str) -> Any:
        """Each row to mean nought and spread one, then as this layer learnt to stretch it."""
        off = seen - seen.mean(axis=-1, keepdims=True)
        spread = self._numpy.sqrt((off * off).mean(axis=-1, keepdims=True) + _TINY)
        return off / spread * self._weights[f"{name}.times"] + self._weights[f"{name}.plus"]


def load_encoder(folder: Path, sha256: str) -> Encoder:
    """Raises `ModelUnavailable` when it, or numpy, is not there, or it is not the one that the card names."""
    try:
        import numpy
    except ImportError as failure:
        raise ModelUnavailable(type(failure).__name__) from None
    try:
        raw, pieces = (folder / ENCODER).read_bytes(), (folder / PIECES).read_bytes()
    except OSError as failure:
        raise ModelUnavailable(type(failure).__name__) from None
    if hashlib.sha256(raw + pieces).hexdigest() != sha256:
        raise ModelUnavailable("not the released encoder")
    with numpy.load(BytesIO(raw), allow_pickle=False) as file:
        stored = {name: file[name] for name in file.files}
    return Encoder(load_wordpiece(folder / PIECES), as_floats(stored), numpy)


def as_floats(stored: dict[str, Any]) -> dict[str, Any]:
    """Bytes with a scale for each output become floats; the table of words stays as it is, for it is read by the row."""
    floats: dict[str, Any] = {}
    for name, array in stored.items():
        if name.endswith("_scale") and name != "words_scale":
            continue
        scale = stored.get(f"{name}_scale")
        if name == "words" or scale is None:
            floats[name] = array if name == "words" else array.astype("float32")
        else:
            floats[name] = array.astype("float32") * scale.astype("float32")
    return floats
