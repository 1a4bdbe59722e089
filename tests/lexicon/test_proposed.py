"""The sentences of every proposal that was applied come out as its proposer said (`make proposal`)."""

from __future__ import annotations

from pathlib import Path

from chalicelib.core.lexicon_change import Kind
from chalicelib.core.proposal_file import of_toml
from tests.first_look import the_screen

FILES = sorted((Path(__file__).parent / "proposed").glob("*.toml"))


def come_out_otherwise(text: str) -> list[str]:
    _, _, change = of_toml(text)
    screen, tier = the_screen(), change.tier if change.kind == Kind.NEW else 1
    missed = [sentence for sentence in change.must if screen.look(sentence).tier > tier]
    return missed + [sentence for sentence in change.must_not if screen.look(sentence).pages]


def test_what_was_proposed_is_kept() -> None:
    """One test over all files, so that it runs while there are none."""
    assert {path.name: wrong for path in FILES if (wrong := come_out_otherwise(path.read_text("utf-8")))} == {}


def test_one_that_does_not_is_seen() -> None:
    text = 'verified_on = 2026-11-27\n[proposal]\nid = "x"\nkind = "retire"\nrule = "en.a"\nreason = "r"\nmust = ["see you Monday"]\n'
    assert come_out_otherwise(text + 'must_not = ["I want to die"]\nphrases = []\n') == ["see you Monday", "I want to die"]
