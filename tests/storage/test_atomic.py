"""The laptop's DynamoDB undoes a refused transaction row by row, its stream too, and is as quick with many rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib.core.records import Delete, Message, Put, Thread, Update
from chalicelib.errors import Rejected
from chalicelib.storage.store import DynamoStore
from infra.local.create import Made

from .aws import REGION, a_laptop
from .contract import a_contact, a_message


@pytest.fixture
def made() -> Iterator[Made]:
    with a_laptop("AWS::DynamoDB::Table") as made:
        yield made


def test_a_refused_transaction_leaves_rows_and_stream_as_they_were(made: Made) -> None:
    store = DynamoStore(made["TablePrefix"], REGION)
    kept = (a_message("t", "m1"), Thread("t", "outpatient", "c", unanswered=1))
    store.commit(Put(kept[0]), Put(kept[1]), Put(a_contact("alice")))
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[made["ThreadsTable"]]
    assert table.stream_shard is not None
    before = len(table.stream_shard.items)
    with pytest.raises(Rejected) as caught:
        store.commit(
            Put(a_message("t", "m2")),
            Put(a_message("new", "m1")),
            Delete(Message, ("t", "m1")),
            Update(Thread, ("t",), add={"unanswered": 1}),
            Put(a_contact("alice")),
        )
    assert caught.value.failed == (4,)
    assert store.newest("t") == [kept[0]] and store.newest("new") == []
    assert store.get(Thread, "t") == kept[1]
    assert before == len(table.stream_shard.items) == 2
