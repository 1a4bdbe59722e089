"""What is allowed now, as a function of the ledgers and the instant: each row of the one table, and the fold beneath it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.consent import CAMPAIGNS, SCOPES, TABLE, Scope, Standing, after_crisis, allowed, keeps, standing_of
from chalicelib.core.consent_ledger import ConsentEntry, comes_to, number_comes_to
from chalicelib.core.people import Contact, Patient, PatientRef

NOON = datetime(2026, 3, 3, 19, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FINE = Standing()


@pytest.mark.parametrize(
    ("standing", "word"),
    [
        (FINE, ""),
        (replace(FINE, stopped=True), "opted_out"),
        (replace(FINE, stopped=True, kept=True), ""),
        (replace(FINE, stopped=True, kept=True, own="declined"), "declined"),
        (replace(FINE, stopped=True, begun=False, by_hand=True), "opted_out"),  # an answer by hand, too
        (replace(FINE, unsure=True), "unsure_stop"),
        (replace(FINE, unsure=True, by_hand=True), ""),
        (replace(FINE, unsure=True, begun=False), "unsure_stop"),  # no automatic line either
        (replace(FINE, first=False), "no_consent"),
        (replace(FINE, first=False, own="granted"), "no_consent"),  # a kind without the first yes is nothing
        (replace(FINE, first=False, begun=False), ""),  # CTIA-1: they wrote
        (replace(FINE, own="declined"), "declined"),
        (replace(FINE, guardian=True), "guardian"),
        (replace(FINE, guardian=True, proxy=True), ""),
        (replace(FINE, guardian=True, begun=False), ""),
        (replace(FINE, named=False), "no_consent_kind"),
        (replace(FINE, named=False, own="granted"), ""),
    ],
)
def test_the_table(standing, word):
    assert allowed(standing) == word


def test_every_row_of_the_table_is_the_answer_for_some_standing_and_says_why():
    every = [Standing(*bits[:3], bits[3], own, *bits[4:]) for bits in product((False, True), repeat=8) for own in ("", "granted", "declined")]
    assert {allowed(each) for each in every} == {word for word, _, _ in TABLE}
    assert all(why for _, _, why in TABLE)


def test_fails_closed_without_a_first_yes_or_against_a_stop_whatever_else_is_said():
    for bits in product((False, True), repeat=6):
        for own in ("", "granted", "declined"):
            kept, unsure, named, guardian, proxy, by_hand = bits
            assert allowed(Standing(False, kept, unsure, False, own, named, guardian, proxy, True, by_hand)) != ""
            assert allowed(Standing(True, False, unsure, True, own, named, guardian, proxy, True, by_hand)) == "opted_out"


# --- rows as they stand in the tables ------------------------------------------------------------------------------


def a_patient(**fields):
    return replace(Patient("alice", "adult", "c1", b"", consent={"conversation": NOON}), **fields)


def says(scope, contact=None, **fields):
    return allowed(standing_of(scope, contact or Contact("c1"), a_patient(**fields)))


def test_a_row_from_before_there_were_kinds_allows_what_it_allowed_and_no_more():
    assert {scope for scope in SCOPES if says(scope) == ""} == {"conversation", "appointments", "waitlist"}
    assert says("appointments", declined=("appointments",)) == "declined"
    assert says("waitlist", declined=("appointments",)) == "declined"  # as before: offers are about visits
    assert says("conversation", declined=("appointments",)) == ""


def test_a_kind_needs_its_own_yes_and_has_its_own_no():
    agreed = {"conversation": NOON, "check_ins": NOON}
    assert says("check_ins", consent=agreed) == ""
    assert says("groups", consent=agreed) == "no_consent_kind"
    assert says("check_ins", consent=agreed, declined=("check_ins",)) == "declined"
    assert says("a kind of a newer version", consent=agreed) == "no_consent_kind"


def test_min_2_a_guardians_phone_gets_what_was_granted_for_it_and_nothing_else():
    contact = Contact("c1", patients=(PatientRef("alice", "adult", "guardian"),))
    assert says("appointments", contact) == "guardian"
    assert says("appointments", contact, proxy=("appointments",)) == ""
    assert says("waitlist", contact, proxy=("appointments",)) == "guardian"


def test_tcpa_8_what_was_kept_is_kept_until_the_next_stop():
    kept = Contact("c1", stopped_at=NOON, kept=("appointments",), kept_at=NOON + HOUR)
    assert keeps(kept, "appointments") and not keeps(kept, "waitlist")
    assert says("appointments", kept) == "" and says("conversation", kept) == "opted_out"
    assert says("appointments", replace(kept, stopped_at=NOON + 2 * HOUR)) == "opted_out"


def test_every_campaign_has_a_kind():
    assert set(CAMPAIGNS.values()) <= set(SCOPES)


def test_a_crisis_is_remembered_for_thirty_days():
    assert not after_crisis(Contact("c1"), NOON)
    assert after_crisis(Contact("c1", incident_at=NOON), NOON + timedelta(days=29))
    assert not after_crisis(Contact("c1", incident_at=NOON), NOON + timedelta(days=30))


# --- the fold ------------------------------------------------------------------------------------------------------


def line(n, kind, change, ledger="text", **fields):
    return ConsentEntry("alice", f"e{n:03d}", kind, change, "verbal", NOON + n * HOUR, "carol", "r", ledger=ledger, **fields)


def test_the_last_word_of_each_kind_counts():
    lines = [line(1, "conversation", "granted"), line(2, "groups", "granted"), line(3, "groups", "revoked"), line(4, "check_ins", "granted")]
    found = comes_to(lines, NOON)
    assert (set(found.consent), found.declined) == ({"conversation", "check_ins"}, ("groups",))
    assert comes_to(reversed(lines), NOON) == found


def test_everything_revoked_is_everything():
    assert comes_to([line(1, "conversation", "granted"), line(2, "check_ins", "granted"), line(3, "all", "revoked")], NOON).consent == {}


def test_t20_no_ledger_speaks_for_another():
    lines = [line(1, "conversation", "granted"), line(2, "all", "granted", "part2"), line(3, "all", "granted", "risk")]
    both = comes_to(lines, NOON)
    assert both.part2 == lines[1] and both.unencrypted == "yes"
    after = comes_to([*lines, line(4, "all", "revoked")], NOON)
    assert (after.consent, after.part2, after.unencrypted) == ({}, lines[1], "yes")
    after = comes_to([*lines, line(4, "all", "revoked", "part2")], NOON)
    assert (set(after.consent), after.part2, after.unencrypted) == ({"conversation"}, None, "yes")


def test_p2_1_a_part_2_consent_ends_on_its_day():
    lines = [line(1, "all", "granted", "part2", expires_on="2026-03-31")]
    assert comes_to(lines, NOON).part2 is not None
    assert comes_to(lines, datetime(2026, 4, 1, tzinfo=UTC)).part2 is None


def test_a_line_of_a_newer_version_changes_nothing_that_we_know():
    assert comes_to([line(1, "conversation", "granted"), line(2, "letters", "revoked")], NOON).declined == ()
    assert comes_to([line(1, "all", "granted", "a ledger of a newer version")], NOON).consent == {}


CHANGES = st.lists(st.sampled_from([("all", "revoked"), ("all", "granted"), ("appointments", "kept"), ("all", "unsure"), ("all", "settled")]))


@given(CHANGES, st.randoms())
def test_what_a_number_said_comes_to_the_same_in_whatever_order_it_is_read(changes, random):
    lines = [replace(line(n, kind, change), subject_id="c1") for n, (kind, change) in enumerate(changes)]
    mixed = list(lines)
    random.shuffle(mixed)
    found = number_comes_to(lines)
    assert number_comes_to(mixed) == found
    said = [change for _, change in changes if change in ("revoked", "granted")]
    assert found.stopped == (said[-1:] == ["revoked"])


@given(st.lists(st.tuples(st.sampled_from([*SCOPES, "all"]), st.sampled_from(["granted", "revoked"]))))
def test_what_comes_out_allows_a_kind_only_after_a_yes_to_texts(said):
    found = comes_to([line(n, kind, change) for n, (kind, change) in enumerate(said)], NOON)
    for scope in SCOPES:
        if says(scope, consent=found.consent, declined=found.declined) == "":
            assert ("conversation", "granted") in said
            assert (scope, "revoked") not in said[len(said) - said[::-1].index((scope, "granted")) :] if (scope, "granted") in said else True
    assert Scope.CONVERSATION not in found.declined
