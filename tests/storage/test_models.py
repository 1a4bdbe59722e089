"""The models and `infra/resources.yaml` say the same: names, keys, indexes. And what the file must never lose."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from chalicelib.core.records import Session
from chalicelib.storage.layouts import LAYOUTS, TTL, Layout
from chalicelib.storage.tables import Tables
from infra.local.create import RESOURCES, resolve

TEMPLATE = yaml.safe_load(RESOURCES.read_text())
MADE = {"TablePrefix": "porchlight", "StorageKey.Arn": "StorageKey"}
TABLES = Tables("porchlight", "us-east-1")


def of_type(kind: str) -> dict[str, Any]:
    return {name: entry for name, entry in TEMPLATE["Resources"].items() if entry["Type"] == kind}


def declared(layout: Layout) -> dict[str, Any]:
    """The properties of the table of a layout."""
    tables = [resolve(entry["Properties"], MADE) for entry in of_type("AWS::DynamoDB::Table").values()]
    return next(table for table in tables if table["TableName"] == TABLES.of(layout.record).table)


def keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    assert [entry["KeyType"] for entry in schema] == ["HASH", "RANGE"][: len(schema)]
    return tuple(entry["AttributeName"] for entry in schema)


NAMED = [pytest.param(layout, id=layout.record.__name__) for layout in LAYOUTS]


@pytest.mark.parametrize("layout", NAMED)
def test_a_model_has_the_keys_of_its_table(layout: Layout) -> None:
    table, rows = declared(layout), TABLES.of(layout.record)
    assert keys(table["KeySchema"]) == layout.names
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}
    assert {name: getattr(rows.model, name).attr_type for name in layout.names} == {
        name: types[name] for name in layout.names
    }


@pytest.mark.parametrize("layout", NAMED)
def test_a_model_has_every_field_of_its_record(layout: Layout) -> None:
    wanted = {field.name for field in fields(layout.record)} - set(layout.record.key)
    assert wanted <= set(TABLES.of(layout.record).model.get_attributes())


def test_the_indexes_are_the_declared_ones() -> None:
    ours = {(TABLES.of(each.record).table, i.name): (i.hash, i.range) for each in LAYOUTS for i in each.indexes}
    theirs = {
        (table["TableName"], index["IndexName"]): keys(index["KeySchema"])
        for table in (resolve(entry["Properties"], MADE) for entry in of_type("AWS::DynamoDB::Table").values())
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert ours == theirs


def test_index_keys_are_texts_on_both_sides() -> None:
    for layout in LAYOUTS:
        types = {entry["AttributeName"]: entry["AttributeType"] for entry in declared(layout)["AttributeDefinitions"]}
        for index in layout.indexes:
            for name in (index.hash, index.range):
                assert types[name] == getattr(TABLES.of(layout.record).model, name).attr_type == "S"


def test_every_table_is_somebodys() -> None:
    assert {TABLES.of(layout.record).table for layout in LAYOUTS} == {
        resolve(entry["Properties"]["TableName"], MADE) for entry in of_type("AWS::DynamoDB::Table").values()
    }


def test_only_sessions_links_and_recent_copies_are_forgotten() -> None:
    ttls = {layout.record for layout in LAYOUTS if "TimeToLiveSpecification" in declared(layout)}
    forgotten = {layout.record for layout in LAYOUTS if layout.forgotten_at}
    assert forgotten <= ttls  # a table may hold rows that are forgotten beside rows that are not
    assert {layout.table for layout in LAYOUTS if layout.record in forgotten} == {"sessions", "recent", "links"}
    session = next(layout for layout in LAYOUTS if layout.record is Session)
    assert declared(session)["TimeToLiveSpecification"] == {"AttributeName": TTL, "Enabled": True}


@pytest.mark.parametrize("name", of_type("AWS::DynamoDB::Table"))
def test_a_table_is_encrypted_recoverable_and_not_deleted_by_mistake(name: str) -> None:
    entry = TEMPLATE["Resources"][name]
    table = entry["Properties"]
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Fn::GetAtt": ["StorageKey", "Arn"]},
    }
    kept = name != "RecentTable"  # a backup would remember what must be forgotten
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": kept}
    assert table["DeletionProtectionEnabled"] is True
    assert (entry["DeletionPolicy"], entry["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_threads_tables_stream_has_new_images() -> None:
    assert TEMPLATE["Resources"]["ThreadsTable"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_the_recent_tables_stream_names_rows_and_shows_none() -> None:
    assert TEMPLATE["Resources"]["RecentTable"]["Properties"]["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


def allowing(key: Any) -> list[Any]:
    return [s for s in key["Properties"]["KeyPolicy"]["Statement"] if s["Effect"] == "Allow"]


@pytest.mark.parametrize("name", of_type("AWS::KMS::Key"))
def test_a_key_rotates_stays_and_is_nobodys_by_default(name: str) -> None:
    entry = TEMPLATE["Resources"][name]
    assert entry["Properties"]["EnableKeyRotation"] is True
    assert (entry["DeletionPolicy"], entry["UpdateReplacePolicy"]) == ("Retain", "Retain")
    for statement in allowing(entry):
        assert statement["Principal"] != "*" and "*" not in statement["Principal"].values()
        if "Service" in statement["Principal"]:
            assert "AWS::AccountId" in str(statement["Condition"])  # this account's topics, alarms and logs alone


def test_no_service_uses_the_content_key() -> None:
    (statement,) = allowing(TEMPLATE["Resources"]["ContentKey"])
    assert set(statement["Principal"]) == {"AWS"}
    users = [name for name, entry in TEMPLATE["Resources"].items() if "'ContentKey'" in str(entry)]
    assert users == ["ContentKeyAlias"]


def test_n2_no_key_stands_between_a_crisis_and_its_page() -> None:
    assert "KmsMasterKeyId" not in TEMPLATE["Resources"]["PageTopic"]["Properties"]


@pytest.mark.parametrize("name", sorted({*of_type("AWS::SQS::Queue"), *of_type("AWS::SNS::Topic")} - {"PageTopic"}))
def test_queues_and_topics_are_encrypted_with_our_key(name: str) -> None:
    assert TEMPLATE["Resources"][name]["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": ["StorageKey", "Arn"]}


def test_what_is_parked_waits_as_long_as_sqs_can() -> None:
    queues = {name: entry["Properties"] for name, entry in of_type("AWS::SQS::Queue").items()}
    assert (
        queues["ParkingQueue"]["MessageRetentionPeriod"]
        == queues["ParkingDeadQueue"]["MessageRetentionPeriod"]
        == 1209600
    )
    dead = [queue["RedrivePolicy"]["deadLetterTargetArn"] for queue in queues.values() if "RedrivePolicy" in queue]
    assert {arn["Fn::GetAtt"][0] for arn in dead} == {"ParkingDeadQueue", "ReconcileDeadQueue", "StreamFailureQueue"}


def test_every_queue_and_topic_refuses_clear_text() -> None:
    for kind, policy, listed in (
        ("Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ):
        source = "AWS::SQS::Queue" if kind == "Queue" else "AWS::SNS::Topic"
        covered: set[str] = set()
        for entry in of_type(policy).values():
            denials = [s for s in entry["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Deny"]
            assert [s["Condition"] for s in denials] == [{"Bool": {"aws:SecureTransport": "false"}}]
            covered |= {reference["Ref"] for reference in entry["Properties"][listed]}
        assert covered == set(of_type(source))


def test_staff_sign_in_with_a_second_factor_and_a_long_password() -> None:
    assert TEMPLATE["Parameters"]["StaffMfa"]["Default"] == "ON"
    pool = TEMPLATE["Resources"]["StaffPool"]["Properties"]
    assert pool["MfaConfiguration"] == {"Ref": "StaffMfa"}
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 14
    assert pool["DeletionProtection"] == "ACTIVE"


def test_the_console_cannot_write_what_a_person_may_see() -> None:
    client = TEMPLATE["Resources"]["StaffPoolClient"]["Properties"]
    assert not [name for name in client["WriteAttributes"] if name.startswith("custom:")]

def test_two_threads_that_ask_first_are_given_one_connection() -> None:
    """Each had made its own, and a table that one was told of stayed unknown to the other for as long as the process lived."""
    tables = Tables("porchlight", "us-east-1")
    both = threading.Barrier(2)

    class Meta:
        @property
        def region_name(self) -> str:
            with suppress(threading.BrokenBarrierError):  # the second comes here only where each makes its own
                both.wait(0.3)
            return "us-east-1"

    tables.client = SimpleNamespace(meta=Meta())
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: tables.connection, range(2))
    assert first is second
