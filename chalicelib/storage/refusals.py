"""DynamoDB's refusals in our words. Its own messages stay behind: ours hold codes and positions only (N5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException, VerboseClientError

from ..errors import Conflict, Rejected, StoreError, StoreUnavailable

CONDITION = ("ConditionalCheckFailed", "ConditionalCheckFailedException")
CONFLICT = ("TransactionConflict", "TransactionConflictException", "TransactionInProgressException")


@contextmanager
def answers(operation: str, positions: tuple[int, ...] = (0,)) -> Iterator[None]:
    """Turns a failure into `Rejected`, `Conflict` or `StoreUnavailable`. `positions`: of the changes, as they were sent."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        raise _ours(error, operation, positions) from None  # no traceback prints what DynamoDB said


def _ours(error: Exception, operation: str, positions: tuple[int, ...]) -> StoreError:
    cause = getattr(error, "cause", None) or error
    # botocore's own errors have a `response` too: None
    code = cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__
    reasons = [code]
    if isinstance(cause, VerboseClientError) and cause.cancellation_reasons:
        reasons = [reason.code if reason else "" for reason in cause.cancellation_reasons]
    # A conflict hides whether the other conditions hold, so it goes first: read again and be told everything.
    if any(reason in CONFLICT for reason in reasons):
        return Conflict(operation)
    others = sorted({reason for reason in reasons if reason and reason not in CONDITION})
    if others:
        return StoreUnavailable(f"{operation}: {code} {' '.join(others)}")
    return Rejected(tuple(sorted(at for at, reason in zip(positions, reasons, strict=False) if reason)))
