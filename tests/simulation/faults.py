"""Every call that leaves our process, numbered, and one of them made to go wrong.

BEFORE: it fails and nothing happened. AFTER: it took effect and then failed. HANG: silence until whoever waits gives
up. HANG_AFTER: the same, but it took effect. CONFLICT: the transaction is cancelled by another. DIE / DIE_AFTER: the
process ends there. DOWN: from there on that service fails for five minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from chalicelib import errors
from chalicelib.core.records import PacedDay
from chalicelib.flows.directory import DirectoryUnavailable
from tests.fakes.world import FakeClock

from .turns import PACE

T = TypeVar("T")


class Fault(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    HANG = "hang"
    HANG_AFTER = "hang_after"
    CONFLICT = "conflict"
    DIE = "die"
    DIE_AFTER = "die_after"
    DOWN = "down"


EFFECTIVE = frozenset({Fault.AFTER, Fault.HANG_AFTER, Fault.DIE_AFTER})
OUTAGE = timedelta(minutes=5)
AT_ONCE = timedelta(seconds=10)  # the webhook's whole time
PAGED_AFTER_FAULTS = timedelta(minutes=2, seconds=30)  # a tick, and another
PAGED_AFTER_OUTAGE = timedelta(minutes=7)  # five minutes of it, a tick, and the queue's own time
CLIENT_GIVES_UP = timedelta(seconds=6)  # two attempts of 1 s to connect and 2 s to read


# What changes nothing where it is asked. That it took effect before it failed is then no other story: `one_of` it is told.
READS = re.compile(
    r"store\.(?!commit|claim)|vault\.|hasher\.|second_look\.read|archive\.(?:get|names|sign)|drops\.read"
)
ALIKE = {Fault.AFTER: Fault.BEFORE, Fault.HANG_AFTER: Fault.HANG, Fault.DIE_AFTER: Fault.DIE}


def one_of(fault: Fault, call: str) -> Fault:
    """The fault whose run is this one's as well."""
    return ALIKE.get(fault, fault) if READS.match(call) else fault


class Died(BaseException):
    """The process ended here."""


class Hung(Exception):
    """Nobody answers. Whoever waits turns it into its own time-out."""

    def __init__(self, failure: Exception):
        super().__init__("hung")
        self.failure = failure


@dataclass
class Plan:
    """Which call goes wrong, and how. `at` counts calls from 0; None: all goes well."""

    clock: FakeClock
    at: int | None = None
    fault: Fault = Fault.BEFORE
    second: tuple[int, Fault] | None = None  # a second call that goes wrong, and how
    calls: list[str] = field(default_factory=list)
    armed: bool = False
    down: str = ""
    down_until: datetime | None = None
    waiting: bool = False  # inside a Patience
    gate: Callable[[str], bool] = lambda call: False  # two workers take turns here; True: cancelled by conflict

    @property
    def patience_of_a_page(self) -> timedelta:
        """How late a page may be: at once; at the next ticks when calls went wrong; after an outage."""
        if self.at is None:
            return AT_ONCE
        return PAGED_AFTER_OUTAGE if Fault.DOWN in (self.fault, self.second and self.second[1]) else PAGED_AFTER_FAULTS

    def call(
        self, port: str, name: str, work: Callable[[], T], failed: Callable[[], Exception], lost: Callable[[], Exception], about: str = ""
    ) -> T:
        """Do one call, or let it go wrong. `failed`: the port's error when nothing happened, `lost`: when it may have. `about`: what
        two workers know it by, where that is not its name."""
        if not self.armed:
            return work()
        if self.gate(about or f"{port}.{name}"):
            raise errors.Conflict("simulated")
        number = len(self.calls)
        self.calls.append(f"{port}.{name}")
        if self.down == port and self.down_until is not None and self.clock.now < self.down_until:
            raise failed()
        if number == self.at:
            return self._wrong(self.fault, port, name, work, failed, lost)
        if self.second is not None and number == self.second[0]:
            return self._wrong(self.second[1], port, name, work, failed, lost)
        return work()

    def _wrong(
        self,
        fault: Fault,
        port: str,
        name: str,
        work: Callable[[], T],
        failed: Callable[[], Exception],
        lost: Callable[[], Exception],
    ) -> T:
        if fault is Fault.CONFLICT:
            if name != "commit":
                return work()
            raise errors.Conflict("simulated")
        if fault is Fault.DOWN:
            self.down, self.down_until = port, self.clock.now + OUTAGE
            raise failed()
        if fault in EFFECTIVE:
            work()
        if fault in (Fault.DIE, Fault.DIE_AFTER):
            raise Died
        failure = lost() if fault in EFFECTIVE or fault is Fault.HANG else failed()
        if fault in (Fault.HANG, Fault.HANG_AFTER):
            if self.waiting:
                raise Hung(failure)
            self.clock.now += CLIENT_GIVES_UP
        raise failure


