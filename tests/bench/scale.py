"""Does the tick cost the same however many patients there are? The same due rows at a small and at a large clinic."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from chalicelib.flows.tick import tick

from .flows import due_now
from .town import Town

ROUNDS = 5
BATCH = 25  # items of one BatchWriteItem


def ticks(town: Town, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """One row a size and a number of due rows."""
    rows, filled = [], 0
    for size in sizes:
        _fill(town, filled, size)
        filled = size
        rows += [_tick(town, due, size) for due in (0, 1, 10)]
    return rows


def _tick(town: Town, due: int, size: int) -> dict[str, Any]:
    cpu: list[float] = []
    for _ in range(ROUNDS):
        town.clock.advance(minutes=10)
        due_now(town, due, [f"fresh{at}" for at in range(10)])
        town.ledger.take()
        started = time.process_time()
        tick(town.world)
        cpu.append(time.process_time() - started)
    calls = town.ledger.take()[0]
    named = ", ".join(f"{count} {name}" for name, count in Counter(name for _, name, _ in calls).items())
    return {"patients": size, "due": due, "calls": len(calls), "named": named, "cpu_ms": round(statistics.median(cpu) * 1000, 1)}


def _fill(town: Town, start: int, end: int) -> None:
    """Patients who have a row, a thread and a due row of next year, written past our own code: it is the number that matters."""
    client = town.client("dynamodb")
    for first in range(start, end, BATCH):
        several = range(first, min(first + BATCH, end))
        for table, item in (("patients", _patient), ("threads", _thread), ("due", _due)):
            client.batch_write_item(RequestItems={f"ours-{table}": [{"PutRequest": {"Item": item(at)}} for at in several]})


def _patient(at: int) -> dict[str, Any]:
    return {"pk": {"S": f"many{at}"}, "program": {"S": "adult"}, "contact_id": {"S": f"c{at}"}, "sealed_profile": {"B": bytes(400)}}


def _thread(at: int) -> dict[str, Any]:
    return {"pk": {"S": f"many{at}"}, "sk": {"S": "summary"}, "program": {"S": "adult"}, "contact_id": {"S": f"c{at}"}}


def _due(at: int) -> dict[str, Any]:
    name = f"escalate#many{at}"
    return {
        "shard": {"N": "0"}, "sk": {"S": f"2099-01-01T00:00:00.{at:06d}Z#{name}"}, "kind": {"S": "escalate"}, "target": {"S": f"many{at}"},
    }
