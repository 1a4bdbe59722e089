"""Two versions of the code on the same tables, as in every deployment: neither erases or stumbles over what the other wrote.

The newer one is played by raw rows with fields and words that this code does not know; the older one by rows without the
fields that this code added. Each kind of row, on moto, through the code that runs in production.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import boto3
import pytest

from chalicelib.core.incident_rows import Step
from chalicelib.core.quick import LATER
from chalicelib.core.records import Message, Put, Record, Update
from chalicelib.errors import Rejected
from chalicelib.storage.codec import plain
from chalicelib.storage.store import DynamoStore

from .aws import REGION, a_laptop
from .contract import every_kind, key_of

NOW = datetime(2026, 11, 28, 17, tzinfo=UTC)
TOMORROW: dict[str, Any] = {
    "from_tomorrow": {"S": "kept"}, "more_from_tomorrow": {"M": {"inside": {"L": [{"N": "7"}]}}}, "sealed_tomorrow": {"B": b"\x00\x01"},
}  # fmt: skip
WORD = "a_word_of_tomorrow"
KINDS = [type(record).__name__ for record in every_kind("x")]


@pytest.fixture(scope="module")
def store() -> Iterator[DynamoStore]:
    with a_laptop("AWS::DynamoDB::Table") as made:
        yield DynamoStore(made["TablePrefix"], REGION)


class Raw:
    """One row as it lies there."""

    def __init__(self, store: DynamoStore, record: Record) -> None:
        rows = store._tables.of(type(record))
        self.table, self.key = rows.table, rows.wire_keys(key_of(record))
        self._client = boto3.client("dynamodb", region_name=REGION)

    def read(self) -> dict[str, Any]:
        return dict(self._client.get_item(TableName=self.table, Key=self.key, ConsistentRead=True)["Item"])

    def write(self, item: dict[str, Any]) -> None:
        self._client.put_item(TableName=self.table, Item=item)


def changeable(record: Record) -> list[str]:
    """Fields that an update may touch."""
    return [field.name for field in fields(record) if field.name not in type(record).key]


def touched(record: Record) -> Update:
    """An update of one field, to the value that it has: what is written is not the point, what is left is."""
    name = next(name for name in changeable(record) if getattr(record, name) not in (None, "", (), {}, b""))
    return Update(type(record), key_of(record), set={name: getattr(record, name)})


def kept(name: str, tag: str, store: DynamoStore) -> tuple[Record, Raw]:
    record = next(each for each in every_kind(tag) if type(each).__name__ == name)
    store.commit(Put(record))
    return record, Raw(store, record)


@pytest.mark.parametrize("name", KINDS)
def test_what_the_newer_wrote_is_read_past_and_survives_an_update_of_the_older(store: DynamoStore, name: str) -> None:
    record, raw = kept(name, f"newer-{name}", store)
    raw.write({**raw.read(), **TOMORROW})
    assert store.get(type(record), *key_of(record)) == record
    store.commit(touched(record))
    after = raw.read()
    assert {field: after.get(field) for field in TOMORROW} == TOMORROW


@pytest.mark.parametrize("name", KINDS)
def test_a_word_that_the_older_does_not_know_is_read_and_left_as_it_is(store: DynamoStore, name: str) -> None:
    record, raw = kept(name, f"word-{name}", store)
    hints, item = get_type_hints(type(record)), raw.read()
    words = [field for field in changeable(record) if isinstance(getattr(record, field), StrEnum) or plain(hints[field]) is str]
    words = [field for field in words if field in item and field not in raw.key]
    raw.write({**item, **{field: {"S": WORD} for field in words}})
    found = store.get(type(record), *key_of(record))
    assert found is not None and all(getattr(found, field) == WORD for field in words)
    others = [each for each in changeable(record) if each not in words and getattr(record, each) not in (None, "", (), {}, b"")]
    if others:
        store.commit(Update(type(record), key_of(record), set={others[0]: getattr(record, others[0])}))
    assert all(raw.read()[field] == {"S": WORD} for field in words)


@pytest.mark.parametrize("name", KINDS)
def test_a_row_of_the_older_without_any_field_added_since_is_read_and_updated_by_the_newer(store: DynamoStore, name: str) -> None:
    record, raw = kept(name, f"older-{name}", store)
    optional = [field.name for field in fields(record) if (field.default, field.default_factory) != (MISSING, MISSING)]
    bare = {field: value for field, value in raw.read().items() if field not in optional or field in raw.key}
    raw.write(bare)
    found = store.get(type(record), *key_of(record))
    assert found is not None and key_of(found) == key_of(record)
    store.commit(touched(record))
    assert set(bare) <= set(raw.read())


def maps_in(hint: Any) -> bool:
    """Whether a field of this type holds maps of ours: one, or several in a list."""
    hint = plain(hint)
    return is_dataclass(hint) or any(map(is_dataclass, get_args(hint)))


NESTED = [
    (type(record).__name__, field)
    for record in every_kind("x")
    for field, hint in get_type_hints(type(record)).items()
    if field != "key" and maps_in(hint) and getattr(record, field)
]


@pytest.mark.parametrize(("name", "field"), NESTED)
def test_what_the_newer_wrote_inside_a_map_is_kept_when_the_older_writes_the_map_again(store: DynamoStore, name: str, field: str) -> None:
    """Read, changed in a field that the older knows, and written whole: as `replace` in the flows does. And it can be expected."""
    record, raw = kept(name, f"nested-{name}-{field}", store)
    item = raw.read()
    maps = [each["M"] for each in item[field]["L"]] if "L" in item[field] else [item[field]["M"]]
    for each in maps:
        each.update(TOMORROW)
    raw.write(item)
    found = store.get(type(record), *key_of(record))
    assert found == record
    held = getattr(found, field)
    again = tuple(map(replace, held)) if isinstance(held, tuple) else replace(held)
    store.commit(Update(type(record), key_of(record), set={field: again}, expect={field: held}))
    assert raw.read() == item


def test_every_map_that_a_row_holds_carries_what_it_does_not_know() -> None:
    kinds = {plain(part) for record in every_kind("x") for hint in get_type_hints(type(record)).values() for part in (hint, *get_args(plain(hint)))}
    assert [kind.__name__ for kind in kinds if is_dataclass(kind) and LATER not in {each.name for each in fields(kind)}] == []
    assert len(NESTED) >= 15


def test_what_is_carried_is_neither_shown_nor_compared() -> None:
    step = Step(NOW, "erin", "taken")
    known = replace(step, later=(("sealed_tomorrow", {"B": b"secret"}),))
    assert known == step and "secret" not in repr(known)


def test_n4_a_text_in_a_state_of_tomorrow_is_claimed_by_nobody(store: DynamoStore) -> None:
    record, raw = kept("Message", "state", store)
    assert isinstance(record, Message)
    raw.write({**raw.read(), "status": {"S": WORD}})
    before = raw.read()
    assert store.claim(record.thread_id, record.message_id, NOW, NOW + timedelta(minutes=1), "mine") is None
    assert raw.read() == before


def test_a_put_of_the_whole_row_would_have_erased_it_and_is_refused(store: DynamoStore) -> None:
    """What the rule "existing rows are changed by update() only" is for: a second Put of a row is a conflict, not an erasure."""
    record, raw = kept("Patient", "whole", store)
    raw.write({**raw.read(), **TOMORROW})
    with pytest.raises(Rejected):
        store.commit(Put(record))
    assert {field: raw.read().get(field) for field in TOMORROW} == TOMORROW
