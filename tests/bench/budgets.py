"""The budgets of DESIGN §5 as a table, beside which the figures are put. Nothing here fails a build."""

from __future__ import annotations

from dataclasses import dataclass

CPU = 1.5  # times the floor


@dataclass(frozen=True)
class Budget:
    """`calls`: AWS calls at most; `cpu`: own CPU over the floor. None: no such budget."""

    flow: str
    calls: int | None = None
    cpu: float | None = None
    said: str = ""


BUDGETS: tuple[Budget, ...] = (
    Budget("ordinary inbound, data key cached", 3, CPU, "≤ 3 calls"),
    Budget("ordinary inbound, data key not cached", 3, CPU, "≤ 3 calls"),
    Budget("crisis inbound, data keys cached", 4, CPU, "≤ 4 calls, the page before any write"),
    Budget("crisis inbound, data keys not cached", 4, CPU, "≤ 4 calls, the page before any write"),
    Budget("deliver one text, data keys cached", 5, CPU, "≤ 5 calls and the carrier's"),
    Budget("deliver one text, data keys not cached", 5, CPU, "≤ 5 calls and the carrier's"),
    Budget("tick, nothing due", 1, None, "one query a shard"),
    Budget("open a thread's newest page (50)", None, None, "1 query, its audit entry, one KMS call a data key"),
    Budget("inbox of 500 threads", None, None, "1 query a page, 1 roster"),
)
IMPORT = 2.0  # times bare Chalice
COLD = 1.3  # times boto3 and an SNS client
