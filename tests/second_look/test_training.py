"""Training gives the same bytes from the same sentences. `make train` runs this; it needs scikit-learn."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sklearn")

from training.second_look import corpus
from training.second_look.__main__ import seen, trained
from training.second_look.corpus import Example


def a_sample() -> list[Example]:
    mine = corpus.own()[::17]
    return [*mine, *list(corpus.twins(mine, [], 7))[:200]]


def test_the_same_sentences_make_the_same_model():
    sample = a_sample()
    found, paged = seen(sample)
    (one, weights, _), (other, again, _) = trained(sample, found, paged), trained(sample, found, paged)
    assert (one, weights) == (other, again)
    assert any(weights)


def test_a_bucket_that_few_texts_share_is_empty():
    """So that nothing that only one text says can be read back."""
    sample = a_sample()
    found, paged = seen(sample)
    _, weights, _ = trained(sample, found, paged)
    shared: dict[int, int] = {}
    for each in found:
        for bucket in each:
            shared[bucket] = shared.get(bucket, 0) + 1
    assert all(weights[bucket] == 0 for bucket, texts in shared.items() if texts < 3)


def test_rows_whose_licence_does_not_allow_it_are_not_learnt_from(tmp_path):
    rows = [
        {"id": "1", "text": "may be learnt from", "label": "none", "license": "MIT (repackaged)"},
        {"id": "2", "text": "may not", "label": "none", "license": "none stated"},
        {"id": "3", "text": "unsure", "label": "unsure", "license": "MIT"},
    ]
    for name in corpus.FILES:
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert {example.row_id for example in corpus.licensed(tmp_path)} == {"1"}


def test_twins_keep_to_one_fold():
    mine = corpus.own()[::29]
    texts = {example.text: example.fold for example in mine}
    for twin in corpus.twins(mine, [], 7):
        inside = [fold for text, fold in texts.items() if len(text) > 25 and text in twin.text]
        assert set(inside) <= {twin.fold}
