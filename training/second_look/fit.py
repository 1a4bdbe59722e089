"""Logistic regression over hashed features. Needs scikit-learn (requirements-train.txt)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from chalicelib.second_look.features import BUCKETS

from .corpus import Example

SHARED_BY = 3  # texts that must share a bucket: fewer, and it is empty, so that no text can be read back
STEPS = 200
WEIGHTS = {"own": 1.0, "twin": 0.5, "hand": 2.0}  # by origin; 1.0 for the rest
KEEN = 4.0  # inverse of regularisation (docs/second-look.md says how it was chosen)


@dataclass(frozen=True)
class Fitted:
    """Weights of the buckets and a bias."""

    weights: Any
    bias: float

    def scores(self, matrix: Any) -> Any:
        return matrix @ self.weights + self.bias


def as_matrix(found: Sequence[dict[int, float]]) -> Any:
    """A row a text."""
    ends = np.cumsum([0, *(len(each) for each in found)])
    buckets = np.fromiter((bucket for each in found for bucket in each), dtype=np.int32, count=ends[-1])
    values = np.fromiter((value for each in found for value in each.values()), dtype=np.float32, count=ends[-1])
    return csr_matrix((values, buckets, ends), shape=(len(found), BUCKETS))


def importance(examples: Sequence[Example]) -> Any:
    """How much each text counts."""
    return np.array([WEIGHTS.get(example.origin, 1.0) for example in examples])


def fit(matrix: Any, crisis: Any, weight: Any, keen: float = KEEN) -> Fitted:
    """The same texts give the same weights."""
    shared = np.bincount(matrix.indices, minlength=BUCKETS) >= SHARED_BY
    seen = matrix @ diags(shared.astype(np.float32))
    model = LogisticRegression(C=keen, max_iter=STEPS, solver="lbfgs", random_state=0)
    model.fit(seen, crisis, sample_weight=weight)
    return Fitted(model.coef_[0] * shared, float(model.intercept_[0]))
