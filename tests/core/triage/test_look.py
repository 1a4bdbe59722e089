"""How hits become a verdict, on a finder made of plain words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.core.triage import FirstLook, Lowering, Rule, Screen, Words

RULES = (
    Rule("now", 0, "overdose"),
    Rule("wish", 1, "suicide"),
    Rule("word", 2, "suicide"),
    Rule("sure", 1, "suicide", frozenset({"negation"})),
)
LOWERINGS = (
    Lowering("not", "negation", 1),
    Lowering("never", "negation", 1),
    Lowering("once", "history", 1),
    Lowering("idiom", "idiom", 2),
    Lowering("lol", "joke", 1, whole_text=True),
    Lowering("far", "other", 1, categories=frozenset({"self_harm"})),
)


class WordFinder:
    """Finds a rule where its id stands as a word. A lowering reaches the word after it."""

    def __init__(self) -> None:
        self.lowerings = {lowering.id for lowering in LOWERINGS}
        self.ids = [rule.id for rule in (*RULES, *LOWERINGS)]

    def fired(self, plain: str) -> Sequence[str]:
        return [rule_id for rule_id in self.ids if f" {rule_id} " in plain]

    def spans(self, rule_id: str, plain: str) -> Sequence[tuple[int, int]]:
        found, start = [], plain.find(f" {rule_id} ")
        while start >= 0:
            end = start + len(rule_id) + (4 if rule_id in self.lowerings else 2)
            found.append((start, end))
            start = plain.find(f" {rule_id} ", start + 1)
        return found


SCREEN = Screen(RULES, LOWERINGS, WordFinder(), Words())


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("good morning", 3),
        ("word", 2),
        ("wish", 1),
        ("now", 0),
        ("wish now", 0),
        ("not wish", 2),
        ("not now", 1),
        ("idiom now", 2),
        ("idiom word", 2),
        ("not word", 2),
        ("not wish and later wish", 1),
        ("wish and at the end lol", 2),
        ("now and at the end lol", 1),
        ("not sure", 1),
        ("far wish", 1),
    ],
)
def test_the_tier_of_a_text(text: str, tier: int) -> None:
    assert SCREEN.look(text).tier == tier


def test_two_lowerings_of_one_kind_do_not_add_up() -> None:
    assert SCREEN.look("never not now").tier == 1


def test_lowerings_of_two_kinds_add_up() -> None:
    assert SCREEN.look("not now lol").tier == 2


def test_the_worst_comes_first() -> None:
    assert SCREEN.look("word now") == FirstLook(0, ("overdose", "suicide"), ("now", "word"))


def test_what_lowered_it_is_named() -> None:
    assert SCREEN.look("not wish") == FirstLook(2, ("suicide",), ("wish", "not"))


@pytest.mark.parametrize(("tier", "pages"), [(0, True), (1, True), (2, False), (3, False)])
def test_tiers_0_and_1_page(tier: int, pages: bool) -> None:
    assert FirstLook(tier).pages is pages
