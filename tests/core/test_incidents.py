"""Every move an incident can and cannot make, and when a text pages somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.incidents import (
    AGAIN,
    ALPHABET,
    BURST,
    BURST_WINDOW,
    MOVES,
    OPEN,
    UNACKNOWLEDGED,
    IllegalMove,
    Paged,
    after_text,
    code_for,
    move,
    owes_a_page,
    owes_an_answer,
)
from chalicelib.core.records import IncidentRef
from chalicelib.core.triage import FirstLook
from tests.fakes.world import TUESDAY_NOON as NOON

# state: what may happen there and where it leads. What is not written cannot happen.
ROAD = {
    "detected": "paged>paged page_failed>detected text>detected acknowledged>acknowledged",
    "paged": "paged>paged page_failed>paged text>paged acknowledged>acknowledged",
    "acknowledged": "lapsed>paged paged>acknowledged page_failed>acknowledged text>acknowledged acknowledged>acknowledged "
    "contacted>contacted unable>unable dismissed>resolved transferred>paged",
    "unable": "paged>unable page_failed>unable text>unable acknowledged>unable contacted>contacted unable>unable resolved>resolved "
    "transferred>paged",
    "contacted": "paged>contacted page_failed>contacted text>contacted acknowledged>contacted contacted>contacted "
    "unable>unable resolved>resolved transferred>contacted",
    "resolved": "",
}
WORDS = ("paged", "page_failed", "text", "acknowledged", "contacted", "unable", "resolved", "dismissed", "detected", "reopened", "lapsed", "transferred", "")
LEGAL = {(state, *step.split(">")) for state, steps in ROAD.items() for step in steps.split()}


@pytest.mark.parametrize(("state", "what"), list(product(ROAD, WORDS)))
def test_every_pair_is_legal_or_an_error(state, what):
    ends = {to for at, word, to in LEGAL if (at, word) == (state, what)}
    if ends:
        assert {move(state, what)} == ends
    else:
        with pytest.raises(IllegalMove):
            move(state, what)


def test_no_state_and_no_word_beyond_the_table():
    assert set(MOVES) == set(ROAD) and {word for steps in MOVES.values() for word in steps} <= set(WORDS)
    with pytest.raises(IllegalMove):
        move("nowhere", "paged")


def test_pg_3_nothing_ends_without_a_person_and_nothing_comes_back():
    into_the_end = {(state, word) for state, word, to in LEGAL if to == "resolved"}
    assert into_the_end == {("acknowledged", "dismissed"), ("unable", "resolved"), ("contacted", "resolved")}
    assert set(OPEN) == set(ROAD) - {"resolved"}


def test_only_a_person_ends_the_paging():
    out = {word for state, word, to in LEGAL if state in UNACKNOWLEDGED and to not in UNACKNOWLEDGED}
    assert out == {"acknowledged"}


def test_pg_3_what_nobody_followed_up_is_open_again_and_a_contact_never_is():
    back = {(state, word) for state, word, to in LEGAL if state not in UNACKNOWLEDGED and to in UNACKNOWLEDGED}
    assert back == {("acknowledged", "lapsed"), ("acknowledged", "transferred"), ("unable", "transferred")}


def test_a_text_never_changes_the_state_of_an_incident():
    assert all(state == to for state, word, to in LEGAL if word == "text")


# --- when a text pages ---------------------------------------------------------------------------------------------

TIERS, CATEGORIES = st.integers(0, 1), st.sets(st.sampled_from(["suicide", "overdose", "harm"]), min_size=1)
LOOKS = st.builds(lambda tier, what: FirstLook(tier, tuple(sorted(what)), ()), TIERS, CATEGORIES)


def a_ref(*seconds_ago, tier=1, categories=("suicide",), paged_for=("SM0",), **fields):
    pages = tuple(NOON - timedelta(seconds=ago) for ago in seconds_ago)
    return IncidentRef("i1", "alice", "K7Q2", tier, categories, "erin", pages, paged_for, **fields)


def run(texts):
    """Pages of a patient's texts: (seconds since the last text, look) each, the pager taking every page."""
    ref, now, pages = None, NOON, []
    for at, (gap, look) in enumerate(texts):
        now += timedelta(seconds=gap)
        owed = owes_a_page(ref, look, f"SM{at}", now)
        ref = ref or IncidentRef("i1", "alice", "K7Q2", look.tier, look.categories, "erin", (), ())
        ref = after_text(ref, look, f"SM{at}", Paged("erin", "K7Q2", now if owed else None, owed))
        pages.append((now, owed))
    return pages


@given(LOOKS)
def test_a_first_text_always_pages(look):
    assert owes_a_page(None, look, "SM1", NOON)


@given(LOOKS)
def test_when_no_page_was_ever_taken_every_text_pages(look):
    assert owes_a_page(a_ref(), look, "SM0", NOON)


