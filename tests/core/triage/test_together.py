"""Two hints near each other make a rule; apart, or alone, they say nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chalicelib.core.triage import Lowering, Rule, Screen, Together, Words
from tests.core.triage.test_look import WordFinder

TIRED_AND_BYE = Rule("both", 1, "suicide", together=Together(frozenset({"tired"}), frozenset({"bye", "thanks"}), 12))


class HintFinder(WordFinder):
    """The same words-as-patterns finder, over hints."""

    def __init__(self) -> None:
        self.lowerings = {"not"}
        self.ids = ["tired", "bye", "thanks", "not"]


SCREEN = Screen([TIRED_AND_BYE], [Lowering("not", "negation", 1)], HintFinder(), Words())


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("tired", 3),
        ("bye", 3),
        ("tired bye", 1),
        ("bye tired", 1),
        ("tired so thanks", 1),
        ("tired and a very long way off bye", 3),
        ("tired and a very long way off bye tired", 1),
        ("not tired bye", 2),
        ("tired not bye", 2),
        ("not tired bye and later tired bye", 1),
    ],
)
def test_near_or_not(text: str, tier: int) -> None:
    assert SCREEN.look(text).tier == tier


def test_staff_see_the_rule_not_its_hints() -> None:
    assert SCREEN.look("tired bye").rules == ("both",)


@pytest.mark.parametrize(
    ("ones", "others", "near"),
    [
        ([(0, 7)], [(6, 10)], True),  # one space shared
        ([(0, 7)], [(2, 5)], False),  # the same words twice
        ([(0, 7)], [(18, 22)], True),
        ([(0, 7)], [(19, 22)], False),
        ([(50, 57)], [(0, 4), (5, 9), (10, 14), (60, 64), (90, 94)], True),
    ],
)
def test_places(ones: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]], near: bool) -> None:
    spans = {"tired": ones, "bye": others, "thanks": []}
    together = TIRED_AND_BYE.together
    assert together is not None
    assert bool(together.places(spans.__getitem__)) is near
