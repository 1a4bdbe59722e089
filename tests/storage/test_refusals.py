"""What DynamoDB says when it says no, or nothing, in our words and within our time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.records import Contact, Message, Put, Receipt, Thread, Update
from chalicelib.errors import (
    Conflict,
    PageFailed,
    ParkFailed,
    Rejected,
    SealFailed,
    SecretUnavailable,
    StoreError,
    StoreUnavailable,
)
from chalicelib.pager import SnsPager
from chalicelib.ports import SealContext
from chalicelib.storage.clients import client
from chalicelib.storage.parking import SqsParking
from chalicelib.storage.secrets import Secrets
from chalicelib.storage.store import DynamoStore
from chalicelib.storage.vault import KmsVault

from .aws import REGION
from .servers import Answer, refusal, scripted, silent

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NONE, CHECK, CONFLICT = "None", "ConditionalCheckFailed", "TransactionConflict"
# Position by position; PynamoDB sends the update last and the check first, whatever our order.
CHANGES = (
    Update(Contact, ("c",), set={"carrier": "x"}, create=True),
    Put(Receipt("twilio", "SM1", "t", "m", NOON)),
    Update(Contact, ("d",), expect={"version": 1}),
)


@pytest.fixture(autouse=True)
def false_credentials() -> Iterator[None]:
    """Any will do for a server of ours, and none are looked for on the machine."""
    names = {"AWS_ACCESS_KEY_ID": "false", "AWS_SECRET_ACCESS_KEY": "false"}
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    yield
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


def committed(*answers: Answer) -> StoreError:
    with scripted(*answers) as server, pytest.raises(StoreError) as caught:
        DynamoStore("p", REGION, server.address).commit(*CHANGES)
    return caught.value


def test_refused_positions_are_ours_and_not_pynamodbs() -> None:
    # Sent as: check (our third), put (our second), update (our first).
    error = committed(refusal("TransactionCanceledException", CHECK, NONE, CHECK))
    assert isinstance(error, Rejected) and error.failed == (0, 2)
    error = committed(refusal("TransactionCanceledException", NONE, CHECK, NONE))
    assert isinstance(error, Rejected) and error.failed == (1,)


@pytest.mark.parametrize(
    "answer",
    [
        refusal("TransactionCanceledException", NONE, CONFLICT, NONE),
        refusal("TransactionCanceledException", CHECK, CONFLICT, NONE),
        refusal("TransactionInProgressException"),
    ],
)
def test_another_writer_at_the_same_moment_is_a_conflict(answer: Answer) -> None:
    assert isinstance(committed(answer), Conflict)


@pytest.mark.parametrize(
    "answer",
    [
        refusal("TransactionCanceledException", NONE, "ThrottlingError", CHECK),
        refusal("TransactionCanceledException", NONE, "ProvisionedThroughputExceeded", NONE),
        refusal("TransactionCanceledException", NONE, "ValidationError", NONE),
        refusal("ResourceNotFoundException"),
        refusal("AccessDeniedException"),
        refusal("ValidationException"),
        refusal("ThrottlingException"),
        refusal("InternalServerError", status=500),
        None,
    ],
)
def test_anything_else_is_the_store_not_being_there(answer: Answer) -> None:
    assert type(committed(answer)) is StoreUnavailable


def test_errors_do_not_repeat_what_dynamodb_said() -> None:
    error = committed(refusal("ValidationException"))
    assert "ValidationException" in str(error) and "secret" not in str(error)
    assert error.__suppress_context__ and error.__cause__ is None


@pytest.mark.parametrize("asked", [lambda store: store.newest("t"), lambda store: store.settings("program")], ids=["conditions", "a whole place"])
@pytest.mark.parametrize("answer", [refusal("ValidationException"), refusal("ThrottlingException"), refusal("InternalServerError", status=500), None])
def test_a_query_that_is_refused_is_the_store_not_being_there(asked: Callable[[DynamoStore], Any], answer: Answer) -> None:
    with scripted(answer) as server, pytest.raises(StoreUnavailable) as caught:
        asked(DynamoStore("p", REGION, server.address))
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__ and caught.value.__cause__ is None


def test_a_whole_place_is_read_page_by_page() -> None:
    keys = [{"pk": {"S": "program"}, "sk": {"S": name}} for name in ("adult", "harbor")]
    rows = [{**key, "value": {"M": {}}} for key in keys]
    with scripted((200, {"Items": rows[:1], "LastEvaluatedKey": keys[0]}), (200, {"Items": rows[1:]})) as server:
        found = DynamoStore("p", REGION, server.address).settings("program")
        assert [each.setting_id for each in found] == ["adult", "harbor"]
        assert server.asked[1]["ExclusiveStartKey"] == keys[0] and all(asked["ConsistentRead"] for asked in server.asked)


def test_a_transaction_whose_answer_was_lost_is_asked_again_under_the_same_token() -> None:
    with scripted(None, (200, {})) as server:
        DynamoStore("p", REGION, server.address).commit(*CHANGES)
        tokens = [asked["ClientRequestToken"] for asked in server.asked]
    assert len(tokens) == 2 and len(set(tokens)) == 1


def test_keys_left_out_are_asked_for_again() -> None:
    item = {"contact_id": {"S": "c"}, "version": {"N": "3"}}
    rest = {"p-contacts": {"Keys": [{"contact_id": {"S": "c"}}], "ConsistentRead": True}}
    first = (200, {"Responses": {}, "UnprocessedKeys": rest})
    with scripted(first, (200, {"Responses": {"p-contacts": [item]}})) as server:
        found = DynamoStore("p", REGION, server.address).get_many([(Contact, ("c",))])
        assert found == [Contact("c", 3)]
        assert server.asked[1]["RequestItems"] == server.asked[0]["RequestItems"] == rest


def test_keys_left_out_for_ever_are_no_answer() -> None:
    rest = {"p-contacts": {"Keys": [{"contact_id": {"S": "c"}}]}}
    with scripted((200, {"Responses": {}, "UnprocessedKeys": rest})) as server, pytest.raises(StoreUnavailable):
        DynamoStore("p", REGION, server.address).get_many([(Contact, ("c",))])


def test_what_a_newer_version_wrote_is_passed_over_and_kept() -> None:
    patients = {"L": [{"M": {"patient_id": {"S": "alice"}, "program": {"S": "x"}, "pronouns": {"S": "she"}}}]}
    item = {"contact_id": {"S": "c"}, "patients": patients, "later": {"S": "?"}}
    with scripted((200, {"Item": item}), (200, {})) as server:
        store = DynamoStore("p", REGION, server.address)
        found = store.get(Contact, "c")
        assert found is not None and found.patients[0].patient_id == "alice"
        store.commit(Update(Contact, ("c",), set={"carrier": "twilio"}))
        (change,) = server.asked[1]["TransactItems"]
    assert change["Update"]["UpdateExpression"] == "SET #1 = :0"
    assert set(change["Update"]["ExpressionAttributeNames"].values()) == {"carrier", "contact_id"}


def test_a_change_is_one_call_and_reads_are_consistent() -> None:
    with scripted((200, {"Responses": {}, "Items": []})) as server:
        store = DynamoStore("p", REGION, server.address)
        store.get(Contact, "c")
        store.newest("t")
        store.get_many([(Contact, ("c",)), (Message, ("t", "m")), (Thread, ("t",))])
        assert [asked.get("ConsistentRead") for asked in server.asked] == [True, True, None]
        tables = server.asked[2]["RequestItems"]
    assert [tables[name]["ConsistentRead"] for name in ("p-contacts", "p-threads")] == [True, True]


def silences(address: str) -> dict[str, tuple[type[Exception], Callable[[], Any]]]:
    """A call of each kind against a server that never answers, and what it must raise."""
    context, key = SealContext("a", "p", "inbound_text"), "arn:aws:kms:us-east-1:123456789012:key/k"
    store, vault = DynamoStore("p", REGION, address), KmsVault(client("kms", REGION, address), key)
    parking = SqsParking(client("sqs", REGION, address), f"{address}/1/q", f"{address}/1/r")
    return {
        "read": (StoreUnavailable, lambda: store.get(Contact, "c")),
        "read many": (StoreUnavailable, lambda: store.get_many([(Contact, ("c",))])),
        "list": (StoreUnavailable, lambda: store.newest("t")),
        "claim": (StoreUnavailable, lambda: store.claim("t", "m", NOON, NOON, "one")),
        "commit": (StoreUnavailable, lambda: store.commit(*CHANGES)),
        "seal": (SealFailed, lambda: vault.seal(context, "r", "x")),
        "page": (PageFailed, lambda: SnsPager(client("sns", REGION, address), "arn:t").page("erin", "x")),
        "park": (ParkFailed, lambda: parking.park("{}")),
        "wake": (ParkFailed, parking.wake_reconciliation),
        "secret": (SecretUnavailable, Secrets(client("secretsmanager", REGION, address), "s").read),
    }


@pytest.mark.slow
def test_nothing_waits_longer_than_two_attempts_for_a_server_that_hangs() -> None:
    """Connect 1 s, read 2 s, twice, and a breath between: botocore's own would be minutes."""

    def ask(expected: type[Exception], call: Callable[[], Any]) -> float:
        start = time.monotonic()
        with pytest.raises(expected):
            call()
        return time.monotonic() - start

    with silent() as address, ThreadPoolExecutor(16) as pool:
        calls = silences(address)
        took = {name: pool.submit(ask, *call) for name, call in calls.items()}
        assert {name: each.result() for name, each in took.items() if each.result() > 6.5} == {}
