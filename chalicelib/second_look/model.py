"""The linear model as it was released: one weight a bucket, and a bias. Standard library alone."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelUnavailable
from .features import BUCKETS

ABOUT, WEIGHTS = "model.json", "weights.bin"


@dataclass(frozen=True, slots=True)
class Model:
    """`weights`: whole numbers, each `scale` big."""

    weights: array[int]
    scale: float
    bias: float

    def score(self, found: Mapping[int, float]) -> float:
        """The higher, the graver."""
        return self.bias + self.scale * sum(self.weights[bucket] * value for bucket, value in found.items())


def load_model(folder: Path) -> Model:
    """Raises `ModelUnavailable` when it is not there, or is not the one that its card describes."""
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        raw = (folder / WEIGHTS).read_bytes()
    except (OSError, ValueError) as failure:
        raise ModelUnavailable(type(failure).__name__) from None
    if hashlib.sha256(raw).hexdigest() != about["sha256"] or len(raw) != BUCKETS:
        raise ModelUnavailable("not the released weights")
    return Model(array("b", raw), float(about["scale"]), float(about["bias"]))
