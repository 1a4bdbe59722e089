"""A program's own sequence: kept as text, read again as it was, and planned within the same bounds whatever stands in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.budget import PER_DAY, PER_WEEK
from chalicelib.core.sequence_advice import advice
from chalicelib.core.sequence_overlay import (
    MOST_STEPS,
    RANKS,
    WRONG,
    Wrong,
    a_step,
    changed_to,
    laid_over,
    problems,
    read_steps,
    span_text,
    text_of,
)
from chalicelib.core.sequences import Step, named, read_span
from chalicelib.core.touches import WHY, Shape, plan, planned
from chalicelib.texts.visits import offered, sequences
from tests.appointments import DENVER, FRIDAY, an_appointment

FULL = next(each for each in sequences() if each.sequence_id == "full")
SPANS = st.one_of(
    st.integers(1, 60).map("{}d".format), st.integers(1, 23).map("{}h".format), st.integers(1, 59).map("{}m".format), st.just("0m")
)
STEPS = st.builds(a_step, SPANS, SPANS, st.sampled_from(offered()), st.integers(1, 9), st.booleans())
LADDER = ("60d", "30d", "14d", "7d", "5d", "3d", "2d", "1d", "12h", "5h", "2h", "1h", "30m", "15m", "0m")


@st.composite
def _sound(draw: st.DrawFn) -> tuple[Step, ...]:
    """Steps that may be saved: each with an end after its beginning, one of them the most important."""
    places = draw(st.lists(st.integers(0, len(LADDER) - 2), min_size=1, max_size=MOST_STEPS, unique=True))
    steps = []
    for n, at in enumerate(places):
        until = LADDER[draw(st.integers(at + 1, len(LADDER) - 1))]
        template = "visit_confirm" if n == 0 else draw(st.sampled_from(offered()))
        steps.append(a_step(LADDER[at], until, template, 1 if n == 0 else draw(st.integers(1, 9)), draw(st.booleans())))
    assert not problems(steps, offered())
    return tuple(steps)


SOUND = _sound()
ASK = a_step("2d", "2h", "visit_confirm", 1, True)


@given(st.lists(STEPS, max_size=10).map(tuple))
def test_what_is_kept_is_read_again_and_its_order_is_no_difference(steps: tuple[Step, ...]) -> None:
    text = text_of(steps)
    assert text_of(read_steps(text, {})) == text == text_of(steps[::-1]) or len({each.name for each in steps}) < len(steps)
    assert all(read_span(span_text(each.before)) == each.before for each in steps)


@settings(max_examples=60)
@given(SOUND, st.integers(0, 2), st.integers(1, 40), st.booleans())
def test_any_sequence_that_may_be_saved_is_planned_within_the_cap_and_each_touch_says_what_becomes_of_it(
    steps: tuple[Step, ...], level: int, ahead: int, remote: bool
) -> None:
    sequence = changed_to(FULL, steps)
    barred = {"visit_mood": "content_level"} if level < 2 else {}
    visit = an_appointment(remote=remote)
    now = FRIDAY - timedelta(days=ahead)
    touches = plan(visit, sequence, Shape(DENVER, barred=barred), now)
    assert {touch.name for touch in touches} == {step.name for step in steps if remote or not step.remote}
    assert all(touch.state == "planned" or touch.why in WHY for touch in touches)
    counted = [t.at.astimezone(DENVER).date() for t in touches if t.state == "planned" and t.rank > 0]
    assert all(counted.count(day) <= PER_DAY for day in counted)
    weeks = [day.isocalendar()[:2] for day in counted]
    assert all(weeks.count(week) <= PER_WEEK for week in weeks)
    assert all(touch.at < touch.until and touch.at >= now for touch in touches if touch.state == "planned")
    assert not any(t.state == "planned" and sequence.step(t.name).template in barred for t in touches)  # type: ignore[union-attr]
    again = replace(visit, touches=touches, sequence=sequence.tag)
    assert plan(again, sequence, Shape(DENVER, barred=barred), now) == touches  # the same state again changes nothing


@settings(max_examples=60)
@given(SOUND, SOUND)
def test_a_change_leaves_out_what_is_gone_and_going_back_plans_it_again(first: tuple[Step, ...], second: tuple[Step, ...]) -> None:
    shape, now = Shape(DENVER), FRIDAY - timedelta(days=30)
    one, two = changed_to(FULL, first), changed_to(FULL, second)
    visit = an_appointment()
    visit = replace(visit, touches=plan(visit, one, shape, now), sequence=one.tag)
    over = replace(visit, touches=plan(visit, two, shape, now), sequence=two.tag)
    assert {t.name for t in planned(over)} <= {step.name for step in two.steps}
    gone = {t.name for t in planned(visit)} - {step.name for step in two.steps}
    assert {t.name for t in over.touches if t.why == "sequence_changed"} == (gone if one.tag != two.tag else set())
    back = plan(over, one, shape, now)
    # what is due at this very moment was planned, and no change of mind loses it
    assert {(t.name, t.at) for t in back if t.state == "planned" and t.at > now} == {(t.name, t.at) for t in planned(visit) if t.at > now}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ((ASK,), ()),
        ((), (Wrong("", "none"),)),
        ((a_step("2h", "3h", "visit_confirm", 1, True),), (Wrong("2h", "order"),)),
        ((a_step("61d", "2h", "visit_confirm", 1, True),), (Wrong("61d", "far"),)),
        ((a_step("2d", "2h", "visit_thanks", 1, True),), (Wrong("2d", "template"),)),
        ((a_step("2d", "2h", "visit_confirm", 0, True),), (Wrong("2d", "rank"), Wrong("", "first"))),
        ((ASK, replace(ASK, rank=2)), (Wrong("2d", "twice"),)),
        ((a_step("15m", "0m", "visit_link", 5, True),), (Wrong("", "first"),)),  # how to get in is rank 0, whatever was typed
        (tuple(a_step(f"{n}d", "2h", "visit_ahead", 1, False) for n in range(1, MOST_STEPS + 2)), (Wrong("", "many"),)),
    ],
)
def test_what_keeps_a_sequence_from_being_saved(steps: tuple[Step, ...], found: tuple[Wrong, ...]) -> None:
    assert problems(steps, offered()) == found and all(each.why in WRONG for each in found)


def test_the_released_sequences_could_be_saved_as_they_are_and_stay_the_released_ones() -> None:
    for each in sequences():
        assert problems(each.steps, offered()) == () and changed_to(each, each.steps) is each
        assert all(step.rank in (*RANKS, 0) and step.name == span_text(step.before) for step in each.steps)


@pytest.mark.parametrize("text", ["", "no json", "[]x", '[{"before": "1d"}]', '[{"before":"soon","until":"2h","template":"x","rank":1,"catch_up":true}]', "7"])
def test_a_change_that_cannot_be_read_leaves_the_released_sequence(text: str) -> None:
    assert laid_over(sequences(), {"full": text}, {}) == sequences()


def test_a_version_is_found_by_the_name_before_it() -> None:
    own = changed_to(FULL, (ASK,))
    assert own.tag == f"full@{own.version}" and named((own,), "full") is own is named((own,), "full@another") and named((own,), "weekly") is None


@pytest.mark.parametrize(
    ("steps", "says"),
    [((ASK,), 0), ((a_step("2h", "1h", "visit_day", 1, True),), 1), ((a_step("3d", "1d", "visit_mood", 2, True), ASK), 2),
     ((ASK, a_step("5h", "1h", "visit_mood", 2, True)), 1), ((ASK, *(a_step(f"{n}d", "2h", "visit_ahead", n, True) for n in range(3, 7))), 1)],
)  # fmt: skip
def test_what_to_think_of(steps: tuple[Step, ...], says: int) -> None:
    assert len(advice(steps, ("visit_mood",))) == says
