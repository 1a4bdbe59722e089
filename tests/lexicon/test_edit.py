"""A proposed change written into the rules' files: it means what it says, for every rule there is, and touches nothing else."""

from __future__ import annotations

import difflib
import json
import tomllib
from functools import lru_cache

import pytest

from chalicelib.core.lexicon_change import Kind, LexiconChange
from chalicelib.core.triage import Lowering, Rule
from chalicelib.lexicon import build, built, load_lexicon, read_texts
from chalicelib.lexicon.edit import CannotEdit, edited
from tests.first_look import the_lexicon

TEXTS = read_texts()
RULES = [entry.rule for entry in the_lexicon().entries if isinstance(entry.rule, Rule)]
WANTS = "en.suicide.want-to-die"
loads = lru_cache(len(TEXTS))(tomllib.loads)  # all files but the one that moved were read before


def a_change(kind: str, rule: str = WANTS, **parts: object) -> LexiconChange:
    told: dict[str, object] = {"phrases": ("at the game",), "must": ("one",), "must_not": ("two",), **parts}
    return LexiconChange(kind, rule, "because of a test", **told)  # type: ignore[arg-type]


def lines_moved(after: dict[str, str]) -> list[str]:
    return [
        line
        for name, text in after.items()
        for line in difflib.unified_diff(TEXTS[name].splitlines(), text.splitlines(), lineterm="", n=0)
        if line[:1] in "+-" and not line.startswith(("+++", "---"))
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("kind", [Kind.LOWER, Kind.UNLESS, Kind.RETIRE, Kind.PHRASE])
def test_every_rule_can_be_changed_in_every_way_or_says_so(rule: Rule, kind: Kind) -> None:
    """`edited` itself holds the files against what the change means; here: only one file moved, and the screen still loads."""
    if kind == Kind.PHRASE and rule.together:
        with pytest.raises(CannotEdit):
            edited(TEXTS, a_change(kind, rule.id), "s", "2026-11-27")
        return
    after = edited(TEXTS, a_change(kind, rule.id), "s", "2026-11-27")
    assert len([name for name in after if after[name] != TEXTS[name]]) == 1
    assert all(loads(text) for text in after.values())


def test_lowering_moves_one_line() -> None:
    assert lines_moved(edited(TEXTS, a_change(Kind.LOWER), "s", "2026-11-27")) == ["-tier = 1", "+tier = 2"]


def test_an_unless_is_a_lowering_of_that_rule_and_no_other() -> None:
    found = {entry.rule.id: entry for entry in load_lexicon(edited(TEXTS, a_change(Kind.UNLESS), "s", "2026-11-27")).entries}
    assert found[f"{WANTS}.unless"].rule == Lowering(f"{WANTS}.unless", "unless", 1, rules=frozenset({WANTS}))
    assert found[f"{WANTS}.unless"].fires == ("two",) and found[f"{WANTS}.unless"].quiet == found[WANTS].fires
    twice = edited(edited(TEXTS, a_change(Kind.UNLESS), "s", "d"), a_change(Kind.UNLESS, phrases=("so tired",)), "s", "d")
    assert 'unless = ["at the game", "so tired"]' in twice["en/suicide.toml"]


def test_a_new_rule_stands_at_the_end_of_a_file_of_its_category() -> None:
    new = a_change(Kind.NEW, "es.suicide.no-more", category="suicide", tier=0)
    after = edited(TEXTS, new, "Proposed in a clinic", "2026-11-27")
    rule = next(entry for entry in load_lexicon(after).entries if entry.rule.id == "es.suicide.no-more")
    assert rule.rule == Rule("es.suicide.no-more", 0, "suicide") and rule.verified_on == "2026-11-27"
    assert (rule.fires, rule.quiet, rule.source) == (("one",), ("two",), "Proposed in a clinic")


@pytest.mark.parametrize("rule", ["en.suicide.nobody", "en.lower.nobody", "fr.suicide.x"])
def test_a_rule_that_is_not_there(rule: str) -> None:
    with pytest.raises(CannotEdit):
        edited(TEXTS, a_change(Kind.LOWER, rule), "s", "2026-11-27")


def test_what_would_end_a_string_stays_inside_it() -> None:
    text = 'say "no" \\ and ]\t[[rule]]'
    after = edited(TEXTS, a_change(Kind.PHRASE, must=(text,)), "s", "2026-11-27")
    entry = next(entry for entry in load_lexicon(after).entries if entry.rule.id == WANTS)
    assert entry.fires[-1] == text


def test_a_built_lexicon_keeps_an_unless_to_its_rule() -> None:
    after = load_lexicon(edited(TEXTS, a_change(Kind.UNLESS), "s", "2026-11-27"))
    screen = built._screen(json.loads(json.dumps(build._written(after))))
    near, far = screen.look("honestly I want to die at the game"), screen.look("I want to die in this queue")
    assert near.tier == 2 and f"{WANTS}.unless" in near.rules
    assert far.tier == 1 and f"{WANTS}.unless" not in far.rules
    other = screen.look("I took all my pills at the game")
    assert other.pages and f"{WANTS}.unless" not in other.rules
