"""The officer's questions, as shipped, over files in CloudTrail's own shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from chalicelib.core.openings import JOBS
from infra.queries import FOLDER, questions, read_question

from . import account as a
from .duck import ask, table_of

WEEK = ("2026/11/23", "2026/11/29")
RECORDS = [
    a.opened("2026-11-24T16:00", "carol", "alice"),
    a.opened("2026-11-24T16:00", "carol", "alice", "profile"),
    a.opened("2026-11-24T16:05", "carol", "bob"),
    a.opened("2026-11-25T09:30", "erin", "alice"),  # 02:30 in Denver
    a.opened("2026-11-28T18:00", "gail", "alice", "note"),  # a Saturday
    a.opened("2026-11-29T18:00", "gail", "bob", "note"),  # a Sunday
    a.opened("2026-11-25T09:31", "porchlight-deliver-queued", "alice", "outgoing_text"),
    *(a.opened("2026-11-25T09:32", f"porchlight-{each}", "nina", program="north") for each in sorted(JOBS)),  # at 02:32 in Denver, by no person
    a.opened("2026-11-25T17:00", "dan", "alice"),
    a.opened("2026-12-02T17:00", "carol", "alice"),  # another week
    a.refused("2026-11-26T16:00", "dan", "alice"),
    a.refused("2026-11-26T16:01", "dan", "alice"),
    a.opened("2026-11-26T17:00", "dan", "harry", program="harbor"),
    a.granted("2026-11-25T09:29", "porchlight-tick", "arn:aws:sts::123456789012:assumed-role/porchlight-staff/erin", "alice"),
    a.revoked("2026-11-25T21:29", "porchlight-tick", "alice"),
    a.changed("2026-11-27T03:00", "mallory", "cloudtrail", "StopLogging", {"name": "porchlight"}),
    a.changed("2026-11-27T03:01", "mallory", "kms", "PutKeyPolicy", {"keyId": a.KEY, "policyName": "default"}),
    a.changed("2026-11-27T03:02", "mallory", "iam", "AttachRolePolicy", {"roleName": "x", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    a.changed("2026-11-27T03:03", "mallory", "dynamodb", "UpdateTable", {"tableName": "x"}),
    a.row_deleted("2026-11-27T03:04", "mallory", {"subject_id": "alice", "entry_id": "01K"}),
    a.file_deleted("2026-11-27T03:05", "mallory", "digests/2026-11-26T00.json"),
    a.event("2026-11-24T12:00", "dynamodb", "TransactWriteItems", "porchlight-console-door", {"transactItems": [{"put": {}}]}, ("AWS::DynamoDB::Table", "t")),
    a.event("2026-11-24T12:01", "dynamodb", "TransactWriteItems", "porchlight-tick", {"transactItems": [{"delete": {"key": {}}}]}, ("AWS::DynamoDB::Table", "t")),
]


@pytest.fixture(scope="module")
def cloudtrail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("bucket")
    a.write(folder, RECORDS)
    with table_of(folder) as database:
        yield database


def test_who_opened_this_patients_thread(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    found = ask(cloudtrail, "who-opened", "alice", *WEEK)
    assert [(r["person"], r["kind"], r["errorcode"]) for r in found] == [
        ("carol", "inbound_text", None), ("carol", "profile", None), ("erin", "inbound_text", None),
        ("porchlight-deliver-queued", "outgoing_text", None), ("dan", "inbound_text", None),
        ("dan", "inbound_text", "AccessDenied"), ("dan", "inbound_text", "AccessDenied"), ("gail", "note", None),
    ]
    assert found[0]["eventtime"] == "2026-11-24T16:00:00Z" and found[0]["sourceipaddress"] == "203.0.113.7"
    assert ask(cloudtrail, "who-opened", "nobody", *WEEK) == []


def test_everything_this_person_opened(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    assert [(r["patient"], r["program"]) for r in ask(cloudtrail, "everything", "carol", *WEEK)] == [("alice", "adult"), ("alice", "adult"), ("bob", "adult")]


def test_no_job_is_taken_for_a_person_and_every_person_is() -> None:
    """The two questions that leave jobs out leave out all of them, and nobody else: the console's own role would be an alarm."""
    for number in ("3", "9"):
        [path] = FOLDER.glob(f"{number}-*.sql")
        [left_out] = re.findall(r"NOT regexp_like\(useridentity\.arn, '-\((.*?)\)\$'\)", path.read_text())
        assert set(left_out.split("|")) == set(JOBS)


def test_opened_outside_working_hours(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    found = ask(cloudtrail, "outside", "America/Denver", *WEEK, 8, 18)
    assert [(r["person"], r["patient"], r["clinic_hour"]) for r in found] == [("erin", "alice", 2), ("gail", "alice", 11), ("gail", "bob", 11)]


def test_opened_from_another_program(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    found = ask(cloudtrail, "another-program", "adult", "carol,gail,erin,porchlight-deliver-queued", *WEEK)
    assert {(r["person"], r["patient"]) for r in found} == {("dan", "alice")} and len(found) == 3
    assert ask(cloudtrail, "another-program", "harbor", "dan", *WEEK) == []


def test_break_glass(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    given, taken = ask(cloudtrail, "break-glass", *WEEK)
    assert (given["patient"], given["given_by"], given["given_to"].rpartition("/")[2]) == ("alice", "porchlight-tick", "erin")
    assert (taken["eventname"], taken["grant_id"]) == ("RevokeGrant", given["grant_id"])


def test_changes_of_keys_trail_and_roles(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    found = ask(cloudtrail, "changes", *WEEK)
    assert [r["eventname"] for r in found] == ["StopLogging", "PutKeyPolicy", "AttachRolePolicy"]
    assert all(r["changed_by"].endswith("/mallory") for r in found)


def test_denied_attempts(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    first, second = ask(cloudtrail, "denied", *WEEK)
    assert (first["person"], first["patient"], first["times"], first["first_time"]) == ("dan", "alice", 2, "2026-11-26T16:00:00Z")
    assert (second["person"], second["eventname"]) == ("mallory", "DeleteObject")


def test_deletions(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    found = ask(cloudtrail, "deletions", *WEEK)
    assert [(r["eventname"], r["person"]) for r in found] == [
        ("TransactWriteItems", "porchlight-tick"), ("DeleteItem", "mallory"), ("DeleteObject", "mallory"),
    ]
    assert found[1]["what"].endswith("table/porchlight-audit") and found[2]["errorcode"] == "AccessDenied"


def test_one_patient_opened_by_many(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    [found] = ask(cloudtrail, "many", *WEEK, 3)
    assert (found["patient"], found["people"], found["openings"]) == ("alice", 4, 7)
    assert ask(cloudtrail, "many", *WEEK, 5) == []


def test_a_question_without_its_purpose_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("SELECT 1")
    with pytest.raises(ValueError, match="title, purpose and values"):
        read_question(tmp_path / "x.sql")


def test_every_question_counts_its_values(cloudtrail: duckdb.DuckDBPyConnection) -> None:
    for question in questions():
        body = "\n".join(line for line in question.sql.splitlines() if not line.startswith("--"))
        assert 2 <= body.count("?") <= 7 and len(question.sql) < 262_144  # what Athena takes
