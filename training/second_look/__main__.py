"""Train the second look's model: `python -m training.second_look [COLLECTION] [--out DIR] [--out-of-fold FILE]`.

COLLECTION: a folder of labelled texts; only rows whose licence allows it are learnt from, and none is copied anywhere.
`--out-of-fold`: ids of such rows with what a model says that did not see them, for an honest score of them. The same input
gives the same bytes. Prints counts and figures, never a text.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.lexicon import load_lexicon, load_screen
from chalicelib.second_look.look import RELEASED, TrainedLook
from chalicelib.second_look.model import ABOUT, WEIGHTS

from . import corpus, fit
from .corpus import Example

SEED = 7
THRESHOLD = 0.86  # the one fixed one, chosen by measuring (docs/second-look.md): what lies above wakes somebody
VERSION = 1


def main() -> int:
    """Train, say how good it is on what it did not see, and write the model."""
    parser = argparse.ArgumentParser(prog="training.second_look", description=__doc__)
    parser.add_argument("collection", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=RELEASED)
    parser.add_argument("--out-of-fold", type=Path)
    asked = parser.parse_args()
    examples = gathered(asked.collection)
    found, paged = seen(examples)
    about, weights, oof = trained(examples, found, paged)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / WEIGHTS).write_bytes(weights)
    (asked.out / ABOUT).write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if asked.out_of_fold:
        _write_out_of_fold(asked.out_of_fold, examples, oof, about)
    print(json.dumps(about, indent=1, sort_keys=True))
    return 0


def gathered(collection: Path | None) -> list[Example]:
    """The project's sentences, what may be learnt from the collection, and twins of both."""
    mine = corpus.own()
    theirs = corpus.licensed(collection) if collection else []
    return [*mine, *theirs, *corpus.twins(mine, theirs, SEED)]


def seen(examples: Sequence[Example]) -> tuple[list[dict[int, float]], list[bool]]:
    """What the model sees of each, and whether the first look pages it."""
    screen = load_screen()
    look = TrainedLook(screen, load_lexicon().words, None)  # type: ignore[arg-type]  # it looks; it does not score
    return [look.seen(example.text) for example in examples], [screen.look(example.text).pages for example in examples]


def trained(
    examples: Sequence[Example], found: Sequence[dict[int, float]], paged: Sequence[bool]
) -> tuple[dict[str, Any], bytes, Any]:
    """The model's card, its weights, and each example's score out of fold."""
    matrix, crisis = fit.as_matrix(found), np.array([example.crisis for example in examples])
    weight, folds = fit.importance(examples), np.array([example.fold for example in examples])
    oof = fit.out_of_fold(matrix, crisis, weight, folds)
    slope, shift = fit.calibrated(oof, crisis)
    fitted = fit.fit(matrix, crisis, weight)
    weights, scale = quantised(fitted.weights)
    edge = (math.log(THRESHOLD / (1 - THRESHOLD)) - shift) / slope
    about = {
        "version": VERSION,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "scale": scale,
        "bias": fitted.bias,
        "slope": slope,
        "shift": shift,
        "threshold": THRESHOLD,
        "learnt_from": dict(Counter(f"{example.origin}, {example.label}" for example in examples)),
        "out_of_fold": _figures(examples, oof >= edge, paged),
    }
    return about, weights, oof


def quantised(weights: Any) -> tuple[bytes, float]:
    """Each weight as one signed byte, and how much one step is."""
    scale = float(np.abs(weights).max()) / 127 or 1.0
    return np.round(weights / scale).astype(np.int8).tobytes(), scale


def _figures(examples: Sequence[Example], raised: Any, paged: Sequence[bool]) -> dict[str, dict[str, float]]:
    """By origin and label: how many, how many the first look pages, how many the second would raise of the others."""
    figures: dict[str, dict[str, float]] = {}
    for example, up, before in zip(examples, raised, paged, strict=True):
        line = figures.setdefault(f"{example.origin}, {example.label}", {"texts": 0, "first": 0, "second": 0})
        line["texts"] += 1
        line["first"] += before
        line["second"] += bool(up) and not before
    return figures


def _write_out_of_fold(target: Path, examples: Sequence[Example], oof: Any, about: dict[str, Any]) -> None:
    with target.open("w", encoding="utf-8") as lines:
        for example, score in zip(examples, oof, strict=True):
            if example.row_id:
                probability = _probability(about["slope"] * score + about["shift"])
                flag = probability >= about["threshold"]
                lines.write(json.dumps({"id": example.row_id, "probability": round(probability, 6), "flag": flag}) + "\n")


def _probability(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


if __name__ == "__main__":
    raise SystemExit(main())
