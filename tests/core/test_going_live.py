"""What the house itself says of a text that would leave: papers and pilots."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.core.clinic import Clinic, read_clinic
from chalicelib.core.going_live import GO_LIVE, HOUSE, house_refuses, with_go_live
from chalicelib.core.messages import Direction, Kind, Status
from chalicelib.core.people import Patient
from chalicelib.core.permission_rules import RULES
from chalicelib.core.records import Message
from chalicelib.core.settings import Setting
from chalicelib.core.vendors import Vendor, fields_of_vendor, lacks, lapses, pilot_of, read_vendor, vendors_of
from tests.fakes.world import CLINIC, TUESDAY_NOON

TODAY = date(2026, 3, 3)
FULL = Vendor("twilio", date(2026, 1, 5), date(2026, 1, 5), None, ("sms", "voice"))
ALICE = Patient("alice", "adult", "c", b"", team=("carol",))


def a_text(kind: Kind = Kind.REMINDER, program: str = "adult", author: str = "auto") -> Message:
    return Message("alice", "m", Direction.OUT, kind, Status.CLAIMED, TUESDAY_NOON, program, "c", b"", "alice", author=author)


def with_row(**value: str) -> Clinic:
    return with_go_live(read_clinic(CLINIC), Setting(GO_LIVE, HOUSE, 1, {name.replace("__", "."): each for name, each in value.items()}))


def refuses(clinic: Clinic, text: Message, patient: Patient | None = ALICE, carrier: str = "twilio") -> str:
    return house_refuses(clinic, text, patient, carrier, TUESDAY_NOON)


@pytest.mark.parametrize(
    ("vendor", "feature", "substance_use", "why"),
    [
        (FULL, "sms", False, ""),
        (FULL, "sms", True, ""),
        (None, "sms", False, "no_agreement"),
        (replace(FULL, baa=None), "sms", False, "no_agreement"),
        (replace(FULL, baa=date(2026, 3, 4)), "sms", False, "no_agreement"),  # signed tomorrow
        (replace(FULL, until=TODAY), "sms", False, ""),  # its last day
        (replace(FULL, until=date(2026, 3, 2)), "sms", False, "lapsed"),
        (FULL, "email", False, "not_covered"),  # TW-6: only what the vendor names
        (replace(FULL, qso=None), "sms", False, ""),
        (replace(FULL, qso=None), "sms", True, "no_qso"),  # P2-5
        (replace(FULL, qso=date(2026, 3, 4)), "sms", True, "no_qso"),
    ],
)
def test_a_paper_holds_or_says_why_not(vendor: Vendor | None, feature: str, substance_use: bool, why: str) -> None:
    assert lacks(vendor, feature, substance_use, TODAY) == why


def test_without_papers_nothing_leaves_but_what_answers_a_crisis_stop_or_help() -> None:
    bare = replace(read_clinic(CLINIC), vendors={})
    leaves = {kind for kind in RULES if not refuses(bare, a_text(kind))}
    assert leaves == {Kind.CRISIS_ANSWER, Kind.STOP_CONFIRMATION, Kind.HELP}


def test_a_number_of_nobody_yet_is_held_to_the_strictest_program() -> None:
    no_qso = replace(read_clinic(CLINIC), vendors={"twilio": replace(FULL, qso=None)})
    assert refuses(no_qso, a_text(Kind.REPLY, "unmatched"), None) == "no_qso"
    assert refuses(no_qso, a_text()) == ""
    assert refuses(read_clinic(CLINIC), a_text(Kind.REPLY, "unmatched"), None) == ""


def test_the_end_of_a_day_is_the_clinics() -> None:
    """03:00 UTC of the 4th is still the 3rd in Denver, the papers' last day."""
    ending = replace(read_clinic(CLINIC), vendors={"twilio": replace(FULL, until=TODAY)})
    late, later = datetime(2026, 3, 4, 3, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert house_refuses(ending, a_text(), ALICE, "twilio", late) == ""
    assert house_refuses(ending, a_text(), ALICE, "twilio", later) == "lapsed"


@pytest.mark.parametrize(
    ("live", "author", "team", "why"),
    [
        ("yes", "auto", (), ""),
        ("no", "carol", ("carol",), "not_live"),
        ("", "carol", ("carol",), "not_live"),
        ("carol", "carol", (), ""),  # her own texts
        ("carol", "auto", ("carol",), ""),  # what goes to those whom she cares for
        ("carol", "dan", ("dan",), "not_live"),
        ("carol, dan", "dan", (), ""),
        ("carol;dan", "carol", ("carol",), "not_live"),  # cannot be read: fails closed
        ("Carol!", "Carol!", (), "not_live"),
    ],
)
def test_a_program_that_is_not_live_sends_nothing_and_a_pilot_only_its_own(live: str, author: str, team: tuple[str, ...], why: str) -> None:
    clinic = with_row(program__adult=live)
    assert refuses(clinic, a_text(author=author), replace(ALICE, team=team)) == why


def test_a_row_is_laid_over_the_file_field_by_field() -> None:
    clinic = with_row(vendor__twilio__until="2026-03-02", vendor__ses__baa="2026-01-01", vendor__ses__features="email")
    assert clinic.vendors["twilio"] == replace(read_clinic(CLINIC).vendors["twilio"], until=date(2026, 3, 2))
    assert clinic.vendors["ses"] == Vendor("ses", date(2026, 1, 1), features=("email",))
    assert clinic.vendors["aws"] == read_clinic(CLINIC).vendors["aws"]
    assert with_go_live(clinic, None) is clinic


@pytest.mark.parametrize(("field", "text", "why"), [("baa", "soon", "no_agreement"), ("until", "never", "lapsed"), ("features", "SMS", "not_covered")])
def test_what_cannot_be_read_refuses(field: str, text: str, why: str) -> None:
    said = fields_of_vendor(FULL) | {field: text}
    assert lacks(read_vendor("twilio", said), "sms", False, TODAY) == why


def test_a_vendor_survives_the_way_through_a_form() -> None:
    assert read_vendor("twilio", fields_of_vendor(FULL)) == FULL
    ending = replace(FULL, until=TODAY)
    assert read_vendor("twilio", fields_of_vendor(ending)) == ending


def test_papers_that_end_within_a_month_are_named_soonest_first() -> None:
    ends = [date(2026, 4, 3), date(2026, 4, 2), date(2026, 3, 1)]
    vendors = [replace(FULL, vendor=str(at), until=until) for at, until in enumerate(ends)]
    assert [each.vendor for each in lapses([FULL, *vendors], TODAY)] == ["2", "1"]


@pytest.mark.parametrize("live", ["", "yes", "no", "carol,", "a b"])
def test_no_pilot_in(live: str) -> None:
    assert pilot_of(live) == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({}, "vendor 1: 'id'"),
        ({"id": "a.b"}, "vendor 1: 'id'"),
        ({"id": "twilio", "baa": "yesterday"}, "baa is no date"),
        ({"id": "twilio", "features": ["fax"]}, "fax"),
    ],
)
def test_a_wrong_row_of_the_file_is_named(row: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        vendors_of([row])


@pytest.mark.parametrize(("live", "kept"), [(True, "yes"), (False, "no"), (["carol", "dan"], "carol,dan")])
def test_the_file_says_which_programs_are_live(live: object, kept: str) -> None:
    program = {**CLINIC["program"][0], "live": live}  # type: ignore[index, dict-item]
    assert read_clinic({**CLINIC, "program": [program]}).programs["adult"].live == kept


@pytest.mark.parametrize("live", ["yes", ["Carol Smith"], [1], []])
def test_a_switch_that_cannot_be_read_stops_the_deployment(live: object) -> None:
    program = {**CLINIC["program"][0], "live": live}  # type: ignore[index, dict-item]
    with pytest.raises(ValueError, match="'live' is true, false, or a list"):
        read_clinic({**CLINIC, "program": [program]})


def test_a_file_that_says_nothing_is_not_live() -> None:
    program = {name: each for name, each in CLINIC["program"][0].items() if name != "live"}  # type: ignore[attr-defined, index]
    assert read_clinic({**CLINIC, "program": [program]}).programs["adult"].live == "no"
