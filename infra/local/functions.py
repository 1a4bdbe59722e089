"""Which of the app's functions each event source wakes, read from the app's own decorators."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

from .clock import Clock
from .events import Handler, Queue, Schedule, Sources, Stream, context, failure_notice

Client = Callable[[str], Any]
STREAMS = {"threads": ("ThreadsTable", "StreamFailureQueue"), "recent": ("RecentTable", "RecentFailureQueue")}


def sources(app: ModuleType, client: Client, made: Mapping[str, str], clock: Clock) -> Sources:
    """Every source of the app. `made`: what `infra.local.create` made."""
    wired = app.app.event_sources
    streams = [_stream(app, client, made, one) for one in wired if isinstance(one, DynamoDBEventConfig)]
    queues = [_queue(app, client, one) for one in wired if isinstance(one, SQSEventConfig)]
    timed = {_name(one): _handler(app, one) for one in wired if isinstance(one, ScheduledEventConfig)}
    schedule = Schedule(clock, timed["tick"], timed["reconcile_hourly"], timed["self_test"], timed["seal_trail"])
    running = Sources(schedule, streams, queues)
    schedule.settle = running.settle
    return running


def _handler(app: ModuleType, source: Any) -> Handler:
    return partial(_call, getattr(app, _name(source)), _name(source))


def _name(source: Any) -> str:
    return str(source.handler_string.rpartition(".")[2])


def _call(function: Callable[[Any, Any], Any], name: str, event: dict[str, Any]) -> Any:
    return function(event, context(name))


def _stream(app: ModuleType, client: Client, made: Mapping[str, str], source: DynamoDBEventConfig) -> Stream:
    """The app's placeholder address is re-pointed to the table it names, as the template does on AWS."""
    table, queue = STREAMS[source.stream_arn.split("/")[1]]
    arn, failures = made[f"{table}.StreamArn"], made[queue]

    def aside(record: dict[str, Any]) -> None:
        client("sqs").send_message(QueueUrl=failures, MessageBody=json.dumps(failure_notice(record, arn)))

    return Stream(client("dynamodbstreams"), arn, _handler(app, source), aside)


def _queue(app: ModuleType, client: Client, source: SQSEventConfig) -> Queue:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName=source.queue)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return Queue(sqs, url, arn, _handler(app, source), source.batch_size)
