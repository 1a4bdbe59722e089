"""The laptop's event sources: what DynamoDB streams, SQS and EventBridge do on AWS, with their retries and their shapes."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from .clock import HOUR, MINUTE, Clock, stops
from .lambda_events import scheduled_event, sqs_event, stream_event

Handler = Callable[[dict[str, Any]], Any]
log = logging.getLogger("porchlight.events")

STREAM_PAUSE = 0.1  # seconds between two looks at the stream: a text should reach the phone within a second
FILLING_PAUSE = 0.5  # while the clinic is filled, where nobody waits and each look costs
STREAM_BATCH = 100
STREAM_ATTEMPTS = 4  # of a single record, before it goes to the failure queue
QUEUE_HIDES = 15  # seconds; the template's six minutes would be a long wait in a demonstration
QUEUE_PAUSE = 0.5
QUARTER = 15 * MINUTE


class Stream:
    """One table's stream: in order, retried, halved to find the bad record, which then goes aside."""

    def __init__(self, client: Any, arn: str, handler: Handler, aside: Callable[[dict[str, Any]], None]):
        self._client, self._arn, self._handler, self._aside = client, arn, handler, aside
        self._iterator = ""

    def look(self) -> int:
        """Read what is new and hand it over. How many records there were."""
        if not self._iterator:
            self._iterator = self._start()
        page = self._client.get_records(ShardIterator=self._iterator, Limit=STREAM_BATCH)
        if page["Records"]:
            self.hand_over(page["Records"])
        self._iterator = page["NextShardIterator"]
        return len(page["Records"])

    def _start(self) -> str:
        (shard, *_) = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        asked = {"StreamArn": self._arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        return str(self._client.get_shard_iterator(**asked)["ShardIterator"])

    def hand_over(self, records: list[dict[str, Any]], attempt: int = 1) -> None:
        """As an event source mapping with BisectBatchOnFunctionError and ReportBatchItemFailures does."""
        left = self._left_over(records)
        if not left:
            return
        if len(left) > 1:
            middle = len(left) // 2
            self.hand_over(left[:middle])
            self.hand_over(left[middle:])
        elif attempt < STREAM_ATTEMPTS:
            self.hand_over(left, attempt + 1)
        else:
            self._aside(left[0])

    def _left_over(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What must be tried again: everything from the first record that failed."""
        try:
            answer = self._handler(stream_event(records, self._arn))
        except Exception:  # whatever it was, Lambda retries
            log.exception("a stream handler failed")
            return records
        failed = _failures(answer)
        for at, record in enumerate(records):
            if record["dynamodb"]["SequenceNumber"] in failed:
                return records[at:]
        return records if "" in failed else []


class Queue:
    """One queue: what the handler took is deleted, the rest comes back; the queue's own redrive sets it aside."""

    def __init__(self, client: Any, url: str, arn: str, handler: Handler, batch: int = 10):
        self._client, self._url, self._arn, self._handler, self._batch = client, url, arn, handler, min(batch, 10)

    def look(self) -> int:
        """Take a batch and hand it over. How many messages there were."""
        taken = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch,
            VisibilityTimeout=QUEUE_HIDES,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if taken:
            self._hand_over(taken)
        return len(taken)

    def _hand_over(self, messages: list[dict[str, Any]]) -> None:
        try:
            failed = _failures(self._handler(sqs_event(messages, self._arn)))
        except Exception:  # whatever it was, the messages come back
            log.exception("a queue handler failed")
            return
        for message in messages:
            if not failed & {"", message["MessageId"]}:
                self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


def _failures(answer: Any) -> set[str]:
    """The ids that a handler reported; "" stands for an empty or unreadable one, which fails the whole batch."""
    reported = answer.get("batchItemFailures") if isinstance(answer, Mapping) else None
    return {str(item.get("itemIdentifier") or "") for item in reported or ()}


@dataclass
class Schedule:
    """The minute tick, the hourly comparison, the dead man's text and the seal of the trail, by the laptop's clock."""

    clock: Clock
    tick: Handler
    reconcile: Handler
    self_test: Handler = dict
    seal: Handler = dict
    settle: Callable[[], object] = bool
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reconciled: datetime | None = None
    _tested: datetime | None = None

    def run(self, on_the_way: bool = False) -> None:
        """One tick, and what is due of the rest since it last ran; in the middle of a jump the tick alone."""
        with self._lock:
            now = self.clock.now()
            self._reconciled = self._reconciled or now
            self._invoke(self.tick, now)
            if not on_the_way and now - self._reconciled >= HOUR:
                self._reconciled = now
                self._invoke(self.reconcile, now)
                self._invoke(self.seal, now)
            if not on_the_way and (self._tested is None or now - self._tested >= QUARTER):
                self._tested = now
                self._invoke(self.self_test, now)

    def jump(self, to: datetime) -> int:
        """Move the clock forward, with a tick at each of its stops. How many ticks that was."""
        instants = list(stops(self.clock.now(), to))
        for instant in instants:
            self.clock.move_to(instant)
            self.run(on_the_way=instant is not instants[-1])
            self.settle()
        return len(instants)

    def seal_what_is_over(self) -> None:
        self._invoke(self.seal, self.clock.now())

    def _invoke(self, handler: Handler, now: datetime) -> None:
        try:
            handler(scheduled_event(now))
        except Exception:  # EventBridge's next tick finds what this one left
            log.exception("a scheduled handler failed")


class Sources:
    """Runs them all, a thread each, until `stop`."""

    def __init__(self, schedule: Schedule, streams: list[Stream], queues: list[Queue]):
        self.schedule, self._streams, self._queues = schedule, streams, queues
        self._over, self._quiet = threading.Event(), threading.Condition()
        self._looks = [0] * len(streams)  # of each: those that found nothing
        self._wanted = [0] * len(streams)  # of each: how many of them somebody waits for
        self._pause = FILLING_PAUSE

    def start_streams(self) -> None:
        for at in range(len(self._streams)):
            self._thread("stream", partial(self._rest, at), partial(self._follow, at))

    def start_rest(self) -> None:
        """The schedule and the queues, once the clock is right. Behind them the made-up past is sealed, hour by hour."""
        self._pause = STREAM_PAUSE
        threading.Thread(target=self.schedule.seal_what_is_over, name="seal", daemon=True).start()
        self._thread("schedule", partial(self._over.wait, MINUTE.total_seconds()), self.schedule.run)
        for queue in self._queues:
            self._thread("queue", partial(self._over.wait, QUEUE_PAUSE), partial(_all_of, queue))

    def stop(self) -> None:
        self._over.set()
        with self._quiet:
            self._quiet.notify_all()

    def settle(self, seconds: float = 5.0) -> bool:
        """Look at the streams now, and wait until there is nothing new in any; False when the time ran out."""
        with self._quiet:
            self._wanted = [looks + 2 for looks in self._looks]  # the look under way may have begun too early to count
            self._quiet.notify_all()
            every = range(len(self._looks))
            return self._quiet.wait_for(lambda: self._over.is_set() or not any(map(self._is_asked, every)), seconds)

    def _is_asked(self, at: int) -> bool:
        return self._looks[at] < self._wanted[at]

    def _rest(self, at: int) -> None:
        """Between two looks at a stream, unless somebody waits for them."""
        with self._quiet:
            self._quiet.wait_for(lambda: self._over.is_set() or self._is_asked(at), self._pause)

    def _follow(self, at: int) -> None:
        while self._streams[at].look():
            pass
        with self._quiet:
            self._looks[at] += 1
            self._quiet.notify_all()

    def _thread(self, name: str, pause: Callable[[], object], work: Callable[[], Any]) -> None:
        def forever() -> None:
            while True:
                pause()
                if self._over.is_set():
                    return
                try:
                    work()
                except Exception:  # the emulator may be gone for a moment: look again
                    log.exception("an event source stumbled")

        threading.Thread(target=forever, name=name, daemon=True).start()


def _all_of(queue: Queue) -> None:
    while queue.look():
        pass


def in_words(ahead: timedelta) -> str:
    """"1 day 2 h 5 min"; "" for less than a second."""
    minutes = round(ahead.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{days} day{'s' * (days > 1)}"] * bool(days) + [f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest)
    return " ".join(parts)


def context(name: str) -> Any:
    """What Lambda hands a function beside the event."""
    from chalice.local import LambdaContext

    return LambdaContext(name, 512, max_runtime_ms=60_000)


def failure_notice(record: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """What an on-failure destination gets of a stream: the position, never the record (N5)."""
    position = record["dynamodb"]["SequenceNumber"]
    batch = {"streamArn": arn, "startSequenceNumber": position, "endSequenceNumber": position, "batchSize": 1}
    return {"requestContext": {"requestId": str(uuid.uuid4())}, "DDBStreamBatchInfo": batch}
