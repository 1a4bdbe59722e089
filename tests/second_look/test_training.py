"""Training gives the same bytes from the same sentences. It needs scikit-learn: `make test-training`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from training.second_look import corpus
from training.second_look.corpus import Example


@pytest.fixture
def training() -> Any:
    """The command, which imports scikit-learn."""
    from training.second_look import __main__

    return __main__


def a_sample() -> list[Example]:
    mine = corpus.own()[::17]
    return [*mine, *list(corpus.twins(mine, [], 7))[:200]]


@pytest.mark.training
def test_the_same_sentences_make_the_same_model(training: Any):
    sample = a_sample()
    found = training.looked_at(sample)
    (one, weights), (other, again) = training.trained(sample, found), training.trained(sample, found)
    assert (one, weights) == (other, again)
    assert any(weights)


@pytest.mark.training
def test_a_bucket_that_few_texts_share_is_empty(training: Any):
    """So that nothing that only one text says can be read back."""
    sample = a_sample()
    found = training.looked_at(sample)
    _, weights = training.trained(sample, found)
    shared: dict[int, int] = {}
    for each in found:
        for bucket in each:
            shared[bucket] = shared.get(bucket, 0) + 1
    assert all(weights[bucket] == 0 for bucket, texts in shared.items() if texts < 3)


def test_rows_whose_licence_does_not_allow_it_are_not_learnt_from(tmp_path):
    rows = [
        {"id": "1", "text": "may be learnt from", "label": "none", "license": "MIT (repackaged)"},
        {"id": "2", "text": "may not", "label": "none", "license": "none stated"},
        {"id": "4", "text": "may not either", "label": "none", "license": "CC BY-NC 4.0"},
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
