"""What patients are told after a missed visit: no blame, no pressure, and the sequences are data that holds together.

Letters, parts, levels and opt-out words are the one check of words (`test_words`).
"""

from __future__ import annotations

import re

import pytest

from chalicelib.core.return_sequences import choose, read_return_sequences
from chalicelib.texts import reengagement as texts

EACH = sorted(texts.templates())
NAMED = pytest.mark.parametrize(("name", "language", "level"), EACH, ids=[f"{n}.{w}.{at}" for n, w, at in EACH])
# RULES 4.4: no should and must, no blame, no praise as judgment, no fear, no advice.
PRESSURE = re.compile(
    r"\b(should|must|have to|need to|failed|missed your|no-?show|again|why (didn't|did you not)|good job|proud|risk|warning|important"
    r"|debe|tiene que|fallo|otra vez|por que no|orgullos[oa]|riesgo|importante)\b",
    re.I,
)


@NAMED
def test_no_blame_and_no_pressure(name, language, level):
    assert not PRESSURE.search(texts.templates()[name, language, level].body)


def test_every_template_of_a_sequence_is_there_in_both_languages_at_level_0_and_no_other():
    wanted = {step.template for sequence in texts.sequences() for step in sequence.steps}
    assert {name for name, _, _ in EACH} == wanted
    assert {(name, language) for name, language, level in EACH if level == 0} == {(n, w) for n in wanted for w in texts.LANGUAGES}


def test_each_asks_for_the_digits_that_it_names():
    """T16: what may be answered is what the text says."""
    for sequence in texts.sequences():
        for step in sequence.steps:
            for language in texts.LANGUAGES:
                body = texts.choose(step.template, language, 0).body
                assert set(re.findall(r"(?<![\d-])\b(\d)\b", body.replace("{phone}", ""))) == set(texts.accepted(step.asks))


def test_the_first_that_fits_a_program_is_the_one():
    assert [choose(texts.sequences(), when, "adult").sequence_id for when in ("missed", "quiet")] == ["after_missed", "gone_quiet"]
    assert choose(texts.sequences(), "campaign", "adult") is None
    steps = [{"name": "a", "wait_days": 0, "until_days": 2, "template": "x", "asks": "missed"}]
    own = {"id": "own", "when": "missed", "label": "Own", "programs": ["harbor"], "touch": steps}
    both = read_return_sequences({"sequence": [own, {**own, "id": "all", "programs": []}]})
    assert [choose(both, "missed", program).sequence_id for program in ("harbor", "adult")] == ["own", "all"]


@pytest.mark.parametrize(
    "wrong", [{"wait_days": -1}, {"until_days": 0}, {"asks": "anything"}], ids=str
)
def test_a_sequence_that_does_not_hold_together_is_named(wrong):
    step = {"name": "a", "wait_days": 0, "until_days": 2, "template": "x", "asks": "missed", **wrong}
    with pytest.raises(ValueError, match="own a"):
        read_return_sequences({"sequence": [{"id": "own", "when": "missed", "label": "Own", "touch": [step]}]})
