"""Every example in the lexicon files is a test: what must fire fires, what must not stays quiet."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.core.triage import Lowering, Normaliser, Rule
from chalicelib.lexicon import Entry, Hint, finder_of
from tests.first_look import the_lexicon, the_screen

LEXICON = the_lexicon()
SCREEN = the_screen()
FINDER, NORMALISER = finder_of(LEXICON), Normaliser(LEXICON.words)
FIRES = [
    pytest.param(entry, text, id=f"{entry.rule.id}-{place}")
    for entry in LEXICON.entries
    for place, text in enumerate(entry.fires)
]
QUIET = [
    pytest.param(entry, text, id=f"{entry.rule.id}-{place}")
    for entry in LEXICON.entries
    for place, text in enumerate(entry.quiet)
]


@pytest.mark.parametrize(("entry", "text"), FIRES)
def test_an_example_fires_its_rule(entry: Entry, text: str) -> None:
    assert entry.rule.id in _named(entry, text)
    if isinstance(entry.rule, Rule):
        assert SCREEN.look(text).tier <= entry.rule.tier


@pytest.mark.parametrize(("entry", "text"), QUIET)
def test_a_quiet_example_does_not_fire_its_rule(entry: Entry, text: str) -> None:
    assert entry.rule.id not in _named(entry, text)


def _named(entry: Entry, text: str) -> Sequence[str]:
    """A hint says nothing alone, so a verdict never names it: its pattern is asked."""
    return FINDER.fired(NORMALISER.plain(text).text) if isinstance(entry.rule, Hint) else SCREEN.look(text).rules


@pytest.mark.parametrize(
    "entry", [entry for entry in LEXICON.entries if isinstance(entry.rule, Lowering)], ids=lambda entry: entry.rule.id
)
def test_lowering_never_silences(entry: Entry) -> None:
    """DET-5: whatever a lowering rule touched still reaches a person."""
    assert all(SCREEN.look(text).tier <= 2 for text in entry.fires)


@pytest.mark.parametrize("entry", LEXICON.entries, ids=lambda entry: entry.rule.id)
def test_an_entry_is_whole(entry: Entry) -> None:
    assert entry.reason and entry.source and entry.verified_on
    assert entry.fires and entry.quiet
    if isinstance(entry.rule, Rule):
        assert entry.rule.tier in (0, 1, 2)
        assert entry.rule.firm <= {"negation", "history", "third_person", "idiom", "joke", "quotation", "routine"}
