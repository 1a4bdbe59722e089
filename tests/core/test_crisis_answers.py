"""The table of answers to somebody in danger, row by row: what is said for which category, phone, rota and mark."""

from __future__ import annotations

from itertools import product

import pytest

from chalicelib.core.crisis_answers import (
    CLOSED,
    ENDINGS,
    FROM_BEFORE,
    LEADS,
    NOT_ASKED,
    SAFE,
    STAFFED,
    UNSAFE,
    UNSURE,
    Choice,
    Facts,
    choose,
    other_phone,
    read_choice,
)

QUIET = {"self", "ingestion", "medical", "violence", "danger_quiet", "third_person"}  # fit for a phone that others read


@pytest.mark.parametrize(
    ("category", "anywhere", "on_a_safe_phone"),
    [
        ("overdose", "ingestion", "ingestion"),
        ("medical_emergency", "medical", "medical"),
        ("suicide", "self", "self"),
        ("self_harm", "self", "self"),
        ("withdrawal", "medical", "medical"),
        ("danger_from_someone", "danger_quiet", "danger_at_home"),
        ("child_or_elder_abuse", "danger_quiet", "child_or_elder"),
        ("harm_to_others", "violence", "violence"),
        ("someone_else_in_danger", "third_person", "third_person"),
        ("psychosis", "self", "self"),
        ("relapse", "self", "self"),
        ("screen_failed", "self", "self"),
        ("a category of tomorrow", "self", "self"),
    ],
)
def test_cr_4_each_category_has_its_lead_and_what_betrays_its_owner_needs_a_safe_phone(category, anywhere, on_a_safe_phone):
    for phone, shared in product((NOT_ASKED, UNSAFE, SAFE), (True, False)):
        wanted = on_a_safe_phone if phone == SAFE and not shared else anywhere
        assert choose(Facts((category,), phone=phone, shared=shared)).lead == wanted


def test_every_row_of_the_table_is_in_the_test_above_and_none_is_doubled():
    rows = [row.category for row in LEADS]
    assert len(rows) == len(set(rows)) == 9
    assert {row.lead for row in LEADS} <= QUIET


@pytest.mark.parametrize(("first", "second"), [(a, b) for at, a in enumerate(LEADS) for b in LEADS[at + 1 :]])
def test_of_two_categories_the_earlier_row_speaks_whatever_the_order_they_fired_in(first, second):
    for categories in ((first.category, second.category), (second.category, first.category)):
        assert choose(Facts(categories)).lead == first.lead


@pytest.mark.parametrize(
    ("staffing", "phone", "ending"),
    [
        (STAFFED, SAFE, "crisis_staffed"),
        (STAFFED, NOT_ASKED, "crisis_staffed"),
        (STAFFED, UNSAFE, "crisis_staffed_quiet"),
        (CLOSED, SAFE, "crisis_unstaffed"),
        (CLOSED, NOT_ASKED, "crisis_unstaffed"),
        (CLOSED, UNSAFE, "crisis_unstaffed"),
        (UNSURE, SAFE, "crisis_unsure"),
        (UNSURE, NOT_ASKED, "crisis_unsure"),
        (UNSURE, UNSAFE, "crisis_unsure"),
    ],
)
def test_who_reads_now(staffing, phone, ending):
    assert choose(Facts(staffing=staffing, phone=phone)).ending == ending


def test_every_ending_of_the_table_is_tested_above():
    assert len(ENDINGS) == 6


@pytest.mark.parametrize(("staffing", "expected"), [(CLOSED, "crisis_holiday"), (STAFFED, "crisis_staffed"), (UNSURE, "crisis_unsure")])
def test_a_closed_time_says_its_own_words_and_only_then(staffing, expected):
    assert choose(Facts(staffing=staffing, says="crisis_holiday")).ending == expected


@pytest.mark.parametrize("mark", ["", "somewhere", "SAFE"])
def test_a_mark_that_nobody_knows_is_never_taken_for_safe(mark):
    assert choose(Facts(("danger_from_someone",), phone=mark)).lead == "danger_quiet"


@pytest.mark.parametrize(("tier", "expected"), [(-1, 0), (0, 0), (1, 1), (2, 1), (9, 1)])
def test_there_are_two_tiers_of_answers(tier, expected):
    assert choose(Facts(tier=tier)).tier == expected


@pytest.mark.parametrize(("level", "expected"), [(-1, 0), (0, 0), (1, 1), (2, 1)])
def test_no_answer_says_more_than_the_clinics_name(level, expected):
    assert choose(Facts(level=level)).level == expected


def test_what_is_known_of_nobody_is_the_strictest():
    assert choose(Facts()) == Choice("self", 1, "crisis_unsure", 0, veteran=False)


@pytest.mark.parametrize("choice", [Choice("ingestion", 0, "crisis_staffed", 1, veteran=True), Choice("self", 1, "crisis_unsure")])
def test_a_name_is_read_back(choice):
    assert read_choice(choice.name) == choice


@pytest.mark.parametrize("name", ["", "crisis_staffed", "a/b/c/d", "a/1/c", "a/1/c/0/veteran/x", "//"])
def test_a_name_of_another_version_still_has_an_answer(name):
    assert read_choice(name) == FROM_BEFORE


@pytest.mark.parametrize(("mark", "expected"), [(SAFE, NOT_ASKED), (UNSAFE, UNSAFE), (NOT_ASKED, NOT_ASKED)])
def test_safe_1_what_was_said_of_one_phone_is_not_known_of_the_next(mark, expected):
    assert other_phone(mark) == expected
