"""Wait so long and no longer: the work goes to a thread, and a late thread is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from .errors import DeadlineExceeded

T = TypeVar("T")


class ThreadPatience:
    """A daemon thread a call: a socket that hangs can never hold the answer, nor the end of the process."""

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """The result of `work`, its error, or DeadlineExceeded after `seconds`."""
        done: SimpleQueue[tuple[bool, object]] = SimpleQueue()

        def run() -> None:
            try:
                done.put((True, work()))
            except BaseException as failure:  # noqa: BLE001  handed to the caller, whatever it is
                done.put((False, failure))

        threading.Thread(target=run, daemon=True).start()
        try:
            ok, value = done.get(timeout=max(seconds, 0.001))
        except Empty:
            raise DeadlineExceeded(f"{seconds:.1f} s") from None
        if ok:
            return value  # type: ignore[return-value]
        raise value  # type: ignore[misc]
