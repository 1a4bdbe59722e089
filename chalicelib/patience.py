"""Wait so long and no longer: the work goes to a thread, and a late thread is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TypeVar

from .errors import DeadlineExceeded

T = TypeVar("T")
Done = SimpleQueue[tuple[bool, object]]
Call = tuple[Callable[[], object], Done]


class ThreadPatience:
    """A daemon thread a call: a socket that hangs can never hold the answer, nor the end of the process. A thread that has ended
    its work takes the next; one that hangs is nobody's until it has."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Call]] = []  # threads may share a list

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """The result of `work`, its error, or DeadlineExceeded after `seconds`."""
        done: Done = SimpleQueue()
        self._hand_over((work, done))
        try:
            ok, value = done.get(timeout=max(seconds, 0.001))
        except Empty:
            raise DeadlineExceeded(f"{seconds:.1f} s") from None
        if ok:
            return value  # type: ignore[return-value]
        raise value  # type: ignore[misc]

    def _hand_over(self, call: Call) -> None:
        try:
            waits = self._idle.pop()
        except IndexError:
            threading.Thread(target=self._serve, args=(call,), daemon=True).start()
        else:
            waits.put(call)

    def _serve(self, call: Call) -> None:
        """One thread's life: it waits for more before it hands over what it has, so that the next call finds it."""
        calls: SimpleQueue[Call] = SimpleQueue()
        while True:
            result = _tried(call[0])
            self._idle.append(calls)
            call[1].put(result)
            del call, result  # nothing of a text stays while nobody asks
            call = calls.get()


def _tried(work: Callable[[], object]) -> tuple[bool, object]:
    try:
        return True, work()
    except BaseException as failure:  # noqa: BLE001  handed to the caller, whatever it is
        return False, failure
