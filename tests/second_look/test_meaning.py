"""Tuning the encoder, on a small one made up here: torch and its libraries are the oracle. It needs them: `make test-meaning`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.late import module
from chalicelib.second_look.encoder import ENCODER, MOST_PIECES, PIECES, load_encoder
from chalicelib.second_look.look import RELEASED
from chalicelib.second_look.wordpiece import load_wordpiece
from training.second_look import corpus

pytestmark = pytest.mark.training
torch = module("torch")
ODD = ["naïve CAFÉ", "漢字 x\u200by", "İstanbul ß ﬁ", "🖤🖤a", "a" * 150, "", " ", "don’t—stop…", "tab\tand\nline", "q̈ é"]
SEED = 7


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """Weights like those of a published encoder of two layers, drawn."""
    torch.manual_seed(SEED)
    wide, pieces = 384, len((RELEASED / PIECES).read_text("utf-8").splitlines())
    shapes = {"embeddings.word_embeddings.weight": (pieces, wide), "embeddings.position_embeddings.weight": (512, wide)}
    shapes |= {"embeddings.token_type_embeddings.weight": (2, wide)} | _even("embeddings.LayerNorm", wide)
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        for name in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= _linear(at + name, wide, wide)
        shapes |= _linear(at + "intermediate.dense", wide * 4, wide) | _linear(at + "output.dense", wide, wide * 4)
        shapes |= _even(at + "attention.output.LayerNorm", wide) | _even(at + "output.LayerNorm", wide)
    return {name: torch.randn(shape) * 0.05 + ("LayerNorm.weight" in name) for name, shape in shapes.items()}


def _linear(name: str, out: int, wide: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, wide), f"{name}.bias": (out,)}


def _even(name: str, wide: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (wide,), f"{name}.bias": (wide,)}


def made(published: dict[str, Any]) -> Any:
    from training.second_look.meaning.net import Net

    torch.manual_seed(SEED)
    return Net(published, list(range(len(published["embeddings.word_embeddings.weight"]))), 2, 1, MOST_PIECES)


def tuned(published: dict[str, Any], texts: list[corpus.Example]) -> Any:
    from training.second_look.meaning import tune

    net, numbers = made(published), load_wordpiece(RELEASED / PIECES).numbers
    kept = tune.lowered(net, [numbers(text.text, MOST_PIECES) for text in texts])
    return tune.tune(net, kept, texts, lambda _: None)


def test_pieces_are_those_of_the_library_that_the_encoder_comes_from():
    library = pytest.importorskip("tokenizers").BertWordPieceTokenizer(str(RELEASED / PIECES), lowercase=True, strip_accents=True)
    ours = load_wordpiece(RELEASED / PIECES)
    texts = [example.text for example in corpus.own()] + ODD
    assert [text for text in texts if library.encode(text).ids != ours.numbers(text, 100_000)] == []


def test_numpy_says_what_torch_says(published: dict[str, Any], tmp_path: Path):
    from training.second_look.meaning import small

    net, pieces = made(published), (RELEASED / PIECES).read_text("utf-8").splitlines()
    encoder = load_encoder(tmp_path, small.write(tmp_path, small.small(net.parts()), pieces))
    net.eval()
    for text in ("i want it to be over", "see you monday", "a longer one, with a comma and more words than before"):
        ids = torch.tensor([load_wordpiece(RELEASED / PIECES).numbers(text, MOST_PIECES)])
        there = torch.ones_like(ids, dtype=torch.bool)
        with torch.no_grad():
            said = net.upper(net.lower(ids, there), there)[0]
        assert encoder.score(text) == pytest.approx(float(said[0] - torch.logsumexp(said[1:], 0)), abs=0.02)


def test_the_same_texts_tune_the_same_encoder(published: dict[str, Any]):
    torch.set_num_threads(1)
    sample = corpus.own()[::200]
    one, other = tuned(published, sample).parts(), tuned(published, sample).parts()
    assert {name: _hash(array) for name, array in one.items()} == {name: _hash(array) for name, array in other.items()}


def test_only_the_upper_layers_learn(published: dict[str, Any]):
    before, after = made(published).parts(), tuned(published, corpus.own()[::400]).parts()
    changed = {name for name in before if _hash(before[name]) != _hash(after[name])}
    assert changed and all(name.startswith(("1.", "head")) for name in changed)


def _hash(array: Any) -> str:
    return hashlib.sha256(array.tobytes()).hexdigest()


def test_the_released_encoder_is_in_bytes():
    assert (RELEASED / ENCODER).stat().st_size < 17_000_000
