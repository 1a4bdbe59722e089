"""DynamoDB's refusals in our words. Its own messages stay behind: ours hold codes and positions only (N5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import Conflict, Rejected, StoreError, StoreUnavailable

CONDITION = ("ConditionalCheckFailed", "ConditionalCheckFailedException")
CONFLICT = ("TransactionConflict", "TransactionConflictException", "TransactionInProgressException")


@contextmanager
def answers(operation: str, positions: tuple[int, ...] = (0,)) -> Iterator[None]:
    """Turns a failure into `Rejected`, `Conflict` or `StoreUnavailable`. `positions`: of the changes, as they were sent."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise _ours(error, operation, positions) from None  # no traceback prints what DynamoDB said


def _ours(error: Exception, operation: str, positions: tuple[int, ...]) -> StoreError:
    # botocore's own errors have a `response` too: None
    said: Any = error.response if isinstance(error, ClientError) else {"Error": {"Code": type(error).__name__}}
    code = said["Error"]["Code"]
    reasons = [code]
    if said.get("CancellationReasons"):
        reasons = ["" if (reason := each["Code"]) == "None" else reason for each in said["CancellationReasons"]]
    # A conflict hides whether the other conditions hold, so it goes first: read again and be told everything.
    if any(reason in CONFLICT for reason in reasons):
        return Conflict(operation)
    others = sorted({reason for reason in reasons if reason and reason not in CONDITION})
    if others:
        return StoreUnavailable(f"{operation}: {code} {' '.join(others)}")
    return Rejected(tuple(sorted(at for at, reason in zip(positions, reasons, strict=False) if reason)))