@given(st.lists(st.tuples(st.integers(0, 300), LOOKS), min_size=1, max_size=40))
def test_the_first_pages_and_none_waits_longer_than_two_minutes_after_the_last_page(texts):
    pages = run(texts)
    assert pages[0][1]
    last = None
    for now, owed in pages:
        if not owed:
            assert now - last < AGAIN
        last = now if owed else last


@given(st.lists(st.tuples(st.integers(0, 90), LOOKS), min_size=1, max_size=60))
def test_a_flood_pages_at_most_six_at_once_and_then_every_two_minutes(texts):
    paged = [now for now, owed in run(texts) if owed]
    for now in paged:
        window = [at for at in paged if now - BURST_WINDOW < at <= now]
        early = [b for a, b in zip([None, *window], window, strict=False) if a is None or b - a < AGAIN]
        assert len(early) <= BURST
        assert len(window) <= BURST + BURST_WINDOW // AGAIN


@pytest.mark.parametrize(
    ("pages", "look", "owed"),
    [
        ((10,), FirstLook(1, ("suicide",), ()), False),
        ((119,), FirstLook(1, ("suicide",), ()), False),
        ((120,), FirstLook(1, ("suicide",), ()), True),
        ((10,), FirstLook(0, ("suicide",), ()), True),  # tier 0: at once
        ((10,), FirstLook(1, ("overdose",), ()), True),  # a new category: at once
        ((50, 40, 30, 20, 10), FirstLook(0, ("suicide",), ()), True),
        ((60, 50, 40, 30, 20, 10), FirstLook(0, ("suicide",), ()), False),  # the burst is spent …
        ((360, 350, 340, 330, 320, 120), FirstLook(0, ("suicide",), ()), True),  # … for two minutes
        ((700, 690, 680, 670, 660, 10), FirstLook(0, ("suicide",), ()), True),  # older pages do not count
    ],
)
def test_named_moments(pages, look, owed):
    assert owes_a_page(a_ref(*pages), look, "SM9", NOON) is owed


def test_tier_0_pages_at_once_even_when_it_was_tier_0_before():
    assert owes_a_page(a_ref(10, tier=0), FirstLook(0, ("suicide",), ()), "SM9", NOON)


@given(LOOKS, st.integers(0, 600))
def test_c1_the_same_text_again_never_pages_again(look, ago):
    assert not owes_a_page(a_ref(ago, paged_for=("SM1",)), look, "SM1", NOON)


def test_what_is_remembered_only_gets_worse():
    ref = after_text(a_ref(60), FirstLook(0, ("overdose",), ()), "SM1", Paged("erin", "K7Q2", NOON, True))
    assert (ref.tier, ref.categories, ref.paged_at[-1], ref.paged_for) == (0, ("overdose", "suicide"), NOON, ("SM0", "SM1"))
    milder = after_text(ref, FirstLook(1, ("suicide",), ()), "SM2", Paged("erin", "K7Q2", None, False))
    assert milder == replace(ref, joined=2)


def test_a_page_that_was_not_taken_is_not_remembered_as_one():
    ref = after_text(a_ref(60), FirstLook(1, ("suicide",), ()), "SM1", Paged("erin", "K7Q2", None, True))
    assert owes_a_page(ref, FirstLook(0, (), ()), "SM1", NOON)


def test_the_memory_is_bounded():
    ref = a_ref()
    for at in range(50):
        ref = after_text(ref, FirstLook(1, ("suicide",), ()), f"SM{at}", Paged("erin", "K7Q2", NOON + timedelta(seconds=at), True))
    assert len(ref.paged_at) == len(ref.paged_for) == 10 and ref.paged_for[-1] == "SM49"


# --- when a text is answered ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "look", "carrier_id", "owed"),
    [
        (14, FirstLook(1, (), ()), "SM9", False),
        (15, FirstLook(1, (), ()), "SM9", True),
        (1, FirstLook(0, (), ()), "SM9", True),  # the tier rises
        (1, FirstLook(1, (), ()), "SM0", True),  # N4: the same text again, answered again
    ],
)
def test_cr_1_one_answer_in_fifteen_minutes(minutes, look, carrier_id, owed):
    ref = a_ref(60, answered_at=NOON - timedelta(minutes=minutes))
    assert owes_an_answer(ref, look, carrier_id, NOON) is owed


def test_the_first_text_is_answered_and_so_is_one_that_never_was():
    assert owes_an_answer(None, FirstLook(1, (), ()), "SM1", NOON)
    assert owes_an_answer(a_ref(1), FirstLook(1, (), ()), "SM9", NOON)


# --- the code on the page ------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_a_code_is_four_characters_that_can_be_read_aloud_and_is_the_same_each_time(carrier_id):
    code = code_for(carrier_id)
    assert len(code) == 4 and set(code) <= set(ALPHABET) and code == code_for(carrier_id)
    assert not set(ALPHABET) & set("ILOU")


def test_codes_differ():
    codes = {code_for(f"SM{at:032x}") for at in range(500)}
    assert len(codes) > 495
