"""Who is asked first, and why: fit, waiting, priority; and that nothing but these can weigh."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.records import Offer, SlotRules, WaitlistEntry
from chalicelib.core.waitlist import HOLD, LEAST_NOTICE, closed, declined, held, holders, lapsed, may_take, taken
from chalicelib.core.waitlist_rank import WHY_NOT, Candidate, for_moving, group, hold_until, rank, why_not
from chalicelib.core.waitlist_rules import EntryWish, SlotWish, wrong_with_entry, wrong_with_slot
from tests.appointments import FRIDAY, an_appointment
from tests.waitlist import a_slot, an_entry

NOW = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)  # Tuesday noon in Denver
SLOT = a_slot()
LATER = an_appointment(FRIDAY + timedelta(days=14))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, ""),
        ({"days": ("fri",), "hours": "15:00-16:00"}, ""),
        ({"days": ("mon", "tue")}, "day"),
        ({"hours": "09:00-15:00"}, "hours"),
        ({"hours": "noon"}, "hours"),
        ({"clinician": "carol"}, ""),
        ({"clinician": "dan"}, "clinician"),
        ({"where": "place"}, ""),
        ({"where": "video"}, "where"),
        ({"notice_hours": 75}, ""),
        ({"notice_hours": 76}, "notice"),
        ({"kind": "intake"}, "kind"),
        ({"minutes": 60}, "minutes"),
        ({"visit_id": "v1"}, "visit_over"),
        ({"held_until": NOW + timedelta(minutes=1)}, "holds"),
        ({"held_until": NOW}, ""),
        ({"offered": (NOW - timedelta(hours=23),)}, "cap"),
        ({"offered": tuple(NOW - timedelta(days=n) for n in (2, 3, 4))}, "cap"),
        ({"offered": tuple(NOW - timedelta(days=n) for n in (7, 8, 9, 10))}, ""),
    ],
)
def test_whom_a_time_suits(changes: dict[str, object], word: str) -> None:
    found = why_not(Candidate(replace(an_entry(), **changes)), SLOT, None, NOW)  # type: ignore[arg-type]
    assert found == word and (not word or word in WHY_NOT)


@pytest.mark.parametrize(
    ("visit", "word"),
    [
        (LATER, ""),
        (replace(LATER, start_at=SLOT.start_at), "not_sooner"),
        (an_appointment(FRIDAY - timedelta(days=1)), "not_sooner"),
        (replace(LATER, status="cancelled"), "visit_over"),
        (replace(LATER, minutes=80), "minutes"),
    ],
)
def test_a_time_must_be_sooner_than_the_visit_and_long_enough(visit: object, word: str) -> None:
    assert why_not(Candidate(an_entry(visit_id="v1"), visit), SLOT, None, NOW) == word  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "visit", "word"),
    [
        (SlotRules("adult", "carol", "own"), None, "rules"),
        (SlotRules("adult", "carol", "own"), LATER, ""),
        (SlotRules("adult", "carol", "own"), replace(LATER, clinician="dan"), "rules"),
        (SlotRules("adult", "carol", "none"), LATER, "rules"),
        (SlotRules("adult", "carol", "all", 76), LATER, "notice"),
    ],
)
def test_a_clinicians_rules(rules: SlotRules, visit: object, word: str) -> None:
    entry = an_entry(visit_id="v1" if visit else "")
    assert why_not(Candidate(entry, visit), SLOT, rules, NOW) == word  # type: ignore[arg-type]


def test_waiting_and_fit_add_up_and_the_reason_says_so() -> None:
    long = Candidate(an_entry("a", since=NOW - timedelta(days=30)))
    sooner = Candidate(an_entry("b", since=NOW - timedelta(days=12), visit_id="v1"), LATER)
    asked_for = Candidate(an_entry("c", since=NOW - timedelta(days=12), clinician="carol"))
    found = rank([asked_for, sooner, long], SLOT, None, NOW)
    assert [(each.candidate.entry.patient_id, each.points, each.reasons) for each in found] == [
        ("b", 33, ("waited:12", "sooner:14", "theirs:7")),
        ("a", 30, ("waited:30",)),
        ("c", 26, ("waited:12", "asked_for:14")),
    ]


def test_priority_is_first_and_alone_until_it_ends() -> None:
    others = [Candidate(an_entry(name, since=NOW - timedelta(days=80))) for name in "abcd"]
    until = NOW + timedelta(days=1)
    first = Candidate(an_entry("z", since=NOW, priority_by="carol", priority_until=until))
    found = rank([*others, first], SLOT, None, NOW)
    assert found[0].candidate is first and found[0].reasons[0] == "priority:0"
    assert [each.candidate for each in group(found, SLOT)] == [first]
    later = rank([*others, first], a_slot(FRIDAY + timedelta(days=2)), None, until)
    assert later[-1].candidate is first and len(group(later, SLOT)) == 3


def test_an_opening_is_offered_to_twelve_at_most() -> None:
    offers = tuple(Offer(f"p{n}", "v", NOW, NOW, "lapsed") for n in range(11))
    found = rank([Candidate(an_entry(name)) for name in "abc"], SLOT, None, NOW)
    assert len(group(found, replace(SLOT, offers=offers))) == 1
    assert group(found, replace(SLOT, offers=(*offers, offers[0]))) == ()


# What the law and decency forbid to weigh, by the words that rows use for them.
TRAITS = {
    "age", "birth", "sex", "gender", "race", "ethnicity", "language", "religion", "diagnosis", "disability", "veteran", "payer",
    "insurance", "cost", "income", "zip", "address", "nationality", "orientation", "content_level", "consent", "barrier", "status",
}  # fmt: skip


def test_no_protected_trait_is_where_ranking_could_see_it() -> None:
    names = {each.name for each in fields(WaitlistEntry)}
    assert not {name for name in names for trait in TRAITS if trait in name.split("_")}


@given(st.permutations(range(6)))
def test_the_order_does_not_depend_on_who_was_read_first(order: list[int]) -> None:
    people = [Candidate(an_entry(f"p{n}", since=NOW - timedelta(days=n // 2))) for n in range(6)]
    assert rank([people[n] for n in order], SLOT, None, NOW) == rank(people, SLOT, None, NOW)


def test_a_hold_is_an_hour_and_ends_before_the_notice_of_a_visit() -> None:
    assert hold_until(SLOT, NOW) == NOW + HOLD
    late = SLOT.start_at - LEAST_NOTICE - timedelta(minutes=30)
    assert hold_until(SLOT, late) == SLOT.start_at - LEAST_NOTICE
    assert hold_until(SLOT, late + timedelta(minutes=15)) is None


# --- what an opening goes through -----------------------------------------------------------------------------------

UNTIL = NOW + HOLD
ON_OFFER = replace(SLOT, state="offered", offers=(Offer("a", "va", NOW, UNTIL), Offer("b", "vb", NOW, UNTIL)))


def test_of_two_who_hold_it_one_takes_it_and_the_other_has_nothing() -> None:
    done = taken(ON_OFFER, "b", "vb")
    assert (done.state, done.taken_by, [each.state for each in done.offers]) == ("taken", "b.vb", ["over", "accepted"])
    assert not may_take(done, "a", NOW) and not may_take(done, "b", NOW)


def test_who_was_never_asked_may_not_take_it() -> None:
    assert may_take(ON_OFFER, "a", NOW) and not may_take(ON_OFFER, "c", NOW)


@pytest.mark.parametrize("at", [UNTIL, UNTIL + timedelta(hours=5)])
def test_when_the_hold_is_over_a_late_yes_counts_only_while_nobody_else_holds_it(at: datetime) -> None:
    late = lapsed(ON_OFFER, at)
    assert late.state == "open" and holders(late, at) == () and may_take(late, "a", at)
    again = replace(late, state="offered", offers=(*late.offers, Offer("c", "vc", at, at + HOLD)))
    assert not may_take(again, "a", at) and may_take(again, "c", at)


def test_a_no_frees_it_when_nobody_else_holds_it() -> None:
    one = declined(ON_OFFER, "a")
    assert one.state == "offered" and held(one, "a", NOW) is None and held(one, "b", NOW) is not None
    assert declined(one, "b").state == "open" and not may_take(declined(one, "b"), "a", NOW)


def test_what_is_withdrawn_is_nobodys() -> None:
    done = closed(ON_OFFER, "withdrawn")
    assert not may_take(done, "a", NOW) and {each.state for each in done.offers} == {"over"}
    assert lapsed(done, UNTIL) == done and declined(done, "a") == done


# --- for who needs another time --------------------------------------------------------------------------------------


def test_three_times_their_own_clinician_first_and_none_that_does_not_suit() -> None:
    visit = an_appointment()
    at = [FRIDAY + timedelta(days=n) for n in range(1, 8)]
    slots = [
        a_slot(at[0], "other", clinician="dan"), a_slot(at[3], "own1"), a_slot(at[4], "own2"), a_slot(at[5], "short", minutes=30),
        a_slot(at[1], "video", remote=True), a_slot(at[2], "held", state="offered"), a_slot(at[6], "group", kind="intake"),
        a_slot(NOW + timedelta(hours=23), "soon"),
    ]  # fmt: skip
    found = [each.slot_id.split("-")[1] for each in for_moving(visit, slots, {}, NOW)]
    assert found == ["other", "own1", "own2"]
    closed_one = {"dan": SlotRules("adult", "dan", "own"), "carol": SlotRules("adult", "carol", "own")}
    assert [each.slot_id.split("-")[1] for each in for_moving(visit, slots, closed_one, NOW)] == ["own1", "own2"]


# --- forms --------------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_said_by_field() -> None:
    assert wrong_with_entry(EntryWish()) == {}
    bad = EntryWish("group", "", ("someday",), "9-5", "", "moon", 0, False, 5)
    assert set(wrong_with_entry(bad)) == {"kind", "days", "hours", "where", "notice", "priority"}
    good = SlotWish("carol", "individual", FRIDAY, "America/Denver", 50)
    assert wrong_with_slot(good, NOW) == {}
    bad_slot = SlotWish("", "party", NOW + LEAST_NOTICE, "Mars", 1, "x" * 61)
    assert set(wrong_with_slot(bad_slot, NOW)) == {"clinician", "kind", "start", "zone", "minutes", "place"}
