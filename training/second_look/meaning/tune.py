"""Tuning: the upper layers learn three classes; what the lower ones say is worked out once. One seed, one thread."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional as do

from ..corpus import Example
from .net import CLASSES, WIDE, Net

SEED = 7
EPOCHS = 3
PACE = 2e-4  # of learning, at its highest
WARM = 0.06  # of the steps: from nought to the highest
SMOOTH = 0.03
TOGETHER = 1024  # pieces in one step
MOST_TEXTS = 64
WEIGHTS = {"own": 1.0, "twin": 0.5, "hand": 2.0}
Kept = list[torch.Tensor]


def lowered(net: Net, numbered: Sequence[Sequence[int]]) -> Kept:
    """Each text as the lower layers leave it."""
    net.eval()
    kept: list[Any] = [None] * len(numbered)
    with torch.no_grad():
        for batch in _batches([len(text) for text in numbered], TOGETHER * 4):
            ids = _padded([torch.tensor(numbered[at]) for at in batch])
            with _short():
                seen = net.lower(*ids).bfloat16()
            for row, at in enumerate(batch):
                kept[at] = seen[row, : len(numbered[at])].clone()
    return kept


def tune(net: Net, kept: Kept, examples: Sequence[Example], said: Callable[[str], None]) -> Net:
    """The upper layers and the head, trained. The same texts on the same processor make the same weights."""
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    labels = torch.tensor([CLASSES.index(example.label) for example in examples])
    weights = torch.tensor([WEIGHTS.get(example.origin, 1.0) for example in examples])
    able = [part for part in net.parameters() if part.requires_grad]
    steps = torch.optim.AdamW(able, lr=PACE, weight_decay=0.01)
    lengths = [len(text) for text in kept]
    rounds = [batch for _ in range(EPOCHS) for batch in _batches(lengths, TOGETHER, chance)]
    net.train()
    net.low.eval()
    for step, batch in enumerate(rounds):
        for group in steps.param_groups:
            group["lr"] = PACE * min(1.0, (step + 1) / (WARM * len(rounds))) * max(0.02, 1 - step / len(rounds))
        with _short():
            seen = net.upper(*_padded([kept[at] for at in batch]))
        loss = do.cross_entropy(seen.float(), labels[batch], reduction="none", label_smoothing=SMOOTH)
        loss = (loss * weights[batch]).sum() / weights[batch].sum()
        steps.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(able, 1.0)
        steps.step()
        if step % 100 == 0:
            said(f"step {step} of {len(rounds)}: loss {loss.item():.3f}")
    return net.eval()


def scores(net: Net, kept: Kept) -> Any:
    """Log-odds of a crisis against the rest, a text."""
    found = np.zeros(len(kept))
    with torch.no_grad():
        for batch in _batches([len(text) for text in kept], TOGETHER * 4):
            with _short():
                seen = net.upper(*_padded([kept[at] for at in batch])).float()
            found[batch] = (seen[:, 0] - torch.logsumexp(seen[:, 1:], 1)).numpy()
    return found


def _short() -> Any:
    """Sixteen bits for the products: twice as fast."""
    return torch.autocast("cpu", dtype=torch.bfloat16)


def _batches(lengths: Sequence[int], together: int, chance: random.Random | None = None) -> list[list[int]]:
    """Texts of about one length, at most so many pieces at once; shuffled when `chance` is given."""
    order = sorted(range(len(lengths)), key=lambda at: lengths[at] + (chance.random() * 8 if chance else 0))
    found = list(_cut(order, lengths, together))
    if chance:
        chance.shuffle(found)
    return found


def _cut(order: Sequence[int], lengths: Sequence[int], together: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for at in order:
        longest = max(lengths[other] for other in (*batch, at))
        if batch and (longest * (len(batch) + 1) > together or len(batch) == MOST_TEXTS):
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _padded(texts: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """One block, and which places of it are filled."""
    longest = max(len(text) for text in texts)
    block = torch.zeros((len(texts), longest, WIDE) if texts[0].ndim == 2 else (len(texts), longest), dtype=texts[0].dtype)
    there = torch.zeros(len(texts), longest, dtype=torch.bool)
    for row, text in enumerate(texts):
        block[row, : len(text)] = text
        there[row, : len(text)] = True
    return block, there
