"""Structured logs of ids: what is not on the list does not get in (N5, AWS-5)."""

from __future__ import annotations

from threading import Lock
from typing import Any

ALLOWED = frozenset(
    {
        "carrier", "error", "reason", "code", "row", "incident_id", "due_id", "thread_id", "message_id", "function",
        "request_id", "route", "status", "count", "value", "event_type", "step", "role", "error_id",
    }
)


class Journal:
    """Ids to the log, counts to the metrics. The AWS libraries load on first use."""

    def __init__(self, service: str = "porchlight"):
        self._service = service
        self._logger: Any = None
        self._metrics: Any = None
        self._lock = Lock()

    def event(self, name: str, **ids: Any) -> None:
        """One line. A field that is not on the list is dropped and the drop is said."""
        kept = {key: str(value)[:128] for key, value in ids.items() if key in ALLOWED}
        dropped = sorted(set(ids) - ALLOWED)
        if dropped:
            kept["reason"] = f"fields not on the list: {','.join(dropped)}"
        self._log().info(name, extra=kept)

    def count(self, name: str, value: int = 1) -> None:
        """One metric, written as a line of CloudWatch's embedded metric format."""
        with self._lock:  # the library keeps one list for all threads
            metrics = self._meter()
            metrics.add_metric(name=name, unit="Count", value=value)
            metrics.flush_metrics()

    def _log(self) -> Any:
        if self._logger is None:
            from aws_lambda_powertools import Logger

            # A name of its own: Chalice's logger is called like the app, and would say each line again.
            self._logger = Logger(service=f"{self._service}-events", log_uncaught_exceptions=False)
        return self._logger

    def _meter(self) -> Any:
        if self._metrics is None:
            from aws_lambda_powertools import Metrics

            self._metrics = Metrics(namespace="Porchlight", service=self._service)
        return self._metrics
