"""What we tell patients is looked at again after 90 days and not released after 180 (RES-2); how incidents end."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from chalicelib import texts
from chalicelib.texts.verified import Checked, days_of, every_day, main, review

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("age", "warned", "failed"), [(0, False, False), (90, False, False), (91, True, False), (180, True, False), (181, False, True), (-1, False, True)]
)
def test_res_2_ninety_days_warn_and_a_hundred_and_eighty_fail(age, warned, failed):
    found = review(DAY, [Checked("a", DAY - timedelta(days=age))])
    assert (bool(found.warn), bool(found.fail)) == (warned, failed)


def test_without_a_day_nothing_is_released():
    assert review(DAY, [Checked("a", None)]).fail == ("a",)


def test_every_file_and_every_resource_has_its_day():
    rows = list(every_day())
    names = {row.what for row in rows}
    assert {"keywords.toml", "patient.toml", "dispositions.toml", "hours.toml", "resources.toml: lifeline_988", "resources.toml: emergency"} <= names
    assert all(row.on for row in rows)
    assert review(max(row.on for row in rows)).fail == ()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"verified_on": DAY, "row": [{"id": "a"}]}, [Checked("x", DAY)]),
        ({"row": [{"id": "a", "verified_on": DAY}, {"id": "b"}]}, [Checked("x: a", DAY), Checked("x: b", None)]),
        ({"verified_on": DAY, "row": [{"id": "a", "verified_on": DAY}, {"id": "b"}]}, [Checked("x", DAY), Checked("x: a", DAY)]),
        ({"row": [{"id": "a"}]}, [Checked("x", None)]),
        ({}, [Checked("x", None)]),
    ],
)
def test_a_rows_own_day_or_its_files(data, expected):
    assert list(days_of("x", data)) == expected


def test_the_command_fails_when_something_is_too_old(capsys):
    assert main("2026-12-01") == 0 and main("2027-03-15") == 0
    assert "older than 90 days" in capsys.readouterr().out
    assert main("2028-01-01") == 1
    assert "lifeline_988" in capsys.readouterr().out


def test_every_number_in_a_template_stands_in_the_resources():
    known = texts._read("resources.toml")["resource"]
    listed = set(re.findall(r"\b\d{3}\b", " ".join(row["contact"] for row in known)))
    said = set(re.findall(r"\b\d{3}\b", " ".join(template.body for template in texts.templates().values())))
    assert said <= listed
    assert all(row["source"] and row["name"] for row in known)


# --- how an incident ends ------------------------------------------------------------------------------------------


def test_only_a_false_alarm_or_a_double_ends_without_anybody_having_reached_the_patient():
    alone = {row.disposition_id for row in texts.dispositions().values() if row.without_contact}
    assert alone == {"false_alarm", "duplicate"}


def test_no_disposition_says_reached_that_needs_nobody_reached():
    for row in texts.dispositions().values():
        assert not (row.without_contact and "Reached" in row.label)


def test_dispositions_are_unique_and_can_be_told_apart():
    rows = texts._read("dispositions.toml")["disposition"]
    assert len({row["id"] for row in rows}) == len({row["label"] for row in rows}) == len(rows) == len(texts.dispositions())
    assert all(re.fullmatch(r"[a-z0-9_]+", row["id"]) for row in rows)


def test_esc_2_every_road_a_crisis_takes_has_an_end():
    assert {"safe_plan_reviewed", "visit_arranged", "connected_988", "emergency_services", "went_to_hospital", "handed_to_team", "wrong_person"} < set(
        texts.dispositions()
    )
