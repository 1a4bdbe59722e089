"""How right the screen is, by named examples and against the definition of Wilson's interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import exercise
from chalicelib.core import screen_figures as figures
from chalicelib.core.crisis_figures import precision
from chalicelib.core.interval import Share, Z, wilson
from chalicelib.core.records import Incident
from chalicelib.core.screen_figures import Month, Moved

NIGHT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
WANTS, TOOK, DENIED = "en.suicide.want-to-die", "en.overdose.took-all", "en.lower.negation"


def an_item(mark: str = "", rules: tuple[str, ...] = (WANTS,), categories: tuple[str, ...] = ("suicide",)) -> Incident:
    return Incident("i", "K", "t", "c", "adult", "resolved", 1, categories, NIGHT, mark=mark, rules=rules)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_both_ends_of_an_interval_solve_wilsons_equation(pair: tuple[int, int]) -> None:
    """(p - rate)^2 = z^2 p (1 - p) / n at both ends (Wilson 1927)."""
    hits, of = pair
    for end in wilson(hits, of):
        assert (end - hits / of) ** 2 == pytest.approx(Z * Z * end * (1 - end) / of, abs=1e-9)


def test_a_share_of_nothing_is_unknown_and_anything_is_possible() -> None:
    assert Share(0, 0).rate is None and (Share(0, 0).low, Share(0, 0).high) == (0.0, 1.0)


def test_bands_that_touch_have_not_moved() -> None:
    assert Share(90, 100).apart(Share(50, 100)) and not Share(9, 10).apart(Share(5, 10))
    assert not Share(0, 0).apart(Share(100, 100))


def test_a_rule_counts_its_items_once_and_what_lowered_is_no_rule_that_fired() -> None:
    items = [an_item("false", (WANTS, TOOK, DENIED)), an_item("true", (WANTS, WANTS)), an_item("unsure", (TOOK, "en.x.unless"))]
    found = figures.by(items, figures.raising)
    assert set(found) == {WANTS, TOOK}
    assert (found[WANTS].true, found[WANTS].false, found[WANTS].pages) == (1, 1, 2)
    assert (found[TOOK].false, found[TOOK].unsure, found[TOOK].interval) == (1, 1, Share(0, 1))


def test_most_false_alarms_first_and_of_equals_the_one_right_least_often() -> None:
    rules = {
        "rarely": precision([an_item("false")]),
        "often": precision([an_item("false")] * 3 + [an_item("true")] * 9),
        "mixed": precision([an_item("false"), an_item("true")]),
        "never": precision([an_item("true")]),
    }
    assert [name for name, _ in figures.most_wrong(rules)] == ["often", "rarely", "mixed", "never"]


def test_found_is_of_what_people_know_of() -> None:
    month = Month("2026-03", precision([an_item("true")] * 3 + [an_item("false"), an_item()]), missed=1)
    assert month.recall == Share(3, 4) and month.marks.interval == Share(3, 4)


def test_the_share_of_texts_that_page_is_unknown_where_nobody_counted_texts() -> None:
    marks = precision([an_item("true"), an_item("")])
    assert Month("2026-03", marks, 0).paging.rate is None
    assert Month("2026-03", marks, 0, looked=998).paging == Share(2, 1000)


@pytest.mark.parametrize(
    ("rules", "categories", "look", "language"),
    [
        ((WANTS,), ("suicide",), "first", "en"),
        (("es.any.word", "es.suicide.want-to-die"), ("suicide",), "first", "es"),
        (("es.second_look",), ("second_look",), "second", "es"),
        ((), ("screen_failed",), "first", ""),
        ((), ("suicide",), "", ""),
    ],
)
def test_which_look_paged_and_in_which_language(
    rules: tuple[str, ...], categories: tuple[str, ...], look: str, language: str
) -> None:
    item = an_item("", rules, categories)
    assert (figures.looks(item), figures.languages(item)) == ((look,), (language,))


def test_what_a_person_opened_by_hand_says_nothing_of_the_screens_pages() -> None:
    assert figures.counted(an_item()) and not figures.counted(an_item(rules=(figures.BY_HAND,)))


def test_a_drill_and_the_dead_mans_text_say_nothing_of_the_screen() -> None:
    real = an_item()
    marked = [replace(real, incident_id=exercise.marked(mark, "01J")) for mark in (exercise.DRILL, exercise.DEAD_MAN)]
    assert [figures.counted(each) for each in (real, *marked)] == [True, False, False]


def test_drift_holds_a_part_of_the_pages_against_the_months_before() -> None:
    now = [an_item(categories=("suicide",))] * 20
    before = [an_item(categories=("overdose",))] * 20 + [an_item(categories=("suicide",))] * 4
    suicide, overdose = sorted(figures.drift(now, before, figures.categories), key=lambda each: each.name, reverse=True)
    assert suicide == Moved("suicide", Share(20, 20), Share(4, 24)) and suicide.moved
    assert overdose == Moved("overdose", Share(0, 20), Share(20, 24)) and overdose.moved


@pytest.mark.parametrize(
    ("month", "all_of_them"),
    [("2026-11", ("2026-08", "2026-09", "2026-10", "2026-11")), ("2026-02", ("2025-11", "2025-12", "2026-01", "2026-02"))],
)
def test_a_month_and_the_three_before(month: str, all_of_them: tuple[str, ...]) -> None:
    assert figures.months_to(month) == all_of_them
