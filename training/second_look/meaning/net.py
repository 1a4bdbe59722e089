"""The encoder in torch, layer for layer what `chalicelib/second_look/encoder.py` does in numpy, with the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn
from torch.nn import functional as do

from chalicelib.second_look.encoder import HEADS

WIDE = 384
DROP = 0.1
CLASSES = ("crisis", "distress", "none")
# The published names of a layer's parts, and ours.
_PARTS = {
    "out": "attention.output.dense",
    "one": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "two": "output.LayerNorm",
}
Published = Mapping[str, torch.Tensor]


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, published: Published, number: int) -> None:
        super().__init__()
        name = f"encoder.layer.{number}."
        asked = [f"{name}attention.self.{part}" for part in ("query", "key", "value")]
        self.attend = _linear(*(torch.cat([published[f"{one}.{kind}"] for one in asked]) for kind in ("weight", "bias")))
        for ours, theirs in _PARTS.items():
            make = _even if theirs.endswith("LayerNorm") else _linear
            setattr(self, ours, make(published[f"{name}{theirs}.weight"], published[f"{name}{theirs}.bias"]))
        self.drop = nn.Dropout(DROP)

    def forward(self, seen: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        queries, keys, values = self.attend(seen).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        asked = do.scaled_dot_product_attention(queries, keys, values, attn_mask=there[:, None, None, :])
        seen = self.one(seen + self.drop(self.out(asked.transpose(1, 2).flatten(2))))
        return self.two(seen + self.drop(self.narrow(do.gelu(self.wide(seen), approximate="tanh"))))


class Net(nn.Module):
    """`published`: the weights as they were; `kept`: which of its pieces, by number; `frozen`: how many layers do not learn."""

    def __init__(self, published: Published, kept: list[int], layers: int, frozen: int, most: int) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(published["embeddings.word_embeddings.weight"][kept].clone())
        kind = published["embeddings.token_type_embeddings.weight"][0]
        self.places = nn.Parameter(published["embeddings.position_embeddings.weight"][:most] + kind, requires_grad=False)
        self.first = _even(published["embeddings.LayerNorm.weight"], published["embeddings.LayerNorm.bias"])
        self.low = nn.ModuleList(Layer(published, number) for number in range(frozen))
        self.high = nn.ModuleList(Layer(published, number) for number in range(frozen, layers))
        for still in (self.first, self.low):
            still.requires_grad_(False)
        self.drop = nn.Dropout(DROP)
        self.head = nn.Linear(WIDE, len(CLASSES))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def lower(self, ids: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """What the layers that do not learn make of it: always the same, so it is kept."""
        seen = self.first(self.words(ids) + self.places[: ids.shape[1]])
        for layer in self.low:
            seen = layer(seen, there)
        return seen

    def upper(self, seen: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """Log-odds of the classes."""
        for layer in self.high:
            seen = layer(seen, there)
        weight = there.unsqueeze(-1).float()
        return self.head(self.drop((seen.float() * weight).sum(1) / weight.sum(1)))

    def parts(self) -> dict[str, Any]:
        """Every array that numpy needs, by its name there."""
        found: dict[str, Any] = {"words": self.words.weight, "places": self.places}
        modules = [("first", self.first), ("head", self.head)]
        for number, layer in enumerate([*self.low, *self.high]):
            modules += [(f"{number}.{part}", getattr(layer, part)) for part in ("attend", *_PARTS)]
        for name, module in modules:
            found[f"{name}.plus"] = module.bias
            found[f"{name}.times" if isinstance(module, nn.LayerNorm) else name] = (
                module.weight if isinstance(module, nn.LayerNorm) else module.weight.T
            )
        return {name: array.detach().float().numpy() for name, array in found.items()}


def _linear(weight: torch.Tensor, bias: torch.Tensor) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0])
    made.load_state_dict({"weight": weight, "bias": bias})
    return made


def _even(weight: torch.Tensor, bias: torch.Tensor) -> nn.LayerNorm:
    made = nn.LayerNorm(weight.shape[0], eps=1e-12)
    made.load_state_dict({"weight": weight, "bias": bias})
    return made
