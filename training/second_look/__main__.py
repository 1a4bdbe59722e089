"""Train the second look's linear model: `python -m training.second_look [COLLECTION] [--out DIR]`.

COLLECTION: a folder of labelled texts; only rows whose licence allows it are learnt from, and none is copied anywhere. The same
input gives the same bytes. Prints counts, never a text. The other half of the model is `training.second_look.meaning`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chalicelib.core.triage.normalise import Normaliser
from chalicelib.lexicon import load_lexicon, load_screen
from chalicelib.second_look.look import RELEASED, seen
from chalicelib.second_look.model import ABOUT, WEIGHTS

from . import corpus, fit
from .corpus import Example

SEED = 7
VERSION = 2
Found = Sequence[dict[int, float]]


def main() -> int:
    """Train on everything that may be learnt from, and write the model."""
    parser = argparse.ArgumentParser(prog="training.second_look", description=__doc__)
    parser.add_argument("collection", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=RELEASED)
    asked = parser.parse_args()
    examples = gathered(asked.collection)
    about, weights = trained(examples, looked_at(examples))
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / WEIGHTS).write_bytes(weights)
    (asked.out / ABOUT).write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(about, indent=1, sort_keys=True))
    return 0


def gathered(collection: Path | None, most: Mapping[str, int] = corpus.FILES, twins: int = corpus.TWINS) -> list[Example]:
    """The project's sentences, what may be learnt from the collection, and twins of both."""
    mine = corpus.own()
    theirs = corpus.licensed(collection, most) if collection else []
    return [*mine, *theirs, *corpus.twins(mine, theirs, SEED, twins)]


def looked_at(examples: Sequence[Example]) -> Found:
    """What the model sees of each."""
    screen, normaliser = load_screen(), Normaliser(load_lexicon().words)
    return [seen(example.text, normaliser, screen) for example in examples]


def trained(examples: Sequence[Example], found: Found) -> tuple[dict[str, Any], bytes]:
    """The model's card and its weights."""
    fitted = fit.fit(fit.as_matrix(found), _crisis(examples), fit.importance(examples))
    weights, scale = quantised(fitted.weights)
    about = {
        "version": VERSION,
        "sha256": hashlib.sha256(weights).hexdigest(),
        "scale": scale,
        "bias": fitted.bias,
        "learnt_from": learnt_from(examples),
    }
    return about, weights


def held_out(examples: Sequence[Example], fold: int) -> Any:
    """What a model says of each text that saw nothing of this fold."""
    matrix, rest = fit.as_matrix(looked_at(examples)), np.array([example.fold != fold for example in examples])
    return fit.fit(matrix[rest], _crisis(examples)[rest], fit.importance(examples)[rest]).scores(matrix)


def learnt_from(examples: Sequence[Example]) -> dict[str, int]:
    """How many texts of each origin and label."""
    return dict(Counter(f"{example.origin}, {example.label}" for example in examples))


def quantised(weights: Any) -> tuple[bytes, float]:
    """Each weight as one signed byte, and how much one step is."""
    scale = float(np.abs(weights).max()) / 127 or 1.0
    return np.round(weights / scale).astype(np.int8).tobytes(), scale


def _crisis(examples: Sequence[Example]) -> Any:
    return np.array([example.crisis for example in examples])


if __name__ == "__main__":
    raise SystemExit(main())
