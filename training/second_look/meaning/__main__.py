"""Tune the encoder: `python -m training.second_look.meaning BASE [COLLECTION] [--out DIR] [--held FILE]`.

BASE: the published encoder's folder (model.safetensors, vocab.txt; docs/second-look.md says from where). One fold of five stays
unseen: on it is learnt how much to believe each voice. `--held`: what both voices say of the collection's rows in it. Prints
counts and figures, never a text.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression

from chalicelib.second_look.encoder import MOST_PIECES
from chalicelib.second_look.look import RELEASED
from chalicelib.second_look.together import MOST, SHARE
from chalicelib.second_look.wordpiece import WordPiece

from .. import __main__ as linear
from .. import corpus
from ..corpus import Example
from . import pieces, small, tune
from .net import Net
from .rough import roughened
from .tune import Kept

LAYERS, FROZEN = 6, 3
HELD = 0  # the fold
LENGTH = 0.35  # log-odds for each time that a text is e times as long: chosen by measuring (docs/second-look.md)
THRESHOLD = 0.953  # the one fixed one, chosen by measuring (docs/second-look.md): what lies above wakes somebody

# Fewer of what the linear model learns from, for it takes longer here.
FEWER = corpus.FILES | {"distress": 1000, "hard_none": 700, "social_none": 700}
TWINS = 200
FALSE = (0.01, 0.03, 0.1)  # shares at which the figures are given


def main() -> int:
    """Tune, learn how much to believe each voice, write what is released."""
    parser = argparse.ArgumentParser(prog="training.second_look.meaning", description=__doc__)
    parser.add_argument("base", type=Path)
    parser.add_argument("collection", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=RELEASED)
    parser.add_argument("--held", type=Path)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    examples = linear.gathered(asked.collection, FEWER, TWINS)
    listed = pieces.kept(asked.base / "vocab.txt", (example.text for example in examples))
    names = [pieces.published(asked.base / "vocab.txt")[number] for number in listed]
    net, kept = begun(asked.base, listed, names, examples)
    seen = [at for at, example in enumerate(examples) if example.fold != HELD]
    tune.tune(net, [kept[at] for at in seen], [examples[at] for at in seen], lambda said: print(said, flush=True))
    meaning, words = tune.scores(net, kept), linear.held_out(examples, HELD)
    share = shared(words, meaning, examples)
    if asked.held:
        _write_held(asked.held, examples, words, meaning)
    share["encoder"] = small.write(asked.out, small.small(net.parts()), names)
    share["learnt_from"] = linear.learnt_from([examples[at] for at in seen])
    (asked.out / SHARE).write_text(json.dumps(share, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(share, indent=1, sort_keys=True))
    return 0


def begun(base: Path, listed: list[int], names: Sequence[str], examples: Sequence[Example]) -> tuple[Net, Kept]:
    """The encoder as it was published, and every text as its lower layers leave it."""
    torch.manual_seed(tune.SEED)
    chance = random.Random(tune.SEED)
    net = Net(load_file(base / "model.safetensors"), listed, LAYERS, FROZEN, MOST_PIECES)
    numbers = WordPiece({name: number for number, name in enumerate(names)}).numbers
    texts = [example.text if example.fold == HELD else roughened(example.text, chance) for example in examples]
    return net, tune.lowered(net, [numbers(text, MOST_PIECES) for text in texts])


def shared(words: Any, meaning: Any, examples: Sequence[Example]) -> dict[str, Any]:
    """How much to believe each voice, learnt on the project's own texts that neither saw."""
    mine = np.array([example.fold == HELD and example.origin == "own" for example in examples])
    crisis = np.array([example.crisis for example in examples])[mine]
    both = np.stack([words, np.clip(meaning, -MOST, MOST)], axis=1)[mine]
    model = LogisticRegression(C=100.0, solver="lbfgs").fit(both, crisis)
    said = model.decision_function(both)
    calm = np.sort(said[~crisis])[::-1]
    found = {f"recall at {false:.0%} false": float((said[crisis] > calm[int(false * len(calm))]).mean()) for false in FALSE}
    numbers = dict(zip(("words", "meaning"), map(float, model.coef_[0]), strict=True))
    return numbers | {"shift": float(model.intercept_[0]), "length": LENGTH, "threshold": THRESHOLD, "held_out": found}


def _write_held(target: Path, examples: Sequence[Example], words: Any, meaning: Any) -> None:
    with target.open("w", encoding="utf-8") as lines:
        for example, word, mean in zip(examples, words, meaning, strict=True):
            if example.row_id and example.fold == HELD:
                lines.write(json.dumps({"id": example.row_id, "words": float(word), "meaning": float(mean)}) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
