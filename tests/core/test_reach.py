"""The order of channels that follows from what was asked at intake: each row of the table, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from chalicelib.core.assistance import read_assistance
from chalicelib.core.channels import ASKED, CHANNELS, agreed_since_stop
from chalicelib.core.consent_ledger import ConsentEntry, comes_to
from chalicelib.core.people import Contact, Patient, PatientRef
from chalicelib.core.reach import Reach, ask_again_after, columns, order, plan, read_rules
from chalicelib.core.reaching import open_channels, why_not
from chalicelib.texts.reach import planned, programs, rules
from tests.fakes.world import TUESDAY_NOON as NOW

FULL = Reach("own", "no", "yes", "+13035550160", "alice@example.org", "self", "1 Main St", "easy", "", "fine", "fine")
EVERY = [
    Reach(phone, prepaid, data, landline, email, whose, letter, reading, language, hearing, vision, first)
    for phone, prepaid, data, (landline, email, whose, letter), reading, language, (hearing, vision), first in product(
        ("", "own", "shared", "others", "none"), ("", "yes"), ("", "no"),
        (("", "", "", ""), ("+1", "a@b.c", "self", "x")), ("", "no"), ("", "Hmong"),
        (("fine", "fine"), ("relay", "fine"), ("none", "none"), ("", "none")), ("", *CHANNELS),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("reach", "wanted"),
    [
        (Reach(), "text voice person"),
        (FULL, "text voice landline email person letter"),
        (replace(FULL, phone="none"), "landline email person letter"),
        (replace(FULL, reading="no"), "voice landline text email person letter"),
        (replace(FULL, vision="none"), "voice landline email text person letter"),
        (replace(FULL, hearing="relay"), "text email person letter"),
        (replace(FULL, language="Hmong"), "person text email letter"),
        (replace(FULL, first="page", data="yes"), "page text voice landline email person letter"),
        (replace(FULL, first="page", data="no"), "text voice landline email person letter"),
        (replace(FULL, first="letter"), "letter text voice landline email person"),
        (Reach(phone="none"), "person"),
    ],
)
def test_the_order_follows_from_the_answers(reach: Reach, wanted: str) -> None:
    assert order(planned(reach)) == tuple(wanted.split())


def test_every_channel_has_a_place_or_a_reason_a_person_is_never_out_and_each_row_of_the_table_is_used() -> None:
    used = set()
    for reach in EVERY:
        steps = planned(reach)
        assert {step.channel for step in steps} == set(CHANNELS) and "person" in order(steps) and all(step.why for step in steps)
        used |= {(step.channel, step.rank, step.why, step.out) for step in steps}
    assert used == {(rule.channel, rule.rank, rule.why, rule.out) for rule in rules()}  # none that can never hold


def test_a_row_of_the_table_about_nothing_is_an_error() -> None:
    for row in ({"channel": "pigeon", "why": "x"}, {"channel": "text", "when": {"shoe": "9"}, "why": "x"}):
        with pytest.raises(ValueError, match=r"reach\.toml"):
            read_rules([row])
    assert plan(FULL, ()) == () and columns(FULL)["has_email"] == "yes" and "alice" not in str(columns(FULL))


def test_acc_7_a_phone_that_comes_and_goes_is_asked_about_every_ninety_days() -> None:
    assert ask_again_after(Reach(prepaid="yes")) == ask_again_after(Reach(phone="shared")) == timedelta(days=90)
    assert ask_again_after(FULL) == timedelta(days=365)


def test_acc_5_programs_are_dated_and_have_a_source_and_the_clinics_own_must_too() -> None:
    assert [each.name for each in programs()][:1] == ["Lifeline (federal)"] and all(each.source for each in programs())
    row = {"name": "Phones for all", "says": "A phone a year", "source": "county office, by phone", "verified_on": NOW.date()}
    (local,) = read_assistance([row])
    assert programs((local,))[-1] == local and not local.is_old(NOW.date()) and local.is_old(NOW.date() + timedelta(days=181))
    with pytest.raises(ValueError, match="assistance 1"):
        read_assistance([{**row, "verified_on": "lately"}])


# --- may it be used now ----------------------------------------------------------------------------------------------

PATIENT = Patient("alice", "adult", "c1", b"", consent={"conversation": NOW}, channels=("text", "voice", "landline", "email", "person"))
CONTACT = Contact("c1", 1, patients=(PatientRef("alice", "adult"),), created_at=NOW)


def may(channel: str, contact: Contact | None = CONTACT, **fields: object) -> str:
    return why_not(channel, replace(PATIENT, **fields), contact, "appointments", NOW)  # type: ignore[arg-type]


def test_t20_each_channel_needs_a_yes_of_its_own() -> None:
    assert may("text") == "" and may("voice") == may("email") == may("landline") == "no_consent_channel"
    said = {"email": NOW}
    assert may("email", agreed=said) == "" and may("voice", agreed=said) == "no_consent_channel"
    assert may("email", agreed=said, consent={}) == ""  # a no to texts says nothing of e-mail
    assert may("email", agreed=said, declined=("appointments",)) == "declined"
    assert may("person", agreed={}, contact=None, consent={}) == "" and may("letter") == "not_in_plan"


def test_tcpa_3_stop_ends_every_automatic_channel_and_only_what_was_agreed_to_since_stands() -> None:
    stopped = replace(CONTACT, stopped_at=NOW, kept=("appointments",), kept_at=NOW + timedelta(minutes=1))
    before, after = dict.fromkeys(ASKED, NOW), {name: NOW + timedelta(days=1) for name in ASKED}
    for channel in ASKED:
        assert may(channel, stopped, agreed=before) in ("opted_out", "no_consent_channel") and may(channel, stopped, agreed=after) == ""
    back = replace(stopped, started_at=NOW + timedelta(hours=1))
    assert may("text", back) == "" and may("email", back, agreed=before) == "no_consent_channel"
    assert not agreed_since_stop("email", replace(PATIENT, agreed=before), stopped)


def test_a_number_in_doubt_keeps_back_what_goes_to_it_and_not_what_goes_elsewhere() -> None:
    doubted, said = replace(CONTACT, doubt="gone"), dict.fromkeys(ASKED, NOW)
    assert {name: may(name, doubted, agreed=said) for name in ("text", "voice", "email", "landline")} == {
        "text": "number_in_doubt", "voice": "number_in_doubt", "email": "", "landline": "",
    }  # fmt: skip
    assert may("voice", agreed=said, safe_phone="unsafe") == "unsafe_calls" and may("email", agreed=said, held_at=NOW) == "not_safe"
    assert may("email", agreed=said, status="hold") == "on_hold"
    at_home = {"agreed": said, "safe_phone": "unsafe"}
    assert may("landline", **at_home) == may("landline", **at_home, safe_phone_at=NOW) == "unsafe_calls"
    assert may("landline", **at_home, safe_phone_at=NOW - timedelta(days=1)) == ""  # they agreed to it knowing that
    assert open_channels(replace(PATIENT, agreed=said), doubted, "appointments", NOW) == ("landline", "email")
    assert open_channels(replace(PATIENT, channels=()), CONTACT, "appointments", NOW) == ("text",)


def test_min_2_a_guardians_mailbox_needs_a_grant_for_the_kind() -> None:
    theirs = {"agreed": {"email": NOW}, "guarded": ("email",)}
    assert may("email", **theirs) == "guardian" and may("email", **theirs, proxy=("appointments",)) == ""


def test_a_line_of_another_channel_changes_nothing_of_texts() -> None:
    def line(change: str, channel: str, at: int) -> ConsentEntry:
        return ConsentEntry("alice", f"e{at}", "all", change, "verbal", NOW + timedelta(minutes=at), "carol", "r", channel=channel)

    first = ConsentEntry("alice", "e0", "conversation", "granted", "verbal", NOW, "carol", "r")
    came = comes_to([first, line("granted", "email", 1), line("granted", "voice", 2), line("revoked", "voice", 3)], NOW)
    assert came.consent == {"conversation": NOW} and came.agreed == {"email": NOW + timedelta(minutes=1)}
    assert comes_to([first, line("granted", "email", 1), line("revoked", "sms", 2)], NOW).consent == {}
