"""The restore drill: a copy whose trail is not what was sealed, or that lacks a table's rows, is named; the live tables are safe from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core.records import AuditEntry
from chalicelib.ports import World
from infra.drill import Held, checked, forget, held, names, restore, told
from tests.flows.test_seal_trail import a_trail, altered
from tests.storage.aws import REGION, a_laptop


@pytest.fixture
def tables() -> Iterator[Any]:
    with a_laptop("AWS::DynamoDB::Table"):
        yield boto3.client("dynamodb", region_name=REGION)


def put(tables: Any, table: str, *keys: str) -> None:
    for key in keys:
        tables.put_item(TableName=table, Item={"contact_id": {"S": key}, "sealed": {"B": b"x"}})


def test_every_table_but_what_is_forgotten_gets_a_copy_and_only_the_copy_is_deleted(tables: Any) -> None:
    put(tables, "porchlight-contacts", "a", "b")
    made = list(restore(tables, "porchlight", "drill", None))
    assert made == [f"drill-{name}" for name in names(tables, "porchlight")] and len(made) >= 10
    assert not {"drill-sessions", "drill-recent", "drill-links"} & set(made)
    assert list(forget(tables, "porchlight", "drill")) == made
    assert len(names(tables, "porchlight")) == len(made) and tables.scan(TableName="porchlight-contacts")["Count"] == 2


@pytest.mark.parametrize("copy", ["porchlight", "", "porchlight-drill"])
def test_the_live_tables_are_nobodys_copy(tables: Any, copy: str) -> None:
    for act in (restore(tables, "porchlight", copy, None), forget(tables, "porchlight", copy)):
        with pytest.raises(ValueError, match="not the live"):
            list(act)


def test_a_copy_is_counted_by_keys_and_an_empty_one_is_wrong(tables: Any) -> None:
    put(tables, "porchlight-contacts", "a", "b", "new")
    list(restore(tables, "porchlight", "drill", None))
    for row in tables.scan(TableName="drill-contacts")["Items"]:
        tables.delete_item(TableName="drill-contacts", Key={"contact_id": row["contact_id"]})
    [contacts] = [each for each in held(tables, "porchlight", "drill") if each.table == "contacts"]
    assert (contacts, contacts.wrong) == (Held("contacts", 3, 0, 0), True)
    put(tables, "drill-contacts", "a", "gone since")
    [contacts] = [each for each in held(tables, "porchlight", "drill") if each.table == "contacts"]
    assert (contacts, contacts.wrong) == (Held("contacts", 3, 2, 1), False)


def lose(world: World, entry_id: str) -> None:
    rows = world.store._rows  # type: ignore[attr-defined]
    del rows[next(place for place in rows if place[0] is AuditEntry and place[1][1] == entry_id)]


def test_a_copy_whose_trail_lost_or_changed_an_entry_is_named_and_one_that_is_whole_is_not() -> None:
    world, ids = a_trail()
    assert checked(world, None).wrong == ()
    altered(world, ids[0], who="dan")
    lose(world, ids[3])
    verdict = checked(world, None)
    assert {(wrong.what, wrong.entry) for wrong in verdict.wrong} == {("altered_in_table", ids[0]), ("missing_in_table", ids[3])}
    assert sum("is gone from the table" in line or "is another in the table" in line for line in told(verdict, [])) == 2


def test_what_was_sealed_after_the_instant_is_not_asked_of_the_copy() -> None:
    world, ids = a_trail()
    lose(world, ids[-1])
    assert [wrong.entry for wrong in checked(world, None).wrong] == [ids[-1]]
    assert checked(world, world.clock() - timedelta(hours=4)).wrong == ()
