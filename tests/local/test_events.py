"""The event sources retry, halve and set aside as AWS's do; against the laptop's own AWS."""

from __future__ import annotations

import base64
import itertools
import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.aws import Aws
from infra.local.clock import Clock
from infra.local.events import Queue, Schedule, Stream, in_words
from tests.local.standin import NOON

Client = Callable[[str], Any]


class Function:
    """A handler that refuses some ids, remembers every batch, and reports or raises."""

    def __init__(self, bad: set[str] = frozenset(), reports: bool = True):  # type: ignore[assignment]
        self.bad, self.reports, self.batches, self.done = bad, reports, [], []  # type: ignore[var-annotated]

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        names = [self.name(record) for record in event["Records"]]
        self.batches.append(names)
        failed = []
        for name, record in zip(names, event["Records"], strict=True):
            if name in self.bad:
                if not self.reports:
                    raise RuntimeError("refused")
                failed.append({"itemIdentifier": self.place(record)})
            else:
                self.done.append(name)
        return {"batchItemFailures": failed}

    def name(self, record: dict[str, Any]) -> str:
        return record["body"] if "body" in record else record["dynamodb"]["Keys"]["pk"]["S"]

    def place(self, record: dict[str, Any]) -> str:
        return record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"]


NAMES = (f"made-{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server() -> Iterator[Aws]:
    aws = Aws(subprocess.DEVNULL)
    yield aws
    aws.stop()


@pytest.fixture
def aws(server: Aws) -> Client:
    session = boto3.session.Session("x", "x", region_name="us-east-1")
    return lambda service: session.client(service, endpoint_url=server.url())


class Table:
    def __init__(self, aws: Client):
        self.aws, self.name = aws, next(NAMES)
        self.arn = aws("dynamodb").create_table(
            TableName=self.name, **SHAPE
        )["TableDescription"]["LatestStreamArn"]

    def put(self, pk: str, **fields: Any) -> None:
        self.aws("dynamodb").put_item(TableName=self.name, Item={"pk": {"S": pk}, **fields})


SHAPE = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}


@pytest.fixture
def table(aws: Client) -> Table:
    return Table(aws)



def a_stream(table: Table, handler: Any, aside: list[dict[str, Any]]) -> Stream:
    return Stream(table.aws("dynamodbstreams"), table.arn, handler, aside.append)


def test_a_stream_hands_over_each_record_once_and_in_order(table: Table) -> None:
    function = Function()
    stream = a_stream(table, function, [])
    for name in "abc":
        table.put(name)
    assert (stream.look(), stream.look()) == (3, 0)
    assert function.done == ["a", "b", "c"]


def test_a_stream_record_looks_as_lambda_gets_it(table: Table) -> None:
    seen: list[dict[str, Any]] = []
    stream = a_stream(table, seen.append, [])
    table.put("a", sealed={"B": b"\x00\xff"}, when={"N": "1"})
    stream.look()
    (record,) = json.loads(json.dumps(seen[0]))["Records"]
    assert record["eventName"] == "INSERT"
    assert record["eventSourceARN"] == table.arn
    assert base64.b64decode(record["dynamodb"]["NewImage"]["sealed"]["B"]) == b"\x00\xff"
    assert record["dynamodb"]["NewImage"]["when"] == {"N": "1"}


@pytest.mark.parametrize("reports", [True, False])
def test_one_bad_record_never_stops_the_others_and_goes_aside(table: Table, reports: bool) -> None:
    aside: list[dict[str, Any]] = []
    function = Function({"c"}, reports)
    stream = a_stream(table, function, aside)
    for name in "abcde":
        table.put(name)
    stream.look()
    assert set(function.done) == set("abde")
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in aside] == ["c"]
    assert stream.look() == 0


def a_queue(aws: Client, handler: Any) -> tuple[Queue, Any, str, str]:
    client = aws("sqs")
    dead = client.create_queue(QueueName=next(NAMES))["QueueUrl"]
    dead_arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})}
    url = client.create_queue(QueueName=next(NAMES), Attributes=redrive)["QueueUrl"]
    return Queue(client, url, "arn:aws:sqs:us-east-1:123456789012:parking", handler), client, url, dead


def waiting(client: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    held = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(held[name]) for name in names)