class SimulatedPatience:
    """A wait that costs virtual time: a hang takes all of it."""

    def __init__(self, plan: Plan):
        self._plan = plan

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        self._plan.waiting = True
        try:
            return work()
        except Hung as hung:
            gave_up = CLIENT_GIVES_UP.total_seconds()
            self._plan.clock.advance(seconds=min(seconds, gave_up))
            raise (hung.failure if gave_up < seconds else errors.DeadlineExceeded(f"{seconds}")) from None
        finally:
            self._plan.waiting = False


FAILED: dict[str, Callable[[], Exception]] = {
    "store": lambda: errors.StoreUnavailable("simulated"),
    "vault.seal": lambda: errors.SealFailed("simulated"),
    "vault.open": lambda: errors.OpenFailed("simulated"),
    "archive": lambda: errors.ArchiveUnavailable("simulated"),
    "drops": lambda: errors.StoreUnavailable("simulated"),
    "lender": lambda: errors.KeyUnavailable("simulated"),
    "second_look": lambda: errors.ModelUnavailable("simulated"),
    "hasher": lambda: errors.SecretUnavailable("simulated"),
    "pager": lambda: errors.PageFailed("simulated"),
    "directory": lambda: DirectoryUnavailable("simulated"),
    "parking": lambda: errors.ParkFailed("simulated"),
    "machine": lambda: errors.ParkFailed("simulated"),
    "synthetic": lambda: errors.CarrierError("carrier_down", permanent=False),
    "carrier.send": lambda: errors.CarrierRefused("carrier_down", permanent=False),
    "caller": lambda: errors.CarrierRefused("carrier_down", permanent=False),
    "mailer": lambda: errors.CarrierRefused("carrier_down", permanent=False),
    "carrier.log_since": lambda: errors.CarrierError("carrier_down", permanent=False),
    "carrier.redact": lambda: errors.CarrierError("carrier_down", permanent=False),
    "carrier.stops": lambda: errors.CarrierError("carrier_down", permanent=False),
    "carrier.let_back": lambda: errors.CarrierRefused("carrier_down", permanent=False),
}
LOST: dict[str, Callable[[], Exception]] = {
    "carrier.send": lambda: errors.CarrierUnknown("simulated"),
    "carrier.let_back": lambda: errors.CarrierUnknown("simulated"),
    "caller.call": lambda: errors.CarrierUnknown("simulated"),
    "mailer.send": lambda: errors.CarrierUnknown("simulated"),
}


class Faulty:
    """Any port, each call through the plan."""

    def __init__(self, port: str, real: Any, plan: Plan, methods: tuple[str, ...]):
        self._port, self._real, self._plan, self._methods = port, real, plan, methods

    def __getattr__(self, name: str) -> Any:
        """Asked for each name once: the answer stays."""
        real = getattr(self._real, name)
        if name not in self._methods:
            return real
        failed = FAILED.get(f"{self._port}.{name}") or FAILED[self._port]
        lost = LOST.get(f"{self._port}.{name}", failed)
        port, plan = self._port, self._plan

        def call(*args: Any, **named: Any) -> Any:
            if not plan.armed:
                return real(*args, **named)
            return plan.call(port, name, lambda: real(*args, **named), failed, lost, PACE if _of_pace(args) else "")

        self.__dict__[name] = call
        return call


def _of_pace(args: tuple[Any, ...]) -> bool:
    """Whether a call is about a number's minute alone."""
    first = args[0] if args else None
    return first is PacedDay or getattr(first, "record", None) is PacedDay
