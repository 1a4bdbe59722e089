"""Records that come in batches: one bad record never stops the others, and only the bad one comes again (C12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import wiring

MESSAGE, ERRAND = "m#", "errand"


def each_queued(event: Any, work: Callable[[str, str], None], errand: Callable[[str], None]) -> dict[str, Any]:
    """Call `work(thread_id, message_id)` for each queued outgoing row of a stream event, `errand(errand_id)` for an errand."""
    failures = []
    for record in event.to_dict()["Records"]:
        row = _queued_row(record)
        if row is not None and not _try(lambda row=row: _do(row, work, errand)):  # type: ignore[misc]
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}


def _do(row: tuple[str, str], work: Callable[[str, str], None], errand: Callable[[str], None]) -> None:
    first, second = row
    if second == ERRAND:
        errand(first.removeprefix(f"{ERRAND}#"))
    else:
        work(first, second)


def each_new_text(event: Any, work: Callable[[str, str], None]) -> dict[str, Any]:
    """Call `work(thread_id, message_id)` for each short-lived copy that was put; one that was changed or forgotten is none."""
    failures = []
    for record in event.to_dict()["Records"]:
        keys = record["dynamodb"]["Keys"]
        row = keys["pk"]["S"], keys["sk"]["S"]
        if record["eventName"] == "INSERT" and not _try(lambda row=row: work(*row)):  # type: ignore[misc]
            failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}


def each_parked(event: Any, work: Callable[[str], None]) -> dict[str, Any]:
    """Call `work(body)` for each message of a queue event."""
    failures = []
    for record in event.to_dict()["Records"]:
        if not _try(lambda record=record: work(record["body"])):  # type: ignore[misc]
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def each_row(event: Any, work: Callable[[str, str], None]) -> dict[str, Any]:
    """Call `work(thread_id, message_id)` for each row that a queue event names; one that is no row is let go."""

    def one(body: str) -> None:
        thread_id, _, message_id = body.partition(".")
        if thread_id and message_id:
            work(thread_id, message_id)

    return each_parked(event, one)


def each_told(event: Any, work: Callable[[dict[str, Any]], None]) -> None:
    """Call `work(record)` for each record of an SNS event. Raises the last failure after all have had their turn: Lambda
    gives the whole event again, and what was kept is kept once."""
    failed: Exception | None = None
    for record in event.to_dict()["Records"]:
        try:
            work(record["Sns"])
        except Exception as failure:  # noqa: BLE001  raised below
            wiring.world().journal.count("record_failed")
            failed = failure
    if failed is not None:
        raise failed


def _queued_row(record: dict[str, Any]) -> tuple[str, str] | None:
    """The template filters the stream to queued rows; a laptop's stream may not, so look again."""
    image = record["dynamodb"].get("NewImage", {})
    if image.get("status", {}).get("S") != "queued" or image.get("direction", {}).get("S") != "out":
        return None
    keys = record["dynamodb"]["Keys"]
    return keys["pk"]["S"], keys["sk"]["S"].removeprefix(MESSAGE)


def _try(work: Callable[[], None]) -> bool:
    try:
        work()
    except Exception as failure:  # noqa: BLE001  it comes again, then goes to the failure queue
        wiring.world().journal.event("record_failed", error=type(failure).__name__)
        wiring.world().journal.count("record_failed")
        return False
    return True