def test_a_queue_keeps_only_what_was_reported(aws: Client) -> None:
    function = Function({"bad"})
    queue, client, url, _ = a_queue(aws, function)
    for body in ("good", "bad", "fine"):
        client.send_message(QueueUrl=url, MessageBody=body)
    assert queue.look() == 3
    assert sorted(function.done) == ["fine", "good"]
    assert waiting(client, url) == 1


def test_a_handler_that_raises_keeps_the_whole_batch(aws: Client) -> None:
    queue, client, url, _ = a_queue(aws, Function({"bad"}, reports=False))
    for body in ("good", "bad"):
        client.send_message(QueueUrl=url, MessageBody=body)
    queue.look()
    assert waiting(client, url) == 2


def test_an_hour_ahead_is_sixty_ticks_and_one_comparison() -> None:
    clock, ticks, compared = Clock(lambda: NOON), [], []  # type: ignore[var-annotated]
    tested: list[datetime] = []
    schedule = Schedule(
        clock, lambda _: ticks.append(clock.now()), lambda _: compared.append(clock.now()), lambda _: tested.append(clock.now())
    )
    schedule.run()
    assert schedule.jump(NOON + timedelta(hours=1)) == 60
    assert ticks == [NOON + timedelta(minutes=minute) for minute in range(61)]
    assert compared == [NOON + timedelta(hours=1)]
    assert tested == [NOON, NOON + timedelta(hours=1)]
    clock.move_to(NOON + timedelta(hours=1, minutes=14))
    schedule.run()
    assert len(tested) == 2
    clock.move_to(NOON + timedelta(hours=1, minutes=15))
    schedule.run()
    assert len(tested) == 3


def test_a_tick_that_fails_does_not_stop_the_next() -> None:
    ticks: list[int] = []

    def tick(_: dict[str, Any]) -> None:
        ticks.append(1)
        raise RuntimeError

    schedule = Schedule(Clock(lambda: NOON), tick, lambda _: None)
    schedule.jump(NOON + timedelta(minutes=3))
    assert len(ticks) == 3


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(), ""),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(days=2, hours=3, minutes=1), "2 days 3 h 1 min"),
    ],
)
def test_how_far_ahead_in_words(ahead: timedelta, words: str) -> None:
    assert in_words(ahead) == words


def test_the_store_can_be_taken_away_and_given_back(server: Aws, table: Table) -> None:
    server.store_down(True)
    with pytest.raises(ClientError):
        table.put("a")
    server.store_down(False)
    table.put("a")


def write(table: Table, *writes: dict[str, Any]) -> None:
    rows = [{name: {"TableName": table.name, **asked}} for one in writes for name, asked in one.items()]
    table.aws("dynamodb").transact_write_items(TransactItems=rows)


REFUSED = {"ConditionCheck": {"Key": {"pk": {"S": "absent"}}, "ConditionExpression": "attribute_exists(pk)"}}


def test_a_cancelled_transaction_leaves_nothing_and_the_stream_goes_on(table: Table) -> None:
    function = Function()
    stream = a_stream(table, function, [])
    table.put("a", n={"N": "1"})
    stream.look()
    with pytest.raises(ClientError, match="TransactionCanceled"):
        write(
            table,
            {"Put": {"Item": {"pk": {"S": "b"}}}},
            {"Update": {"Key": {"pk": {"S": "a"}}, "UpdateExpression": "SET n = :n", **TWO}},
            REFUSED,
        )
    table.put("c")
    stream.look()
    rows = table.aws("dynamodb").scan(TableName=table.name)["Items"]
    assert sorted((row["pk"]["S"], row.get("n", {}).get("N")) for row in rows) == [("a", "1"), ("c", None)]
    assert function.done == ["a", "c"]


TWO = {"ExpressionAttributeValues": {":n": {"N": "2"}}}


def test_writers_at_the_same_time_lose_nothing_though_some_are_cancelled(table: Table) -> None:
    def one(number: int) -> None:
        write(table, {"Put": {"Item": {"pk": {"S": str(number)}}}}, *([REFUSED] if number % 2 else []))

    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(one, number) for number in range(40)]
    assert sum(result.exception() is not None for result in results) == 20
    assert table.aws("dynamodb").scan(TableName=table.name)["Count"] == 20
